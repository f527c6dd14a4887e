import { sum } from "../base/statistics.ts";
import { usageError, UserError } from "../base/user_error.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { simdKernel } from "../kernel/simd.ts";
import { threadedKernel } from "../kernel/threaded.ts";

/**
 * Number of threads of a training; `auto` for as many as are useful. It does not affect the result.
 */
export type Threads = number | "auto";

/** Maximum number of threads of a training. */
export const MOST_THREADS = 64;

/** Size of a training, which determines the threads of `auto`. */
export interface TrainingSize {
  /** Units of every layer. */
  readonly layers: readonly number[];
  readonly batchSize: number;
  /** Training images, counted once per epoch. */
  readonly images: number;
}

/** Minimum multiply-adds of a layer per batch, and of a whole training, for more than one thread. */
const LEAST_LAYER = 4e6, LEAST_TRAINING = 5e10;

/** Minimum columns of the widest layer per thread, and maximum number of threads of `auto`. */
const LEAST_COLUMNS = 64, MOST_AUTO = 8;

/**
 * Returns the number of threads of a training: the given number, or for `auto` one per core if the network,
 * the batch and the training are large enough.
 *
 * @throws {UserError} if the number is not whole or not from 1 to {@linkcode MOST_THREADS}
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
    3 * images * sum(weights) >= LEAST_TRAINING;
  if (!isLarge || batchSize === 1) return 1;
  const widest = Math.max(...layers.slice(1));
  return Math.max(1, Math.min(cores, MOST_AUTO, Math.floor(widest / LEAST_COLUMNS)));
}

/**
 * Creates the kernel of a training.
 *
 * @param cores the most threads of `auto`; defaults to the number of cores
 * @returns the kernel, and a function to call at the end of the training
 * @throws {UserError} if the number of threads is invalid or there is no memory for them
 */
export async function trainingKernel(
  threads: Threads,
  size: TrainingSize,
  cores?: number,
): Promise<{ kernel: Kernel; end: () => Promise<void> }> {
  const count = threadsFor(threads, size, cores);
  const alone = () => ({ kernel: simdKernel(), end: () => Promise.resolve() });
  if (count === 1) return alone();
  try {
    return await threadedKernel(count, threads === "auto");
  } catch (error) {
    // Limited address space is often too small for a shared memory.
    if (!(error instanceof RangeError)) throw error;
    if (threads === "auto") return alone();
    throw new UserError(`not enough memory for ${count} threads (${error.message}); use 1 thread`);
  }
}
