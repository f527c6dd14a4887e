import { type Kinds, type Made, makeFrom, splitOutsideBrackets } from "../base/call_syntax.ts";
import { cos, pow } from "../base/elementary.ts";
import { usageError } from "../base/user_error.ts";

/** Where a training is when its learning rate is asked for. */
export interface Moment {
  /** The step that is about to be made, from 1. */
  readonly step: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /** Steps of an epoch; the last may be made with a smaller batch. */
  readonly stepsPerEpoch: number;
  /** Steps of the warm-up before the schedule begins; 0 without one. */
  readonly warmup: number;
}

/** The factor on the learning rate at a moment, 0 or more. */
export type Schedule = (moment: Moment) => number;

/** The epoch, from 1. Warm-up counts: `step(0.5, 26)` means the 26th epoch of the training. */
const epochOf = ({ step, stepsPerEpoch }: Moment) => Math.ceil(step / stepsPerEpoch);

/** Steps made since the warm-up. */
const elapsed = ({ step, warmup }: Moment) => step - 1 - warmup;

/** Steps after the warm-up, 1 or more. */
const span = ({ steps, warmup }: Moment) => Math.max(steps - warmup, 1);

/** The part of the steps after the warm-up that has been made, from 0 to just below 1. */
const progress = (moment: Moment) => elapsed(moment) / span(moment);

/** From `start` to `end` along half a cosine wave, `part` of the way. */
const cosineBetween = (start: number, end: number, part: number) =>
  end + (start - end) / 2 * (1 + cos(Math.PI * part));

const isFactor = (x: number) => x > 0 && x <= 1;
const isCount = (x: number) => Number.isInteger(x) && x >= 1;

/** How the learning rate may change. */
export const SCHEDULES: Kinds<Schedule> = {
  constant: {
    form: "constant",
    help: "the same rate throughout",
    make: (...args) => args.length === 0 ? () => 1 : undefined,
  },
  step: {
    form: "step(factor, epoch, …)",
    help: "times the factor, up to 1, from each of the epochs on",
    source: "LeCun, Bottou, Bengio & Haffner 1998, Gradient-Based Learning Applied to Document " +
      "Recognition, section III.B",
    make: (factor, ...epochs) =>
      isFactor(factor) && epochs.length > 0 && epochs.every(isCount)
        ? (moment) => pow(factor, epochs.filter((first) => first <= epochOf(moment)).length)
        : undefined,
  },
  exponential: {
    form: "exponential(factor)",
    help: "times the factor, up to 1, after every epoch",
    source: "Simard, Steinkraus & Platt 2003, Best Practices for Convolutional Neural Networks, " +
      "section 5",
    make: (factor, ...more) =>
      isFactor(factor) && more.length === 0
        ? (moment) => pow(factor, epochOf(moment) - 1)
        : undefined,
  },
  cosine: {
    form: "cosine",
    help: "down to 0 along half a cosine wave, step by step",
    source: "Loshchilov & Hutter 2017, SGDR: Stochastic Gradient Descent with Warm Restarts, eq. 5",
    make: (...args) =>
      args.length === 0 ? (moment) => cosineBetween(1, 0, progress(moment)) : undefined,
  },
  polynomial: {
    form: "polynomial(power)",
    help: "down to 0 as (1 − progress)^power, above 0 and up to 100 (1)",
    source: "Chen et al. 2018, DeepLab, section 4.1.1",
    defaults: [1],
    make: (exponent, ...more) =>
      exponent > 0 && exponent <= 100 && more.length === 0
        ? (moment) => pow(1 - progress(moment), exponent)
        : undefined,
  },
  oneCycle: {
    form: "oneCycle(rise, start, end)",
    help: "up from rate/start, down to rate/start/end (0.3, 25, 10000)",
    source: "Smith & Topin 2018, Super-Convergence, section 3",
    defaults: [0.3, 25, 10000],
    make: (rise, start, end, ...more) =>
      rise > 0 && rise < 1 && start >= 1 && end >= 1 && more.length === 0
        ? oneCycle(rise, 1 / start, 1 / start / end)
        : undefined,
  },
  cyclical: {
    form: "cyclical(low, steps)",
    help: "from a factor low, 0 to 1, up in so many steps, back, and again",
    source: "Smith 2017, Cyclical Learning Rates for Training Neural Networks, section 3.1",
    make: (low, half, ...more) =>
      low >= 0 && low <= 1 && isCount(half) && more.length === 0
        ? triangular(low, half)
        : undefined,
  },
};

/** The peak is reached in the step that ends the part `rise`, the end in the last step. */
function oneCycle(rise: number, start: number, end: number): Schedule {
  return (moment) => {
    const peak = rise * span(moment) - 1, last = span(moment) - 1;
    const at = elapsed(moment);
    if (at <= peak) return cosineBetween(start, 1, peak === 0 ? 1 : at / peak);
    return cosineBetween(1, end, last === peak ? 1 : (at - peak) / (last - peak));
  };
}

function triangular(low: number, half: number): Schedule {
  return (moment) => {
    const place = elapsed(moment) % (2 * half);
    return low + (1 - low) * (place <= half ? place : 2 * half - place) / half;
  };
}

/** A linear rise over the first steps, before any other schedule. */
const WARMUP: Kinds<number> = {
  warmup: {
    form: "warmup(steps)",
    help: "up to the rate in so many steps, then another: warmup(500) + cosine",
    source: "Goyal et al. 2017, Accurate, Large Minibatch SGD, section 2.2",
    make: (steps, ...more) => isCount(steps) && more.length === 0 ? steps : undefined,
  },
};

/** Every kind that a schedule may be made of, for `--help`. */
export const SCHEDULE_TERMS: Kinds<unknown> = { ...SCHEDULES, ...WARMUP };

/**
 * Reads a schedule: one of the {@linkcode SCHEDULES}, or `warmup(steps)` joined to one by `+`:
 * `warmup(500) + cosine`. `warmup(500)` alone is `warmup(500) + constant`.
 *
 * After a warm-up, a schedule of steps runs over the steps that are left. One of epochs counts them
 * from the start of the training.
 *
 * @throws {UserError} for any other text
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseSchedule } from "./schedule.ts";
 * const { value: schedule } = parseSchedule("warmup(2) + cosine");
 * const factor = (step: number) => schedule({ step, steps: 10, stepsPerEpoch: 5, warmup: 0 });
 * assert(factor(1) === 0.5 && factor(2) === 1 && factor(3) === 1 && factor(10) < 0.1);
 * ```
 */
export function parseSchedule(text: string): Pick<Made<Schedule>, "text" | "value"> {
  const [first, ...rest] = splitOutsideBrackets(text, "+");
  if (!/^warmup\b/.test(first)) {
    if (rest.length === 0) return makeFrom("schedule", SCHEDULES, text);
    throw usageError(
      `schedule must have its parts in the form warmup(steps) + schedule, got ${
        JSON.stringify(text)
      }`,
    );
  }
  const { value: warmup, text: rise } = makeFrom("schedule", WARMUP, first);
  const main = makeFrom("schedule", SCHEDULES, rest.length === 0 ? "constant" : rest.join("+"));
  return {
    text: `${rise} + ${main.text}`,
    value: (moment) =>
      moment.step <= warmup ? moment.step / warmup : main.value({ ...moment, warmup }),
  };
}
