import assert from "node:assert/strict";
import { writeImages } from "../dataset/convert.ts";
import { DIGITS, slice } from "../dataset/dataset.ts";
import { patchSamples } from "../dataset/testing_samples.ts";
import { plainKernel } from "../kernel/plain.ts";
import { saveModel } from "../model/model_file.ts";
import { createNetwork, initialize, modelOf } from "../network/network.ts";
import { randomStream } from "../base/random.ts";
import { runTask, withDataset } from "./testing_command.ts";

/** Writes an untrained network 784-10, with all weights equal to `weight` if that is given. */
async function writeModel(path: string, weight?: number): Promise<void> {
  const network = createNetwork(plainKernel(32), {
    layers: [784, 10],
    activations: ["identity"],
    loss: "crossEntropy",
  });
  initialize(network, "heNormal", randomStream(1, "initializer"));
  const model = modelOf(network);
  if (weight !== undefined) model.parameters[0].weights.fill(weight);
  await saveModel(path, model);
}

Deno.test("evaluate uses all images of a single set, the test images of a pair, or --part", async () => {
  await withDataset(600, async (folder) => {
    await writeModel(`${folder}/model.npz`);
    const set = { samples: patchSamples(70, 28, 3), labelled: true, classes: DIGITS };
    await writeImages(`${folder}/mine/mine.csv`, set);
    // Too few to be split, enough to be evaluated.
    await writeImages(`${folder}/few.csv`, { ...set, samples: slice(set.samples, 0, 3) });
    const cases: [string, string[], string, number, string][] = [
      ["mine/mine.csv", [], "all", 70, "all 70 images of mine (a single set)"],
      ["mine/mine.csv", ["--part", "all"], "all", 70, "all 70 images of mine (a single set)"],
      ["mine/mine.csv", ["--part", "test"], "test", 10, "the 10 test images of mine (a part"],
      ["mine/mine.csv", ["--part", "train"], "train", 60, "the 60 train images of mine (a part"],
      ["few.csv", [], "all", 3, "all 3 images of few (a single set)"],
      ["test.csv", [], "all", 200, "all 200 images of test (a single set)"],
      ["train.csv,test.csv", [], "test", 200, "the 200 test images of train\n"],
      ["train.csv,test.csv", ["--part", "train"], "train", 600, "the 600 train images of train\n"],
      ["train.csv,test.csv", ["--part", "all"], "all", 800, "all 800 images of train\n"],
    ];
    const rights = new Map<string, number>();
    for (const [dataset, flags, part, images, words] of cases) {
      const path = dataset.split(",").map((name) => `${folder}/${name}`).join(",");
      const args = ["evaluate", `${folder}/model.npz`, "--dataset", path, ...flags];
      const { status, stdout, stderr } = await runTask([...args, "--json"]);
      assert.equal(status, 0, stderr);
      const result = JSON.parse(stdout);
      assert.deepEqual([result.part, result.images], [part, images]);
      assert.equal(result.confusion.flat().reduce((sum: number, n: number) => sum + n), images);
      assert.ok(stderr.includes(`784-10 on ${words}`), stderr);
      rights.set(`${dataset} ${part}`, Math.round(result.testAccuracy * images));
    }
    // The whole is its parts.
    for (const dataset of ["mine/mine.csv", "train.csv,test.csv"]) {
      const [all, train, test] = ["all", "train", "test"].map((part) =>
        rights.get(`${dataset} ${part}`)!
      );
      assert.equal(all, train + test, dataset);
    }
  });
});

Deno.test("a network that overflows is an error, not an accuracy", async () => {
  await withDataset(600, async (folder) => {
    await writeModel(`${folder}/model.npz`, 3e38);
    const args = ["evaluate", `${folder}/model.npz`, "--dataset", folder];
    for (const flags of [[], ["--json"]]) {
      const { status, stdout, stderr } = await runTask([...args, ...flags]);
      assert.match(
        stderr,
        /^error: .*model\.npz: overflows on the 200 test images of .*: its loss is NaN/m,
      );
      assert.deepEqual([status, stdout], [1, ""]);
    }
  });
});
