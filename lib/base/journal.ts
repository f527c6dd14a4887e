import { basename, dirname } from "node:path";
import { reason } from "./atomic_file.ts";
import { formatLine, journalLines, readLines } from "./journal_lines.ts";
import { UserError } from "./user_error.ts";

/**
 * The finished tasks of a long computation, on disk. Only one process at a time may open it.
 *
 * `Kept` is what is needed of a result that was read.
 */
export interface Journal<T, Kept = T> {
  /** Problems found when the file was opened and what was done about them, a sentence each. */
  readonly notices: readonly string[];
  /** The result of a finished task by its key; `undefined` if it is not finished. */
  get(key: string): Kept | undefined;
  /**
   * Records a result. It is in the file when this returns, whatever becomes of the process; the disk has it
   * within a tenth of a second, which counts only if the machine itself fails.
   */
  append(key: string, result: T): void;
  /** Closes the file. */
  close(): void;
}

/**
 * Opens a journal, a file with one line of JSON per result, and creates it if it does not exist.
 *
 * The file is append-only. Each line has a digest of itself and the digest of the previous line. A
 * damaged line is moved to `PATH.damaged`, so that its task runs again; all other lines are kept,
 * also where lines were removed, copied or reordered, since each is verified on its own. The
 * journal's `notices` report what was found. A last line without a line break, truncated by a
 * crash, is removed without a notice.
 *
 * A key must contain everything that a result depends on, including the data and the version of the
 * arithmetic: a result is reused whenever its key is requested.
 *
 * @param isResult reports whether a value is a valid result
 * @param keep returns what is to be held in memory of a result that is read; all of it by default
 * @throws {UserError} when the file cannot be written or is in use by another process
 */
