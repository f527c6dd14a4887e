import { sum } from "../base/statistics.ts";

/** Precision and recall of one class. */
export interface ClassScore {
  /** The label. */
  readonly label: number;
  /** Number of images of the class. */
  readonly images: number;
  /** Fraction of the images classified as this class that belong to it; `null` if there are none. */
  readonly precision: number | null;
  /** Fraction of the images of this class that are classified as it; `null` if there are none. */
  readonly recall: number | null;
}

/**
 * Computes precision and recall of every class.
 *
 * @param confusion `confusion[actual][predicted]`, the number of images; see `evaluate`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { classScores } from "./class_scores.ts";
 * const [cats] = classScores([[8, 2], [4, 16]]);
 * assert.deepEqual(cats, { label: 0, images: 10, precision: 8 / 12, recall: 8 / 10 });
 * ```
 */
export function classScores(confusion: readonly (readonly number[])[]): ClassScore[] {
  const part = (right: number, all: number) => all > 0 ? right / all : null;
  return confusion.map((row, label) => {
    const images = sum(row);
    const taken = sum(confusion, (other) => other[label]);
    return {
      label,
      images,
      precision: part(row[label], taken),
      recall: part(row[label], images),
    };
  });
}
