import { wholeVectors } from "./vectors.ts";

/** Bytes of a logged step, and the most steps of a log, as in `assembly/deferred.ts`. */
const STEP_BYTES = 32, MOST_STEPS = 64;

/** The memory of a matrix and of its views. */
export interface Place {
  /** Address of the first number. */
  readonly address: number;
  /** Steps that some of the rows have still to make. */
  deferred?: DeferredSteps;
}

/** A matrix of weights, or of what a rule keeps for them. */
interface Placed {
  readonly rows: number;
  readonly columns: number;
  readonly rowBytes: number;
  readonly place: Place;
}

/** The functions of `assembly/deferred.ts`. */
export interface DeferredExports {
  catchUp(...args: number[]): void;
  settle(...args: number[]): void;
}

/** The rules by which a row whose gradient is 0 moves on by itself. */
export type DeferrableRule = "momentum" | "adam";

/**
 * The steps that rows of weights have missed, because their pixels were black in all batches since. Whoever
 * needs the numbers calls `catchUp` or `settle` first.
 */
export interface DeferredSteps {
  /** Address of the log. */
  readonly pointer: number;
  /** Number of steps in the log. */
  readonly steps: number;
  /** Whether the steps are by the rule that keeps these matrices. */
  isOf(kept: readonly Placed[]): boolean;
  /** Adds a step to the log: the rows with entries have made it. */
  add(): void;
  /** Makes the missed steps of the rows with entries in an index of a single tile. */
  catchUp(starts: number, ends: number): void;
  /** Makes all missed steps. */
  settle(): void;
}

/**
 * Starts a log without steps, for weights and the matrices that a rule keeps for them.
 *
 * @param words the kernel's memory
 * @param allocate returns the address of zeroed bytes in it
 */
export function deferSteps(
  wasm: DeferredExports,
  words: Uint32Array,
  allocate: (bytes: number) => number,
  rule: DeferrableRule,
  weights: Placed,
  kept: readonly Placed[],
): DeferredSteps {
  const { rows, rowBytes } = weights;
  const columns = wholeVectors(weights.columns);
  const pointer = allocate(MOST_STEPS * STEP_BYTES + 4 * rows);
  const counts = (pointer + MOST_STEPS * STEP_BYTES) / 4;
  const isAdam = rule === "adam" ? 1 : 0;
  const w = weights.place.address, s = kept[0].place.address, t = kept[1]?.place.address ?? 0;
  const log = {
    pointer,
    steps: 0,
    isOf: ([one, two]: readonly Placed[]) =>
      one.place.address === s && (two?.place.address ?? 0) === t,
    add() {
      log.steps++;
      if (log.steps === MOST_STEPS) log.settle();
    },
    catchUp(starts: number, ends: number) {
      if (log.steps === 0) return;
      wasm.catchUp(isAdam, pointer, log.steps, starts, ends, rows, w, s, t, rowBytes, columns);
    },
    settle() {
      if (log.steps === 0) return;
      wasm.settle(isAdam, pointer, log.steps, rows, w, s, t, rowBytes, columns);
      words.fill(0, counts, counts + rows);
      log.steps = 0;
    },
  };
  for (const { place } of [weights, ...kept]) place.deferred = log;
  return log;
}
