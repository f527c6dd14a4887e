import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { photoFile } from "../picture/photo.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { loadModel } from "../model/model_file.ts";
import { jupyterDisplay } from "../plot/figure.ts";
import { predictImage } from "./predict_image.ts";

const { model } = await loadModel(projectPath("results", "models", "digits.npz"));
const { test } = syntheticDigits({ train: 0, test: 1 });

Deno.test("a picture's digit, by its path or its bytes; as a cell's value the strip", async () => {
  const bytes = await photoFile(test.pixels, { inverted: true }, 1);
  const path = await Deno.makeTempFile({ suffix: ".png" });
  await Deno.writeFile(path, bytes);
  const byPath = await predictImage(model, path), byBytes = await predictImage(model, bytes);
  assert.equal(byPath.label, test.labels[0]);
  assert.equal(byPath.probability, byPath.probabilities[byPath.label]);
  assert.equal(byPath.pixels.length, 784);
  assert.deepEqual(byBytes.probabilities, byPath.probabilities);
  assert.equal(byBytes.path, "the picture");
  assert.deepEqual(byPath[jupyterDisplay](), byPath.figure[jupyterDisplay]());
  assert.match(byPath.figure.svg, /what the network sees/);
  await Deno.remove(path);
});

Deno.test("a page without a digit is an error", async () => {
  const page = await photoFile(new Uint8Array(784), { inverted: true, grain: 0.05 }, 1);
  await assert.rejects(predictImage(model, page), {
    name: "UserError",
    message: "the picture: no digit found",
  });
});
