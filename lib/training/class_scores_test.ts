import assert from "node:assert/strict";
import { classScores } from "./class_scores.ts";

Deno.test("precision and recall of three classes, by hand", () => {
  const scores = classScores([[6, 1, 3], [0, 4, 0], [2, 5, 9]]);
  assert.deepEqual(scores, [
    { label: 0, images: 10, precision: 6 / 8, recall: 6 / 10 },
    { label: 1, images: 4, precision: 4 / 10, recall: 1 },
    { label: 2, images: 16, precision: 9 / 12, recall: 9 / 16 },
  ]);
});

Deno.test("a class without images, or never predicted, has no score rather than NaN", () => {
  const [never, always, absent] = classScores([[0, 3, 0], [0, 2, 0], [0, 0, 0]]);
  assert.deepEqual([never.precision, never.recall], [null, 0]);
  assert.deepEqual([always.precision, always.recall], [2 / 5, 1]);
  assert.deepEqual([absent.images, absent.precision, absent.recall], [0, null, null]);
});
