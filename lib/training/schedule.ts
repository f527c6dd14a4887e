import { type Kinds, type Made, makeFrom, splitOutsideBrackets } from "../base/call_syntax.ts";
import { cos, pow } from "../base/elementary.ts";
import { usageError } from "../base/user_error.ts";

/** The point in a training at which a learning rate is computed. */
export interface Moment {
  /** The next step, counted from 1. */
  readonly step: number;
  /** Number of steps of the training. */
  readonly steps: number;
  /** Number of steps per epoch; the last may have a smaller batch. */
  readonly stepsPerEpoch: number;
  /** Validation losses after the epochs so far, for schedules that need them. */
  readonly validationLosses?: readonly number[];
  /** Number of warm-up steps before the schedule begins; 0 without warm-up. */
  readonly warmup: number;
}

/** How the learning rate changes. */
export interface Schedule {
  /** Returns the factor on the learning rate, 0 or more. */
  (moment: Moment): number;
  /** Where the schedule changes the optimizer's momentum too: returns it, from 0 to below 1. */
  readonly momentum?: (moment: Moment) => number;
  /** Whether the factor depends on the validation losses. */
  readonly needsValidation?: true;
}

/** The epoch, from 1. Warm-up is included: `step(0.5, 26)` means the 26th epoch of the training. */
const epochOf = ({ step, stepsPerEpoch }: Moment) => Math.ceil(step / stepsPerEpoch);

/** Steps made since the warm-up. */
const elapsed = ({ step, warmup }: Moment) => step - 1 - warmup;

/** Steps after the warm-up, 1 or more. */
const span = ({ steps, warmup }: Moment) => Math.max(steps - warmup, 1);

/** The fraction of the steps after the warm-up that have been made, 0 or more and below 1. */
const progress = (moment: Moment) => elapsed(moment) / span(moment);

/** Interpolates from `start` to `end` along half a cosine wave; `part` is from 0 to 1. */
const cosineBetween = (start: number, end: number, part: number) =>
  end + (start - end) / 2 * (1 + cos(Math.PI * part));

const isFactor = (x: number) => x > 0 && x <= 1;
const isMomentum = (x: number) => x >= 0 && x < 1;
const isCount = (x: number) => Number.isInteger(x) && x >= 1;

/** The schedules, by name. */
export const SCHEDULES: Kinds<Schedule> = {
  constant: {
    form: "constant",
    help: "constant learning rate",
    make: (...args) => args.length === 0 ? () => 1 : undefined,
  },
  step: {
    form: "step(factor, epoch, …)",
    help: "multiplied by the factor, at most 1, at the start of each of the epochs",
    source: "LeCun, Bottou, Bengio & Haffner 1998, Gradient-Based Learning Applied to Document " +
      "Recognition, section III.B",
    make: (factor, ...epochs) =>
      isFactor(factor) && epochs.length > 0 && epochs.every(isCount)
        ? (moment) => pow(factor, epochs.filter((first) => first <= epochOf(moment)).length)
        : undefined,
  },
  exponential: {
    form: "exponential(factor)",
    help: "multiplied by the factor, at most 1, after every epoch",
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
    form: "oneCycle(rise, start, end, low, high)",
    help: "up from rate/start, down to rate/start/end (0.3, 25, 10000); " +
      "with low and high, momentum goes down from high to low and back: 0.85, 0.95",
    source:
      "Smith & Topin 2018, Super-Convergence, section 3; momentum: Smith 2018, A Disciplined " +
      "Approach to Neural Network Hyper-Parameters, section 4.3",
    defaults: [0.3, 25, 10000],
    make(rise, start, end, ...more) {
      if (!(rise > 0 && rise < 1 && start >= 1 && end >= 1)) return undefined;
      const factor = oneCycle(rise, 1 / start, 1, 1 / start / end);
      if (more.length === 0) return factor;
      const [low, high] = more;
      return more.length === 2 && more.every(isMomentum) && low <= high
        ? Object.assign(factor, { momentum: oneCycle(rise, high, low, high) })
        : undefined;
    },
  },
  geometric: {
    form: "geometric(low, steps)",
    help:
      "from the factor low, below 1, up to 1 in so many steps, by the same factor each: a range test",
    source: "Smith 2017, Cyclical Learning Rates for Training Neural Networks, section 3.3, with " +
      "fastai's geometric growth",
    make: (low, count, ...more) =>
      low > 0 && low < 1 && isCount(count) && count >= 2 && more.length === 0
        ? geometric(low, count)
        : undefined,
  },
  cyclical: {
    form: "cyclical(low, steps)",
    help: "from the factor low, 0 to 1, up to 1 and back, in so many steps each",
    source: "Smith 2017, Cyclical Learning Rates for Training Neural Networks, section 3.1",
    make: (low, half, ...more) =>
      low >= 0 && low <= 1 && isCount(half) && more.length === 0
        ? triangular(low, half)
        : undefined,
  },
  reduceOnPlateau: {
    form: "reduceOnPlateau(factor, patience)",
    help: "multiplied by the factor, below 1, when the validation loss has not " +
      "become 0.01 % lower than the lowest for more epochs than the patience (0.1, 10)",
    source:
      "PyTorch, torch.optim.lr_scheduler.ReduceLROnPlateau; He, Zhang, Ren & Sun 2016, Deep " +
      "Residual Learning, section 3.4, divide the rate when the error plateaus",
    defaults: [0.1, 10],
    make: (factor, patience, ...more) =>
      factor > 0 && factor < 1 && (patience === 0 || isCount(patience)) && more.length === 0
        ? Object.assign(reduceOnPlateau(factor, patience), { needsValidation: true } as const)
        : undefined,
  },
};

