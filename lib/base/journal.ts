import { basename, dirname } from "node:path";
import { reason } from "./atomic_file.ts";
import { formatLine, readLines } from "./journal_lines.ts";
import { UserError } from "./user_error.ts";

/** The finished pieces of a long work, on disk. One process at a time holds it. */
export interface Journal<T> {
  /** What was wrong with the file when it was opened, and what was done about it, a sentence each. */
  readonly notices: readonly string[];
  /** The result of a piece that has been finished before, by its key. */
  get(key: string): T | undefined;
  /** Writes a result down; it is on the disk when this returns. */
  append(key: string, result: T): void;
  /** Closes the file. */
  close(): void;
}

/**
 * Opens a journal, a file of one JSON line per result, and creates it if there is none.
 *
 * Lines are only ever added. Each carries a digest of itself and the digest of the line before it. A
 * line that was damaged since is moved to `PATH.damaged`, so that its piece of work is done again; all
 * other lines are kept. Where lines were removed, copied or reordered, those that are there are kept as
 * well, for each holds on its own. The journal's `notices` say what was found. A last line without its
 * line break, which a crash has cut short, is removed without a notice.
 *
 * A key must contain everything that a result depends on, including the data and the version of the
 * arithmetic: a result is reused wherever its key is asked for.
 *
 * @param isResult whether a line's result is one of this journal
 * @throws {UserError} when the file cannot be written, or another process holds it
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
        `${path}: the damaged lines are kept beside it in ${
          basename(path)
        }.damaged, and their work ` +
          `is done again; ${contents.results.size} results are intact`,
      );
    }
    if (notices.length > 0) {
      const rewritten = rewrite(path, contents.results);
      // The first one stays open as well: who opened it before is still to find it locked.
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

/** A journal in memory: for work that is not to be kept. */
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
  // The system releases the lock when the process ends, however it ends. A file that was replaced
  // between opening and locking is no longer the journal.
  if (!file.tryLockSync(true) || file.statSync().ino !== Deno.statSync(path).ino) {
    file.close();
    throw new UserError(
      `${path}: another process is at this work; wait for it or choose another name`,
    );
  }
  return file;
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

/** Adds damaged lines to the file that keeps them, as they are. */
function keepDamaged(path: string, lines: readonly Uint8Array[]): void {
  const aside = `${path}.damaged`;
  using file = openFile(aside, { append: true, create: true });
  for (const line of lines) {
    writeAll(aside, file, line);
    writeAll(aside, file, new Uint8Array([0x0a]));
  }
}

/** Replaces the journal by one of the given results, at once or not at all; it is locked. */
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
      `all that was finished before is kept: make room and run again`,
  );
}
