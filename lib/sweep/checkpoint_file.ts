import { writeFileAtomically } from "../base/atomic_file.ts";
import { sha256 } from "../base/sha256.ts";
import { UserError } from "../base/user_error.ts";
import type { Checkpoint, Weights } from "../training/checkpoint.ts";
import type { TrialHooks } from "../training/trial.ts";

/** Milliseconds between two writes: at most this much work, plus one epoch, is lost. */
const PERIOD = 15_000;

/** A file with the latest checkpoint of a training run. */
export interface CheckpointFile {
  /** Hooks for the training: resume from the file, save the state after every epoch. */
  readonly hooks: Pick<TrialHooks, "resumeFrom" | "onCheckpoint">;
  /**
   * Writes the last epoch's state if the file does not contain it yet.
   *
   * @returns the number of epochs in the file, 0 if there is no file
   * @throws {UserError} if it cannot be written
   */
  save(): Promise<number>;
  /** As `save`, except that a file that cannot be written only costs time. */
  keep(): Promise<void>;
  /** Removes the file, once the training's result is stored elsewhere. */
  remove(): void;
}

/**
 * Opens a checkpoint file, which is written at the end of an epoch, at most every `period` milliseconds.
 * A file that cannot be read or written costs only time: the training then starts from the beginning.
 *
 * @param path must identify the training: everything that its result depends on must be part of it
 * @param period in milliseconds; defaults to 15,000
 * @param onFailure called once if the file cannot be written
 */
export function checkpointFile(
  path: string,
  period: number = PERIOD,
  onFailure: (error: UserError) => void = () => {},
): CheckpointFile {
  const resumeFrom = readCheckpoint(path);
  let inFile = resumeFrom?.history.length ?? 0;
  let unsaved: Checkpoint | undefined;
  let saved = performance.now(), hasFailed = false;
  // Writes are sequential because they share a temporary name.
  let writing = Promise.resolve();
  const save = async () => {
    const checkpoint = unsaved;
    if (checkpoint === undefined) return;
    await writeFileAtomically(path, formatCheckpoint(checkpoint));
    inFile = checkpoint.history.length;
    if (unsaved === checkpoint) unsaved = undefined;
  };
  const inTurn = () => {
    const turn = writing.then(save);
    writing = turn.catch(() => {});
    return turn;
  };
  const keep = () =>
    inTurn().catch((error) => {
      if (!(error instanceof UserError)) throw error;
      if (!hasFailed) onFailure(error);
      hasFailed = true;
    });
  return {
    hooks: {
      resumeFrom,
      async onCheckpoint(take) {
        unsaved = take();
        if (performance.now() - saved < period) return;
        await keep();
        saved = performance.now();
      },
    },
    keep,
    async save() {
      await inTurn();
      return inFile;
    },
    remove() {
      try {
        Deno.removeSync(path);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    },
  };
}

/**
 * Formats a checkpoint: a line with the SHA-256 of the JSON below it, in which 32-bit numbers are the
 * base64 of their little-endian bytes.
 */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { numbers, best } = checkpoint;
  const json = JSON.stringify({ ...checkpoint, numbers: packed(numbers), best: packed(best) });
  return `${sha256(json)}\n${json}`;
}

/** Parses the text of {@linkcode formatCheckpoint}; `undefined` if it is damaged or something else. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [digest, json] = text.split("\n");
  if (json === undefined || sha256(json) !== digest) return undefined;
  const { numbers, best, ...rest } = JSON.parse(json);
  return { ...rest, numbers: unpacked(numbers), best: unpacked(best) };
}

function packed(arrays: Weights | undefined): string[] | undefined {
  return arrays?.map((array) => new Uint8Array(Float32Array.from(array).buffer).toBase64());
}

function unpacked(texts: readonly string[] | undefined): Weights | undefined {
  return texts?.map((base64) => new Float32Array(Uint8Array.fromBase64(base64).buffer));
}

function readCheckpoint(path: string): Checkpoint | undefined {
  try {
    return parseCheckpoint(Deno.readTextFileSync(path));
  } catch {
    return undefined;
  }
}
