import { HYPERPARAMETERS, type Hyperparameters, lastEpoch } from "./hyperparameters.ts";
import { parseSchedule } from "./schedule.ts";

/** The hyperparameters that decide how long a training goes on. */
const LENGTH: readonly string[] = ["epochs", "stopAfter"];

/** Trials with equal starts may differ in the length of their training alone. */
export function startKey(trial: Hyperparameters): string {
  return JSON.stringify(
    HYPERPARAMETERS.filter((name) => !LENGTH.includes(name)).map((name) => trial[name]),
  );
}

/**
 * Reports whether the training of one trial is, bit for bit, the beginning of another's, so that its result
 * can be read there. It is where they differ in their length alone and the schedule gives the same rates in
 * both: `constant` and `step(0.5, 3)` do, `cosine` looks ahead to the end. A schedule that depends on the
 * validation losses so far, `reduceOnPlateau`, sees the same ones in both. A training that stops early on
 * its own gives back an epoch before its last, and is not shared.
 *
 * @param stepsPerEpoch of both trainings
 */
export function sharesStart(
  shorter: Hyperparameters,
  longer: Hyperparameters,
  stepsPerEpoch: number,
): boolean {
  if (startKey(shorter) !== startKey(longer) || lastEpoch(shorter) > lastEpoch(longer)) {
    return false;
  }
  if (shorter.patience !== "none") return false;
  if (shorter.epochs === longer.epochs) return true;
  const { value: schedule } = parseSchedule(shorter.schedule);
  for (let step = 1; step <= lastEpoch(shorter) * stepsPerEpoch; step++) {
    const [one, other] = [shorter, longer].map(({ epochs }) => {
      const moment = { step, steps: epochs * stepsPerEpoch, stepsPerEpoch, warmup: 0 };
      return { factor: schedule(moment), momentum: schedule.momentum?.(moment) };
    });
    if (one.factor !== other.factor || one.momentum !== other.momentum) return false;
  }
  return true;
}
