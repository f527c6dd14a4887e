import assert from "node:assert/strict";
import { UserError } from "../base/user_error.ts";
import {
  classCounts,
  type Dataset,
  datasetDigest,
  DIGITS,
  emptySamples,
  imageAt,
  select,
  shuffle,
  slice,
  split,
  take,
} from "./dataset.ts";

/** Ten 2×2 images; image i is filled with i and labelled i. */
const ten = emptySamples(10, 2, 2);
for (let i = 0; i < 10; i++) {
  imageAt(ten, i).fill(i);
  ten.labels[i] = i;
}

Deno.test("selecting, slicing, taking and splitting keep image and label together", () => {
  assert.deepEqual([...select(ten, [7, 7, 2]).labels], [7, 7, 2]);
  assert.deepEqual([...imageAt(select(ten, [7, 2]), 1)], [2, 2, 2, 2]);
  assert.deepEqual([...slice(ten, 3, 5).labels], [3, 4]);
  assert.deepEqual([...imageAt(slice(ten, 3, 5), 1)], [4, 4, 4, 4]);
  assert.deepEqual([...take(ten, 2).labels], [0, 1]);
  const [first, rest] = split(ten, 3, 1);
  assert.deepEqual([...first.labels, ...rest.labels].toSorted(), [...ten.labels]);
  for (const part of [first, rest]) {
    for (let i = 0; i < part.count; i++) assert.equal(imageAt(part, i)[0], part.labels[i]);
  }
});

Deno.test("an index that is not that of an image is refused, not read as an empty image", () => {
  for (const index of [10, -1, 0.5, NaN]) {
    assert.throws(
      () => select(ten, [0, index]),
      new UserError(`image index must be from 0 to 9, got ${index}`),
    );
  }
});

Deno.test("a shuffle depends on its seed and loses nothing", () => {
  assert.deepEqual(shuffle(ten, 1), shuffle(ten, 1));
  assert.notDeepEqual(shuffle(ten, 1).labels, shuffle(ten, 2).labels);
  assert.deepEqual(classCounts(shuffle(ten, 1), 10), new Array(10).fill(1));
});

Deno.test("taking more samples than available is an error", () => {
  assert.throws(() => take(ten, 11), UserError);
  assert.throws(() => slice(ten, 5, 4), UserError);
  assert.throws(() => slice(ten, 0.5, 4), UserError);
});

Deno.test("the digest depends on pixels, labels, sizes and classes, but not on the name", () => {
  const dataset: Dataset = { name: "ten", classes: DIGITS, train: ten, test: take(ten, 2) };
  const digest = datasetDigest(dataset);
  assert.equal(datasetDigest({ ...dataset, name: "other" }), digest);
  const changed = select(ten, ten.labels);
  changed.pixels[5]++;
  assert.notEqual(datasetDigest({ ...dataset, train: changed }), digest);
  assert.notEqual(datasetDigest({ ...dataset, train: { ...ten, width: 4, height: 1 } }), digest);
  assert.notEqual(datasetDigest({ ...dataset, classes: [...DIGITS, "x"] }), digest);
});
