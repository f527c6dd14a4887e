import assert from "node:assert/strict";
import { interactiveFigure } from "./interactive.ts";
import { sweepRows, tableOf } from "./testing_rows.ts";

const sweep = [
  { learningRate: "0.1", seed: "1", layers: "784-10", trainLoss: "0.2", testLoss: "0.3" },
  { learningRate: "0.1", seed: "2", layers: "784-10", trainLoss: "0.4", testLoss: "0.5" },
  { learningRate: "1", seed: "1", layers: "784-10", trainLoss: null, testLoss: null },
];

Deno.test("a sweep: a dot for each trial with its settings, a line through the means", () => {
  const { data, layout } = interactiveFigure("rates.csv", tableOf(sweep));
  const [line, dots] = data;
  assert.deepEqual([line.x, line.y], [[0.1], [0.4]]);
  assert.deepEqual([dots.x, dots.y], [[0.1, 0.1], [0.3, 0.5]]);
  assert.equal(
    dots.text![1],
    "learningRate: 0.1<br>seed: 2<br>trainLoss: 0.4<br>testLoss: 0.5",
  );
  assert.deepEqual(data.map(({ name }) => name), [
    "testLoss",
    "testLoss",
    "trainLoss",
    "trainLoss",
  ]);
  assert.deepEqual(layout.xaxis, { title: "learning rate", type: "log" });
});

const learningRate = [0.01, 0.1, 1], activation = ["relu", "tanh"] as const;

Deno.test("a sweep is drawn as on show's page: the varied hyperparameters determine the drawing", () => {
  const spaces = [
    [{ learningRate }, "scatter", "learning rate", "loss (nats)"],
    [{ activation, seed: [1, 2] }, "scatter", "test loss (nats)", undefined],
    [{ learningRate, activation }, "scatter", "learning rate", "test loss (nats)"],
    [{ learningRate, batchSize: [1, 32] }, "heatmap", "learning rate", "batch size (images)"],
    [{ learningRate, batchSize: [1, 32], activation }, "parcoords", undefined, undefined],
  ] as const;
  for (const [space, kind, x, y] of spaces) {
    const { data, layout } = interactiveFigure("t.csv", tableOf(sweepRows(space)));
    const { xaxis, yaxis } = layout as Record<string, { title?: string } | undefined>;
    assert.deepEqual([data[0].type, xaxis?.title, yaxis?.title], [kind, x, y]);
  }
});

Deno.test("a sweep over names has a line for each, its seeds and their mean", () => {
  const rows = sweepRows({ activation, seed: [1, 2] });
  const { data: [seeds, means] } = interactiveFigure("t.csv", tableOf(rows), "testAccuracy");
  assert.deepEqual(seeds.x, rows.map(({ testAccuracy }) => 100 * testAccuracy!));
  assert.deepEqual(seeds.y, ["relu", "relu", "tanh", "tanh"]);
  assert.match(String(seeds.text![2]), /^activation: tanh<br>seed: 1<br>test loss 0\.\d{4}<br>/);
  const [first, second] = seeds.x as number[];
  assert.ok(Math.abs((means.x as number[])[0] - (first + second) / 2) < 1e-9);
});

Deno.test("with a word or 0, values are equally spaced, in order", () => {
  const axis = (space: Parameters<typeof sweepRows>[0]) =>
    interactiveFigure("t.csv", tableOf(sweepRows(space))).layout.xaxis as Record<string, unknown>;
  const full = axis({ batchSize: ["full", 1, 32] });
  assert.deepEqual([full.type, full.categoryarray], ["category", ["1", "32", "full"]]);
  assert.deepEqual(axis({ l2: [0.1, 0] }).categoryarray, ["0", "0.1"]);
  assert.equal(axis({ l2: [0.1, 0.2] }).type, "log");
  assert.equal(axis({ epochs: [1, 2] }).type, "linear");
});

