import { wholeVectors } from "./vectors.ts";

/** Bytes of a logged step, and the most steps of a log, as in `assembly/deferred.ts`. */
const STEP_BYTES = 32, MOST_STEPS = 64;

/** The memory of a matrix and of its views. */
export interface Place {
  /** Address of the first number. */
  readonly address: number;
  /** Rows from there on; a view has fewer. */
  readonly rows: number;
  /** Steps that some of the rows have still to make. */
  deferred: DeferredSteps | undefined;
  /** Address of the log of such steps; 0 before the first. */
  log: number;
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
  /** Whether a row may have missed a step. */
  readonly isPending: boolean;
  /** Whether the steps are of all these rows, by the rule that keeps these matrices. */
  isOf(weights: Placed, kept: readonly Placed[]): boolean;
  /** Makes the missed steps of the rows with entries in an index of a single tile, which has `rows` rows. */
  catchUp(starts: number, ends: number, rows: number): void;
  /**
   * Does so too, and counts a further step as made by them. To make it, and to log it, is up to the caller.
   *
   * @returns the step's number in the log
   */
  add(starts: number, ends: number, rows: number): number;
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
  const { rows, rowBytes, place } = weights;
  const columns = wholeVectors(weights.columns);
  const pointer = place.log ||= allocate(MOST_STEPS * STEP_BYTES + 4 * place.rows);
  const counts = (pointer + MOST_STEPS * STEP_BYTES) / 4;
  const isAdam = rule === "adam" ? 1 : 0;
  const first = kept[0].place, second = kept[1]?.place;
  const w = place.address, s = first.address, t = second?.address ?? 0;
  let steps = 0;
  const catchUp = (made: number, starts: number, ends: number, most: number) => {
    const count = Math.min(most, rows);
    wasm.catchUp(isAdam, pointer, steps, made, starts, ends, count, w, s, t, rowBytes, columns);
  };
  const log: DeferredSteps = {
    pointer,
    get isPending() {
      return steps > 0;
    },
    isOf: (all, [one, two]) =>
      all.rows === rows && one.place === first && two?.place === second &&
      // Since then, other weights may have used what the rule keeps.
      first.deferred === log && (second ?? first).deferred === log,
    catchUp: (starts, ends, most) => catchUp(steps, starts, ends, most),
    add(starts, ends, most) {
      if (steps === MOST_STEPS) log.settle();
      catchUp(steps + 1, starts, ends, most);
      return steps++;
    },
    settle() {
      if (steps === 0) return;
      wasm.settle(isAdam, pointer, steps, rows, w, s, t, rowBytes, columns);
      words.fill(0, counts, counts + place.rows);
      steps = 0;
    },
  };
  for (const { place } of [weights, ...kept]) place.deferred = log;
  return log;
}
