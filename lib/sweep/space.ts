import { usageError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";
import {
  checkTogether,
  complete,
  DEFAULTS,
  fitLayers,
  type HyperparameterName,
  HYPERPARAMETERS,
  readValue,
  type Settings,
} from "../training/hyperparameters.ts";

/**
 * The search space of a sweep: each hyperparameter is one value or a list of values. For `layers`,
 * `[784, 128, 10]` is one value and `[[784, 128, 10], [784, 300, 10]]` are two. For `activation`, an inner
 * list gives one function per hidden layer and is one value.
 */
export type Space = {
  readonly [Name in keyof Settings]?:
    | Settings[Name]
    | readonly Settings[Name][];
};

/** Maximum number of trials in a space. */
export const MOST_TRIALS = 1_000_000;

/**
 * Returns every combination of the values in a space, complete and checked. The last hyperparameter in
 * the order of {@linkcode HYPERPARAMETERS}, the seed, varies fastest; values keep their order.
 *
 * @throws {UserError} for an unknown hyperparameter, an invalid value, an empty list, or more than
 * {@linkcode MOST_TRIALS} combinations
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
export function grid(space: Space): Settings[] {
  const axes = axesOf(space);
  const count = sizeOf(axes);
  return Array.from({ length: count }, (_, t) => {
    const trial: Record<string, unknown> = {};
    // t in mixed radix: one digit per hyperparameter, the index of its value.
    let rest = count, place = t;
    for (const [name, values] of axes) {
      rest /= values.length;
      trial[name] = values[Math.floor(place / rest)];
      place %= rest;
    }
    return checkTogether(trial as unknown as Settings);
  });
}

/** A space with the sizes of first and last layers that it leaves to the data. */
export function fitSpace(space: Space, dataset: Dataset): Space {
  const layers = valuesOf(space, "layers") as Settings["layers"][];
  return { ...space, layers: layers.map((sizes) => fitLayers(sizes, dataset)) };
}

/**
 * Returns the number of trials in a space.
 *
 * @throws {UserError} as {@linkcode grid}, except for values that do not fit together
 */
export function gridSize(space: Space): number {
  return sizeOf(axesOf(space));
}

/**
 * Returns a function that lists the hyperparameters whose value in a table's row is not in the space;
 * the list is empty if the row is one of its trials.
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
): (row: Readonly<Partial<Record<HyperparameterName, unknown>>>) => HyperparameterName[] {
  // Lists are joined by dashes, as in a table's cells.
  const cell = (value: unknown) => [value].flat().join("-");
  const axes = axesOf(space).map(([name, values]) => [name, new Set(values.map(cell))] as const);
  return (row) =>
    axes.filter(([name, values]) => !values.has(cell(row[name]))).map(([name]) => name);
}

/** The values of each hyperparameter, in the order of {@linkcode HYPERPARAMETERS}. */
function axesOf(space: Space): [HyperparameterName, readonly unknown[]][] {
  const validations = valuesOf(space, "validation");
  if (validations.length > 1 && validations.includes("none")) {
    throw usageError(
      `validation must be none for all trials of a sweep or for none of them, got ` +
        `${validations.join(", ")}: results on test and on validation images cannot be compared`,
    );
  }
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

/** The values of a hyperparameter in a space, checked and in canonical form. */
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
  // Duplicates are dropped: they would be the same trial in two rows.
  const values = given.map((value) => readValue(name, value));
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
