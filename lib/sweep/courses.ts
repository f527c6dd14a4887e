import type { Dataset } from "../dataset/dataset.ts";
import { type Hyperparameters, lastEpoch } from "../training/hyperparameters.ts";
import { sharesStart, startKey } from "../training/shared_start.ts";
import { trainedOn } from "../training/validation.ts";

/** A training to run, and the trials whose results are read from it on the way; all are indices. */
export interface Course {
  /** The trial with the longest training. */
  readonly trial: number;
  readonly readings: readonly number[];
}

/**
 * Puts trials that are the beginning of another's training into its course, so that 1, 2, 5 and 20 epochs
 * take 20 epochs to train and not 28. A schedule that looks ahead, such as `cosine`, needs a training for
 * each, see {@linkcode sharesStart}.
 *
 * @returns the courses in the order of their first trials
 */
export function coursesOf(trials: readonly Hyperparameters[], dataset: Dataset): Course[] {
  if (areEquallyLong(trials)) return [...trials.keys()].map((trial) => ({ trial, readings: NONE }));
  const families = Map.groupBy(trials.keys(), (t) => startKey(trials[t]));
  const shares = sharing(dataset);
  const courses = [...families.values()].flatMap((family) => {
    const found: Course[] = [];
    let rest = family.toSorted((a, b) => lastEpoch(trials[b]) - lastEpoch(trials[a]));
    while (rest.length > 0) {
      const [trial, ...others] = rest;
      const isReading = others.map((other) => shares(trials[other], trials[trial]));
      found.push({ trial, readings: others.filter((_, i) => isReading[i]) });
      rest = others.filter((_, i) => !isReading[i]);
    }
    return found;
  });
  const first = ({ trial, readings }: Course) => Math.min(trial, ...readings);
  return courses.sort((a, b) => first(a) - first(b));
}

const NONE: readonly number[] = [];

/** Reports whether no trial is the beginning of another, as no two are equal. */
function areEquallyLong(trials: readonly Hyperparameters[]): boolean {
  return trials.every(({ epochs, stopAfter }) =>
    epochs === trials[0].epochs && stopAfter === trials[0].stopAfter
  );
}

/** The trials that have to be trained: the others are read from their courses. */
export function longestOf(
  trials: readonly Hyperparameters[],
  dataset: Dataset,
): Hyperparameters[] {
  return coursesOf(trials, dataset).map(({ trial }) => trials[trial]);
}

/** {@linkcode sharesStart} of trials with equal start keys, which asks the same question only once. */
function sharing({ train }: Dataset) {
  const known = new Map<string, boolean>();
  return (shorter: Hyperparameters, longer: Hyperparameters) => {
    const images = trainedOn(shorter.validation, train.count);
    const size = shorter.batchSize === "full" ? images : shorter.batchSize;
    const steps = Math.ceil(images / size);
    const key = JSON.stringify([
      ...[steps, shorter.schedule, shorter.patience, shorter.epochs, shorter.stopAfter],
      ...[longer.epochs, longer.stopAfter],
    ]);
    const answer = known.get(key) ?? sharesStart(shorter, longer, steps);
    known.set(key, answer);
    return answer;
  };
}
