import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { imageAt } from "../dataset/dataset.ts";
import { decodeImage } from "./decode.ts";
import { encodePhoto, photograph, PHOTOS } from "./photo.ts";
import { preprocess } from "./preprocess.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";

const { train } = syntheticDigits({ train: 30, test: 0, seed: 5 });

/** Cosine of the angle between two images: 1 for equal images, near 0 for different digits. */
function likeness(a: Uint8Array, b: Uint8Array): number {
  let product = 0, squareA = 0, squareB = 0;
  for (let i = 0; i < a.length; i++) {
    product += a[i] * b[i];
    squareA += a[i] * a[i];
    squareB += b[i] * b[i];
  }
  return product / Math.sqrt(squareA * squareB);
}

for (const photo of PHOTOS) {
  Deno.test(`a digit is recovered from the photo "${photo.name}"`, async () => {
    const random = randomStream(1, "data");
    const count = photo.size === 2000 ? 4 : train.count;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const digit = imageAt(train, i);
      const file = await encodePhoto(photograph(digit, photo, random), photo);
      const found = preprocess(await decodeImage(file));
      assert.ok(found, `digit ${i} is not found`);
      const like = likeness(found.digit, digit);
      assert.ok(like > (photo.rotation ? 0.5 : 0.75), `digit ${i}: ${like}`);
      if (photo.name === "28×28 PNG") assert.deepEqual(found.digit, Uint8Array.from(digit));
      sum += like;
    }
    const mean = sum / count;
    assert.ok(mean > (photo.rotation ? 0.75 : 0.9), `mean likeness ${mean}`);
  });
}

Deno.test("the same stream gives the same photo", () => {
  const photo = {
    size: 100,
    inverted: true,
    gradient: true,
    grain: 0.05,
    ruled: true,
    rotation: 10,
  };
  const take = (seed: number) =>
    photograph(imageAt(train, 0), photo, randomStream(seed, "data")).rgba;
  assert.deepEqual(take(1), take(1));
  assert.notDeepEqual(take(1), take(2));
});
