import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { removeResults } from "../base/testing_results.ts";
import { patchDataset } from "../dataset/testing_samples.ts";
import { readTable } from "../sweep/table.ts";
import { findLearningRate } from "./find_learning_rate.ts";
import { sweep } from "./sweep.ts";
import { testBest } from "./test_best.ts";

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

Deno.test("what a budget left of a sweep does not replace a table that has more", async () => {
  const data = patchDataset(100, 40, 4);
  const space = { layers: [16, 10], epochs: 1, seed: [1, 2] };
  try {
    // Too short for one trial: no table of no rows is left.
    const none = await sweep(NAME, data, space, { budget: 1e-6 });
    assert.equal(none.length, 0);
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    await sweep(NAME, data, space);
    const text = await Deno.readTextFile(path);
    await Deno.remove(projectPath("results", ".journal", `${NAME}.jsonl`));
    await sweep(NAME, data, space, { budget: 1e-6 });
    assert.equal(await Deno.readTextFile(path), text);
  } finally {
    await removeResults(NAME);
  }
});

Deno.test("the test set is read for the rows of a sweep alone, unless the dataset is named", async () => {
  const data = patchDataset(200, 40, 4);
  const space = { layers: [16, 10], learningRate: [0.001, 0.2], validation: 0.25, seed: [1, 2] };
  try {
    const rows = await sweep(NAME, data, space);
    const tested = await testBest(rows);
    assert.deepEqual(tested.rows.map(({ learningRate }) => learningRate), [0.2, 0.2]);
    const table = await readTable(projectPath("results", `${NAME}-tested.csv`));
    assert.deepEqual(table, tested.rows);
    assert.equal(table[0].testAccuracy, tested.rows[0].testAccuracy);
    assert.deepEqual(await testBest([...rows], data), tested);
    await assert.rejects(testBest([...rows]), /add the dataset, testBest\(rows, digits\)/);
    const open = await sweep(NAME, data, { ...space, validation: "none" }, { replace: true });
    await assert.rejects(testBest(open), /has no validation set/);
    await assert.rejects(
      sweep(NAME, data, space, { metric: "testLoss" }),
      /with a validation set a sweep does not read the test set/,
    );
  } finally {
    await removeResults(NAME);
  }
});

Deno.test("a range test in a notebook leaves its curve and figure", async () => {
  const data = patchDataset(800, 40, 4);
  try {
    const test = await findLearningRate(data, {
      ...{ layers: [16, 12, 10], batchSize: 4, seed: [1, 2], to: 100, name: NAME },
    });
    assert.ok(test.suggestions!.valley > 1e-4);
    const text = await Deno.readTextFile(projectPath("results", `range-test-${NAME}.csv`));
    const points = test.runs.flatMap(({ points }) => points);
    assert.equal(text.trim().split("\n").length, points.length + 1);
    const options = { learningRate: 1, layers: [16, 10] };
    await assert.rejects(findLearningRate(data, options), /learningRate is set by the range test/);
  } finally {
    await removeResults(`range-test-${NAME}`);
  }
});
