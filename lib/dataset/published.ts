import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { Transform } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { reason, writeFileAtomically } from "../base/atomic_file.ts";
import { projectPath } from "../base/project.ts";
import { Stopped } from "../base/interrupt.ts";
import { UserError } from "../base/user_error.ts";
import { LOCAL_HEADER, zipDirectory, type ZipEntry } from "../base/zip.ts";
import type { Dataset } from "./dataset.ts";
import { fetchPieces, networkReason } from "./download.ts";
import { loadIdxDataset } from "./idx_folder.ts";
import type { Progress } from "./progress.ts";
import { PUBLISHED_SETS, type PublishedFile, type PublishedSet } from "./published_sets.ts";

/** Options of {@linkcode loadPublished}. */
export interface PublishedOptions {
  /** The folder of downloads; defaults to the project's `data`. */
  readonly data?: string;
  /** Milliseconds without data until the next mirror is tried; defaults to 10,000. */
  readonly timeout?: number;
  /** Progress of the download. */
  readonly onProgress?: Progress;
}

/**
 * Loads a published dataset, and downloads it first if it is missing. A download is streamed to disk and
 * kept only if its SHA-256 matches.
 *
 * @param set definition of the dataset
 * @throws {UserError} listing what was tried and what to do, if it cannot be downloaded
 */
export async function loadPublished(
  name: string,
  options: PublishedOptions = {},
  set: PublishedSet = PUBLISHED_SETS.get(name)!,
): Promise<Dataset> {
  const folder = join(options.data ?? projectPath("data"), set.folder);
  const path = set.prefix === undefined ? folder : join(folder, set.prefix);
  const members = set.prefix === undefined ? [] : IDX_ENDS.map((end) => `${set.prefix}-${end}`);
  // The archive was verified; each member is verified by gzip's CRC-32 when it is read.
  const missing = await filter(members, async (file) => !await isFile(join(folder, file)));
  if (set.prefix === undefined || missing.length > 0) {
    for (const file of set.files) await fetchIfMissing(name, folder, file, set.mirrors, options);
    if (missing.length > 0) await extract(join(folder, set.files[0].name), missing, folder);
  }
  const dataset = await loadIdxDataset(path, { name, classes: set.classes });
  return { ...dataset, name, framed: set.framed };
}

const IDX_ENDS = ["train-images-idx3", "train-labels-idx1", "test-images-idx3", "test-labels-idx1"]
  .map((end) => `${end}-ubyte.gz`);

async function filter<T>(items: readonly T[], holds: (item: T) => Promise<boolean>): Promise<T[]> {
  const found = await Promise.all(items.map(holds));
  return items.filter((_, i) => found[i]);
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}

/** Downloads a file unless it exists with the correct content. */
async function fetchIfMissing(
  name: string,
  folder: string,
  file: PublishedFile,
  mirrors: readonly string[],
  { timeout = 10_000, onProgress }: PublishedOptions,
): Promise<void> {
  const path = join(folder, file.name);
  const tried: string[] = [];
  if (await isFile(path)) {
    if (await digestOf(path) === file.sha256) return;
    tried.push(`${path}: unexpected content (its SHA-256 differs)`);
  }
  for (const mirror of mirrors) {
    const url = mirror + file.name;
    try {
      const pieces = fetchPieces(
        url,
        timeout,
        file.bytes,
        (bytes) => onProgress?.(Math.min(bytes, file.bytes) / 1e6, file.bytes / 1e6, "MB"),
      );
      await writeFileAtomically(path, checked(pieces, file));
      return;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      tried.push(`${url}: ${error.message}`);
    }
  }
  const list = tried.map((one) => `\n  - ${one}`).join("");
  throw new UserError(
    `${name} could not be loaded. Tried:${list}\nWhat to do: connect to the network and run again, ` +
      `or download ${file.name} elsewhere and put it into ${folder}`,
  );
}

/** Passes chunks on, and throws at the end if their SHA-256 is wrong. */
async function* checked(pieces: AsyncIterable<Uint8Array>, { sha256 }: PublishedFile) {
  const hash = createHash("sha256");
  try {
    for await (const piece of pieces) {
      hash.update(piece);
      yield piece;
    }
  } catch (error) {
    if (error instanceof Stopped) throw error;
    throw new UserError(networkReason(error));
  }
  if (hash.digest("hex") !== sha256) {
    throw new UserError("unexpected content (its SHA-256 differs)");
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest("hex");
}

/** Bytes at the end of an archive that contain its directory. */
const TAIL = 2 ** 20;
/** Maximum number of entries of an archive; EMNIST's has 25. */
const MOST_ENTRIES = 1000;

/** Extracts members of a ZIP archive by their file names, in chunks. */
async function extract(archive: string, names: readonly string[], folder: string): Promise<void> {
  try {
    using file = await Deno.open(archive);
    const { size } = await file.stat();
    const skipped = Math.max(0, size - TAIL);
    const entries = zipDirectory(
      await readAt(file, skipped, size - skipped),
      skipped,
      MOST_ENTRIES,
    );
    for (const name of names) {
      const entry = entries?.find(({ file }) => file.split("/").at(-1) === name);
      if (entry === undefined) throw new Error(`there is no ${name} in it`);
      const header = await readAt(file, entry.start, 30);
      const view = new DataView(header.buffer);
      if (view.getUint32(0, true) !== LOCAL_HEADER) throw new Error("no entry here");
      const start = entry.start + 30 + view.getUint16(26, true) + view.getUint16(28, true);
      await writeFileAtomically(join(folder, name), contentOf(archive, start, entry));
    }
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(
      `${archive}: cannot be unpacked (${reason(error)}); delete it and run again`,
    );
  }
}

async function readAt(file: Deno.FsFile, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await file.seek(start, Deno.SeekMode.Start);
  for (let done = 0; done < length;) {
    const read = await file.read(bytes.subarray(done));
    if (read === null) throw new Error("it is cut off");
    done += read;
  }
  return bytes;
}

/** Streams the content of an entry; verifies its CRC-32 at the end. */
function contentOf(archive: string, start: number, { method, packed, checksum }: ZipEntry) {
  const source = createReadStream(archive, { start, end: start + packed - 1 });
  const content = method === 0 ? source : source.pipe(createInflateRaw());
  let found = 0;
  const check = new Transform({
    transform(piece: Uint8Array, _encoding, pass) {
      found = crc32(piece, found);
      pass(null, piece);
    },
    flush: (end) => end(found === checksum ? null : new Error("a checksum differs")),
  });
  content.on("error", (error) => check.destroy(error));
  return content.pipe(check);
}