/** The factor is 1 from the step `count` on. */
function geometric(low: number, count: number): Schedule {
  return (moment) => {
    const at = elapsed(moment);
    return at >= count - 1 ? 1 : pow(low, 1 - at / (count - 1));
  };
}

/** `middle` is reached in the last step of the fraction `rise`, `end` in the last step of all. */
function oneCycle(rise: number, start: number, middle: number, end: number) {
  return (moment: Moment) => {
    const peak = rise * span(moment) - 1, last = span(moment) - 1;
    const at = elapsed(moment);
    if (at <= peak) return cosineBetween(start, middle, peak === 0 ? 1 : at / peak);
    return cosineBetween(middle, end, last === peak ? 1 : (at - peak) / (last - peak));
  };
}

function triangular(low: number, half: number): Schedule {
  return (moment) => {
    const place = elapsed(moment) % (2 * half);
    return low + (1 - low) * (place <= half ? place : 2 * half - place) / half;
  };
}

/** The epochs so far are gone through again at every step, so that nothing needs to be kept. */
function reduceOnPlateau(factor: number, patience: number) {
  return ({ validationLosses = [] }: Moment) => {
    let lowest = Infinity, waiting = 0, reductions = 0;
    for (const loss of validationLosses) {
      if (loss < lowest * (1 - 1e-4)) [lowest, waiting] = [loss, 0];
      else if (++waiting > patience) [reductions, waiting] = [reductions + 1, 0];
    }
    return pow(factor, reductions);
  };
}

/** A linear warm-up, which precedes any other schedule. */
const WARMUP: Kinds<number> = {
  warmup: {
    form: "warmup(steps)",
    help: "linear rise in so many steps before a schedule: warmup(500) + cosine",
    source: "Goyal et al. 2017, Accurate, Large Minibatch SGD, section 2.2",
    make: (steps, ...more) => isCount(steps) && more.length === 0 ? steps : undefined,
  },
};

/** All terms of a schedule, for `--help`. */
export const SCHEDULE_TERMS: Kinds<unknown> = { ...SCHEDULES, ...WARMUP };

/**
 * Parses a schedule: one of the {@linkcode SCHEDULES}, optionally preceded by a warm-up:
 * `warmup(500) + cosine`. `warmup(500)` alone is `warmup(500) + constant`.
 *
 * After a warm-up, schedules defined by steps span the remaining steps; those defined by epochs count from
 * the start of the training.
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
      `schedule must be of the form warmup(steps) + schedule, got ${JSON.stringify(text)}`,
    );
  }
  const { value: warmup, text: rise } = makeFrom("schedule", WARMUP, first);
  const main = makeFrom("schedule", SCHEDULES, rest.length === 0 ? "constant" : rest.join("+"));
  const { momentum, needsValidation } = main.value;
  const value = (moment: Moment) =>
    moment.step <= warmup ? moment.step / warmup : main.value({ ...moment, warmup });
  // The momentum waits at its start until the warm-up is over.
  const waiting = (moment: Moment) =>
    momentum!({ ...moment, warmup, step: Math.max(moment.step, warmup + 1) });
  return {
    text: `${rise} + ${main.text}`,
    value: Object.assign(value, {
      ...momentum && { momentum: waiting },
      ...needsValidation && { needsValidation },
    }),
  };
}
