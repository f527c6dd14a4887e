import type { Classification } from "./classify.ts";

/** The second most probable class, 0 to 9. */
export function runnerUp({ digit, probabilities }: Classification): number {
  const others = probabilities.map((probability, c) => c === digit ? -Infinity : probability);
  return others.indexOf(Math.max(...others));
}
