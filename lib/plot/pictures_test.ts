import assert from "node:assert/strict";
import sharp from "sharp";
import { DIGITS, emptySamples, imageAt, type Samples } from "../dataset/dataset.ts";
import { classCountBars } from "./class_counts.ts";
import { divergingScale, sequentialScale } from "./color_scale.ts";
import { confusionMatrix } from "./confusion_matrix.ts";
import { digitGrid, meanImages } from "./digits.ts";
import { accuracyByEpoch, historyRows, lossByEpoch } from "./history.ts";
import { weightMaps } from "./weight_maps.ts";
import { zeroPixels } from "./zero_pixels.ts";

/** The pictures in an SVG, decoded by a different library than the one that encoded them. */
function pictures(svg: string): Promise<Buffer[]> {
  const addresses = [...svg.matchAll(/data:image\/png;base64,([^"]*)/g)];
  return Promise.all(
    addresses.map(([, base64]) =>
      sharp(Uint8Array.fromBase64(base64)).toColourspace("b-w").raw().toBuffer()
    ),
  );
}

function samples(images: readonly number[][], labels: readonly number[]): Samples {
  const made = emptySamples(images.length, 3, 2);
  images.forEach((image, i) => imageAt(made, i).set(image));
  made.labels.set(labels);
  return made;
}

const three = samples([[0, 0, 0, 255, 1, 2], [0, 0, 10, 100, 0, 0], [0, 0, 30, 201, 0, 0]], [
  7,
  1,
  1,
]);

Deno.test("a digit grid has the exact pixels, dark ink on light paper", async () => {
  const figure = digitGrid(three, [2, 0], { captions: ["a < b", ""] });
  const [first, second] = await pictures(figure.svg);
  assert.deepEqual([...first], [255, 255, 225, 54, 255, 255]);
  assert.deepEqual([...second], [255, 255, 255, 0, 254, 253]);
  assert.match(figure.svg, />a &lt; b</);
});

Deno.test("captions default to the labels", () => {
  assert.match(digitGrid(three, [0]).svg, />7<\/text>/);
});

Deno.test("mean images are means, and a class without images is blank", async () => {
  const means = await pictures(meanImages(three, DIGITS).svg);
  assert.equal(means.length, 10);
  assert.deepEqual([...means[1]], [255, 255, 235, 104, 255, 255]);
  assert.deepEqual([...means[0]], [255, 255, 255, 255, 255, 255]);
});

Deno.test("zero pixels are counted", () => {
  const { title, svg } = zeroPixels(three);
  assert.equal(title, "61.1 % of all pixels are zero"); // 3 + 4 + 4 of 18
  assert.match(svg, /2 of 6 places never do/);
});

Deno.test("class counts are beside their bars", () => {
  const { svg } = classCountBars({ name: "tiny", classes: DIGITS, train: three, test: three });
  assert.match(svg, /train: 3 images/);
  assert.equal([...svg.matchAll(/>2<\/text>/g)].length, 4); // class 2 twice, count of class 1 twice
});

Deno.test("a confusion matrix shows each count and the share of correct predictions", () => {
  const { svg } = confusionMatrix([[8, 2], [1, 9]], ["cat", "dog"]);
  assert.match(svg, /17 of 20 right \(85\.00 %\)/);
  for (const text of ["8", "2", "1", "9", "cat", "dog"]) assert.match(svg, new RegExp(`>${text}<`));
});

Deno.test("colour scales: zero is neutral, signs are red and blue, ends are clamped", () => {
  const scale = divergingScale(2);
  const [red, green, blue] = scale(0);
  assert.ok(Math.max(red, green, blue) - Math.min(red, green, blue) < 8);
  assert.ok(scale(-2)[0] > scale(-2)[2] && scale(2)[2] > scale(2)[0]);
  assert.deepEqual(scale(5), scale(2));
  assert.ok(sequentialScale(0, 1)(1)[0] > sequentialScale(0, 1)(0)[0]);
});

Deno.test("weight maps reject invalid sizes and units", () => {
  const model = {
    architecture: {
      layers: [6, 2],
      activations: ["identity"],
      loss: "crossEntropy",
    },
    parameters: [{ weights: new Float32Array(12), biases: new Float32Array(2) }],
  } as const;
  assert.equal([...weightMaps(model, { imageWidth: 3 }).svg.matchAll(/<image/g)].length, 3);
  assert.throws(() => weightMaps(model), /6 inputs do not form an image/);
  assert.throws(() => weightMaps(model, { imageWidth: 3, units: [2] }), /units 0 to 1, not 2/);
});

Deno.test("histories become curves, one pair per series", () => {
  const history = [1, 2].map((epoch) => ({
    epoch,
    trainLoss: 1 / epoch,
    testLoss: 2 / epoch,
    testAccuracy: 0.9,
  }));
  const single = lossByEpoch(history).svg;
  assert.match(single, />test loss</);
  const hyperparameters = { loss: "crossEntropy" };
  const result = { hyperparameters, history } as unknown as Parameters<typeof historyRows>[0][0];
  const rows = [...historyRows([result], () => "full"), ...historyRows([result], () => "mini")];
  assert.match(lossByEpoch(rows).svg, />mini, training loss</);
  assert.match(lossByEpoch(rows).svg, />[^<]*loss \(nats\)/);
  assert.doesNotMatch(single, /nats/);
  assert.match(accuracyByEpoch(rows).svg, />mini</);
});
