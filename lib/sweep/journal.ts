import { dirname } from "node:path";
import { reason } from "../base/atomic_file.ts";
import { sha256 } from "../base/sha256.ts";
import { UserError } from "../base/user_error.ts";
import { type Dataset, datasetDigest } from "../dataset/dataset.ts";
import { HYPERPARAMETERS, type Hyperparameters } from "../training/hyperparameters.ts";
import { TRIAL_VERSION } from "../training/trial.ts";
import type { TrialResult } from "../training/trial_result.ts";

/** The finished trials of a sweep, on disk. One process at a time holds it. */
export interface Journal {
  /** The result of a trial that has been finished before, by its key. */
  get(key: string): TrialResult | undefined;
  /** Writes a result down; it is on the disk when this returns. */
  append(key: string, result: TrialResult): void;
  /** Lets go of the file. */
  close(): void;
}

/** What makes a trial the same trial: its hyperparameters, the data's bytes and the arithmetic. */
export function trialKey(hyperparameters: Hyperparameters, dataset: Dataset): string {
  const values = HYPERPARAMETERS.map((name) => hyperparameters[name]);
  return sha256(JSON.stringify([TRIAL_VERSION, datasetDigest(dataset), values]));
}

/**
 * Opens a journal, a file of one JSON line a trial, and makes it if there is none. Lines are only ever
 * added. A last line that a crash has torn is cut off, and the trial is run again.
 *
 * @throws {UserError} when the file cannot be written, another process holds it, or a line in its
 * middle is not one of its own
 */
export function openJournal(path: string): Journal {
  const file = openLocked(path);
  try {
    const known = readLines(path, file);
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

/** A journal that forgets: for sweeps that are not to be kept. */
export function memoryJournal(): Journal {
  const known = new Map<string, TrialResult>();
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
      `${path}: another process is running this sweep; wait for it or choose another name`,
    );
  }
  return file;
}

/** Reads the whole lines, cuts a torn one off and leaves the file at its end. */
function readLines(path: string, file: Deno.FsFile): Map<string, TrialResult> {
  const text = Deno.readTextFileSync(path);
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const known = new Map<string, TrialResult>();
  whole.split("\n").slice(0, -1).forEach((line, i) => {
    const entry = parseLine(line);
    if (entry === undefined) {
      throw new UserError(
        `${path}, line ${i + 1}: not a line of a sweep's journal; ` +
          `mend or delete the line (its trial is then run again)`,
      );
    }
    known.set(entry.key, entry.result);
  });
  const length = new TextEncoder().encode(whole).length;
  file.truncateSync(length);
  file.seekSync(length, Deno.SeekMode.Start);
  return known;
}

function parseLine(line: string): { key: string; result: TrialResult } | undefined {
  try {
    const { key, result } = JSON.parse(line);
    return typeof key === "string" && typeof result?.status === "string"
      ? { key, result }
      : undefined;
  } catch {
    return undefined;
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
        `every trial finished before is kept: make room and run again`,
    );
  }
}
