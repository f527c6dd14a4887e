import { usageError, UserError } from "../base/user_error.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { simdKernel } from "../kernel/simd.ts";
import { threadedKernel } from "../kernel/threaded.ts";

/**
 * How many threads a training uses: a number, or `auto` for as many as pay. The result does not depend on
 * it.
 */
export type Threads = number | "auto";

/** The most threads that a training may use. */
export const MOST_THREADS = 64;

/** What decides whether threads pay. */
export interface TrainingSize {
  /** Units of every layer. */
  readonly layers: readonly number[];
  readonly batchSize: number;
  /** Training images, every epoch counted. */
  readonly images: number;
}

/** Multiply-adds of a layer and a batch below which threads do not pay, and those of a whole training. */
const LEAST_LAYER = 4e6, LEAST_TRAINING = 5e10;

/** Columns of a layer's weights that a thread should have at least, and the most threads of `auto`. */
const LEAST_COLUMNS = 64, MOST_AUTO = 8;

/**
 * The threads that a training is given: those asked for, or for `auto` one per core if the network, the
 * batch and the training are large enough.
 *
 * @throws {UserError} for a number that is not whole, below 1 or too large
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { threadsFor } from "./threads.ts";
 * const narrow = { layers: [784, 128, 64, 10], batchSize: 32, images: 60_000 };
 * const wide = { layers: [784, 800, 800, 10], batchSize: 128, images: 60_000 };
 * assert.deepEqual([threadsFor("auto", narrow, 2), threadsFor("auto", wide, 2)], [1, 2]);
 * ```
 */
export function threadsFor(
  threads: Threads,
  { layers, batchSize, images }: TrainingSize,
  cores = navigator.hardwareConcurrency,
): number {
  if (threads !== "auto") {
    if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return threads;
    throw usageError(
      `threads must be auto or a whole number from 1 to ${MOST_THREADS}, got ${threads}`,
    );
  }
  const weights = layers.slice(1).map((units, l) => units * layers[l]);
  const isLarge = batchSize * Math.max(...weights) >= LEAST_LAYER &&
    3 * images * weights.reduce((sum, count) => sum + count, 0) >= LEAST_TRAINING;
  if (!isLarge || batchSize === 1) return 1;
  const widest = Math.max(...layers.slice(1));
  return Math.max(1, Math.min(cores, MOST_AUTO, Math.floor(widest / LEAST_COLUMNS)));
}

/** The kernel of a training, and a function to call when it is over. */
export async function trainingKernel(
  threads: Threads,
  size: TrainingSize,
): Promise<{ kernel: Kernel; end: () => Promise<void> }> {
  const count = threadsFor(threads, size);
  const alone = () => ({ kernel: simdKernel(), end: () => Promise.resolve() });
  if (count === 1) return alone();
  try {
    return await threadedKernel(count, threads === "auto");
  } catch (error) {
    // Where address space is limited, it is often too small for a shared memory.
    if (!(error instanceof RangeError)) throw error;
    if (threads === "auto") return alone();
    throw new UserError(`there is no memory for ${count} threads (${error.message}); use 1 thread`);
  }
}
