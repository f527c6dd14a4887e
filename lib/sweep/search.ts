import { type Kinds, makeFrom } from "../base/call_syntax.ts";
import { randomStream } from "../base/random.ts";
import { type Bracket, hyperbandBrackets } from "./brackets.ts";
import { haltonPoints } from "./halton.ts";

/** How a sweep chooses points in a space with distributions. */
export interface Search {
  /** The form of flags: `random(40, 1)`. */
  readonly text: string;
  /** Number of points; those of Hyperband follow from the epochs. */
  readonly points: (epochs: number) => number;
  /** A function that returns point `i`, from 0, of the unit cube; more points keep the first ones. */
  readonly place: (dimensions: number) => (i: number) => readonly number[];
  /** The rungs that end trials early, of the points in their order; absent where all train to the end. */
  readonly brackets?: (epochs: number) => readonly Bracket[];
}

type Made = Omit<Search, "text">;

const isCount = (n: number) => Number.isInteger(n) && n >= 1 && n <= 1_000_000;
const isSeed = (n: number) => Number.isInteger(n) && n >= 0 && n < 2 ** 31;

/** The searches, by name. */
export const SEARCHES: Kinds<Made> = {
  random: {
    form: "random(n, seed)",
    help: "n independent points; other points with another seed (1)",
    source: "Bergstra & Bengio 2012, Random Search for Hyper-Parameter Optimization",
    defaults: [NaN, 1],
    make: (n, seed, ...more) =>
      isCount(n) && isSeed(seed) && more.length === 0
        ? { points: () => n, place: (dimensions) => independent(dimensions, seed) }
        : undefined,
  },
  quasiRandom: {
    form: "quasiRandom(n, seed)",
    help: "n points that cover the space evenly: a scrambled Halton sequence",
    source: "Owen 2017, A Randomized Halton Algorithm in R",
    defaults: [NaN, 1],
    make: (n, seed, ...more) =>
      isCount(n) && isSeed(seed) && more.length === 0
        ? {
          points: () => n,
          place: (dimensions) => haltonPoints(dimensions, randomStream(seed, "search")),
        }
        : undefined,
  },
  hyperband: {
    form: "hyperband(η, seed)",
    help: "random points, many for few epochs and few for all of them; the best of η go on (3)",
    source: "Li, Jamieson, DeSalvo, Rostamizadeh & Talwalkar 2018, Hyperband",
    defaults: [3, 1],
    make: (eta, seed, ...more) => {
      if (!(eta >= 2 && eta <= 100 && isSeed(seed) && more.length === 0)) return undefined;
      const brackets = (epochs: number) => hyperbandBrackets(epochs, eta);
      return {
        points: (epochs) => brackets(epochs).reduce((sum, [first]) => sum + first.settings, 0),
        place: (dimensions) => independent(dimensions, seed),
        brackets,
      };
    },
  },
};

/**
 * Parses one of the {@linkcode SEARCHES}.
 *
 * @throws {UserError} for any other text
 */
export function parseSearch(text: string): Search {
  const made = makeFrom("search", SEARCHES, text);
  return { text: made.text, ...made.value };
}

/**
 * A search through independent points (Bergstra & Bengio 2012).
 *
 * @param count how many, 1 to 1,000,000; more keep the first ones
 * @param seed another one gives other points
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { random } from "./search.ts";
 * const [few, many] = [random(3), random(50)].map(({ place }) => place(2));
 * assert.deepEqual([0, 1, 2].map(few), [0, 1, 2].map(many));
 * ```
 */
export function random(count: number, seed = 1): Search {
  return parseSearch(`random(${count}, ${seed})`);
}

/**
 * A search through points that cover the space evenly, without the gaps and heaps of independent ones:
 * a scrambled Halton sequence (Owen 2017).
 *
 * @param count how many, 1 to 1,000,000; more keep the first ones
 * @param seed another one gives other points
 */
export function quasiRandom(count: number, seed = 1): Search {
  return parseSearch(`quasiRandom(${count}, ${seed})`);
}

/**
 * Hyperband (Li et al. 2018): brackets of successive halving, from many points with few epochs each to a
 * few points with all of them.
 *
 * @param eta one of so many goes on from a rung to the next, 2 to 100
 * @param seed another one gives other points
 */
export function hyperband(eta = 3, seed = 1): Search {
  return parseSearch(`hyperband(${eta}, ${seed})`);
}

/** Independent points. They are drawn in order and kept, so that any may be asked for. */
function independent(dimensions: number, seed: number): (i: number) => readonly number[] {
  const stream = randomStream(seed, "search");
  const drawn: number[][] = [];
  return (i) => {
    while (drawn.length <= i) {
      drawn.push(Array.from({ length: dimensions }, () => stream.uniform()));
    }
    return drawn[i];
  };
}
