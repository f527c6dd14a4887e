import { parseCall } from "../base/call_syntax.ts";
import { usageError } from "../base/user_error.ts";

/** The learning rate's factor in an epoch, counted from 1. */
export type Schedule = (epoch: number) => number;

/**
 * How the learning rate changes from epoch to epoch, told by name.
 *
 * @param text `constant`; `step(factor, epoch, …)`: times the factor from each named epoch on;
 * `exponential(factor)`: times the factor after every epoch. Factors lie above 0, up to 1.
 * @throws {UserError} for any other text
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseSchedule } from "./schedule.ts";
 * const schedule = parseSchedule("step(0.5, 26)");
 * assert(schedule(25) === 1 && schedule(26) === 0.5);
 * ```
 */
export function parseSchedule(text: string): Schedule {
  const call = parseCall(text);
  const [factor, ...epochs] = call?.args ?? [];
  if (call?.name === "constant" && call.args.length === 0) return () => 1;
  if (factor > 0 && factor <= 1) {
    if (call?.name === "step" && epochs.length > 0 && epochs.every((e) => isCount(e))) {
      return (epoch) => power(factor, epochs.filter((first) => first <= epoch).length);
    }
    if (call?.name === "exponential" && epochs.length === 0) {
      return (epoch) => power(factor, epoch - 1);
    }
  }
  throw usageError(
    `schedule must be constant, step(factor, epoch, …) or exponential(factor), ` +
      `with a factor above 0 and up to 1 and epochs from 1, got ${text}`,
  );
}

const isCount = (x: number) => Number.isInteger(x) && x >= 1;

/** factorⁿ by multiplication: the engine's own power function may differ in its last bit. */
function power(factor: number, n: number): number {
  let result = 1;
  for (let i = 0; i < n; i++) result *= factor;
  return result;
}
