import { usageError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";
import {
  checkTogether,
  complete,
  DEFAULTS,
  fitLayers,
  type HyperparameterCells,
  type HyperparameterName,
  HYPERPARAMETERS,
  readValue,
  type Settings,
} from "../training/hyperparameters.ts";
import { type Distribution, isDistribution, type Sampler, samplerOf } from "./distribution.ts";
import type { Search } from "./search.ts";

/**
 * The search space of a sweep: each hyperparameter is one value, a list of values, or a distribution to
 * draw from, such as `logUniform(0.001, 1)`. For `layers`, `[784, 128, 10]` is one value and
 * `[[784, 128, 10], [784, 300, 10]]` are two; `"784-128-10"`, as in tables, is the same. For `activation`,
 * an inner list gives one function per hidden layer and is one value.
 *
 * A text may have distributions in its brackets, which are drawn only where the text is the value:
 * `optimizer: choice("sgd", "momentum(uniform(0.5, 0.99))")`. A sweep with distributions needs a
 * {@linkcode Search}; at each of its points, lists are combined as in a grid.
 */
export type Space = {
  readonly [Name in keyof Settings]?: OneValue<Name> | readonly OneValue<Name>[];
};

/** A value in a space, or what it is drawn from. */
type OneValue<Name extends keyof Settings> = Value<Name> | Distribution<Value<Name>>;

/** A value of a hyperparameter, lists also as in tables, texts also with distributions. */
type Value<Name extends keyof Settings> =
  | Settings[Name]
  | HyperparameterCells[Name]
  | (Extract<Settings[Name], string> extends never ? never : Drawn);

/** A text with a distribution in its brackets. */
type Drawn = `${string}(${string}(${string}`;

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
  return [...gridOf(space)];
}

/** {@linkcode grid}, one by one. */
function* gridOf(space: Space): Generator<Settings, void> {
  const axes = axesOf(space);
  const count = sizeOf(axes);
  const first = Object.fromEntries(axes.map(([name, [value]]) => [name, value]));
  const varied = axes.filter(([, values]) => values.length > 1);
  for (let t = 0; t < count; t++) {
    const trial = { ...first };
    // t in mixed radix: one digit per hyperparameter, the index of its value.
    let rest = count, place = t;
    for (const [name, values] of varied) {
      rest /= values.length;
      trial[name] = values[Math.floor(place / rest)];
      place %= rest;
    }
    yield checkTogether(trial as unknown as Settings);
  }
}

/**
 * Returns the settings of a space in order: every combination, or those of each point of the search. A
 * point that repeats an earlier one is left out.
 *
 * @param dataset fills in the sizes of first and last layers
 * @throws {UserError} as {@linkcode grid}, for a space with distributions without a search, and for a
 * search without distributions
 */
export function* settingsIn(
  space: Space,
  dataset: Dataset,
  search?: Search,
): Generator<Settings, void> {
  if (search === undefined) return yield* gridOf(fitSpace(space, dataset));
  const seen = new Set<string>();
  for (const drawn of drawnSpaces(space, search)) {
    for (const settings of gridOf(fitSpace(drawn, dataset))) {
      const key = JSON.stringify(settings);
      if (!seen.has(key)) yield settings;
      seen.add(key);
    }
  }
}

/** The points of a search, each as a space without distributions. */
export function* drawnSpaces(space: Space, search: Search): Generator<Space, void> {
  const axes = HYPERPARAMETERS.filter((name) => space[name] !== undefined).map((name) => ({
    name,
    values: elementsOf(space, name).map((value) => samplerOf(value) ?? value),
  }));
  const samplers = axes.flatMap(({ name, values }) =>
    values.filter(isSampler).map((sampler) => ({ name, sampler }))
  );
  if (samplers.length === 0) {
    throw usageError(
      `${search.text} draws from distributions, and there is none; take one, such as ` +
        `learningRate logUniform(0.001, 1), or leave out the search`,
    );
  }
  for (const { name, sampler } of samplers) {
    sampler.examples.forEach((value) => readValue(name, value));
  }
  const count = search.points(wholeEpochs(space, search));
  const dimensions = samplers.reduce((sum, { sampler }) => sum + sampler.dimensions, 0);
  const place = search.place(dimensions);
  for (let i = 0; i < count; i++) {
    const point = place(i);
    let taken = 0;
    const drawn = (value: unknown) => {
      if (!isSampler(value)) return value;
      const own = point.slice(taken, taken += value.dimensions);
      return value.draw(own);
    };
    const values = axes.map(({ name, values }) => [name, values.map(drawn)] as const);
    const one: Space = Object.fromEntries(values);
    if (i === 0 && count * gridSize(one) > MOST_TRIALS) {
      throw usageError(
        `the sweep has ${count * gridSize(one)} trials, expected at most ${MOST_TRIALS}`,
      );
    }
    yield one;
  }
}

/** The epochs of a space, which {@linkcode Search} may need: one number. */
export function wholeEpochs(space: Space, { brackets, text }: Search): number {
  if (brackets === undefined) return 1;
  const values = elementsOf(space, "epochs");
  if (values.length === 1 && typeof values[0] === "number") return values[0];
  throw usageError(`epochs must be one number with ${text}, the epochs of the last rung`);
}

