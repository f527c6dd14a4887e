import { join } from "node:path";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { projectPath } from "../base/project.ts";
import { UserError } from "../base/user_error.ts";
import { type Dataset, DIGITS } from "./dataset.ts";
import { download } from "./download.ts";
import { isGzip, readUnpacked } from "./gzip.ts";
import { type NamedBytes, parseIdx } from "./idx.ts";
import { loadIdxDataset } from "./idx_folder.ts";
import { isGenuine, MNIST_FILES, MNIST_MIRRORS, type MnistFile } from "./mnist_files.ts";
import type { Progress } from "./progress.ts";

/** How {@linkcode loadMnist} looks for its files; all that is left out has a default. */
export interface MnistOptions {
  /** A folder with the four files, gzip or plain. When it is given, nowhere else is looked. */
  readonly path?: string;
  /** What stands in for the environment's `MNIST_DIR`: a folder, or nothing for none. */
  readonly mnistDir?: string;
  /** Where downloads are kept and looked for: `data/mnist` of the project. */
  readonly cache?: string;
  /** Addresses of folders to download from, tried in turn; `[]` for no download. */
  readonly mirrors?: readonly string[];
  /** How long a connection may give nothing before the next mirror is tried: 10,000 milliseconds. */
  readonly timeout?: number;
  /** Told how a download goes. */
  readonly onProgress?: Progress;
  /** Told what the user should know, a sentence at a time. */
  readonly onNotice?: (sentence: string) => void;
}

/**
 * MNIST: 60,000 handwritten digits to train on and 10,000 to test with, 28×28 pixels each (LeCun,
 * Cortes & Burges 1998).
 *
 * It is looked for at `path`; without one in the folder that `MNIST_DIR` names, then in `data/mnist`,
 * and then it is downloaded to there. Files with another content than MNIST's (Fashion-MNIST has the
 * same names) are taken as well, but the dataset is then called after its folder, and `onNotice` says so.
 *
 * @throws {UserError} listing all that was tried and what to do
 */
export async function loadMnist(options: MnistOptions = {}): Promise<Dataset> {
  const cache = options.cache ?? defaultCache();
  const tried: string[] = [];
  const fromFolder = async (folder: string) => {
    try {
      const dataset = await loadIdxDataset(folder);
      if (dataset.name !== "mnist") options.onNotice?.(notGenuine(folder, dataset.name));
      return dataset;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      tried.push(error.message);
    }
  };
  if (options.path !== undefined) {
    const dataset = await fromFolder(options.path);
    if (dataset) return dataset;
    throw notFound(tried, `put MNIST's four files into ${options.path} or name another folder`);
  }
  const folders = mnistFolders(options);
  if (folders.length === 1) tried.push("MNIST_DIR: not set");
  for (const folder of folders) {
    const dataset = await fromFolder(folder);
    if (dataset) return dataset;
    if (folder !== cache) options.onNotice?.(`MNIST_DIR is of no use: ${tried[0]}`);
  }
  const dataset = await downloadMnist(cache, options, tried);
  if (dataset) return dataset;
  throw notFound(
    tried,
    `connect to the network and run again, or put MNIST's four files ` +
      `(${MNIST_FILES[0].name}.gz, …) into ${cache}, or set MNIST_DIR to their folder`,
  );
}

/**
 * The folders in which MNIST is looked for, in order: the one that `MNIST_DIR` names, if it does, and
 * the project's `data/mnist`.
 */
export function mnistFolders(options: Pick<MnistOptions, "mnistDir" | "cache"> = {}): string[] {
  const { mnistDir = Deno.env.get("MNIST_DIR"), cache = defaultCache() } = options;
  return mnistDir ? [mnistDir, cache] : [cache];
}

function defaultCache(): string {
  return projectPath("data", "mnist");
}

function notGenuine(folder: string, name: string): string {
  return `${folder}: not MNIST's own bytes (their SHA-256 differs); the dataset is called ${name}`;
}

function notFound(tried: readonly string[], advice: string): UserError {
  const list = tried.map((one) => `\n  - ${one}`).join("");
  return new UserError(`MNIST could not be loaded. Tried:${list}\nWhat to do: ${advice}`);
}

/** Downloads what `cache` lacks; adds to `tried` why it could not. */
async function downloadMnist(
  cache: string,
  options: MnistOptions,
  tried: string[],
): Promise<Dataset | undefined> {
  const { mirrors = MNIST_MIRRORS, timeout = 10_000, onProgress, onNotice } = options;
  if (mirrors.length === 0) return undefined;
  const total = MNIST_FILES.reduce((sum, file) => sum + file.packed, 0);
  const tell = (bytes: number) => onProgress?.(Math.min(total, bytes) / 1e6, total / 1e6, "MB");
  let before = 0;
  const files: NamedBytes[] = [];
  for (const file of MNIST_FILES) {
    const path = join(cache, `${file.name}.gz`);
    let bytes = await readGenuine(path, file);
    if (bytes === undefined) {
      const done = before;
      const found = await download({
        ...file,
        urls: mirrors.map((mirror) => `${mirror}${file.name}.gz`),
        timeout,
        onBytes: (bytes) => tell(done + bytes),
      });
      if ("failures" in found) {
        tried.push(...found.failures);
        return undefined;
      }
      await keep(isGzip(found.packed) ? path : join(cache, file.name), found.packed, onNotice);
      bytes = found.unpacked;
    }
    files.push({ file: path, bytes });
    before += file.packed;
    tell(before);
  }
  return {
    name: "mnist",
    classes: DIGITS,
    train: parseIdx(files[0], files[1]),
    test: parseIdx(files[2], files[3]),
  };
}

/** The unpacked bytes of a file that an earlier, interrupted download left, if they are right. */
async function readGenuine(path: string, file: MnistFile): Promise<Uint8Array | undefined> {
  const bytes = await readUnpacked(path, () => file.length).catch(() => undefined);
  return bytes && isGenuine(bytes, file) ? bytes : undefined;
}

/** Saves a download for the next time; where that cannot be, MNIST is still there for this time. */
async function keep(
  path: string,
  bytes: Uint8Array,
  onNotice?: (sentence: string) => void,
): Promise<void> {
  try {
    // Something else of that name may be the user's: it is put aside, not overwritten.
    await Deno.rename(path, `${path}.replaced`).catch(() => {});
    await writeFileAtomically(path, bytes);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    onNotice?.(`the download is not kept: ${error.message}`);
  }
}
