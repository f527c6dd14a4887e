/**
 * Reads and writes trained networks in formats that other programs share: NumPy's `.npz` and
 * `.npy`, JSON, and a pair of CSV files.
 *
 * The format is detected from the content. A model in several files (`.npy`, CSV) is named by a
 * folder, by a pattern with `*` (`model/*.npy`, `run7-*.csv`) or by one of the files.
 * @module
 */

import { basename, dirname, extname, join } from "node:path";
import { checkWritable, writeFilesAtomically } from "../base/atomic_file.ts";
import { usageError, UserError } from "../base/user_error.ts";
import { type ActivationCall, parseActivation } from "../kernel/activations.ts";
import type { Architecture, LayerParameters, Model } from "../network/architecture.ts";
import { foldNormalization } from "../network/fold_normalization.ts";
import {
  type Assumptions,
  type ModelOptions,
  readDescription,
  resolveArchitecture,
  writeDescription,
} from "./description.ts";
import { decodeText, filesIn, filesOf, partPath, readBytes, readUpTo } from "./file_set.ts";
import {
  arraysFromModel,
  type Layers,
  layersFromArrays,
  normalizerName,
  type Orientation,
  parameterName,
  withNormalizers,
} from "./named_arrays.ts";
import { neuronCsvKind, readNeuronCsv, type TextFile, writeNeuronCsv } from "./neuron_csv.ts";
import { isNpy, type NpyValue, readNpy, valueOrError, writeNpy } from "./npy.ts";
import { isZip, readNpz, writeNpz } from "./npz.ts";
import { readParametersJson, writeParametersJson } from "./parameters_json.ts";
import { isPickle, pickleRefusal } from "./pickle.ts";

export type { ModelOptions } from "./description.ts";
export type { Orientation } from "./named_arrays.ts";

/** File formats by extension. `npy` is a file per array, `csv` a pair of files. */
const MODEL_FORMATS = ["npz", "npy", "json", "csv"] as const;

/** One of the {@linkcode MODEL_FORMATS}. */
export type ModelFormat = typeof MODEL_FORMATS[number];

/** A model read from a file, with notices. */
export interface LoadedModel {
  readonly model: Model;
  readonly format: ModelFormat;
  /**
   * Notices to display: what was assumed, overridden or ignored. Empty for this project's files.
   */
  readonly notices: readonly string[];
  /** CSV only: the last gradients, laid out like the parameters. */
  readonly gradients?: readonly LayerParameters[];
}

/** Options of {@linkcode saveModel}. */
export interface SaveOptions {
  /**
   * The orientation of W: defaults to inputs × outputs with vectors for biases in `.npz`, and to
   * outputs × inputs with columns in `.npy` and JSON, as in the projects that use those formats.
   * CSV has only one layout.
   */
  readonly orientation?: Orientation;
  /** Values for the gradient columns of CSV; defaults to zeros. Other formats have no gradients. */
  readonly gradients?: readonly LayerParameters[];
}

/** The name of the entry with the architecture. */
const ARCHITECTURE = "architecture";

/** The activations of most NumPy networks for digits; reported wherever they are assumed. */
const USUAL: Assumptions = { activation: "relu", outputActivation: "identity" };

/** The pair of CSV files comes from one project, whose networks all have these activations. */
const CSV_USUAL: Assumptions = {
  activation: "leakyRelu(0.1)",
  outputActivation: "leakyRelu(0.1)",
};

/** A model as stored, before its activations are determined. */
interface Contents extends Layers {
  readonly path: string;
  readonly format: ModelFormat;
  readonly description?: string;
  readonly ignored?: readonly string[];
  readonly gradients?: readonly LayerParameters[];
}

/**
 * Reads a trained network.
 *
 * @param path an `.npz` or JSON file; for `.npy` and CSV a folder, a pattern, or one of the files
 * @param options properties that the file may not specify; they take precedence over the file
 * @throws {UserError} naming the file and the place in it: when it is missing, damaged or a pickle,
 * has arrays that do not fit together, or an ambiguous orientation of W
 */
export async function loadModel(path: string, options: ModelOptions = {}): Promise<LoadedModel> {
  const files = await filesOf(path);
  const contents = await readContents(path, files, options.orientation);
  const description = contents.description === undefined
    ? undefined
    : readDescription(contents.description, `${contents.path}, ${ARCHITECTURE}`);
  const assumed = contents.format === "csv" ? CSV_USUAL : USUAL;
  const { layers, parameters, gradients, format, ignored = [] } = contents;
  const { architecture, notices } = resolveArchitecture(
    contents.path,
    layers,
    description,
    options,
    assumed,
  );
  if (ignored.length > 0) notices.push(`${path}: ignored: ${ignored.join(", ")}`);
  const images = description?.images;
  const model = { architecture, parameters, ...(images && { images }) };
  return { model, format, notices, gradients };
}

