import assert from "node:assert/strict";
import { choice, logUniform, samplerOf, uniform, wholeNumbers } from "./distribution.ts";
import { narrowed } from "./narrowed.ts";
import { sweepRow } from "./testing_row.ts";

/** Rows with these settings, the first the best. */
const ranked = (...settings: Parameters<typeof sweepRow>[0][]) =>
  settings.map((setting, i) => sweepRow({ ...setting, testLoss: 0.1 + 0.01 * i }));

Deno.test("the best three span on average half of a range, so it ends half of that outside them", () => {
  const space = {
    learningRate: logUniform(0.001, 10),
    dropout: uniform(0, 0.5),
    batchSize: wholeNumbers(1, 200),
    epochs: 5,
    seed: [1, 2],
  };
  const rows = ranked(
    { learningRate: 0.1, dropout: 0.2, batchSize: 50 },
    { learningRate: 1, dropout: 0.3, batchSize: 100 },
    { learningRate: 0.5, dropout: 0.25, batchSize: 70 },
    { learningRate: 0.001, dropout: 0, batchSize: 1 },
    { learningRate: 10, dropout: 0.5, batchSize: 200 },
    { learningRate: 5, dropout: 0.4, batchSize: 150 },
  );
  const half = narrowed(space, rows, { keep: 0.5 });
  const { learningRate, ...rest } = half as unknown as typeof space;
  // Half a decade on both sides.
  assert.equal(learningRate.from.toFixed(5), "0.03162");
  assert.equal(learningRate.to.toFixed(4), "3.1623");
  assert.equal(String(rest.dropout), "uniform(0.15, 0.35)");
  assert.equal(String(rest.batchSize), "wholeNumbers(25, 125)");
  assert.deepEqual([rest.epochs, rest.seed], [5, [1, 2]]);
});

Deno.test("no range grows, and a value that all have stays alone", () => {
  const space = { learningRate: logUniform(0.1, 1), dropout: uniform(0, 0.5) };
  const rows = ranked({ learningRate: 0.1, dropout: 0.2 }, { learningRate: 1, dropout: 0.2 });
  const all = narrowed(space, rows, { keep: 1 });
  assert.equal(String(all.learningRate), "logUniform(0.1, 1)");
  assert.equal(all.dropout, 0.2);
});

Deno.test("a choice keeps what is among the best, with what is drawn in its brackets narrowed", () => {
  const optimizer = choice("sgd", "momentum(uniform(0.5, 0.99))", "adam(uniform(0.8, 0.9), 0.999)");
  const layers = choice([784, 32, 10], [784, 64, 10], "784-128-10");
  const rows = ranked(
    { optimizer: "momentum(0.75)", layers: "784-64-10" },
    { optimizer: "momentum(0.8)", layers: "784-128-10" },
    { optimizer: "adam(0.85, 0.999)", layers: "784-64-10" },
    { optimizer: "sgd", layers: "784-32-10" },
  );
  const part = narrowed({ optimizer, layers }, rows, { keep: 0.75 });
  assert.equal(
    String(part.optimizer),
    "choice(momentum(uniform(0.7, 0.85)), adam(uniform(0.8, 0.9), 0.999))",
  );
  assert.equal(String(part.layers), "choice(784-64-10, 784-128-10)");
  const draw = samplerOf(part.optimizer)!.draw;
  assert.equal(draw([0, 0.5]), "momentum(0.775)");
  assert.equal(draw([0.9, 0, 0.5]), "adam(0.85, 0.999)");
});

Deno.test("values without brackets are found in tables, where defaults are written out", () => {
  const rows = ranked({ optimizer: "momentum(0.9)", seed: 1 }, {
    optimizer: "momentum(0.9)",
    seed: 2,
  });
  const part = narrowed({ optimizer: choice("sgd", "momentum", "nesterov") }, rows);
  assert.equal(String(part.optimizer), "choice(momentum)");
});

Deno.test("a choice of ranges keeps those with a value", () => {
  const space = { l2: choice(0, logUniform(0.001, 0.1)) };
  const of = (...l2: number[]) =>
    String(narrowed(space, ranked(...l2.map((l2) => ({ l2 }))), { keep: 1 }).l2);
  assert.equal(of(0), "choice(0)");
  assert.equal(of(0.02, 0.04), "choice(logUniform(0.01, 0.08))");
  assert.equal(of(0, 0.01), "choice(0, logUniform(0.001, 0.1))");
});

Deno.test("at least three settings are kept, so that a space stays one", () => {
  const space = { learningRate: logUniform(0.001, 10) };
  const rows = ranked(...[0.1, 0.2, 0.4, 5].map((learningRate) => ({ learningRate })));
  assert.equal(String(narrowed(space, rows).learningRate), "logUniform(0.05, 0.8)");
});

Deno.test("a distribution in a list of its own, or in a text, is narrowed as well", () => {
  const space = {
    learningRate: [logUniform(0.001, 10)],
    optimizer: "momentum(uniform(0.5, 0.99))",
    layers: [16, 10],
    batchSize: [10, 20],
    activation: "relu",
  } as const;
  const rows = ranked(
    { learningRate: 0.1, optimizer: "momentum(0.75)" },
    { learningRate: 0.2, optimizer: "momentum(0.8)" },
  );
  const { learningRate, optimizer, ...rest } = narrowed(space, rows);
  assert.equal(String(learningRate), "logUniform(0.05, 0.4)");
  assert.equal(optimizer, "momentum(uniform(0.7, 0.85))");
  assert.deepEqual(rest, { layers: [16, 10], batchSize: [10, 20], activation: "relu" });
});

Deno.test("settings that ended early rank behind the others, and those that did not complete nowhere", () => {
  const space = { learningRate: logUniform(0.001, 10) };
  const rows = [
    sweepRow({ learningRate: 0.01, stopAfter: 1, testLoss: 0 }),
    sweepRow({ learningRate: 0.5, stopAfter: 3, testLoss: 0.2 }),
    sweepRow({ learningRate: 1, status: "diverged", testLoss: null }),
    sweepRow({ learningRate: 0.1, testLoss: 0.5 }),
    sweepRow({ learningRate: 0.2, testLoss: 0.6 }),
  ];
  assert.equal(
    String(narrowed(space, rows).learningRate),
    String(narrowed(space, rows.slice(1)).learningRate),
  );
  assert.equal(String(narrowed(space, rows).learningRate), "logUniform(0.0447214, 1.11803)");
  assert.equal(String(narrowed(space, rows.slice(2, 4)).learningRate), "logUniform(0.001, 10)");
  assert.throws(() => narrowed(space, rows.slice(2, 3)), /needs a completed setting/);
  assert.throws(() => narrowed(space, rows, { keep: 0 }), /keep must be above 0/);
});
