import { basename, dirname } from "node:path";
import { reason } from "./atomic_file.ts";
import { formatLine, readLines } from "./journal_lines.ts";
import { UserError } from "./user_error.ts";

/** The finished tasks of a long computation, on disk. Only one process at a time may open it. */
export interface Journal<T> {
  /** Problems found when the file was opened and what was done about them, a sentence each. */
  readonly notices: readonly string[];
  /** The result of a finished task by its key; `undefined` if it is not finished. */
  get(key: string): T | undefined;
  /** Records a result, which is on disk when this returns. */
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
 * @throws {UserError} when the file cannot be written or is in use by another process
 */
export function openJournal<T>(
  path: string,
  isResult: (value: unknown) => value is T,
): Journal<T> {
  const locked = openLocked(path);
  const files = [locked];
  const close = () => files.forEach((file) => file.close());
  try {
    const contents = readLines(Deno.readFileSync(path), isResult);
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
      const rewritten = rewrite(path, contents.results);
      // The replaced file stays open too: a process that opened it earlier must find it locked.
      files.unshift(rewritten.file);
      last = rewritten.last;
    } else {
      locked.truncateSync(contents.length);
      locked.seekSync(contents.length, Deno.SeekMode.Start);
    }
    const [file] = files;
    return {
      notices,
      get: (key) => contents.results.get(key),
      append(key, result) {
        const line = formatLine(last, key, result);
        writeAll(path, file, line.bytes);
        last = line.digest;
        contents.results.set(key, result);
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
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

/** Atomically replaces the journal by one with the given results, and locks it. */
function rewrite(
  path: string,
  results: ReadonlyMap<string, unknown>,
): { file: Deno.FsFile; last: string | undefined } {
  const partial = `${path}.${Deno.pid}.partial`;
  const file = openFile(partial, { write: true, create: true, truncate: true });
  try {
    file.lockSync(true);
    let last: string | undefined;
    for (const [key, result] of results) {
      const line = formatLine(last, key, result);
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
