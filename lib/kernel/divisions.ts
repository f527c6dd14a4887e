import { ACTIVATIONS } from "./activations.ts";
import { UPDATE_RULES } from "./update_rules.ts";

/**
 * Division of a call of a function of `assembly/index.ts` among threads: by columns, rows or bytes of the
 * output. Each element is still one sum in the same order, computed by one thread, so the bits do not
 * depend on the division.
 */
export interface Division {
  /** Index of the argument that is divided: a number of columns, rows or bytes. */
  readonly extent: number;
  /** Each part begins at a multiple of this. */
  readonly block: number;
  /** Advances the pointer arguments by `n` columns, rows or bytes. */
  readonly move: (args: number[], n: number) => void;
  /** Index of the argument that points to the scratch space; each part has its own. */
  readonly scratch?: number;
  /** Estimated microseconds on one thread. */
  readonly cost: (args: readonly number[]) => number;
}

/** Per microsecond: multiply-adds of a dense product, of a sparse one counted as dense, and bytes. */
const DENSE = 45_000, SPARSE = 120_000, BYTES = 20_000;

/** Divides by columns of the output, which are also columns of the right factor, args[b]. */
const columns = (b: number, out: number, perMicrosecond: number): Division => ({
  extent: out + 4,
  // The sparse product is fastest with 64 columns, and little slower with 32.
  block: 32,
  move(args, n) {
    args[b] += 4 * n;
    args[out] += 4 * n;
  },
  scratch: out + 5,
  cost: (args) => args[out + 2] * args[out + 3] * args[out + 4] / perMicrosecond,
});

/** Divides element-wise operations by bytes; the pointers are the first arguments. */
const elements = (pointers: number, bytesPerMicrosecond: number): Division => ({
  extent: pointers,
  block: 1024,
  move(args, n) {
    for (let i = 0; i < pointers; i++) args[i] += n;
  },
  cost: (args) => args[pointers] / bytesPerMicrosecond,
});

const activations = Object.keys(ACTIVATIONS).flatMap((name): [string, Division][] => {
  const isCheap = ["relu", "leakyRelu", "identity"].includes(name);
  const rate = isCheap ? BYTES : BYTES / 20;
  return [[name, elements(2, rate)], [`${name}Slope`, elements(3, rate)]];
});

/** A rule that keeps fewer matrices does not use the last pointers. */
const updates = Object.keys(UPDATE_RULES).map((name): [string, Division] => [
  name,
  elements(4, BYTES / 2),
]);

/** The rules for layers that read images are divided by columns. */
const sparseUpdate: Division = {
  extent: 11,
  block: 32,
  move(args, n) {
    for (const pointer of [5, 7, 8, 9]) args[pointer] += 4 * n;
  },
  cost: (args) => args[3] * args[4] * args[11] / SPARSE,
};

/** So are the steps that they defer, which threads make at once: see `assembly/deferred.ts`. */
const settle: Division = {
  extent: 8,
  block: 32,
  move(args, n) {
    for (const pointer of [4, 5, 6]) args[pointer] += 4 * n;
  },
  cost: (args) => 12 * args[3] * args[8] / BYTES,
};

/** The functions that are divided, by name; the others are too short. */
export const DIVISIONS: ReadonlyMap<string, Division> = new Map<string, Division>([
  ["product", columns(2, 4, DENSE)],
  ["productTN", columns(3, 6, DENSE)],
  ["productNT", {
    ...columns(2, 4, DENSE),
    block: 16,
    // Columns of the output are rows of the right factor.
    move(args, n) {
      args[2] += n * args[3];
      args[4] += 4 * n;
    },
  }],
  ["sparseProduct", {
    ...columns(6, 9, SPARSE),
    scratch: 12,
    extent: 11,
    cost: (args) => args[4] * args[5] * args[11] / SPARSE,
  }],
  ["sparseMomentum", sparseUpdate],
  ["sparseAdam", sparseUpdate],
  ["settle", settle],
  ["followVelocity", elements(2, BYTES)],
  ["combine", {
    extent: 4,
    block: 1024,
    move(args, n) {
      args[1] += n;
      args[3] += n;
    },
    cost: (args) => args[4] / BYTES,
  }],
  ["addRow", {
    extent: 2,
    block: 1,
    move: (args, n) => void (args[1] += n * args[3]),
    cost: (args) => args[2] * args[3] / BYTES,
  }],
  ...activations,
  ...updates,
]);

/**
 * Splits a call into `parts` calls. Returns the arguments of each; an empty list for a part without work.
 *
 * @param scratchBytes distance between the parts' scratch spaces
 */
export function divide(
  { extent, block, move, scratch }: Division,
  args: readonly number[],
  parts: number,
  scratchBytes: number,
): number[][] {
  const blocks = Math.ceil(args[extent] / block);
  return Array.from({ length: parts }, (_, part) => {
    const from = Math.floor(part * blocks / parts) * block;
    const to = Math.min(Math.floor((part + 1) * blocks / parts) * block, args[extent]);
    if (from >= to) return [];
    const own = [...args];
    move(own, from);
    own[extent] = to - from;
    if (scratch !== undefined) own[scratch] += part * scratchBytes;
    return own;
  });
}
