import { dirname } from "node:path";
import { reason } from "./atomic_file.ts";
import { UserError } from "./user_error.ts";

/** The finished pieces of a long work, on disk. One process at a time holds it. */
export interface Journal<T> {
  /** The result of a piece that has been finished before, by its key. */
  get(key: string): T | undefined;
  /** Writes a result down; it is on the disk when this returns. */
  append(key: string, result: T): void;
  /** Lets go of the file. */
  close(): void;
}

/**
 * Opens a journal, a file of one JSON line a result, and makes it if there is none. Lines are only
 * ever added. A last line that a crash has torn is cut off, and its piece of work is done again.
 *
 * A key is to hold all that a result depends on, the data and the version of the arithmetic too: a
 * result is taken over wherever its key is asked for.
 *
 * @param isResult tells a result from what somebody else wrote
 * @throws {UserError} when the file cannot be written, another process holds it, or a line in its
 * middle is not one of its own
 */
export function openJournal<T>(
  path: string,
  isResult: (value: unknown) => value is T,
): Journal<T> {
  const file = openLocked(path);
  try {
    const known = readLines(path, file, isResult);
    return {
      get: (key) => known.get(key),
      append(key, result) {
        writeAll(path, file, JSON.stringify({ key, result }) + "\n");
        known.set(key, result);
      },
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** A journal that forgets: for work that is not to be kept. */
export function memoryJournal<T>(): Journal<T> {
  const known = new Map<string, T>();
  return {
    get: (key) => known.get(key),
    append: (key, result) => void known.set(key, result),
    close() {},
  };
}

function openLocked(path: string): Deno.FsFile {
  let file: Deno.FsFile;
  try {
    Deno.mkdirSync(dirname(path), { recursive: true });
    file = Deno.openSync(path, { read: true, write: true, create: true });
  } catch (error) {
    throw new UserError(
      `${path}: cannot be written (${reason(error)}); check the folder's permissions`,
    );
  }
  // The system lets go of the lock when the process ends, however it ends.
  if (!file.tryLockSync(true)) {
    file.close();
    throw new UserError(
      `${path}: another process is at this work; wait for it or choose another name`,
    );
  }
  return file;
}

/** Reads the whole lines, cuts a torn one off and leaves the file at its end. */
function readLines<T>(
  path: string,
  file: Deno.FsFile,
  isResult: (value: unknown) => value is T,
): Map<string, T> {
  const bytes = Deno.readFileSync(path);
  const length = bytes.lastIndexOf(0x0a) + 1;
  const whole = new TextDecoder().decode(bytes.subarray(0, length));
  const known = new Map<string, T>();
  whole.split("\n").slice(0, -1).forEach((line, i) => {
    const { key, result } = parseLine(line);
    // Bytes that are no UTF-8 come as U+FFFD.
    if (typeof key !== "string" || !isResult(result) || line.includes("\uFFFD")) {
      throw new UserError(
        `${path}, line ${i + 1}: not a line of this journal; ` +
          `mend or delete the line (its piece of the work is then done again)`,
      );
    }
    known.set(key, result);
  });
  file.truncateSync(length);
  file.seekSync(length, Deno.SeekMode.Start);
  return known;
}

function parseLine(line: string): { key?: unknown; result?: unknown } {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    return {};
  }
}

function writeAll(path: string, file: Deno.FsFile, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
    file.syncDataSync();
  } catch (error) {
    throw new UserError(
      `${path}: cannot be written (${reason(error)}); ` +
        `all that was finished before is kept: make room and run again`,
    );
  }
}
