import { usageError } from "../base/user_error.ts";
import { number, oneOrMany, type ValueKind } from "./hyperparameter.ts";

/**
 * Probability that a number is set to 0 in a training step (Srivastava et al. 2014, Dropout): one for all
 * hidden layers, or one for the inputs and one for each hidden layer.
 */
export type Dropout = number | readonly number[];

const share = number("a number from 0 to below 1", (x) => x >= 0 && x < 1, "<share>");

/** The values of `dropout`: `0.5`, or inputs first `0.2-0.5-0.5`. */
export function dropoutShares(): ValueKind<Dropout> {
  const shares = oneOrMany(
    share,
    "a number from 0 to below 1, or one for the inputs and one for each hidden layer: 0.2-0.5-0.5",
  );
  return {
    ...shares,
    read: (value, name) =>
      Array.isArray(value) && value.length < 2 ? undefined : shares.read(value, name),
    parse(text) {
      // The dash of 1e-7 is a sign.
      const words = text.split(/(?<!e)-/i);
      return words.length === 1 ? share.parse(text) : words.map(share.parse);
    },
  };
}

/**
 * Returns the share of each layer's inputs that is dropped: the network's inputs, then the units of each
 * hidden layer.
 *
 * @throws {UserError} if a list has not one share per layer, or there are no hidden layers
 */
export function sharesOf(dropout: Dropout, { length }: readonly unknown[]): readonly number[] {
  const hidden = length - 2;
  if (typeof dropout !== "number") {
    if (dropout.length === hidden + 1) return dropout;
    throw usageError(
      `dropout must have one entry for the inputs and one for each of the ${hidden} hidden layers, ` +
        `got ${dropout.length}: ${dropout.join("-")}`,
    );
  }
  if (dropout > 0 && hidden === 0) {
    throw usageError(`dropout must be 0 without hidden layers, got ${dropout}`);
  }
  return [0, ...new Array<number>(hidden).fill(dropout)];
}
