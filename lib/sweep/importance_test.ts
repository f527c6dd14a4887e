import assert from "node:assert/strict";
import { choice, logUniform, uniform, wholeNumbers } from "./distribution.ts";
import { importances, isFullGrid } from "./importance.ts";
import type { TrialRow } from "./row.ts";
import { random } from "./search.ts";
import { drawnSpaces, grid, type Space } from "./space.ts";
import { sweepRow } from "./testing_row.ts";
import { cellsOf } from "../training/hyperparameters.ts";

/** Rows of random points with losses of one's own. */
function drawnRows(count: number, lossOf: (row: TrialRow) => number): TrialRow[] {
  const space: Space = {
    layers: [784, 10],
    learningRate: logUniform(0.001, 1),
    batchSize: wholeNumbers(1, 100),
    l2: uniform(0, 1),
    activation: choice("relu", "tanh"),
    optimizer: choice("sgd", "momentum(uniform(0.5, 0.99))"),
  };
  return [...drawnSpaces(space, random(count))].flatMap((point) => grid(point)).map((settings) => {
    const row = sweepRow(cellsOf(settings));
    return { ...row, testLoss: lossOf(row) };
  });
}

const shares = (rows: readonly TrialRow[]) =>
  new Map(importances(rows, "testLoss").factors.map(({ factor, share }) => [factor, share]));

Deno.test("in a full grid the importance is the main effect of the analysis of variance", () => {
  // log loss = 2 a + b + 0.5 a b with a, b = ±1: 4, 1 and 0.25 of 5.25 in all.
  const rows = grid({ learningRate: [0.01, 0.1], batchSize: [1, 8] }).map((settings) => {
    const row = sweepRow(cellsOf(settings));
    const a = row.learningRate === 0.1 ? 1 : -1, b = row.batchSize === 8 ? 1 : -1;
    return { ...row, testLoss: Math.exp(2 * a + b + 0.5 * a * b) };
  });
  const { of, factors } = importances(rows, "testLoss");
  assert.equal(of, "variance");
  assert.deepEqual(factors.map(({ factor }) => factor), ["learningRate", "batchSize"]);
  assert(
    Math.abs(factors[0].share - 4 / 5.25) < 1e-9 && Math.abs(factors[1].share - 1 / 5.25) < 1e-9,
  );
});

Deno.test("where points were drawn, what decides who is among the best is the most important", () => {
  const byRate = shares(
    drawnRows(300, ({ learningRate }) => 0.01 + (Math.log10(learningRate) + 1) ** 2),
  );
  assert(byRate.get("learningRate")! > 0.8, `${byRate.get("learningRate")}`);
  const byName = shares(
    drawnRows(300, ({ activation, l2 }) => (activation === "relu" ? 1 : 2) + 0.01 * l2),
  );
  assert(byName.get("activation")! > byName.get("batchSize")! * 2);
  const kinds = shares(
    drawnRows(300, ({ optimizer, l2 }) => (optimizer === "sgd" ? 1 : 9) + 0.01 * l2),
  );
  // The drawn momenta are one kind, and not as many as there are settings.
  assert(kinds.get("optimizer")! > 0.2 && kinds.get("learningRate")! < 0.2);
  const total = [...byRate.values()].reduce((sum, share) => sum + share, 0);
  assert(Math.abs(total - 1) < 1e-9);
});

Deno.test("the shares are those that NumPy gives for the formulas of PED-ANOVA", () => {
  const rows = Array.from({ length: 80 }, (_, i) => {
    const learningRate = 10 ** (-3 + 3 * (((i + 1) * 37) % 80) / 80);
    const l2 = (((i + 1) * 23) % 80) / 80, isTanh = (i + 1) % 3 === 0;
    const testLoss = 0.01 + (Math.log10(learningRate) + 1.2) ** 2 + 0.5 * l2 + (isTanh ? 0.3 : 0);
    return sweepRow({ learningRate, l2, activation: isTanh ? "tanh" : "relu", testLoss });
  });
  const computed = shares(rows);
  for (
    const [factor, share] of [
      ["learningRate", 0.52168309],
      ["l2", 0.34937183],
      ["activation", 0.12894508],
    ] as const
  ) assert(Math.abs(computed.get(factor)! - share) < 1e-6, `${factor}: ${computed.get(factor)}`);
});

Deno.test("of few settings, the best five count: the formula of PED-ANOVA for names, by hand", () => {
  // The best five have relu; the sixth has tanh. Both halves of twelve settings have l2 0 and 1.
  const rows = Array.from({ length: 12 }, (_, i) =>
    sweepRow({
      activation: i < 5 ? "relu" : "tanh",
      initializer: i % 2 ? "heNormal" : "heUniform",
      l2: i,
      testLoss: i + 1,
    }));
  const divergence = (best: number[], all: number[]) =>
    best.reduce((sum, _, i) => {
      const p = (best[i] + 0.5) / 6, q = (all[i] + 0.5) / 13;
      return sum + q * (p / q - 1) ** 2;
    }, 0);
  const [a, b] = [divergence([5, 0], [5, 7]), divergence([3, 2], [6, 6])];
  const found = shares(rows);
  assert(Math.abs(found.get("activation")! / found.get("initializer")! - a / b) < 1e-9);
});

Deno.test("settings that diverged are never among the best, and few settings have no importance", () => {
  const rows = drawnRows(200, () => 1).map((row) =>
    row.learningRate < 0.004 ? row : { ...row, status: "diverged" as const, testLoss: null }
  );
  assert(shares(rows).get("learningRate")! > 0.5);
  assert(isFullGrid(rows.slice(0, 1)));
  const few = importances(rows.slice(0, 3), "testLoss").factors;
  assert(few.every(({ share }) => share === 0));
});
