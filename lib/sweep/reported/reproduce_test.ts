import assert from "node:assert/strict";
import { projectPath } from "../../base/project.ts";
import { emptySamples } from "../../dataset/dataset.ts";
import { loadMnist } from "../../dataset/mnist.ts";
import { syntheticDigits } from "../../dataset/synthetic.ts";
import { complete, fitTo } from "../../training/hyperparameters.ts";
import { drawImages, testImages } from "./draw.ts";
import { MAZUR_FIGURES, mazurComparison } from "./mazur_figures.ts";
import { printed } from "./printed.ts";
import { isComputed, type TrainedFigure } from "./reported_figure.ts";
import { REPORTED_FIGURES, reportedFigures } from "./reported_figures.ts";
import { rowNotRun, rowOfValues } from "./reported_row.ts";
import {
  formatReportedTable,
  mergeReported,
  parseReportedTable,
  readReportedTable,
} from "./reported_table.ts";
import { mnistTest } from "../../dataset/testing_mnist.ts";
import { minutesOf, reproduce } from "./reproduce.ts";
import { resultText, verdictText } from "./row_text.ts";

/** A substitute for MNIST where the images do not matter. */
const digits = { ...syntheticDigits({ train: 300, test: 100 }), name: "mnist" };
const figure: TrainedFigure = {
  id: "test",
  source: "nobody",
  variant: "small",
  measure: "accuracy",
  report: printed("50"),
  settings: { layers: [784, 16, 10], epochs: 6 },
  seeds: [1, 2, 3],
  minutes: 0,
};

Deno.test("every figure has an id of its own and settings that fit its data", () => {
  assert.equal(new Set(REPORTED_FIGURES.map(({ id }) => id)).size, REPORTED_FIGURES.length);
  const whole = {
    ...digits,
    train: emptySamples(60000, 28, 28),
    test: emptySamples(10000, 28, 28),
  };
  for (const figure of REPORTED_FIGURES) {
    assert.match(figure.id, /^[a-z0-9-]+$/);
    if (isComputed(figure)) continue;
    const all = complete(figure.settings);
    const { draw } = figure;
    const data = draw ? drawImages(whole, draw, 1) : whole;
    fitTo(all, data);
    assert.equal(testImages(draw), data.test.count);
    assert.ok((figure.afterEpoch ?? 1) <= all.epochs);
    assert.ok(figure.seeds.length >= (/^[A-E]: /.test(figure.source) ? 10 : 3), figure.id);
  }
});

Deno.test("a row summarises its seeds: mean, sample deviation, least, greatest, prediction interval", async () => {
  const { row, results } = await reproduce(figure, digits);
  const accuracies = results.map(({ testAccuracy }) => 100 * testAccuracy!);
  const mean = accuracies.reduce((a, b) => a + b) / 3;
  const variance = accuracies.reduce((a, b) => a + (b - mean) ** 2, 0) / 2;
  assert.deepEqual(results.map(({ hyperparameters: { seed } }) => seed), [1, 2, 3]);
  assert.equal(row.mean, Number(mean.toFixed(4)));
  assert.equal(row.standardDeviation, Number(Math.sqrt(variance).toFixed(4)));
  assert.equal(row.min, Math.min(...accuracies));
  assert.equal(row.max, Math.max(...accuracies));
  // The quantile of Student's t has a closed form for two degrees of freedom.
  const t = 0.97 * Math.sqrt(2 / (4 * 0.985 * 0.015));
  const odds = accuracies.map((accuracy) => Math.log(accuracy / (100 - accuracy)));
  const center = odds.reduce((a, b) => a + b) / 3;
  const scale = Math.sqrt(odds.reduce((a, b) => a + (b - center) ** 2, 0) / 2 * (1 + 1 / 3));
  const percent = (z: number) => 100 / (1 + Math.exp(-z));
  assert.ok(Math.abs(row.predictedLow! - percent(center - t * scale)) < 1e-3);
  assert.ok(Math.abs(row.predictedHigh! - percent(center + t * scale)) < 1e-3);
  assert.equal(row.values, accuracies.map((value) => Number(value.toFixed(4))).join(" "));
  assert.equal(row.network, "784-16-10");
});

Deno.test("an earlier epoch is read from the same trials", async () => {
  const { row } = await reproduce({ ...figure, afterEpoch: 2 }, digits);
  const short = { ...figure, settings: { ...figure.settings, epochs: 2 } };
  assert.deepEqual(row, (await reproduce(short, digits)).row);
});

Deno.test("error rates are 100 % minus the accuracy", async () => {
  const { row: accuracy } = await reproduce(figure, digits);
  const { row: error } = await reproduce({ ...figure, measure: "error rate" }, digits);
  assert.equal((error.mean! + accuracy.mean!).toFixed(4), "100.0000");
  assert.equal((error.min! + accuracy.max!).toFixed(4), "100.0000");
  assert.equal(error.standardDeviation, accuracy.standardDeviation);
});

