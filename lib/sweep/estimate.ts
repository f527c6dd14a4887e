import { sum } from "../base/statistics.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { type Hyperparameters, lastEpoch } from "../training/hyperparameters.ts";
import { runTrial } from "../training/trial.ts";
import { trainedOn } from "../training/validation.ts";

/** Number of trials to measure, evenly spaced in the list. */
const SAMPLES = 3;
/** Milliseconds to measure of each trial, after a warm-up in which V8 compiles the code. */
const MEASURED = 100, WARM_UP = 50;
/** Least number of steps to measure, so that a pause of a busy machine counts little. */
const STEPS = 100;
/** Milliseconds after which a trial with long steps is left. */
const LONGEST = 1000;
/** Seconds per trial in addition to its training: two messages and a line written to disk. */
const OVERHEAD = 0.001;

/**
 * Estimates how many seconds trials take by running the first 150 ms to 1 s of a few of them. On an idle
 * machine expect an error of up to a factor of two, as settings differ. Other work on the machine adds to the
 * error by as much as it slows the trials.
 *
 * @param workers number of trials that run at a time; those beyond the number of cores are ignored
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
  const units = sum(trials, (trial) => trialUnits(trial, dataset));
  const places = Math.min(workers, navigator.hardwareConcurrency, trials.length);
  return (rate * units + OVERHEAD * trials.length) / places;
}

/**
 * Formats an estimated duration: `about 20 seconds`, `about 12 minutes`.
 *
 * @param seconds 0 or more
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

/** Number of multiplications by a weight in a trial, to which its time is proportional. */
export function trialUnits(
  { layers, validation, ...all }: Hyperparameters,
  { train, test }: Dataset,
): number {
  const weights = sum(layers.slice(1), (units, l) => units * layers[l]);
  const trained = trainedOn(validation, train.count);
  const evaluated = train.count - trained || test.count;
  // The backward pass takes twice as long as the forward pass; an evaluation needs only the latter.
  return lastEpoch(all) * weights * (3 * trained + evaluated);
}

/** Measures the steps of a trial after the warm-up; a short trial is run repeatedly. */
async function secondsPerUnit(trial: Hyperparameters, dataset: Dataset): Promise<number> {
  const stop = new AbortController();
  const begun = { time: performance.now(), runs: 0, reports: 0 };
  let from = begun, to = begun;
  for (let run = 0; !stop.signal.aborted; run++) {
    await runTrial(trial, dataset, {
      signal: stop.signal,
      onStep({ step, steps }) {
        to = { time: performance.now(), runs: run + step / steps, reports: to.reports + 1 };
        if (from === begun && to.time - begun.time > WARM_UP) from = to;
        const isEnough = to.time - from.time > MEASURED && to.reports - from.reports >= STEPS;
        if (from !== begun && isEnough || to.time - begun.time > LONGEST) stop.abort();
      },
    }).catch((error) => {
      if (!stop.signal.aborted) throw error;
    });
    // A trial that diverges at its first step reports no step.
    if (to.reports === 0) {
      to = { ...begun, time: performance.now(), runs: run + 1 };
      if (to.time - begun.time > WARM_UP + MEASURED) break;
    }
  }
  // A single step may take longer than the whole measurement.
  if (to === from) from = begun;
  return (to.time - from.time) / 1000 / ((to.runs - from.runs) * trialUnits(trial, dataset));
}