Deno.test("a cell of a heat map that did not complete has no colour; the best is framed", () => {
  const rows = sweepRows({ learningRate, batchSize: [1, 32], seed: [1, 2] });
  const nothing = { status: "diverged", trainLoss: null, testLoss: null, testAccuracy: null };
  const table = tableOf(rows.map((row, i) => i === rows.length - 1 ? { ...row, ...nothing } : row));
  const { data: [{ z }], layout } = interactiveFigure("t.csv", table);
  // Batch size 32 is the upper line; the rate 0.1 with batch size 1 is the best.
  const [upper, lower] = z as (number | null)[][];
  assert.deepEqual([upper[2], lower[1]], [null, 1]);
  const [frame] = layout.shapes as Record<string, number>[];
  assert.deepEqual([frame.x0, frame.x1, frame.y0, frame.y1], [0.5, 1.5, 0.5, 1.5]);
  assert.match(JSON.stringify(layout.title), /best: learning rate 0\.1, .*1 diverged of 12 trials/);
});

Deno.test("an invalid cell is an error with its line and column", () => {
  const rows = [{ epoch: 1, testLoss: 0.5 }, { epoch: 2, testLoss: "much" }];
  assert.throws(() => tableOf(rows), {
    name: "UserError",
    message: 'table.csv, line 3, column testLoss: expected a number, got "much"',
  });
  assert.throws(() => tableOf([{ ...sweepRows({})[0], status: "lost" }]), /column status/);
});

Deno.test("settings that differ are series of their own", () => {
  const rows = sweep.slice(0, 2).map((row, i) => ({ ...row, layers: `784-${i + 1}0-10` }));
  const names = interactiveFigure("t.csv", tableOf(rows)).data.map(({ name }) => name);
  assert.ok(names.includes("layers 784-10-10: testLoss"), String(names));
  assert.equal(new Set(names).size, 4);
});

Deno.test("a history is drawn against its epochs, an iteration history against its steps", () => {
  const history = [1, 2].map((epoch) => ({
    learningRate: "0.1",
    epochs: "2",
    epoch: String(epoch),
    trainLoss: "0.2",
    testLoss: "0.3",
  }));
  assert.deepEqual(interactiveFigure("t.csv", tableOf(history)).layout.xaxis, {
    title: "epoch",
    type: "linear",
  });
  const steps = [1, 5].map((step) => ({
    series: "full batch",
    iteration: String(step),
    trainLoss: "1",
    testLoss: "1",
  }));
  // The epoch of each step changes nothing.
  for (const rows of [steps, steps.map((row) => ({ epoch: "1", ...row }))]) {
    assert.deepEqual(interactiveFigure("t.csv", tableOf(rows)).layout.xaxis, {
      title: "iteration",
      type: "log",
    });
  }
});

Deno.test("reported figures: error rates, bars from the least to the greatest seed", () => {
  const row = { row: "a", source: "A", measure: "accuracy", reported: "95.3", verdict: "holds" };
  const { data: [reported, got] } = interactiveFigure(
    "t.csv",
    tableOf([
      { ...row, mean: "95", min: "94", max: "95.5" },
      { ...row, row: "b", mean: null, min: null, max: null },
      { ...row, row: "w", measure: "weight", mean: "0.1", min: "0.1", max: "0.1" },
    ]),
  );
  assert.deepEqual(reported.x!.map((x) => Number(x).toFixed(1)), ["4.7", "4.7"]);
  assert.deepEqual([got.x, got.y], [[5], ["a"]]);
  const bars = got.error_x as { array: number[]; arrayminus: number[] };
  assert.deepEqual([bars.array, bars.arrayminus], [[1], [0.5]]);
});

Deno.test("any other table is drawn as bars, and its cells are text", () => {
  const { data } = interactiveFigure(
    "<b>t</b>.csv",
    tableOf([
      { kind: "noise & <i>grain</i>", seconds: "0.9", images: "100" },
      { kind: "plain", seconds: "0.95", images: null },
    ]),
  );
  assert.deepEqual(data.map(({ name, type }) => [name, type]), [
    ["seconds", "bar"],
    ["images", "bar"],
  ]);
  assert.match(String(data[0].text![0]), /^kind: noise &amp; &lt;i&gt;grain&lt;\/i&gt;<br>/);
});

Deno.test("a table without numbers is still a figure", () => {
  assert.deepEqual(interactiveFigure("t.csv", tableOf([{ a: "x" }])).data, []);
});
