import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { keeps } from "./masks.ts";
import { plainKernel } from "./plain.ts";

const random = randomStream(7, "dropout");
const nextKey = () => Uint32Array.of(random.integer(2 ** 31), random.integer(2 ** 31));

/** Asserts that a count of trials with a probability is within five standard errors. */
function isLikely(count: number, trials: number, probability: number, what: string): void {
  const error = Math.sqrt(trials * probability * (1 - probability));
  const distance = (count - trials * probability) / error;
  assert.ok(Math.abs(distance) < 5, `${what}: ${distance.toFixed(1)} standard errors`);
}

for (const share of [0.1, 0.5, 0.8]) {
  Deno.test(`masks of ${share} drop that share in all, in each place and in pairs of places`, () => {
    const places = 784, batches = 2000;
    const perPlace = new Uint32Array(places);
    const pairs = { next: 0, nextRow: 0, otherBit: 0, sameInNextBatch: 0 };
    let before: boolean[] | undefined;
    for (let b = 0; b < batches; b++) {
      const isKept = keeps({ share, key: nextKey() });
      const dropped = Array.from({ length: places }, (_, i) => !isKept(i));
      dropped.forEach((isDropped, i) => {
        if (!isDropped) return;
        perPlace[i]++;
        if (i % 2 === 0 && dropped[i + 1]) pairs.next++;
        if (i < 128 && dropped[i + 128]) pairs.nextRow++;
        if (i < 256 && dropped[i + 512]) pairs.otherBit++;
        if (before?.[i]) pairs.sameInNextBatch++;
      });
      before = dropped;
    }
    const all = perPlace.reduce((sum, count) => sum + count, 0);
    isLikely(all, places * batches, share, "all");
    perPlace.forEach((count, place) => isLikely(count, batches, share, `place ${place}`));
    const both = share * share;
    isLikely(pairs.next, batches * places / 2, both, "next");
    isLikely(pairs.nextRow, batches * 128, both, "next row");
    isLikely(pairs.otherBit, batches * 256, both, "another bit of the place");
    isLikely(pairs.sameInNextBatch, (batches - 1) * places, both, "the same place in two batches");
  });
}

Deno.test("neighbouring keys give unrelated masks", () => {
  let both = 0;
  for (let k = 0; k < 400; k += 2) {
    const [first, second] = [k, k + 1].map((low) =>
      keeps({ share: 0.5, key: Uint32Array.of(9, low) })
    );
    for (let i = 0; i < 1000; i++) if (!first(i) && !second(i)) both++;
  }
  isLikely(both, 200_000, 0.25, "dropped by both");
});

Deno.test("what is kept is scaled so that the mean stays", () => {
  const kernel = plainKernel(64), a = kernel.matrix(100, 1000), out = kernel.matrix(100, 1000);
  a.data.fill(3);
  kernel.dropOut({ share: 0.25, key: nextKey() }, a, out);
  assert.deepEqual(new Set(out.data), new Set([0, 4]));
  isLikely(out.data.filter((x) => x !== 0).length, 100_000, 0.75, "kept");
});

Deno.test("a share of 0 keeps every number; a mask is pinned: it must never change", () => {
  const all = keeps({ share: 0, key: Uint32Array.of(1, 2) });
  assert.ok(Array.from({ length: 10_000 }, (_, i) => all(i)).every(Boolean));
  const isKept = keeps({ share: 0.5, key: Uint32Array.of(123, 456) });
  const word = Array.from({ length: 32 }, (_, i) => isKept(i) ? "1" : "0").join("");
  assert.equal(word, "00010010111101100001101110000110");
});
