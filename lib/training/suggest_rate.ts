import { log } from "../base/elementary.ts";

/** A point of a range test's curve. */
export interface RangePoint {
  /** Number of the step, from 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Mean loss of the step's batch. */
  readonly loss: number;
  /** Exponentially smoothed loss of the steps so far. */
  readonly smoothedLoss: number;
}

/** Learning rates that a range test's curve suggests. */
export interface RateSuggestions {
  /** Where the loss falls most steeply along the logarithm of the rate. */
  readonly steepest: number;
  /** A tenth of the rate with the lowest loss. */
  readonly minimumTenth: number;
  /** In the middle of the longest valley. */
  readonly valley: number;
}

/** The ways of reading a suggestion from the curve, in words. */
export const SUGGESTION_WORDS: Readonly<Record<keyof RateSuggestions, string>> = {
  steepest: "steepest descent",
  minimumTenth: "minimum / 10",
  valley: "valley",
};

/** The names of the suggestions. */
export const SUGGESTION_NAMES = Object.keys(SUGGESTION_WORDS) as (keyof RateSuggestions)[];

/** Points at the start of the curve, of a hundred, and at its end that suggestions do not look at. */
const FIRST = 10, LAST = 5;

/**
 * Returns the learning rates that a range test suggests, by the three rules of fastai's `lr_find`
 * (Howard & Gugger 2020, "fastai: A Layered API for Deep Learning"), which leaves out the first ten points
 * and the last five of a hundred.
 *
 * @param points about a hundred, evenly spaced along the logarithm of the rate
 * @returns `undefined` for fewer than 17 points, or if the loss never falls
 */
export function suggestRates(points: readonly RangePoint[]): RateSuggestions | undefined {
  const curve = points.slice(FIRST, points.length - LAST);
  const losses = curve.map(({ smoothedLoss }) => smoothedLoss);
  if (curve.length < 2 || losses.every((loss) => loss >= losses[0])) return undefined;
  return {
    steepest: curve[steepest(curve)].learningRate,
    minimumTenth: curve[losses.indexOf(Math.min(...losses))].learningRate / 10,
    valley: curve[valley(losses)].learningRate,
  };
}

/** The place before the steepest fall along the logarithm of the rate. */
function steepest(curve: readonly RangePoint[]): number {
  const slopes = curve.slice(1).map((point, i) =>
    (point.smoothedLoss - curve[i].smoothedLoss) /
    log(point.learningRate / curve[i].learningRate)
  );
  return slopes.indexOf(Math.min(...slopes));
}

/**
 * The middle of the longest valley: of as many places before the end of the longest falling subsequence as
 * it has members (fastai's rule, there said to be about two thirds of the way; a third and a sixth of the
 * places are added to its start).
 */
export function valley(losses: readonly number[]): number {
  /** The length of the longest falling subsequence that ends at each place. */
  const lengths = losses.map(() => 1);
  losses.forEach((loss, i) => {
    for (let j = 0; j < i; j++) {
      if (loss < losses[j]) lengths[i] = Math.max(lengths[i], lengths[j] + 1);
    }
  });
  const length = Math.max(...lengths);
  const start = length === 1 ? 0 : lengths.indexOf(length) - length;
  const third = (lengths.indexOf(length) - start) / 3;
  return Math.max(start + Math.floor(third) + Math.floor(third / 2), 0);
}

/**
 * Suggestions in words, the same in the terminal and in notebooks:
 * `steepest descent 0.0355, minimum / 10 0.0224, valley 0.0129`.
 */
export function suggestionSentence(suggestions: RateSuggestions | undefined): string {
  if (suggestions === undefined) {
    return "the loss did not fall: there is no suggestion; try a higher last rate, or more steps";
  }
  return SUGGESTION_NAMES.map((name) =>
    `${SUGGESTION_WORDS[name]} ${Number(suggestions[name].toPrecision(3))}`
  ).join(", ");
}
