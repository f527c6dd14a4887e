import assert from "node:assert/strict";
import { bestSentence } from "../sweep/best.ts";
import { shortened } from "./sweep_curves.ts";
import { contour, lossBy, lossByLearningRate, sweepFigure } from "./sweep_figure.ts";
import { describeTrials } from "./sweep_view.ts";
import { sweepRow as row } from "../sweep/testing_row.ts";
import { sweepRows } from "./testing_rows.ts";

const nothing = { trainLoss: null, testLoss: null, testAccuracy: null } as const;
const rows = [
  row({ learningRate: 0.01, testLoss: 0.3 }),
  row({ learningRate: 0.01, testLoss: 0.4, seed: 2 }),
  row({ learningRate: 0.1, testLoss: 0.21, testAccuracy: 0.97 }),
  row({ learningRate: 0.1, testLoss: 0.23, testAccuracy: 0.96, seed: 2 }),
  // The lowest loss of all, at a rate where the other seed diverged: not the best.
  row({ learningRate: 0.5, testLoss: 0.05 }),
  row({ learningRate: 0.5, seed: 2, status: "diverged", ...nothing }),
  row({ learningRate: 1, status: "diverged", ...nothing }),
  row({ learningRate: 1, seed: 2, status: "diverged", ...nothing }),
];

Deno.test("losses are drawn along numbers alone", () => {
  for (const column of ["nope", "activation"]) {
    assert.throws(
      () => lossBy(column as "epochs", []),
      /^UserError: (nope|activation) is not a number that sweeps vary; there are .*learningRate, /,
    );
  }
});

Deno.test("the best rate has the lowest mean test loss and no diverged trial", () => {
  const { svg } = lossByLearningRate(rows);
  assert.match(svg, />best on test: 0\.1</);
  assert.match(
    svg,
    /test loss 0\.2200, test accuracy 96\.50 % \(means of 2 seeds; chosen on the test images\)/,
  );
});

Deno.test("diverged trials are counted above their rates", () => {
  const { svg } = lossByLearningRate(rows);
  assert.match(svg, />diverged</);
  assert.match(svg, />1\/2</);
  assert.match(svg, />2\/2</);
  assert.doesNotMatch(lossByLearningRate(rows.slice(0, 4)).svg, /diverged/);
});

Deno.test("a sweep of diverged trials has a figure too, of every kind", () => {
  const spaces = [
    { learningRate: [0.1, 1] },
    { activation: ["relu", "tanh"] },
    { learningRate: [0.1, 1], batchSize: [1, 2] },
    { learningRate: [0.1, 1], batchSize: [1, 2], activation: ["relu", "tanh"] },
    {},
  ] as const;
  for (const space of spaces) {
    const ended = sweepRows(space).map((one) => ({
      ...one,
      ...nothing,
      status: "diverged" as const,
    }));
    const { svg } = sweepFigure(ended);
    assert.match(svg, /no setting completed all its trials/);
    assert.match(svg, /✕/);
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
  }
  assert.match(sweepFigure([]).svg, /no trials yet/);
});

Deno.test("the varied hyperparameters determine the figure", () => {
  const titles: [Parameters<typeof sweepRows>[0], string][] = [
    [{ learningRate: [0.1, 1] }, "Loss against learning rate"],
    [{ epochs: [1, 2, 4] }, "Loss against epochs"],
    [{ batchSize: [32, "full"] }, "Loss against batch size"],
    [{ layers: [[784, 10], [784, 20, 10]] }, "Test loss by layers"],
    [{ augment: ["none", "translation(2)"] }, "Test loss by distortions"],
    [{ l2: [0, 1], activation: ["relu", "tanh"] }, "Test loss against L2 penalty λ"],
    [{ l2: [0, 1], epochs: [1, 2] }, "Test loss by epochs and L2 penalty λ"],
    [
      { optimizer: ["sgd", "momentum(0.9)"], activation: ["relu", "tanh"] },
      "Test loss by activation and optimizer",
    ],
    [
      { l2: [0, 1], epochs: [1, 2], activation: ["relu", "tanh"] },
      "Test loss by activation, epochs and L2 penalty λ",
    ],
    [{ loss: ["crossEntropy", "meanSquareError"] }, "Test accuracy by loss"],
    [{}, "Test loss"],
  ];
  for (const [space, title] of titles) {
    const made = sweepRows(space);
    assert.equal(sweepFigure(made).title, title);
    assert.match(
      sweepFigure(made, { metric: "testAccuracy" }).title,
      /^Test accuracy( against| by|$)/,
    );
    // The same sentence as in the terminal.
    const escaped = sweepFigure(made).svg.includes(`>${bestSentence(made)}<`);
    assert.ok(escaped, bestSentence(made));
  }
});

