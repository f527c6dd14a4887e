import { join } from "node:path";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { projectPath } from "../base/project.ts";
import { sum } from "../base/statistics.ts";
import { UserError } from "../base/user_error.ts";
import { type Dataset, DIGITS } from "./dataset.ts";
import { download } from "./download.ts";
import { isGzip, readUnpacked } from "./gzip.ts";
import { type NamedBytes, parseIdx } from "./idx.ts";
import { loadIdxDataset } from "./idx_folder.ts";
import { isGenuine, MNIST_FILES, MNIST_MIRRORS, type MnistFile } from "./mnist_files.ts";
import type { Progress } from "./progress.ts";

/** Options of {@linkcode loadMnist}; all are optional. */
export interface MnistOptions {
  /** Folder with the four files, gzip or plain. If given, no other folder is searched. */
  readonly path?: string;
  /** Replaces the environment variable `MNIST_DIR`: a folder, or an empty text for none. */
  readonly mnistDir?: string;
  /** Folder of downloads; defaults to the project's `data/mnist`. */
  readonly cache?: string;
  /** URLs of folders to download from, tried in turn; `[]` for no download. */
  readonly mirrors?: readonly string[];
  /** Milliseconds without data before the next mirror is tried; defaults to 10,000. */
  readonly timeout?: number;
  /** Called with the progress of a download. */
  readonly onProgress?: Progress;
  /** Called with each notice to the user, a sentence. */
  readonly onNotice?: (sentence: string) => void;
}

/**
 * Loads MNIST: 60,000 handwritten digits for training and 10,000 for testing, 28×28 pixels each (LeCun,
 * Cortes & Burges 1998).
 *
 * Reads it from `path` if given, otherwise from the folder `MNIST_DIR`, else from `data/mnist`; otherwise
 * downloads it to the latter. Files with different content (Fashion-MNIST has the same names) are loaded
 * too, but the dataset is then named after its folder, with a call of `onNotice`.
 *
 * @throws {UserError} listing what was tried and what to do
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
    throw notFound(tried, `put MNIST's four files into ${options.path} or choose another folder`);
  }
  const folders = mnistFolders(options);
  if (folders.length === 1) tried.push("MNIST_DIR: not set");
  for (const folder of folders) {
    const dataset = await fromFolder(folder);
    if (dataset) return dataset;
    if (folder !== cache) options.onNotice?.(`MNIST_DIR cannot be used: ${tried[0]}`);
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
 * Lists the folders in which MNIST is searched, in order: `MNIST_DIR`, if set, and the project's
 * `data/mnist`.
 */
export function mnistFolders(options: Pick<MnistOptions, "mnistDir" | "cache"> = {}): string[] {
  const { mnistDir = Deno.env.get("MNIST_DIR"), cache = defaultCache() } = options;
  return mnistDir ? [mnistDir, cache] : [cache];
}

function defaultCache(): string {
  return projectPath("data", "mnist");
}

function notGenuine(folder: string, name: string): string {
  return `${folder}: not the original MNIST (SHA-256 differs); the dataset is named ${name}`;
}

function notFound(tried: readonly string[], advice: string): UserError {
  const list = tried.map((one) => `\n  - ${one}`).join("");
  return new UserError(`MNIST could not be loaded. Tried:${list}\nWhat to do: ${advice}`);
}

/** Downloads the files missing in `cache`; adds the reasons for failures to `tried`. */
async function downloadMnist(
  cache: string,
  options: MnistOptions,
  tried: string[],
): Promise<Dataset | undefined> {
  const { mirrors = MNIST_MIRRORS, timeout = 10_000, onProgress, onNotice } = options;
  if (mirrors.length === 0) return undefined;
  const total = sum(MNIST_FILES, ({ packed }) => packed);
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

/** Reads the unpacked bytes of a file of an earlier, interrupted download, if they are correct. */
async function readGenuine(path: string, file: MnistFile): Promise<Uint8Array | undefined> {
  const bytes = await readUnpacked(path, () => file.length).catch(() => undefined);
  return bytes && isGenuine(bytes, file) ? bytes : undefined;
}

/** Saves a download for later; if that fails, this run can still use it. */
async function keep(
  path: string,
  bytes: Uint8Array,
  onNotice?: (sentence: string) => void,
): Promise<void> {
  try {
    // Another file of that name may be the user's: it is renamed, not overwritten.
    await Deno.rename(path, `${path}.replaced`).catch(() => {});
    await writeFileAtomically(path, bytes);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    onNotice?.(`the download could not be saved: ${error.message}`);
  }
}