export function openJournal<T extends Kept, Kept = T>(
  path: string,
  isResult: (value: unknown) => value is T,
  keep?: (result: T) => Kept,
): Journal<T, Kept> {
  const locked = openLocked(path);
  const files = [locked];
  const close = () => files.forEach((file) => file.close());
  try {
    const contents = readLines(piecesOf(locked), isResult, keep);
    let { last } = contents;
    const notices = contents.problems.map((problem) => `${path}, ${problem}`);
    if (contents.damaged.length > 0) {
      keepDamaged(path, contents.damaged);
      notices.push(
        `${path}: the damaged lines were moved to ${basename(path)}.damaged and their tasks ` +
          `run again; ${contents.results.size} results are intact`,
      );
    }
    if (notices.length > 0) {
      const rewritten = rewrite(path, locked, isResult);
      // The replaced file stays open too: a process that opened it earlier must find it locked.
      files.unshift(rewritten.file);
      last = rewritten.last;
    } else {
      locked.truncateSync(contents.length);
      locked.seekSync(contents.length, Deno.SeekMode.Start);
    }
    const [file] = files;
    const disk = syncer(path, file);
    return {
      notices,
      get: (key) => contents.results.get(key),
      append(key, result) {
        const line = formatLine(last, key, result);
        writeBytes(path, file, line.bytes);
        last = line.digest;
        contents.results.set(key, result);
        disk.syncSoon();
      },
      close() {
        try {
          disk.end();
        } finally {
          close();
        }
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Bytes that are read at a time. */
const PIECE = 2 ** 20;

/** The bytes of a file from its start, in pieces that share their memory. */
function* piecesOf(file: Deno.FsFile): Generator<Uint8Array, void> {
  file.seekSync(0, Deno.SeekMode.Start);
  const piece = new Uint8Array(PIECE);
  for (let length = file.readSync(piece); length !== null; length = file.readSync(piece)) {
    yield piece.subarray(0, length);
  }
}

/** Milliseconds between two times that the disk is waited for. */
const SYNC_PERIOD = 100;

/** Has the system write a file to disk, which takes milliseconds, once for many results. */
function syncer(path: string, file: Deno.FsFile) {
  let last = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failure: unknown;
  const syncNow = () => {
    clearTimeout(timer);
    timer = undefined;
    sync(path, file);
    last = performance.now();
  };
  return {
    syncSoon() {
      if (failure !== undefined) throw failure;
      if (performance.now() - last >= SYNC_PERIOD) return syncNow();
      timer ??= setTimeout(() => {
        try {
          syncNow();
        } catch (error) {
          failure = error;
        }
      }, SYNC_PERIOD);
    },
    end() {
      if (failure !== undefined) throw failure;
      if (timer !== undefined) syncNow();
    },
  };
}

/** A journal in memory, for results that need not outlive the process. */
export function memoryJournal<T>(): Journal<T> {
  const known = new Map<string, T>();
  return {
    notices: [],
    get: (key) => known.get(key),
    append: (key, result) => void known.set(key, result),
    close() {},
  };
}

function openLocked(path: string): Deno.FsFile {
  const file = openFile(path, { read: true, write: true, create: true });
  // The system releases the lock when the process ends for any reason. A file that was replaced
  // between opening and locking is no longer the journal.
  if (!lock(file) || file.statSync().ino !== Deno.statSync(path).ino) {
    file.close();
    throw new UserError(
      `${path}: already in use by another process; wait for it or choose another name`,
    );
  }
  return file;
}

/** Times that a lock is tried, and the milliseconds between two tries. */
const TRIES = 20, PAUSE = 10;

/**
 * Locks a file, or returns `false` if another process holds it. A lock that was just released is still
 * held for a moment by any process that was started meanwhile, until that process runs its program.
 */
function lock(file: Deno.FsFile): boolean {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 1; !file.tryLockSync(true); tries++) {
    if (tries === TRIES) return false;
    Atomics.wait(clock, 0, 0, PAUSE);
  }
  return true;
}

function openFile(path: string, options: Deno.OpenOptions): Deno.FsFile {
  try {
    Deno.mkdirSync(dirname(path), { recursive: true });
    return Deno.openSync(path, options);
  } catch (error) {
    throw new UserError(
      `${path}: cannot be written (${reason(error)}); check the folder's permissions`,
    );
  }
}

/** Appends damaged lines, unchanged, to `PATH.damaged`. */
function keepDamaged(path: string, lines: readonly Uint8Array[]): void {
  const aside = `${path}.damaged`;
  using file = openFile(aside, { append: true, create: true });
  for (const line of lines) {
    writeAll(aside, file, line);
    writeAll(aside, file, new Uint8Array([0x0a]));
  }
}

/** Atomically replaces the journal by one with its intact results, and locks it. */
function rewrite<T>(
  path: string,
  old: Deno.FsFile,
  isResult: (value: unknown) => value is T,
): { file: Deno.FsFile; last: string | undefined } {
  const partial = `${path}.${Deno.pid}.partial`;
  const file = openFile(partial, { write: true, create: true, truncate: true });
  try {
    file.lockSync(true);
    let last: string | undefined;
    for (const { record } of journalLines(piecesOf(old), isResult)) {
      if (record === undefined) continue;
      const line = formatLine(last, record.key, record.result);
      writeBytes(path, file, line.bytes);
      last = line.digest;
    }
    sync(path, file);
    Deno.renameSync(partial, path);
    return { file, last };
  } catch (error) {
    file.close();
    Deno.removeSync(partial);
    throw error;
  }
}

function writeAll(path: string, file: Deno.FsFile, bytes: Uint8Array): void {
  writeBytes(path, file, bytes);
  sync(path, file);
}

function writeBytes(path: string, file: Deno.FsFile, bytes: Uint8Array): void {
  try {
    for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
  } catch (error) {
    throw unwritable(path, error);
  }
}

function sync(path: string, file: Deno.FsFile): void {
  try {
    file.syncDataSync();
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): UserError {
  return new UserError(
    `${path}: cannot be written (${reason(error)}); ` +
      `finished work is kept: free some disk space and run again`,
  );
}
