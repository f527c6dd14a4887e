import { decimalNumber } from "./number.ts";

/** A name with numbers, as hyperparameters and commands write it: `normal(0.01)`, `step(0.5, 26)`. */
export interface Call {
  readonly name: string;
  readonly args: readonly number[];
}

/**
 * Reads `name` or `name(number, …)`.
 *
 * @returns the parts, or `undefined` when the text is not of that form
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCall } from "./call_syntax.ts";
 * assert.deepEqual(parseCall("step(0.5, 26)"), { name: "step", args: [0.5, 26] });
 * assert.deepEqual(parseCall("constant"), { name: "constant", args: [] });
 * assert.equal(parseCall("step(half)"), undefined);
 * ```
 */
export function parseCall(text: string): Call | undefined {
  const parts = /^\s*([A-Za-z]+)\s*(?:\(([^()]*)\))?\s*$/.exec(text);
  if (parts === null) return undefined;
  const words = parts[2] === undefined ? [] : parts[2].split(",");
  const args = words.map(decimalNumber);
  return args.every(Number.isFinite) ? { name: parts[1], args } : undefined;
}
