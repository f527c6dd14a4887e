import assert from "node:assert/strict";
import type { Dataset } from "../dataset/dataset.ts";
import { patchDataset } from "../dataset/testing_samples.ts";
import { simdKernel } from "../kernel/simd.ts";
import { networkOf } from "../network/network.ts";
import { evaluate } from "../training/evaluate.ts";
import { fromCells } from "../training/hyperparameters.ts";
import { trainModel } from "../training/trial.ts";
import { bestSentence, bestSetting } from "./best.ts";
import { inThisThread, onWorkers } from "./engine.ts";
import { runSweep } from "./sweep.ts";
import { rowOf } from "./table.ts";
import { testBestSetting, testedSentence } from "./test_best.ts";
import { verifyLines } from "./verify.ts";

const digits = patchDataset(300, 150, 6);
const SPACE = {
  layers: [36, 8, 8, 10],
  activation: [["relu", "tanh"]],
  learningRate: [0.001, 0.1],
  validation: 0.2,
  epochs: 2,
  seed: [1, 2],
} as const;

Deno.test("the setting chosen on validation images is evaluated on the test images, and no other", async () => {
  const rows = (await runSweep(SPACE, digits, { engine: inThisThread })).map(rowOf);
  for (const engine of [inThisThread, onWorkers(2)]) {
    const tested = await testBestSetting(rows, digits, { engine });
    const best = bestSetting(rows)!.row;
    assert.deepEqual(tested.rows.map(({ learningRate, seed }) => [learningRate, seed]), [
      [best.learningRate, 1],
      [best.learningRate, 2],
    ]);
    const accuracies: number[] = [];
    for (const row of tested.rows) {
      const { model } = await trainModel(fromCells(row), digits);
      accuracies.push(evaluate(networkOf(simdKernel(), model), digits.test).accuracy);
    }
    assert.deepEqual(tested.rows.map(({ testAccuracy }) => testAccuracy), accuracies);
    const mean = (accuracies[0] + accuracies[1]) / 2;
    assert.ok(Math.abs(tested.testAccuracy - mean) < 1e-12);
    assert.ok(tested.interval.low < mean && mean < tested.interval.high);
    assert.match(
      testedSentence(tested),
      /^test: learning rate 0\.1: .* % of 150 test images \(95 %/,
    );
  }
});

Deno.test("of a sweep with successive halving, the sentence says what was chosen, not that it was not stopped", async () => {
  const engine = inThisThread;
  const rows = (await runSweep({ ...SPACE, epochs: 4 }, digits, { engine, halving: 2 })).map(rowOf);
  assert.deepEqual([...new Set(rows.map(({ stopAfter }) => stopAfter))].toSorted(), [2, "all"]);
  const { setting } = await testBestSetting(rows, digits, { engine });
  assert.equal(setting, "learning rate 0.1");
  assert.match(bestSentence(rows), /^best: learning rate 0\.1: /);
  const only = rows.slice(0, 1);
  assert.match(bestSentence(only), /^best: the only setting: /);
});

Deno.test("a journal keeps results with and without the test images apart, and verify reads both", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const options = { engine: inThisThread, journal: `${folder}/j.jsonl` };
    const rows = (await runSweep(SPACE, digits, options)).map(rowOf);
    const tested = await testBestSetting(rows, digits, options);
    assert.deepEqual(tested, await testBestSetting(rows, digits, { engine: inThisThread }));
    const again = (await runSweep(SPACE, digits, options)).map(rowOf);
    assert.deepEqual(again, rows);
    assert.ok(again.every(({ testLoss }) => testLoss === null));
    for (const table of [rows, tested.rows]) {
      const lines = table.map((row, i) => ({ line: i + 2, row }));
      const checks = await verifyLines("t.csv", lines, digits, inThisThread);
      assert.deepEqual(checks, lines.map(({ line }) => ({ line, differences: [] })));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("without a validation set, for other data or without a result it is refused", async () => {
  const engine = inThisThread;
  const rows = (await runSweep(SPACE, digits, { engine })).map(rowOf);
  const open = rows.map((row) => ({ ...row, validation: "none" as const }));
  await assert.rejects(
    testBestSetting(open, digits, { engine }),
    /has no validation set: its best/,
  );
  const other: Dataset = { ...digits, train: patchDataset(300, 150, 6).test };
  await assert.rejects(
    testBestSetting(rows, { ...digits, train: { ...other.train } }, { engine }),
    /gives other weights than in the table: run the sweep again/,
  );
  const ended = rows.map((row) => ({ ...row, status: "diverged" as const }));
  await assert.rejects(testBestSetting(ended, digits, { engine }), /no setting completed/);
});
