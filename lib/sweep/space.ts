import { usageError } from "../base/user_error.ts";
import {
  checkTogether,
  complete,
  DEFAULTS,
  type HyperparameterName,
  HYPERPARAMETERS,
  type Hyperparameters,
  readValue,
} from "../training/hyperparameters.ts";

/**
 * The trials of a sweep: any hyperparameter may be one value or a list of values. A list of units per
 * layer is one value, `[[784, 128, 10], [784, 300, 10]]` are two; so is a list of activations, one for
 * each hidden layer, inside another list.
 */
export type Space = {
  readonly [Name in keyof Hyperparameters]?:
    | Hyperparameters[Name]
    | readonly Hyperparameters[Name][];
};

/** The most trials that a space may have. */
export const MOST_TRIALS = 1_000_000;

/**
 * Every combination of the values in a space, complete and checked. The last hyperparameter in the
 * order of {@linkcode HYPERPARAMETERS}, the seed, changes fastest; values keep their order.
 *
 * @throws {UserError} for an unknown hyperparameter, an impossible value, a list with none, or more
 * than {@linkcode MOST_TRIALS} combinations
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { grid } from "./space.ts";
 * const trials = grid({ learningRate: [0.1, 0.2], seed: [1, 2, 3] });
 * assert.equal(trials.length, 6);
 * assert.equal(trials[1].seed, 2);
 * ```
 */
export function grid(space: Space): Hyperparameters[] {
  const axes = axesOf(space);
  const count = sizeOf(axes);
  return Array.from({ length: count }, (_, t) => {
    const trial: Record<string, unknown> = {};
    // The place of each value, as the digits of t.
    let rest = count, place = t;
    for (const [name, values] of axes) {
      rest /= values.length;
      trial[name] = values[Math.floor(place / rest)];
      place %= rest;
    }
    return checkTogether(trial as unknown as Hyperparameters);
  });
}

/**
 * How many trials a space has.
 *
 * @throws {UserError} as {@linkcode grid}, but without checking that values fit together
 */
export function gridSize(space: Space): number {
  return sizeOf(axesOf(space));
}

/**
 * A function that names the hyperparameters whose value in a table's row is not in a space: none where
 * the row is one of its trials.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { grid, outsideOf } from "./space.ts";
 * const outside = outsideOf({ learningRate: [0.1, 0.2], seed: [1, 2, 3] });
 * const [trial] = grid({ learningRate: 0.2, seed: 3 });
 * assert.deepEqual(outside(trial), []);
 * assert.deepEqual(outside({ ...trial, seed: 4 }), ["seed"]);
 * ```
 */
export function outsideOf(
  space: Space,
): (row: Readonly<Partial<Record<keyof Hyperparameters, unknown>>>) => (keyof Hyperparameters)[] {
  // As in a table's cells: lists are joined by dashes.
  const cell = (value: unknown) => [value].flat().join("-");
  const axes = axesOf(space).map(([name, values]) => [name, new Set(values.map(cell))] as const);
  return (row) =>
    axes.filter(([name, values]) => !values.has(cell(row[name]))).map(([name]) => name);
}

/** The values of each hyperparameter, in the order of {@linkcode HYPERPARAMETERS}. */
function axesOf(space: Space): [keyof Hyperparameters, readonly unknown[]][] {
  const unknown = Object.keys(space).find((name) => !Object.hasOwn(DEFAULTS, name));
  if (unknown !== undefined) complete({ [unknown]: null });
  return HYPERPARAMETERS.map((name) => [name, valuesOf(space, name)]);
}

function sizeOf(axes: ReturnType<typeof axesOf>): number {
  const count = axes.reduce((product, [, values]) => product * values.length, 1);
  if (count <= MOST_TRIALS) return count;
  const several = axes.filter(([, values]) => values.length > 1)
    .map(([name, values]) => `${name} ${values.length}`);
  throw usageError(
    `the sweep has ${count} trials (values: ${
      several.join(", ")
    }), expected at most ${MOST_TRIALS}; ` +
      `take fewer values, or several sweeps`,
  );
}

/** The values that a hyperparameter takes in a space, checked and in their one form. */
function valuesOf(space: Space, name: HyperparameterName): readonly unknown[] {
  const given = space[name];
  if (given === undefined) return [DEFAULTS[name]];
  if (!Array.isArray(given) || name === "layers" && !Array.isArray(given[0])) {
    return [readValue(name, given)];
  }
  if (given.length === 0) throw usageError(`${name} must have at least one value, got []`);
  if (given.length > MOST_TRIALS) {
    throw usageError(`${name} must have at most ${MOST_TRIALS} values, got ${given.length}`);
  }
  // 0.1 given twice would be two rows of the same trial.
  const values = given.map((value) => readValue(name, value));
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