Deno.test("a trial that diverges counts as guessing and is not dropped", async () => {
  const wild = { ...figure, settings: { ...figure.settings, learningRate: 1e30 } };
  const { row } = await reproduce(wild, digits);
  assert.deepEqual([row.mean, row.verdict], [10, "not reached"]);
});

Deno.test("other data than MNIST are rejected", async () => {
  const message = /are about MNIST: test cannot be reproduced on synthetic/;
  await assert.rejects(reproduce(figure, syntheticDigits({ train: 20, test: 10 })), message);
  await assert.rejects(reproduce(figure, undefined), /cannot be reproduced without it/);
});

Deno.test("a second run takes its trials from the journal", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const first = await reproduce(figure, digits, { folder });
    let reused = 0;
    const onProgress = (progress: { reused: number }) => reused = progress.reused;
    assert.deepEqual(await reproduce(figure, digits, { folder, onProgress }), first);
    assert.equal(reused, 3);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("held-out images: others for another seed, the same for the same, none trained on", () => {
  const draw = { file: "train", train: 200, heldOut: 50, testOn: "held out" } as const;
  const numbered = { ...digits, train: emptySamples(300, 28, 28) };
  for (let i = 0; i < 300; i++) numbered.train.pixels.set([i >> 8, i & 255], i * 784);
  const drawn = (seed: number, testOn: "held out" | "test file" = "held out") => {
    const { train, test } = drawImages(numbered, { ...draw, testOn }, seed);
    const numbers = ({ count, pixels }: typeof train) =>
      Array.from({ length: count }, (_, i) => 256 * pixels[i * 784] + pixels[i * 784 + 1]);
    return { train: numbers(train), test: numbers(test) };
  };
  const { train, test } = drawn(1);
  assert.deepEqual([train.length, test.length], [200, 50]);
  assert.equal(new Set([...train, ...test]).size, 250);
  assert.deepEqual(drawn(1), { train, test });
  assert.notDeepEqual(drawn(2).test, test);
  assert.deepEqual(drawn(1, "test file").train, train);
  assert.equal(drawn(1, "test file").test.length, 100);
  assert.throws(
    () => drawImages(numbered, { ...draw, train: 299 }, 1),
    /349 images cannot be drawn/,
  );
});

Deno.test("a figure whose images are drawn: each seed has its own, whatever the number of workers", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const draw = { file: "train", train: 200, heldOut: 100, testOn: "held out" } as const;
    const drawn = { ...figure, draw };
    const first = await reproduce(drawn, digits, { folder, workers: 3 });
    assert.deepEqual(first.results.map(({ hyperparameters: { seed } }) => seed), [1, 2, 3]);
    assert.equal(
      first.row.dataset,
      "mnist[200 of train drawn with each seed; 100 others held out]",
    );
    let last = { reused: 0, finished: 0, trials: 0 };
    const again = await reproduce(drawn, digits, {
      folder,
      workers: 1,
      onProgress: (progress) => last = progress,
    });
    assert.deepEqual(again, first);
    assert.deepEqual([last.reused, last.finished, last.trials], [3, 3, 3]);
    // The seed draws the images, too: the same initial weights with one draw give other values.
    const fixed = drawImages(digits, draw, 1);
    const alone = await reproduce(figure, { ...fixed, name: "mnist" });
    assert.equal(alone.results[0].testAccuracy, first.results[0].testAccuracy);
    assert.notEqual(alone.results[1].weightsDigest, first.results[1].weightsDigest);

    const stop = AbortSignal.abort(new Error("stopped"));
    await assert.rejects(reproduce(drawn, digits, { signal: stop }), /stopped/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("Mazur's page: each printed number comes out in one of the two orders, but for one last digit", () => {
  const order = (comparison: ReturnType<typeof mazurComparison>[number]) => [
    comparison.allTogether === comparison.printed,
    comparison.outputWeightsFirst === comparison.printed,
  ];
  const orders = new Map(mazurComparison().map((line) => [line.number, order(line)]));
  const only = (together: boolean, first: boolean) =>
    [...orders].filter(([, [a, b]]) => a === together && b === first).map(([number]) => number);
  assert.deepEqual(only(true, false), [
    "∂E of o1/∂out of h1",
    "∂E/∂out of h1",
    "∂E/∂w1",
    "w1 after one step",
    "w2 after one step",
    "w3 after one step",
    "w4 after one step",
    "total error in the 10,000th step",
  ]);
  assert.deepEqual(only(false, true), [
    "total error after one step",
    "total error after 10,000 steps, older copies of the page",
    "out of o1 after 10,000 steps",
    "out of o2 after 10,000 steps",
  ]);
  assert.deepEqual(only(false, false), ["∂E of o2/∂out of h1"]);
  assert.equal(orders.size, 31);
  const after = mazurComparison().find(({ number }) => number === "total error after one step");
  assert.equal(after?.allTogether, "0.291027774");
});

Deno.test("Mazur's numbers in the table: both orders where they differ", async () => {
  const verdict = async (id: string) => {
    const [figure] = reportedFigures([id]);
    return (await reproduce(figure, undefined)).row.verdict;
  };
  assert.equal(await verdict("mazur-w1"), "same digits");
  assert.equal(await verdict("mazur-w1-outputs-first"), "other digits");
  assert.equal(await verdict("mazur-after"), "other digits");
  assert.equal(await verdict("mazur-after-outputs-first"), "same digits");
  assert.equal(MAZUR_FIGURES.length, 18 + 2 * 13);
});

Deno.test("rows by name: an id, or the beginning of several; in the table's order", () => {
  const ids = (...names: string[]) => reportedFigures(names).map(({ id }) => id);
  assert.deepEqual(ids("b", "a"), ["a", "b"]);
  assert.deepEqual(ids("simard"), ["simard-none", "simard-affine", "simard-elastic"]);
  assert.equal(ids("mazur").length, MAZUR_FIGURES.length);
  assert.throws(() => ids("a", "simar"), /there is no reported figure simar; there are a, /);
});

Deno.test("minutes: trials that several rows are read from count once", () => {
  const rows = (...ids: string[]) => minutesOf(reportedFigures(ids));
  const [d] = reportedFigures(["d"]) as [TrainedFigure];
  assert.equal(rows("d"), d.minutes * d.seeds.length);
  assert.equal(rows("d", "d-20-epochs"), rows("d"));
  assert.equal(rows("mazur-w1"), 0);
});

Deno.test("a row in words", () => {
  const row = rowOfValues(figure, [48, 50, 52]);
  assert.equal(resultText(row), "accuracy 50 % reported, 50.00 ± 2.00 % here (3 seeds)");
  assert.equal(verdictText(row), "holds; 50 or better in 58 of 100 runs"); // ½ + t/(2√(2 + t²)), t = 0.5/2.31
  assert.match(
    verdictText(rowOfValues(figure, [20, 21, 22])),
    /^not reached; .* in under 1 of 100/,
  );
  assert.match(verdictText(rowOfValues(figure, [90, 91, 91])), /^exceeded; .* in over 99 of 100/);
  assert.equal(resultText(rowNotRun(figure)), "accuracy 50 reported, not run");
  const [w5] = reportedFigures(["mazur-w5"]);
  assert.equal(verdictText(rowOfValues(w5, [0.358916480])), "same digits");
});

Deno.test("the table: written and read back, merged, and blind to definitions of the past", async () => {
  const ids = ["mazur-w1", "mazur-w5"];
  const rows = await Promise.all(
    reportedFigures(ids).map(async (figure) => (await reproduce(figure, undefined)).row),
  );
  const merged = mergeReported(rows);
  assert.deepEqual(merged.map(({ row }) => row), REPORTED_FIGURES.map(({ id }) => id));
  assert.deepEqual(merged.filter(({ verdict }) => verdict !== "not run").length, 2);
  assert.deepEqual(parseReportedTable(formatReportedTable(merged), "t.csv"), merged);
  const changed = rows.map((row) => ({ ...row, settings: "something else" }));
  assert.deepEqual(mergeReported(changed), REPORTED_FIGURES.map(rowNotRun));
  const stale = rows.map((row) => ({ ...row, verdict: "not reached" as const, mean: 0 }));
  assert.deepEqual(mergeReported(stale), merged, "all but the values is worked out anew");
  const damaged = formatReportedTable(merged).replace(/,0\.35891647\d*,\n/, ",0.3x,\n");
  assert.throws(
    () => parseReportedTable(damaged, "t.csv"),
    /t.csv, line \d+: column values: expected 1/,
  );
  assert.deepEqual(await readReportedTable("/nowhere/t.csv"), REPORTED_FIGURES.map(rowNotRun));
  assert.throws(() => parseReportedTable("a,b\n1,2\n", "t.csv"), /line 1: there is no column row/);
  assert.throws(() => reportedFigures(["z"]), /there is no reported figure z; there are a, /);
});

mnistTest("the committed table is what comes out anew", async ({ folder }) => {
  const committed = await readReportedTable(projectPath("results", "reported-figures.csv"));
  for (const figure of reportedFigures(["a", "mazur-w1"])) {
    const { row } = await reproduce(figure, await loadMnist({ path: folder }));
    assert.deepEqual(row, committed.find((other) => other.row === figure.id));
  }
});
