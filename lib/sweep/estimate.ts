import process from "node:process";
import { median, sum } from "../base/statistics.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { type Hyperparameters, lastEpoch } from "../training/hyperparameters.ts";
import { runTrial } from "../training/trial.ts";
import { trainedOn } from "../training/validation.ts";

/** Number of trials to measure, evenly spaced in the list. */
const SAMPLES = 3;
/** Milliseconds of processor time to measure of each trial, after a warm-up in which V8 compiles the code. */
const MEASURED = 100, WARM_UP = 50;
/** Milliseconds of a slice of the measurement: their median counts, so that one that is held up does not. */
const SLICE = 10;
/** Milliseconds that pass until a trial is left with fewer slices, on a busy machine. */
const LONGEST = 2000;
/** Seconds per trial in addition to its training: two messages and a line written to disk. */
const OVERHEAD = 0.001;

/**
 * Estimates how many seconds trials take on an otherwise idle machine by running the first 150 ms of a few of
 * them. Expect an error of up to a factor of two, as settings differ. Other work on the machine slows the trials
 * but hardly changes the estimate, which goes by processor time.
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
  const clock = workClock();
  /** Milliseconds for a whole trial, slice by slice, and of those after the warm-up. */
  const all: number[] = [], warm: number[] = [];
  let from = { time: 0, runs: 0 };
  const measure = (runs: number) => {
    const time = clock.work();
    // After its last step a trial is evaluated, which counts for the next slice.
    if (time - from.time < SLICE || runs === from.runs) return;
    all.push((time - from.time) / (runs - from.runs));
    if (from.time > WARM_UP) warm.push(all.at(-1)!);
    from = { time, runs };
    if (time > WARM_UP + MEASURED || clock.passed() > LONGEST) stop.abort();
  };
  for (let run = 0; !stop.signal.aborted; run++) {
    await runTrial(trial, dataset, {
      signal: stop.signal,
      onStep: ({ step, steps }) => measure(run + step / steps),
    }).catch((error) => {
      if (!stop.signal.aborted) throw error;
    });
    // A trial that diverges at its first step reports no step.
    if (!stop.signal.aborted) measure(run + 1);
  }
  return median(warm.length > 0 ? warm : all)! / 1000 / trialUnits(trial, dataset);
}

/** Milliseconds since now: those that passed, and those in which a processor worked for this process. */
function workClock() {
  const begun = { time: performance.now(), cpu: process.cpuUsage() };
  const passed = () => performance.now() - begun.time;
  return {
    passed,
    work() {
      const { user, system } = process.cpuUsage(begun.cpu);
      // Several threads together may work longer than the time that passes.
      return Math.min((user + system) / 1000, passed());
    },
  };
}
