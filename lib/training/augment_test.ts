import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { augmenter } from "../dataset/augment.ts";
import { type Dataset, emptySamples, imageAt } from "../dataset/dataset.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { runTrial } from "./trial.ts";

const digits = syntheticDigits({ train: 250, test: 50 });
// tilt depends on the label.
const augment = "rotation(10) + tilt(15, 2) + elastic(4, 34)";
const settings = { layers: [784, 16, 10], batchSize: 32, seed: 7 };

/** The training images in file order, `times` times, each distorted. */
function distortedBeforehand(times: number): Dataset {
  const { count, width, height, labels } = digits.train;
  const train = emptySamples(times * count, width, height);
  const distort = augmenter(augment, randomStream(settings.seed, "augment"));
  for (let i = 0; i < train.count; i++) {
    train.labels[i] = labels[i % count];
    distort(imageAt(digits.train, i % count), imageAt(train, i), train.labels[i]);
  }
  return { ...digits, train };
}

Deno.test("images distorted on the fly equal those distorted beforehand", async () => {
  const options = { ...settings, shuffle: false, epochs: 1 };
  const onTheFly = await runTrial({ ...options, augment }, digits);
  const beforehand = await runTrial(options, distortedBeforehand(1));
  assert.equal(onTheFly.weightsDigest, beforehand.weightsDigest);
  assert.equal(onTheFly.testLoss, beforehand.testLoss);
  assert.notEqual(onTheFly.weightsDigest, (await runTrial(options, digits)).weightsDigest);
});

Deno.test("an image is distorted anew in every epoch", async () => {
  // Batches of 50 divide the 250 images, so two epochs are one of twice the length.
  const options = { ...settings, batchSize: 50, shuffle: false };
  const onTheFly = await runTrial({ ...options, epochs: 2, augment }, digits);
  const beforehand = await runTrial({ ...options, epochs: 1 }, distortedBeforehand(2));
  assert.equal(onTheFly.weightsDigest, beforehand.weightsDigest);
});

Deno.test("batches larger than a part are distorted completely", async () => {
  const many = syntheticDigits({ train: 1100, test: 10 });
  const options = { ...settings, batchSize: "full", epochs: 1, augment } as const;
  const { trainLoss, status } = await runTrial(options, many);
  assert.equal(status, "completed");
  assert.ok(trainLoss! > 1 && trainLoss! < 5, `${trainLoss}`);
});

Deno.test("an invalid distortion is named", async () => {
  await assert.rejects(
    runTrial({ augment: "twirl(3)" }, digits),
    /augment must be one of none, .* got "twirl\(3\)"/,
  );
  await assert.rejects(runTrial({ augment: 3 as unknown as string }, digits), /augment must be/);
});