Deno.test("other varied hyperparameters become separate curves", () => {
  const { svg } = lossByLearningRate([...rows, row({ activation: "tanh", learningRate: 0.01 })]);
  assert.match(svg, /<tspan dx="5">activation relu<\/tspan>/);
  assert.match(svg, /<tspan dx="5">activation tanh<\/tspan>/);
});

Deno.test("more than six names have a panel each, with the same axes", () => {
  const layers = [2, 4, 8, 16, 32, 64, 128].map((units) => [784, units, 10]);
  const { svg } = sweepFigure(sweepRows({ layers, learningRate: [0.1, 1] }));
  for (const sizes of layers) assert.ok(svg.includes(`>layers ${sizes.join("-")}<`));
  assert.equal(
    [...svg.matchAll(/>best(: | on test: )/g)].length,
    2,
    "in one panel and in the heading",
  );
});

/** The x of a column's name below the axis. */
const tickAt = (svg: string, name: string) =>
  Number(
    new RegExp(`<text[^>]*transform="translate\\(([\\d.]+),[^>]*>${name}</text>`).exec(svg)?.[1],
  );

Deno.test("full is at the end of the axis, 0 at the start of a logarithmic axis", () => {
  const batches = sweepFigure(sweepRows({ batchSize: [10, 100, "full"] })).svg;
  assert.ok(tickAt(batches, "full") > tickAt(batches, "100"));
  const penalties = sweepFigure(sweepRows({ l2: [0, 0.001, 0.01, 0.1] })).svg;
  const [zero, first, second, third] = ["0", "0\\.001", "0\\.01", "0\\.1"]
    .map((name) => tickAt(penalties, name));
  assert.ok(zero < first);
  // Nearly logarithmic: equal ratios are at about equal distances.
  assert.ok(Math.abs((second - first) / (third - second) - 1) < 0.1, `${first} ${second} ${third}`);
});

Deno.test("the best cell is framed, in the column and the row of its values", () => {
  const space = { learningRate: [0.01, 0.05, 0.3], batchSize: [2, 16, "full"] } as const;
  const made = sweepRows(space).map((one) =>
    one.learningRate === 0.3 && one.batchSize === 16 ? { ...one, testLoss: 0.001 } : one
  );
  const { svg } = sweepFigure(made);
  const frame = /<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"[^>]*stroke-width="3"/;
  const [x, y, width, height] = frame.exec(svg)!.slice(1).map(Number);
  const named = (words: string) => {
    const place = new RegExp(`<text x="([\\d.]+)" y="([\\d.]+)"[^>]*>${words}</text>`).exec(svg)!;
    return place.slice(1).map(Number);
  };
  assert.ok(Math.abs(named("0\\.3")[0] - (x + width / 2)) < 1);
  assert.ok(Math.abs(named("16")[1] - 4 - (y + height / 2)) < 1);
  assert.deepEqual(named("0\\.001"), [named("0\\.3")[0], named("16")[1]]);
  // Numbers increase upwards, words are above them.
  assert.ok(named("full")[1] < named("16")[1] && named("16")[1] < named("2")[1]);
});

Deno.test("with losses of different kinds the accuracy is used, and the figure says so", () => {
  const { svg } = lossByLearningRate([
    row({ loss: "meanSquareError", testLoss: 0.08, testAccuracy: 0.69 }),
    row({ loss: "crossEntropy", testLoss: 0.34, testAccuracy: 0.9 }),
  ]);
  assert.match(svg, /best: loss crossEntropy: test accuracy 90\.00 %, test loss 0\.3400/);
  assert.match(svg, /losses of different kinds or datasets cannot be compared/);
  assert.match(svg, />test accuracy \(%\)</);
});

