import { writeFileAtomically } from "../base/atomic_file.ts";
import { sha256 } from "../base/sha256.ts";
import { UserError } from "../base/user_error.ts";
import type { Checkpoint } from "../training/checkpoint.ts";
import type { TrialHooks } from "../training/trial.ts";

/** Milliseconds of work that a sweep may lose. */
const PERIOD = 15_000;

/** The file that keeps how far a training is. */
export interface CheckpointFile {
  /** For the training: it goes on from the file, and leaves its state after every epoch. */
  readonly hooks: Pick<TrialHooks, "resumeFrom" | "onCheckpoint">;
  /**
   * Writes the last epoch's state, where it is not in the file yet.
   *
   * @returns the number of epochs in the file, 0 where there is none
   * @throws {UserError} when it cannot be written
   */
  save(): Promise<number>;
  /** Removes the file: the training is over and its result is elsewhere. */
  remove(): void;
}

/**
 * A checkpoint file for a training, which is written every `period` milliseconds at the end of an epoch.
 * A file that cannot be read or written costs time alone: the training then starts at its beginning.
 *
 * @param path names the training: everything that its result depends on must be part of it
 * @param onFailure called once when the file cannot be written
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
  // One write after the other: they share a temporary name.
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
  return {
    hooks: {
      resumeFrom,
      async onCheckpoint(take) {
        unsaved = take();
        if (performance.now() - saved < period) return;
        await inTurn().catch((error) => {
          if (!(error instanceof UserError)) throw error;
          if (!hasFailed) onFailure(error);
          hasFailed = true;
        });
        saved = performance.now();
      },
    },
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
 * A checkpoint as JSON, its 32-bit numbers as base64 of their little-endian bytes, below a line with
 * the SHA-256 of it.
 */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const numbers = checkpoint.numbers.map((array) =>
    new Uint8Array(Float32Array.from(array).buffer).toBase64()
  );
  const json = JSON.stringify({ ...checkpoint, numbers });
  return `${sha256(json)}\n${json}`;
}

/** What {@linkcode formatCheckpoint} wrote, or `undefined` where the text is something else. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [digest, json] = text.split("\n");
  if (json === undefined || sha256(json) !== digest) return undefined;
  const { steps, history, numbers, augmentState } = JSON.parse(json);
  const arrays = numbers.map((base64: string) =>
    new Float32Array(Uint8Array.fromBase64(base64).buffer)
  );
  return { steps, history, numbers: arrays, augmentState };
}

function readCheckpoint(path: string): Checkpoint | undefined {
  try {
    return parseCheckpoint(Deno.readTextFileSync(path));
  } catch {
    return undefined;
  }
}
