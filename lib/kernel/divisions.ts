import { ACTIVATIONS } from "./activations.ts";

/**
 * How a call of a function of `assembly/index.ts` is divided among threads: by columns, rows or bytes of
 * its output. Each element is still computed by one thread, as one sum in the same order, so the bits do
 * not depend on the division.
 */
export interface Division {
  /** The place of the argument that is divided: a number of columns, rows or bytes. */
  readonly extent: number;
  /** Each part begins at a multiple of this. */
  readonly block: number;
  /** Moves the pointers among the arguments `n` columns, rows or bytes on. */
  readonly move: (args: number[], n: number) => void;
  /** The place of the argument that points to intermediate results; each part has its own. */
  readonly scratch?: number;
  /** About how many microseconds one thread takes. */
  readonly cost: (args: readonly number[]) => number;
}

/** Multiply-adds of a dense product in a microsecond, of the dense form of a sparse one, and bytes. */
const DENSE = 45_000, SPARSE = 120_000, BYTES = 20_000;

/** Columns of the output, which are columns of the right factor at args[b] too. */
const columns = (b: number, out: number, perMicrosecond: number): Division => ({
  extent: out + 4,
  // The sparse product is fastest with 64 columns and not much slower with 32.
  block: 32,
  move(args, n) {
    args[b] += 4 * n;
    args[out] += 4 * n;
  },
  scratch: out + 5,
  cost: (args) => args[out + 2] * args[out + 3] * args[out + 4] / perMicrosecond,
});

/** Bytes of matrices that are gone through element by element, the pointers coming first. */
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

/** The functions that are divided, by name; the others take too little time. */
export const DIVISIONS: ReadonlyMap<string, Division> = new Map<string, Division>([
  ["product", columns(2, 4, DENSE)],
  ["productTN", columns(3, 6, DENSE)],
  ["productNT", {
    ...columns(2, 4, DENSE),
    block: 16,
    // The columns of the output are rows of the right factor.
    move(args, n) {
      args[2] += n * args[3];
      args[4] += 4 * n;
    },
  }],
  ["sparseProduct", {
    ...columns(5, 8, SPARSE),
    scratch: 11,
    extent: 10,
    cost: (args) => args[3] * args[4] * args[10] / SPARSE,
  }],
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
]);

/**
 * The arguments of each of `parts` calls that together do what one call does; an empty list where there
 * is nothing left for a part.
 *
 * @param scratchBytes how far apart the parts' intermediate results are
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
