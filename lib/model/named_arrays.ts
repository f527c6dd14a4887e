/**
 * Layers as named arrays W1, b1, W2, b2, …, as in NumPy programs. The orientation of W and the
 * layout of biases (vector, row or column) are inferred from the shapes.
 * @module
 */

import { UserError } from "../base/user_error.ts";
import type { LayerParameters, Model, NormalizerParameters } from "../network/architecture.ts";
import type { Normalization } from "../network/normalization.ts";
import type { NdArray, NpyValue } from "./npy.ts";

/** Orientations of W: `x·W` needs inputs × outputs, `W·x` outputs × inputs. */
export const ORIENTATIONS = ["inputsByOutputs", "outputsByInputs"] as const;

/** One of the {@linkcode ORIENTATIONS}. */
export type Orientation = typeof ORIENTATIONS[number];

/** The layers found in arrays: units per layer, inputs first, and the parameters. */
export interface Layers {
  readonly layers: readonly number[];
  readonly parameters: readonly LayerParameters[];
}

/** A weight matrix as stored, and its biases as a flat array. */
interface RawLayer {
  readonly number: number;
  readonly rows: number;
  readonly columns: number;
  readonly weights: Float32Array | Float64Array;
  readonly biases: Float32Array | Float64Array;
}

/** Matches W1, w1, weights_1, layer-W1, and the same for b and bias; not dW1, a gradient. */
const PARAMETER = /(?:^|[^a-z])(w|weights?|b|bias|biases)[ _-]?(\d+)$/i;

/** Parses the name of a layer's weights or biases; `undefined` for any other name. */
export function parameterName(
  name: string,
): { kind: "W" | "b"; number: number; prefix: string } | undefined {
  const match = PARAMETER.exec(name);
  if (!match) return undefined;
  const kind = match[1][0].toLowerCase() === "w" ? "W" : "b";
  const prefix = name.slice(0, name.length - match[1].length - match[2].length).replace(
    /[ _-]$/,
    "",
  );
  return { kind, number: Number(match[2]), prefix };
}

/**
 * Converts named arrays to layers.
 *
 * Layers are numbered from 1 or from 0. All weight matrices have the same orientation, the one that
 * fits the biases and the adjacent layers. Biases may be vectors, columns or rows.
 *
 * @param values arrays by name; other names are ignored
 * @param orientation the orientation where the shapes are ambiguous
 * @throws {UserError} naming the array and the shapes when one is missing or does not fit, or when
 * all weight matrices are square and of one size and `orientation` is not given
 */
export function layersFromArrays(
  values: ReadonlyMap<string, NpyValue | UserError>,
  path: string,
  orientation?: Orientation,
): Layers {
  const raw = rawLayers(values, path);
  const misfits = ORIENTATIONS.map((candidate) => ({ candidate, misfit: misfitOf(raw, candidate) }))
    .filter(({ candidate }) => orientation === undefined || candidate === orientation);
  const fitting = misfits.filter(({ misfit }) => misfit === undefined);
  if (fitting.length === 0) {
    const reasons = misfits.map(({ candidate, misfit }) => `  as ${words(candidate)}: ${misfit}`);
    throw new UserError([`${path}: the shapes do not fit together`, ...reasons].join("\n"));
  }
  // Weights of 1 × 1 have no orientation.
  if (fitting.length > 1 && raw[0].rows > 1) {
    const { rows, columns } = raw[0];
    throw new UserError(
      `${path}: W is ${rows} × ${columns} in every layer, so its orientation is ambiguous: are its rows ` +
        `the inputs (x·W) or the outputs (W·x)? Add --orientation inputsByOutputs or ` +
        `--orientation outputsByInputs`,
    );
  }
  const inputsFirst = fitting[0].candidate === "inputsByOutputs";
  const inputs = inputsFirst ? raw[0].rows : raw[0].columns;
  return {
    layers: [inputs, ...raw.map(({ biases }) => biases.length)],
    parameters: raw.map(({ weights, biases, rows, columns }) => ({
      weights: inputsFirst ? weights : transpose(weights, rows, columns),
      biases,
    })),
  };
}

