import { basename, dirname, join } from "node:path";
import { unreadable } from "../base/unreadable.ts";
import { UserError } from "../base/user_error.ts";
import { type Classes, classNames } from "./classes.ts";
import { type Dataset, DIGITS } from "./dataset.ts";
import { type IdxOptions, labelsFileOf, parseIdx, readIdxBytes } from "./idx.ts";
import { isGenuine, MNIST_FILES } from "./mnist_files.ts";
import { requirePair } from "./require_pair.ts";

/** Classes and storage of a dataset, as known from the names of its files. */
interface Family extends IdxOptions {
  readonly names: readonly string[];
}

const CAPITALS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const SMALL = [..."abcdefghijklmnopqrstuvwxyz"];
/** EMNIST merges similar capital and small letters into one class; these small letters have their own. */
const MERGED = [...DIGITS, ...CAPITALS, ..."abdefghnqrt"];

/**
 * EMNIST's parts (Cohen et al. 2017, "EMNIST: an extension of MNIST to handwritten letters", table
 * II). Its images are stored transposed.
 */
const EMNIST: Readonly<Record<string, Family>> = {
  byclass: { names: [...DIGITS, ...CAPITALS, ...SMALL], transposed: true },
  bymerge: { names: MERGED, transposed: true },
  balanced: { names: MERGED, transposed: true },
  letters: { names: CAPITALS, firstLabel: 1, transposed: true },
  digits: { names: DIGITS, transposed: true },
  mnist: { names: DIGITS, transposed: true },
};

/**
 * Returns the family of a file or folder by its name: `emnist-letters-train-images-idx3-ubyte.gz`.
 *
 * @param classes replaces the family's classes; an equal number keeps their names
 */
export function familyOf(name: string, classes?: Classes): Family {
  const part = /emnist-(\w+)/.exec(name)?.[1];
  const family = (part !== undefined && EMNIST[part]) || { names: DIGITS };
  if (classes === undefined || classes === family.names.length) return family;
  return { ...family, names: classNames(classes) };
}

/** A training pair and a test pair of IDX files. */
interface Quartet {
  /** Text before `train`, such as `emnist-letters-`; may be empty. */
  readonly prefix: string;
  /** Paths in the order of {@linkcode MNIST_FILES}; `undefined` for missing files. */
  readonly paths: readonly (string | undefined)[];
}

/**
 * Loads the dataset in a folder of IDX files named as MNIST's, gzip or plain: Fashion-MNIST, Kuzushiji
 * and EMNIST have the same names, EMNIST's with a prefix.
 *
 * The dataset is named `mnist` if it is the original MNIST, otherwise after its prefix or its folder.
 *
 * @param path the folder, or `folder/prefix` if it contains several datasets: `emnist/emnist-letters`
 * @param classes defaults to EMNIST's for files with EMNIST's names, otherwise to ten
 * @throws {UserError} naming the files that are missing or invalid
 */
export async function loadIdxDataset(
  path: string,
  { name, classes }: { readonly name?: string; readonly classes?: Classes } = {},
): Promise<Dataset> {
  const { prefix, paths } = await findQuartet(path);
  const missing = MNIST_FILES.flatMap((file, i) => paths[i] ? [] : [prefix + file.name]);
  if (missing.length > 0) {
    throw new UserError(`${path}: ${missing.join(", ")} missing (with or without .gz)`);
  }
  const { names, ...options } = familyOf(prefix, classes);
  const files = await Promise.all(
    paths.map(async (path) => ({ file: path!, bytes: await readIdxBytes(path!) })),
  );
  const train = parseIdx(files[0], files[1], { ...options, classes: names.length });
  const test = parseIdx(files[2], files[3], { ...options, classes: names.length });
  requirePair({ name: files[0].file, samples: train }, { name: files[2].file, samples: test });
  const genuine = files.every(({ bytes }, i) => isGenuine(bytes, MNIST_FILES[i]));
  return { name: genuine ? "mnist" : name ?? nameOf(path, prefix), classes: names, train, test };
}

function nameOf(path: string, prefix: string): string {
  return datasetName(prefix.replace(/[-_.]$/, "") || basename(path));
}

/**
 * Returns a dataset's name from that of a file or folder: valid in tables and file names, and never `mnist`
 * or `synthetic`, which are reserved for known content.
 */
export function datasetName(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}_.-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "") || "data";
  return plain === "mnist" || plain === "synthetic" ? `${plain}-unverified` : plain;
}

/** Returns `true` if a folder, or `folder/prefix`, contains at least part of a set of IDX files. */
export async function hasIdxFiles(path: string): Promise<boolean> {
  return (await findQuartets(path)).length > 0;
}

async function findQuartet(path: string): Promise<Quartet> {
  const quartets = await findQuartets(path);
  if (quartets.length > 1) {
    const choices = quartets.map(({ prefix }) => join(path, prefix.replace(/[-_.]$/, "")));
    throw new UserError(`${path}: several datasets, name one: ${choices.join(", ")}`);
  }
  if (quartets.length === 0) {
    const exists = await Deno.stat(path).then(() => true, () => false);
    if (!exists) throw new UserError(`${path}: no such folder`);
    throw new UserError(`${path}: no IDX files named as MNIST's (${MNIST_FILES[0].name}.gz, …)`);
  }
  return quartets[0];
}

/** Lists the datasets in a folder, or those whose files begin with the path's last part. */
async function findQuartets(path: string): Promise<Quartet[]> {
  const isFolder = await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);
  const folder = isFolder ? path : dirname(path);
  const start = isFolder ? "" : basename(path);
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw unreadable(path, error);
  }
  const found = new Map<string, (string | undefined)[]>();
  // Sorted, so that a file with .gz always takes precedence over one without it.
  for (const name of names.sort()) {
    const parts = /^(.*?)(train|t10k|test)-images[-.]idx3-ubyte(\.gz)?$/.exec(name) ??
      /^(.*?)(train|t10k|test)-labels[-.]idx1-ubyte(\.gz)?$/.exec(name);
    if (!parts || !name.startsWith(start)) continue;
    const place = (parts[2] === "train" ? 0 : 2) + (name.includes("-labels") ? 1 : 0);
    if (!found.has(parts[1])) found.set(parts[1], [undefined, undefined, undefined, undefined]);
    found.get(parts[1])![place] = join(folder, name);
  }
  return [...found].map(([prefix, paths]) => ({ prefix, paths }));
}

/** Finds the labels file of an images file; each may be gzip or plain. */
export async function findLabelsFile(imagesFile: string): Promise<string | undefined> {
  const expected = labelsFileOf(imagesFile);
  if (expected === undefined) return undefined;
  const plain = expected.replace(/\.gz$/, "");
  for (const path of [expected, plain, `${plain}.gz`]) {
    if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
  }
}
