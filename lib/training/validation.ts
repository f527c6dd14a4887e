import { type Kinds, type Made, makeFrom } from "../base/call_syntax.ts";
import { randomStream, shuffleInPlace } from "../base/random.ts";
import { usageError } from "../base/user_error.ts";
import { fileOrder } from "../dataset/dataset.ts";

/**
 * Training images held out for validation: a share (above 0, below 1) or a number of them, drawn at random,
 * or a call such as `last(5000)`.
 */
export type Validation = number | string;

/** The images that are held out: some drawn at random, or those from `start` up to, not including, `end`. */
type HeldOut = { readonly draw: number } | { readonly start: number; readonly end: number };

/** Returns what is held out of so many training images; `undefined` for nothing. */
type Choice = (count: number) => HeldOut | undefined;

/** Returns `true` if a number is a share of the images or a number of images. */
export function isAmount(x: number): boolean {
  return x > 0 && x < 1 || Number.isInteger(x) && x >= 1;
}

const imagesOf = (amount: number, count: number) =>
  amount < 1 ? Math.round(amount * count) : amount;

/** The validation sets beside plain numbers, by name. */
export const VALIDATIONS: Kinds<Choice> = {
  none: {
    form: "none",
    help: "no validation set",
    make: (...args) => args.length === 0 ? () => undefined : undefined,
  },
  last: {
    form: "last(images)",
    help: "the last ones of the file; a number from 1, or a share above 0 and below 1",
    make: (amount, ...more) =>
      isAmount(amount) && more.length === 0
        ? (count) => ({ start: count - imagesOf(amount, count), end: count })
        : undefined,
  },
  rows: {
    form: "rows(start, end)",
    help: "those from start, counted from 0, up to, not including, end",
    make: (start, end, ...more) =>
      Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end > start &&
        more.length === 0
        ? () => ({ start, end })
        : undefined,
  },
};

/**
 * Parses one of the {@linkcode VALIDATIONS}.
 *
 * @throws {UserError} for any other text
 */
export function parseValidation(text: string): Made<Choice> {
  return makeFrom("validation", VALIDATIONS, text);
}

/** Returns the held-out images, checked. */
function heldOut(validation: Validation, count: number): HeldOut | undefined {
  const held = typeof validation === "number"
    ? { draw: imagesOf(validation, count) }
    : parseValidation(validation).value(count);
  if (held === undefined) return undefined;
  const [start, end] = "draw" in held ? [0, held.draw] : [held.start, held.end];
  if (start >= 0 && end <= count && end > start && end - start < count) return held;
  throw usageError(
    `validation must hold out 1 to ${count - 1} of the ${count} training images, got ${validation}`,
  );
}

/**
 * Returns how many images are trained on.
 *
 * @param count number of training images
 * @throws {UserError} if nothing is left to train on, nothing is held out, or there are fewer images
 */
export function trainedOn(validation: Validation, count: number): number {
  const held = heldOut(validation, count);
  if (held === undefined) return count;
  return count - ("draw" in held ? held.draw : held.end - held.start);
}

/** The places of the images to train on and of those held out, each in file order. */
export interface HeldOutSplit {
  readonly train: Uint32Array;
  /** `undefined` without a validation set. */
  readonly validation?: Uint32Array;
}

/**
 * Splits training images into training and validation images.
 *
 * @param count number of training images
 * @param seed of the draw; equal seeds draw equal images
 * @throws {UserError} as {@linkcode trainedOn}
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { holdOut } from "./validation.ts";
 * const { train, validation } = holdOut("last(2)", 5, 1);
 * assert.deepEqual([[...train], [...validation!]], [[0, 1, 2], [3, 4]]);
 * ```
 */
export function holdOut(validation: Validation, count: number, seed: number): HeldOutSplit {
  const held = heldOut(validation, count);
  const all = fileOrder(count);
  if (held === undefined) return { train: all };
  if ("draw" in held) {
    shuffleInPlace(all, randomStream(seed, "validation"));
    const [validation, train] = [all.slice(0, held.draw), all.slice(held.draw)];
    return { train: train.sort(), validation: validation.sort() };
  }
  const { start, end } = held;
  return {
    train: all.filter((image) => image < start || image >= end),
    validation: all.slice(start, end),
  };
}
