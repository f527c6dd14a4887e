import assert from "node:assert/strict";
import { interactiveFigure } from "./interactive.ts";

const sweep = [
  { learningRate: "0.1", seed: "1", layers: "784-10", trainLoss: "0.2", testLoss: "0.3" },
  { learningRate: "0.1", seed: "2", layers: "784-10", trainLoss: "0.4", testLoss: "0.5" },
  { learningRate: "1", seed: "1", layers: "784-10", trainLoss: null, testLoss: null },
];

Deno.test("a sweep: a dot for each trial with what sets it apart, a line through the means", () => {
  const { data, layout } = interactiveFigure("rates.csv", sweep);
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

Deno.test("settings that differ are series of their own", () => {
  const rows = sweep.slice(0, 2).map((row, i) => ({ ...row, layers: `784-${i + 1}0-10` }));
  const names = interactiveFigure("t.csv", rows).data.map(({ name }) => name);
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
  assert.deepEqual(interactiveFigure("t.csv", history).layout.xaxis, {
    title: "epoch",
    type: "linear",
  });
  const steps = [1, 5].map((step) => ({
    series: "full batch",
    iteration: String(step),
    trainLoss: "1",
    testLoss: "1",
  }));
  assert.deepEqual(interactiveFigure("t.csv", steps).layout.xaxis, {
    title: "iteration",
    type: "log",
  });
});

Deno.test("reported figures: error rates, bars from the least to the greatest seed", () => {
  const row = { row: "a", source: "A", measure: "accuracy", reported: "95.3", verdict: "holds" };
  const { data: [reported, got] } = interactiveFigure("t.csv", [
    { ...row, mean: "95", min: "94", max: "95.5" },
    { ...row, row: "b", mean: null, min: null, max: null },
    { ...row, row: "w", measure: "weight", mean: "0.1", min: "0.1", max: "0.1" },
  ]);
  assert.deepEqual(reported.x!.map((x) => Number(x).toFixed(1)), ["4.7", "4.7"]);
  assert.deepEqual([got.x, got.y], [[5], ["a"]]);
  const bars = got.error_x as { array: number[]; arrayminus: number[] };
  assert.deepEqual([bars.array, bars.arrayminus], [[1], [0.5]]);
});

Deno.test("any other table is drawn as bars, and its cells are text", () => {
  const { data } = interactiveFigure("<b>t</b>.csv", [
    { kind: "noise & <i>grain</i>", seconds: "0.9", images: "100" },
    { kind: "plain", seconds: "0.95", images: null },
  ]);
  assert.deepEqual(data.map(({ name, type }) => [name, type]), [
    ["seconds", "bar"],
    ["images", "bar"],
  ]);
  assert.match(data[0].text![0], /^kind: noise &amp; &lt;i&gt;grain&lt;\/i&gt;<br>/);
});

Deno.test("a table of words alone is still a figure", () => {
  assert.deepEqual(interactiveFigure("t.csv", [{ a: "x" }]).data, []);
});
