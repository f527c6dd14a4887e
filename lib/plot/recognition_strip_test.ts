import assert from "node:assert/strict";
import { decode } from "fast-png";
import { DIGITS } from "../dataset/dataset.ts";
import { preprocess } from "../picture/preprocess.ts";
import type { Recognition } from "../recognition/recognize.ts";
import { recognitionStrip } from "./recognition_strip.ts";

/** A red bar on a transparent page, as a 1. */
function redBar(): Recognition {
  const width = 300, height = 600, rgba = new Uint8Array(4 * width * height);
  for (let y = 100; y < 500; y++) {
    for (let x = 130; x < 170; x++) rgba.set([255, 0, 0, 255], 4 * (y * width + x));
  }
  const image = { width, height, rgba };
  const stages = preprocess(image)!;
  const probabilities = [0, 0.9, 0, 0, 0, 0, 0, 0.1, 1e-6, 0];
  return {
    path: "a/b/one.png",
    image,
    stages,
    pixels: stages.digit,
    images: { width: 28, height: 28, classes: DIGITS, framed: true },
    label: 1,
    className: "1",
    probability: 0.9,
    probabilities,
    hidden: [],
  };
}

/** The pictures of a strip, decoded. */
function picturesOf(svg: string) {
  const files = [...svg.matchAll(/base64,([^"]+)"/g)].map(([, file]) => file);
  return files.map((file) => decode(Uint8Array.fromBase64(file)));
}

Deno.test("the strip shows the picture in colour on white, and the digit to the byte", () => {
  const recognition = redBar();
  const pictures = picturesOf(recognitionStrip([recognition]).svg);
  assert.equal(pictures.length, 5);
  const [picture] = pictures, seen = pictures[4];
  // 300×600 pixels are too many: each shown pixel is the mean of nine.
  assert.deepEqual([picture.width, picture.height, picture.channels], [100, 200, 3]);
  assert.deepEqual([...picture.data.slice(0, 3)], [255, 255, 255]);
  assert.deepEqual([...picture.data.slice(3 * (100 * 100 + 50)).slice(0, 3)], [255, 0, 0]);
  assert.deepEqual([...seen.data], [...recognition.pixels.map((ink) => 255 - ink)]);
});

Deno.test("a strip of one names it in the title, a strip of several above each row", () => {
  const one = recognitionStrip([redBar()]), two = recognitionStrip([redBar(), redBar()]);
  assert.equal(one.title, "one.png: a 1 (90.0 %)");
  assert.equal([...two.svg.matchAll(/>one\.png: a 1 \(90\.0 %\)</g)].length, 2);
  assert.ok(two.height > 1.8 * one.height);
  assert.match(one.svg, />&lt; 0\.1 %</);
});