/**
 * Writes a trained network in the format of the path's extension.
 *
 * A format of several files takes a pattern whose `*` is replaced by the part's name (`model/*.npy`
 * gives `model/W1.npy`, …; `run7-*.csv` gives `run7-biases.csv` and `run7-weights.csv`); without
 * one, `run7.csv` means `run7-*.csv`. {@linkcode loadModel} takes the same path. All formats
 * round-trip every bit and include the architecture, the image size and the names of the classes. Only
 * CSV has no place for batch normalisation, which is folded into weights and biases
 * ({@linkcode foldNormalization}).
 *
 * @returns the files written
 * @throws {UserError} when the extension is unknown, a file cannot be written, or a model with NaN
 * or infinities is saved as JSON
 */
export async function saveModel(
  path: string,
  model: Model,
  options: SaveOptions = {},
): Promise<string[]> {
  const files = modelBytes(path, model, options);
  // A pair of CSV files, one of them old, would be read as a network.
  await writeFilesAtomically(files);
  return [...files.keys()];
}

/**
 * Checks that {@linkcode saveModel} can write to a path, before training.
 *
 * @throws {UserError} when the extension is unknown or the file cannot be written
 */
export async function checkModelPath(path: string): Promise<void> {
  const format = modelFormatOf(path);
  const part = { npz: path, json: path, npy: partPath(path, "W1"), csv: partPath(path, "weights") };
  await checkWritable(part[format]);
}

/**
 * The format in which {@linkcode saveModel} writes to a path.
 *
 * @throws {UserError} (wrong usage) when the extension is unknown
 */
export function modelFormatOf(path: string): ModelFormat {
  const format = MODEL_FORMATS.find((format) => extname(path).toLowerCase() === `.${format}`);
  if (format === undefined) {
    const known = MODEL_FORMATS.map((format) => `.${format}`).join(", ");
    throw usageError(`${path}: unknown model format, expected one of ${known}`);
  }
  const severalFiles = format === "npy" || format === "csv";
  const [folder, name] = [dirname(path), basename(path)];
  if (severalFiles ? /\*.*\*|[?[\]{}]/.test(name) || folder.includes("*") : path.includes("*")) {
    throw usageError(
      `${path}: one * in the name of .npy and .csv files is replaced by the part's name; ` +
        `no other wildcards are allowed when saving`,
    );
  }
  return format;
}

/** The files of a model and their contents. */
function modelBytes(
  path: string,
  model: Model,
  { orientation, gradients }: SaveOptions,
): Map<string, Uint8Array | string> {
  const format = modelFormatOf(path);
  if (format === "npz") {
    const form = { orientation: orientation ?? "inputsByOutputs", biases: "vector" } as const;
    const arrays: Map<string, NpyValue> = arraysFromModel(model, form);
    arrays.set(ARCHITECTURE, writeDescription(model, form.orientation));
    return new Map([[path, writeNpz(arrays)]]);
  }
  if (format === "csv") {
    const { architecture, parameters, images } = foldNormalization(model);
    const isKnown = isUsualCsv(architecture) && images === undefined;
    const description = isKnown ? undefined : writeDescription({ architecture, images });
    const layers = { layers: architecture.layers, parameters };
    const { biases, weights } = writeNeuronCsv(layers, gradients, description);
    return new Map([[partPath(path, "biases"), biases], [partPath(path, "weights"), weights]]);
  }
  const form = { orientation: orientation ?? "outputsByInputs", biases: "column" } as const;
  const description = writeDescription(model, form.orientation);
  const arrays = arraysFromModel(model, form);
  if (format === "json") return new Map([[path, writeParametersJson(arrays, description, path)]]);
  return new Map(
    [...arrays, [ARCHITECTURE, description] as const].map(
      ([name, value]) => [partPath(path, name), writeNpy(value)],
    ),
  );
}

function isUsualCsv({ activations, loss }: Architecture): boolean {
  const usual = ({ text }: ActivationCall) => text === CSV_USUAL.activation;
  return activations.map((text) => parseActivation(text)).every(usual) && loss === "crossEntropy";
}

