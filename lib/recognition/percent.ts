/**
 * Formats a probability as `98.7 %`; only certainty is shown as 0.0 % or 100.0 %.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { percent } from "./percent.ts";
 * assert.deepEqual([1, 0.99999, 0.5, 1e-9].map(percent), ["100.0 %", "> 99.9 %", "50.0 %", "< 0.1 %"]);
 * ```
 */
export function percent(probability: number): string {
  const shown = (100 * probability).toFixed(1);
  if (shown === "100.0" && probability < 1) return "> 99.9 %";
  if (shown === "0.0" && probability > 0) return "< 0.1 %";
  return `${shown} %`;
}