Deno.test("a mark has the varied settings and the results of its trials", () => {
  const describe = describeTrials(["learningRate"]);
  assert.equal(
    describe([rows[2]]),
    "learning rate: 0.1\nseed: 1\ntest loss 0.2100\ntraining loss 0.2000\ntest accuracy 97.00 %",
  );
  assert.match(
    describe(rows.slice(4, 6)),
    /^learning rate: 0.5\nseed 1: test .*\nseed 2: diverged$/,
  );
  assert.match(describe(rows.slice(5, 7)), /^learning rate 0.5, seed 2: diverged\nlearning rate 1/);
  const many = Array.from({ length: 20 }, (_, seed) => row({ seed }));
  assert.match(describe(many), /\nand 8 more trials$/);
  const { svg } = lossBy("learningRate", rows, { describe });
  assert.ok(svg.includes(`aria-label="learning rate: 0.5\nseed: 1\n`), svg);
  assert.doesNotMatch(lossBy("learningRate", rows).svg, /aria-label="learning/);
});

Deno.test("up to six names share a panel", () => {
  const layers = [2, 4, 8, 16, 32, 64].map((units) => [784, units, 10]);
  const { svg } = sweepFigure(sweepRows({ layers, learningRate: [0.1, 1] }));
  for (const sizes of layers) assert.ok(svg.includes(`>layers ${sizes.join("-")}</tspan>`));
});

Deno.test("a heat map of equal values is drawn; of many numbers the greatest is in a cell", () => {
  const equal = sweepRows({ learningRate: [0.1, 1], batchSize: [1, 2] })
    .map((one) => ({ ...one, testLoss: 0.5 }));
  assert.doesNotMatch(sweepFigure(equal).svg, /NaN|Infinity/);
  const rates = Array.from({ length: 30 }, (_, i) => (i + 1) / 100);
  const many = sweepRows({ learningRate: rates, batchSize: [1, 32] })
    .map((one) => one.learningRate === 0.3 ? { ...one, testLoss: 0.00123 } : one);
  assert.match(sweepFigure(many).svg, />0\.00123</);
});

Deno.test("a contour's strongest colour is at the best; without two numbers that vary there is none", () => {
  // The loss is its distance from (0.1, 8), in logarithms.
  const rows = sweepRows({ learningRate: [0.001, 0.01, 0.1, 1], batchSize: [2, 8, 32] })
    .map((one) => {
      const away = Math.abs(Math.log(one.learningRate / 0.1)) +
        Math.abs(Math.log(one.batchSize as number / 8));
      return { ...one, testLoss: Math.exp(away) };
    });
  const { svg } = contour("learningRate", "batchSize", rows);
  // Of a path's fills, the last is the smallest: that of the highest level.
  const levels = [...svg.matchAll(/ d="(M[^"]*)"/g)].map(([, path]) => path)
    .filter((path) => path.includes("Z"));
  const ends = levels.map((path) => {
    const xs = [...path.matchAll(/[ML](-?[\d.]+),/g)].map(([, x]) => Number(x));
    return [Math.min(...xs), Math.max(...xs)];
  });
  const [low, high] = ends.at(-1)!;
  const best = Number(/<circle r="6.5" [^>]*cx="([\d.]+)"/.exec(svg)![1]);
  assert.ok(low < best && best < high && high - low < 60, `${low} to ${high}, ${best}`);
  assert.throws(
    () => contour("learningRate", "l2", rows),
    /two numbers that vary, and l2 does not/,
  );
});

Deno.test("a text is shortened in its middle, to the given length", () => {
  assert.equal(shortened("abcdefghij", 10), "abcdefghij");
  assert.equal(shortened("abcdefghij", 5), "ab…ij");
  assert.equal(shortened("abcdefghij", 6), "abc…ij");
});
