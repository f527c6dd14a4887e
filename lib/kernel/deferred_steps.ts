/** Bytes of a logged step, and the most steps of a log, as in `assembly/deferred.ts`. */
const STEP_BYTES = 32, MOST_STEPS = 64;

/** The memory of a matrix and of its views. */
export interface Place {
  /** Address of the first number. */
  readonly address: number;
  /** Steps that some of the rows have still to make. */
  deferred?: DeferredSteps;
}

/** The functions of `assembly/deferred.ts`. */
export interface DeferredExports {
  catchUp(...args: number[]): void;
  settle(...args: number[]): void;
}

/** A layer's weights and what their rule keeps for them; all have the same shape. */
export interface RuledWeights {
  readonly rule: "momentum" | "adam";
  readonly rows: number;
  /** Columns, rounded up to whole pairs of vectors. */
  readonly columns: number;
  readonly rowBytes: number;
  /** The places of the weights and of the kept matrices. */
  readonly places: readonly Place[];
}

/**
 * The steps that rows of weights have missed, because their pixels were black in the batches since. Whoever
 * needs the numbers calls `catchUp` or `settle` first.
 */
export interface DeferredSteps {
  /** Address of the log, of which the next step has the number `steps`. */
  readonly pointer: number;
  /** Number of steps in the log. */
  readonly steps: number;
  /** Whether the steps are those of these weights, by this rule. */
  isOf(weights: RuledWeights): boolean;
  /** Adds a step to the log: the rows with entries have made it. */
  add(): void;
  /** Makes the missed steps of the rows with entries in an index of a single tile. */
  catchUp(starts: number, ends: number): void;
  /** Makes all missed steps. */
  settle(): void;
}

/**
 * Starts a log without steps.
 *
 * @param allocate returns the address of zeroed bytes in the memory of `words`
 */
export function deferredSteps(
  wasm: DeferredExports,
  words: Uint32Array,
  allocate: (bytes: number) => number,
  { rule, rows, columns, rowBytes, places }: RuledWeights,
): DeferredSteps {
  const pointer = allocate(MOST_STEPS * STEP_BYTES + 4 * rows);
  const made = words.subarray((pointer + MOST_STEPS * STEP_BYTES) / 4).subarray(0, rows);
  const isAdam = rule === "adam" ? 1 : 0;
  const [w, s, t] = [0, 1, 2].map((i) => places[i]?.address ?? 0);
  let steps = 0;
  const log: DeferredSteps = {
    pointer,
    get steps() {
      return steps;
    },
    isOf: (other) =>
      other.rule === rule && other.places.every((place, i) => place.address === places[i].address),
    add() {
      steps++;
      if (steps === MOST_STEPS) log.settle();
    },
    catchUp(starts, ends) {
      if (steps === 0) return;
      wasm.catchUp(isAdam, pointer, steps, starts, ends, rows, w, s, t, rowBytes, columns);
    },
    settle() {
      if (steps === 0) return;
      wasm.settle(isAdam, pointer, steps, rows, w, s, t, rowBytes, columns);
      steps = 0;
      made.fill(0);
    },
  };
  for (const place of places) place.deferred = log;
  return log;
}