/** The names of the arrays of batch normalisation, whose shifts are b: `gamma1`, `mean1`, …. */
const NORMALIZER = { gamma: "scales", mean: "mean", variance: "variance" } as const;
const NORMALIZER_NAME = /(?:^|[^a-z])((gamma|mean|variance)(\d+))$/;

/** Parses the name of one of batch normalisation's arrays; `undefined` for any other name. */
export function normalizerName(name: string): { key: string; prefix: string } | undefined {
  const match = NORMALIZER_NAME.exec(name);
  if (!match) return undefined;
  const prefix = name.slice(0, name.length - match[1].length).replace(/[ _-]$/, "");
  return { key: match[1], prefix };
}

/**
 * Adds the numbers of batch normalisation to the layers that have one.
 *
 * @param values arrays by name; other names are ignored
 * @param normalizations one per layer
 * @throws {UserError} naming the array that is missing, does not have one number per unit, or is a
 * variance below 0
 */
export function withNormalizers(
  { layers, parameters }: Layers,
  values: ReadonlyMap<string, NpyValue | UserError>,
  path: string,
  normalizations: readonly Normalization[],
): Layers {
  const named = new Map([...values].map(([name, value]) => [normalizerName(name)?.key, value]));
  const read = (name: keyof typeof NORMALIZER, l: number) => {
    const key = `${name}${l + 1}`, value = named.get(key), units = layers[l + 1];
    if (value === undefined) {
      throw new UserError(
        `${path}: ${key} is missing; by its architecture layer ${l + 1} has batch normalization`,
      );
    }
    const data = vector(value, `${path}, ${key}`);
    if (data.length !== units) {
      throw new UserError(`${path}, ${key}: ${data.length} numbers, expected ${units}`);
    }
    if (name === "variance" && data.some((x) => x < 0)) {
      throw new UserError(`${path}, ${key}: contains a number below 0, expected variances`);
    }
    return data;
  };
  const numbersOf = (l: number): NormalizerParameters => ({
    scales: read("gamma", l),
    mean: read("mean", l),
    variance: read("variance", l),
  });
  return {
    layers,
    parameters: parameters.map((layer, l) =>
      (normalizations[l] ?? "none") === "none" ? layer : { ...layer, normalizer: numbersOf(l) }
    ),
  };
}

/**
 * The arrays of a model in the order W1, b1, W2, …; gamma1, mean1 and variance1 follow b1 if layer 1 has
 * batch normalisation.
 *
 * @param form.orientation which index of W counts the inputs
 * @param form.biases vectors, or columns as in programs that compute W·x + b
 * @throws {UserError} when the sizes of the parameters do not match the architecture
 */
export function arraysFromModel(
  { architecture: { layers }, parameters }: Model,
  form: { orientation: Orientation; biases: "vector" | "column" },
): Map<string, NdArray> {
  const arrays = new Map<string, NdArray>();
  checkSizes({ layers, parameters });
  parameters.forEach(({ weights, biases, normalizer }, i) => {
    const [inputs, outputs] = [layers[i], layers[i + 1]];
    arrays.set(
      `W${i + 1}`,
      form.orientation === "inputsByOutputs"
        ? { shape: [inputs, outputs], data: weights }
        : { shape: [outputs, inputs], data: transpose(weights, inputs, outputs) },
    );
    const shape = form.biases === "vector" ? [outputs] : [outputs, 1];
    arrays.set(`b${i + 1}`, { shape, data: biases });
    if (normalizer === undefined) return;
    for (const [name, field] of Object.entries(NORMALIZER)) {
      arrays.set(`${name}${i + 1}`, { shape, data: normalizer[field] });
    }
  });
  return arrays;
}

/**
 * Checks that the sizes of the parameters match the layers.
 *
 * @throws {UserError} naming the layer that does not match
 */
export function checkSizes({ layers, parameters }: Layers): void {
  if (parameters.length !== layers.length - 1) {
    throw new UserError(
      `a model of layers ${layers.join("-")} needs ${layers.length - 1} sets of parameters, ` +
        `got ${parameters.length}`,
    );
  }
  parameters.forEach(({ weights, biases }, i) => {
    const [inputs, outputs] = [layers[i], layers[i + 1]];
    if (weights.length !== inputs * outputs || biases.length !== outputs) {
      throw new UserError(
        `layer ${i + 1} of ${
          layers.join("-")
        } needs ${inputs} × ${outputs} weights and ${outputs} ` +
          `biases, got ${weights.length} and ${biases.length}`,
      );
    }
  });
}

