import type { Settings } from "../training/hyperparameters.ts";

/** Reports whether a change of settings leaves nothing of a network. */
export function needsNewNetwork(
  before: Partial<Settings>,
  after: Partial<Settings>,
): boolean {
  const kept = ({ layers, initializer, seed }: Partial<Settings>) =>
    JSON.stringify([layers, initializer, seed]);
  return kept(before) !== kept(after);
}
