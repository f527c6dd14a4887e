import type { Classification } from "./classify.ts";

/** The second most probable class; the first if there is no other. */
export function runnerUp(
  { label, probabilities }: Pick<Classification, "label" | "probabilities">,
): number {
  const others = probabilities.map((probability, c) => c === label ? -Infinity : probability);
  return others.indexOf(Math.max(...others));
}

/** Classes that are shown at most. */
const SHOWN = 10;

/** The classes to show: all of up to ten in their order, of more the ten most probable, largest first. */
export function mostProbable(probabilities: readonly number[]): number[] {
  const all = [...probabilities.keys()];
  if (all.length <= SHOWN) return all;
  return all.sort((a, b) => probabilities[b] - probabilities[a]).slice(0, SHOWN);
}
