import { writeFileAtomically } from "../base/atomic_file.ts";
import { sha256 } from "../base/sha256.ts";
import { UserError } from "../base/user_error.ts";
import type { Checkpoint } from "../training/checkpoint.ts";
import type { TrialHooks } from "../training/trial.ts";

/** Milliseconds of work that may be lost. */
const PERIOD = 15_000;

/**
 * The hooks of a trial that goes on where an earlier run of it was interrupted, and that leaves in a
 * file, every few seconds, what it takes to do so.
 *
 * A file that cannot be read or written costs time alone: the trial then starts at its beginning.
 *
 * @param path names the trial: whatever its result depends on has to be part of it
 */
export function checkpointHooks(path: string): Pick<TrialHooks, "resumeFrom" | "onCheckpoint"> {
  let saved = performance.now();
  return {
    resumeFrom: readCheckpoint(path),
    async onCheckpoint(take) {
      if (performance.now() - saved < PERIOD) return;
      await writeFileAtomically(path, formatCheckpoint(take())).catch((error) => {
        if (!(error instanceof UserError)) throw error;
      });
      saved = performance.now();
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