/** Transposes a matrix of rows × columns, stored row by row. */
function transpose<Numbers extends Float32Array | Float64Array>(
  data: Numbers,
  rows: number,
  columns: number,
): Numbers {
  const out = data.slice() as Numbers;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      out[column * rows + row] = data[row * columns + column];
    }
  }
  return out;
}

/** Sorts the arrays into layers and checks each of them. */
function rawLayers(values: ReadonlyMap<string, NpyValue | UserError>, path: string): RawLayer[] {
  const found = new Map<string, { name: string; value: NpyValue | UserError }>();
  for (const [name, value] of values) {
    const parsed = parameterName(name);
    if (parsed === undefined) continue;
    const key = `${parsed.kind}${parsed.number}`;
    const other = found.get(key);
    if (other !== undefined) {
      throw new UserError(
        `${path}: both ${other.name} and ${name} could be ${key}; keep one of them`,
      );
    }
    found.set(key, { name, value });
  }
  const first = found.has("W0") || found.has("b0") ? 0 : 1;
  const layers: RawLayer[] = [];
  for (let number = first; layers.length * 2 < Math.max(found.size, 1); number++) {
    const [W, b] = [`W${number}`, `b${number}`].map((key) => {
      const entry = found.get(key);
      if (entry === undefined) throw missing(key, values, path);
      return entry;
    });
    layers.push({
      number,
      ...matrix(W.value, `${path}, ${W.name}`),
      biases: vector(b.value, `${path}, ${b.name}`),
    });
  }
  return layers;
}

/** The error for a missing parameter, which also lists entries that could not be read. */
function missing(
  key: string,
  values: ReadonlyMap<string, NpyValue | UserError>,
  path: string,
): UserError {
  const names = [...values.keys()].join(", ");
  const unread = [...values.values()].filter((value) => value instanceof UserError);
  return new UserError(
    [
      `${path}: ${key} is missing; expected W1, b1, W2, b2, …, found ${names || "nothing"}`,
      ...unread.map((error) => error.message),
    ].join("\n"),
  );
}

function matrix(value: NpyValue | UserError, where: string) {
  const { shape, data } = numbers(value, where);
  if (shape.length !== 2 || data.length === 0) {
    throw new UserError(
      `${where}: weights of shape (${shape.join(", ")}), expected two dimensions, none of them 0`,
    );
  }
  return { rows: shape[0], columns: shape[1], weights: data };
}

function vector(value: NpyValue | UserError, where: string): Float32Array | Float64Array {
  const { shape, data } = numbers(value, where);
  if (shape.filter((length) => length !== 1).length > 1 || shape.length > 2) {
    throw new UserError(
      `${where}: biases of shape (${shape.join(", ")}), expected a vector, a column or a row`,
    );
  }
  return data;
}

function numbers(value: NpyValue | UserError, where: string): NdArray {
  if (value instanceof UserError) throw value;
  if (typeof value === "string") throw new UserError(`${where}: is a text, expected numbers`);
  return value;
}

/** Explains why an orientation does not fit; `undefined` when biases and adjacent layers fit. */
function misfitOf(raw: readonly RawLayer[], orientation: Orientation): string | undefined {
  let previous: { name: string; outputs: number } | undefined;
  for (const { number, rows, columns, biases } of raw) {
    const [inputs, outputs] = orientation === "inputsByOutputs" ? [rows, columns] : [columns, rows];
    const shape = `W${number} is ${rows} × ${columns}`;
    if (biases.length !== outputs) {
      return `${shape}, so ${outputs} outputs, but b${number} has ${biases.length} biases`;
    }
    if (previous !== undefined && previous.outputs !== inputs) {
      return `${shape}, so ${inputs} inputs, but ${previous.name} has ${previous.outputs} outputs`;
    }
    previous = { name: `W${number}`, outputs };
  }
  return undefined;
}

function words(orientation: Orientation): string {
  return orientation === "inputsByOutputs" ? "inputs × outputs" : "outputs × inputs";
}
