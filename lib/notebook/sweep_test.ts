import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { removeResults } from "../base/testing_results.ts";
import { patchDataset } from "../dataset/testing_samples.ts";
import { sweep } from "./sweep.ts";

const NAME = "test-notebook-sweep";
const path = projectPath("results", `${NAME}.csv`);

Deno.test("in a notebook too, a table is extended freely and replaced only on request", async () => {
  const data = patchDataset(100, 40, 4);
  const space = { layers: [16, 10], learningRate: 0.1, epochs: 1, seed: [1, 2] };
  try {
    const rows = await sweep(NAME, data, space);
    const more = await sweep(NAME, data, { ...space, seed: [1, 2, 3] });
    assert.deepEqual(more.slice(0, 2), rows);
    const text = await Deno.readTextFile(path);
    await assert.rejects(
      sweep(NAME, data, { ...space, learningRate: 0.2 }),
      /3 of its 3 rows are not in this sweep, the first with learningRate 0\.1; choose another name/,
    );
    await assert.rejects(sweep(NAME, { ...data, name: "others" }, { ...space, seed: [1, 2, 3] }), {
      name: "UserError",
      message: new RegExp(
        `${NAME}\\.csv would be replaced: 3 of its 3 rows are not in this sweep, the first with ` +
          "dataset patches; choose another name, or add \\{ replace: true \\} after the space$",
      ),
    });
    assert.equal(await Deno.readTextFile(path), text);
    await sweep(NAME, data, space, { replace: true });
    assert.deepEqual(await sweep(NAME, data, { ...space, seed: [1, 2, 3] }), more);
    assert.equal(await Deno.readTextFile(path), text);
    await assert.rejects(
      sweep(`${NAME}-large`, data, { ...space, seed: Array.from({ length: 10_001 }, (_, i) => i) }),
      /10001 trials to train, about (a|\d+) (second|minute)s?: add \{ yes: true \} after the space/,
    );
  } finally {
    await removeResults(NAME);
  }
});
