import type { Dataset } from "../dataset/dataset.ts";
import type { Hyperparameters } from "../training/hyperparameters.ts";
import { runTrial } from "../training/trial.ts";

/** Trials that are measured, evenly spread over all of them. */
const SAMPLES = 3;
/** Milliseconds of each that are measured, after those in which the engine compiles. */
const MEASURED = 100, WARM_UP = 50;
/** Seconds that a trial costs beside its training: two messages, and its line written to the disk. */
const OVERHEAD = 0.001;

/**
 * About how many seconds trials take, from the first moments of a few of them. At best half as long or
 * twice as long: settings differ, and the machine may have other work.
 *
 * @param workers how many trials run at a time; more than there are cores make nothing faster
 */
export async function estimateSeconds(
  trials: readonly Hyperparameters[],
  dataset: Dataset,
  workers: number,
): Promise<number> {
  if (trials.length === 0) return 0;
  const count = Math.min(SAMPLES, trials.length);
  const chosen = Array.from(
    { length: count },
    (_, i) => trials[Math.floor(i * trials.length / count)],
  );
  let rate = 0;
  for (const trial of chosen) rate += await secondsPerUnit(trial, dataset) / count;
  const units = trials.reduce((sum, trial) => sum + unitsOf(trial, dataset), 0);
  const places = Math.min(workers, navigator.hardwareConcurrency, trials.length);
  return (rate * units + OVERHEAD * trials.length) / places;
}

/**
 * A time with as many digits as an estimate has: `about 20 seconds`, `about 12 minutes`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { aboutTime } from "./estimate.ts";
 * assert.equal(aboutTime(4.4), "about 5 seconds");
 * assert.equal(aboutTime(9000), "about 3 hours");
 * ```
 */
export function aboutTime(seconds: number): string {
  if (seconds <= 1) return "about a second";
  if (seconds < 120) return `about ${Math.ceil(seconds)} seconds`;
  if (seconds < 7200) return `about ${Math.round(seconds / 60)} minutes`;
  if (seconds < 172_800) return `about ${Math.round(seconds / 3600)} hours`;
  return `about ${Math.round(seconds / 86_400)} days`;
}

/** What a trial's time is proportional to: multiplications with a weight. */
function unitsOf({ layers, epochs }: Hyperparameters, { train, test }: Dataset): number {
  const weights = layers.slice(1).reduce((sum, units, l) => sum + units * layers[l], 0);
  // Backward takes twice what forward takes; the test images go forward alone.
  return epochs * weights * (3 * train.count + test.count);
}

/** Runs a trial, again and again where it is short, and measures it until the time is over. */
async function secondsPerUnit(trial: Hyperparameters, dataset: Dataset): Promise<number> {
  const stop = new AbortController();
  const begun = { time: performance.now(), runs: 0 };
  let from = begun, to = begun;
  for (let run = 0; !stop.signal.aborted; run++) {
    await runTrial(trial, dataset, {
      signal: stop.signal,
      onStep({ step, steps }) {
        to = { time: performance.now(), runs: run + step / steps };
        const elapsed = to.time - begun.time;
        if (from === begun && elapsed > WARM_UP) from = to;
        if (elapsed > WARM_UP + MEASURED) stop.abort();
      },
    }).catch((error) => {
      if (!stop.signal.aborted) throw error;
    });
    // One that diverges at its first step makes none.
    if (to === begun) to = { time: performance.now(), runs: run + 1 };
    if (performance.now() - begun.time > WARM_UP + MEASURED) break;
  }
  // A single step may be longer than that.
  if (to === from) from = begun;
  return (to.time - from.time) / 1000 / ((to.runs - from.runs) * unitsOf(trial, dataset));
}