/** Reports whether something in a space is drawn from a distribution. */
export function isDrawn(space: Space): boolean {
  return HYPERPARAMETERS.some((name) =>
    elementsOf(space, name).some((value) => samplerOf(value) !== undefined)
  );
}

function isSampler(value: unknown): value is Sampler {
  return typeof value === "object" && value !== null && "dimensions" in value;
}

/** Fills in the sizes of first and last layers that a space leaves to the data. */
export function fitSpace(space: Space, dataset: Dataset): Space {
  const layers = valuesOf(space, "layers") as Settings["layers"][];
  return { ...space, layers: layers.map((sizes) => fitLayers(sizes, dataset)) };
}

/**
 * Returns the number of trials in a space, of which some may be equal where they are drawn.
 *
 * @throws {UserError} as {@linkcode settingsIn}, except for values that do not fit together
 */
export function gridSize(space: Space, search?: Search): number {
  if (search === undefined) return sizeOf(axesOf(space));
  const [first] = drawnSpaces(space, search);
  return search.points(wholeEpochs(space, search)) * gridSize(first);
}

/**
 * Returns a function that lists the hyperparameters whose value in a table's row is not in the space;
 * the list is empty if the row is one of its trials.
 *
 * @param search of the points of a space with distributions
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { syntheticDigits } from "../dataset/synthetic.ts";
 * import { grid, outsideOf } from "./space.ts";
 * const digits = syntheticDigits({ train: 1, test: 1 });
 * const space = { layers: [784, 10], learningRate: [0.1, 0.2], seed: [1, 2, 3] };
 * const outside = outsideOf(space, digits);
 * const [trial] = grid({ ...space, learningRate: 0.2, seed: 3 });
 * assert.deepEqual(outside(trial), []);
 * assert.deepEqual(outside({ ...trial, seed: 4 }), ["seed"]);
 * ```
 */
export function outsideOf(
  space: Space,
  dataset: Dataset,
  search?: Search,
): (row: RowCells) => HyperparameterName[] {
  // Lists are joined by dashes, as in a table's cells.
  const cell = (value: unknown) => [value].flat().join("-");
  const axes = (space: Space) =>
    axesOf(fitSpace(space, dataset))
      .map(([name, values]) => [name, new Set(values.map(cell))] as const);
  const missing = (row: RowCells, point: ReturnType<typeof axes>) =>
    point.filter(([name, values]) => !values.has(cell(row[name]))).map(([name]) => name);
  if (search === undefined) {
    const all = axes(space);
    return (row) => missing(row, all);
  }
  const points = [...drawnSpaces(space, search)].map(axes);
  // A row belongs to the points with its drawn values: few, also of many points.
  const drawn = HYPERPARAMETERS.filter((name) =>
    elementsOf(space, name).some((value) => samplerOf(value) !== undefined)
  );
  const keyed = new Map<string, ReturnType<typeof axes>[]>();
  for (const point of points) {
    const values = point.filter(([name]) => drawn.includes(name)).map(([, values]) => [...values]);
    for (const key of combinations(values)) keyed.set(key, [...keyed.get(key) ?? [], point]);
  }
  return (row) =>
    (keyed.get(drawn.map((name) => cell(row[name])).join("\n")) ?? points)
      .map((point) => missing(row, point))
      .reduce((least, other) => other.length < least.length ? other : least);
}

/** The cells of a row that are looked at. */
type RowCells = Readonly<Partial<Record<HyperparameterName, unknown>>>;

/** Every way to take one text of each list, joined by line breaks. */
function combinations([first, ...rest]: readonly string[][]): string[] {
  if (rest.length === 0) return first;
  const others = combinations(rest);
  return first.flatMap((text) => others.map((other) => `${text}\n${other}`));
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
      `use fewer values, or several sweeps`,
  );
}

/** The values of a hyperparameter in a space, checked and in canonical form. */
function valuesOf(space: Space, name: HyperparameterName): readonly unknown[] {
  const given = elementsOf(space, name);
  if (given.length === 0) throw usageError(`${name} must have at least one value, got []`);
  if (given.length > MOST_TRIALS) {
    throw usageError(`${name} must have at most ${MOST_TRIALS} values, got ${given.length}`);
  }
  const infinite = given.find((value) => samplerOf(value) !== undefined);
  if (infinite !== undefined) {
    throw usageError(
      `${name} is drawn from ${infinite}: add a search with a number of points, such as ` +
        `random(40) or quasiRandom(40)`,
    );
  }
  // Duplicates are dropped: they would be the same trial in two rows.
  const values = given.map((value) => readValue(name, value));
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** The values of a hyperparameter as they are given, in a list. */
function elementsOf(space: Space, name: HyperparameterName): readonly unknown[] {
  const given: unknown = space[name] ?? DEFAULTS[name];
  if (!Array.isArray(given)) return [given];
  if (space[name] === undefined || name === "layers" && isUnits(given)) return [given];
  return given;
}

/** Whether a list for `layers` is one value, units per layer, and not several. */
function isUnits([first]: readonly unknown[]): boolean {
  return !Array.isArray(first) && !isDistribution(first) &&
    !(typeof first === "string" && first !== "auto");
}
