import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { loadMnist } from "../dataset/mnist.ts";
import { simdKernel } from "../kernel/simd.ts";
import { loadModel } from "../model/model_file.ts";
import { networkOf, weightsDigest } from "../network/network.ts";
import { evaluate } from "../training/evaluate.ts";
import { mnistTest } from "../dataset/testing_mnist.ts";

const { model, notices } = await loadModel(projectPath("results", "models", "digits.npz"));
const readme = await Deno.readTextFile(projectPath("results", "models", "README.md"));

Deno.test("the committed network is the one that its README describes", () => {
  assert.deepEqual(notices, []);
  assert.match(readme, new RegExp(`^${weightsDigest(model)}$`, "m"));
  assert.match(readme, new RegExp(`--layers ${model.architecture.layers.join(",")} `));
});

mnistTest("the committed network has the accuracy in its README", async ({ folder }) => {
  const { test } = await loadMnist({ path: folder });
  const { accuracy } = evaluate(networkOf(simdKernel(), model), test);
  assert.ok(accuracy >= 0.985);
  assert.match(
    readme,
    new RegExp(`\\s${(100 * accuracy).toFixed(2)} % of the 10,000 test images`),
  );
});