/** Reads the file, or the set of files of one format, that holds the model. */
async function readContents(
  path: string,
  files: readonly string[],
  orientation?: Orientation,
): Promise<Contents> {
  const [file] = files;
  if (files.length > 1) {
    const kinds = new Set(files.map((file) => extname(file).toLowerCase()));
    if (kinds.size > 1) {
      throw new UserError(
        `${path}: has both ${[...kinds].join(" and ")} files; which are the model? ` +
          `Say ${[...kinds].map((kind) => join(path, `*${kind}`)).join(" or ")}`,
      );
    }
    return kinds.has(".csv")
      ? await readCsvPair(path, files)
      : await readNpySet(path, files, orientation);
  }
  const bytes = await readBytes(file);
  if (isZip(bytes)) return fromArrays(file, "npz", readNpz(bytes, file), orientation);
  if (isNpy(bytes)) return await readNpySet(file, await npySiblings(file), orientation);
  if (isPickle(bytes)) throw pickleRefusal(file);
  const text = decodeText(bytes, file);
  if (/^\uFEFF?\s*\{/.test(text)) {
    return fromArrays(file, "json", readParametersJson(text, file), orientation);
  }
  if (neuronCsvKind(text) !== undefined) {
    return await readCsvPair(file, await filesIn(dirname(file), ["*.csv"], file), basename(file));
  }
  throw new UserError(
    `${file}: ${bytes.length === 0 ? "empty" : "not a model"}; expected an .npz, a JSON file of ` +
      `W1, b1, …, .npy files, or a pair of CSV files with columns B0,B1,… and W0,W1,…`,
  );
}

/**
 * Converts named arrays to layers; a text named `architecture` describes them and their
 * orientation.
 */
function fromArrays(
  path: string,
  format: ModelFormat,
  values: ReadonlyMap<string, NpyValue | UserError>,
  asked?: Orientation,
): Contents {
  const described = values.get(ARCHITECTURE);
  const description = typeof described === "string" ? described : undefined;
  const { orientation, normalizations } = description === undefined
    ? {}
    : readDescription(description, `${path}, ${ARCHITECTURE}`);
  const isKnown = (name: string) =>
    parameterName(name) !== undefined || description !== undefined && name === ARCHITECTURE ||
    normalizations !== undefined && normalizerName(name) !== undefined;
  const ignored = [...values.keys()].filter((name) => !isKnown(name));
  const layers = layersFromArrays(values, path, asked ?? orientation);
  return {
    path,
    format,
    description,
    ignored,
    ...(normalizations ? withNormalizers(layers, values, path, normalizations) : layers),
  };
}

/** The `.npy` files in the same folder with the same prefix: `run7-W1.npy`, `run7-b1.npy`, …. */
async function npySiblings(file: string): Promise<string[]> {
  const name = stem(file);
  const prefix = (parameterName(name) ?? normalizerName(name))?.prefix;
  if (prefix === undefined) {
    throw new UserError(
      `${file}: a single array; a model's arrays are files named W1.npy, b1.npy, …`,
    );
  }
  const files = await filesIn(dirname(file), ["*.npy"], file);
  return files.filter((other) => partName(stem(other))?.prefix === prefix);
}

async function readNpySet(
  path: string,
  files: readonly string[],
  orientation?: Orientation,
): Promise<Contents> {
  const values = new Map<string, NpyValue | UserError>();
  for (const file of files) {
    const name = stem(file);
    const key = partName(name)?.prefix !== undefined && name.endsWith(ARCHITECTURE)
      ? ARCHITECTURE
      : name;
    const bytes = await readBytes(file);
    values.set(key, valueOrError(() => readNpy(bytes, file)));
  }
  return fromArrays(path, "npy", values, orientation);
}

/** A parameter's name or `architecture`, with its prefix. */
function partName(name: string): { prefix: string } | undefined {
  return name.endsWith(ARCHITECTURE)
    ? { prefix: name.slice(0, -ARCHITECTURE.length).replace(/[ _-]$/, "") }
    : parameterName(name) ?? normalizerName(name);
}

function stem(file: string): string {
  return basename(file, extname(file));
}

/**
 * Finds the pair among the files by their first columns; other tables are ignored.
 *
 * @param known one file of the pair, whose partner is to be found
 */
async function readCsvPair(
  path: string,
  files: readonly string[],
  known?: string,
): Promise<Contents> {
  const decoder = new TextDecoder();
  const pair: Record<"biases" | "weights", string[]> = { biases: [], weights: [] };
  for (const file of files) {
    const kind = neuronCsvKind(decoder.decode(await readUpTo(file, 16)));
    if (kind !== undefined) pair[kind].push(file);
  }
  for (const [kind, other] of [["biases", "weights"], ["weights", "biases"]] as const) {
    const itself = pair[kind].filter((file) => basename(file) === known);
    if (known === undefined || itself.length === 0) continue;
    pair[kind] = itself;
    // run7-biases.csv belongs to run7-weights.csv, whatever other files there are.
    const partner = pair[other].filter((file) => basename(file) === known.replace(kind, other));
    if (partner.length > 0) pair[other] = partner;
  }
  for (const [kind, column] of [["biases", "B0"], ["weights", "W0"]] as const) {
    if (pair[kind].length === 1) continue;
    throw new UserError(
      `${path}: expected one CSV file of ${kind} (first column ${column}), ` +
        `found ${pair[kind].join(", ") || "none"}`,
    );
  }
  const [biases, weights] = await Promise.all(
    [...pair.biases, ...pair.weights].map(async (path): Promise<TextFile> => ({
      path,
      text: decodeText(await readBytes(path), path),
    })),
  );
  return { path, format: "csv", ...readNeuronCsv(biases, weights) };
}
