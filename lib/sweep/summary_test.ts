import assert from "node:assert/strict";
import { sweepRow } from "./testing_row.ts";
import { summary, summarySentences } from "./summary.ts";

/** Rows with the given losses for each rate, one for each seed. */
const rowsOf = (losses: Readonly<Record<string, readonly (number | null)[]>>) =>
  Object.entries(losses).flatMap(([rate, values]) =>
    values.map((loss, i) =>
      sweepRow({
        ...{ learningRate: Number(rate), seed: i + 1, validation: 0.1 },
        ...{ testLoss: null, testAccuracy: null },
        ...loss === null
          ? { status: "diverged", trainLoss: null }
          : { validationLoss: loss, validationAccuracy: 1 - loss },
      })
    )
  );

const ROWS = rowsOf({
  0.001: [0.71, 0.81, 0.91, 0.51],
  0.1: [0.21, 0.33, 0.41, 0.04],
  0.2: [0.2, 0.3, 0.4, 0.04],
  1: [0.1, null, 0.1, 0.1],
});

Deno.test("the summary has a row for each setting: the best first, what did not complete last", () => {
  const all = summary(ROWS);
  assert.deepEqual(all.map(({ learningRate, standing }) => [learningRate, standing]), [
    [0.2, "best"],
    [0.1, "cannot be told from the best"],
    [0.001, "worse"],
    [1, "not completed"],
  ]);
  const [best, close, , diverged] = all;
  // By hand: mean 0.235, variance 0.0707/3, standard error √(0.0707/3/4), t(3) = 3.1824463.
  assert.ok(Math.abs(best.mean! - 0.235) < 1e-12);
  const error = Math.sqrt(0.0707 / 3 / 4);
  assert.ok(Math.abs(best.standardError! - error) < 1e-9, `${best.standardError}`);
  assert.ok(Math.abs(best.high! - (0.235 + 3.1824463 * error)) < 1e-6);
  // ln of 0.21/0.2, 0.33/0.3, 0.41/0.4 and 1: an effect of 1.035; Cohen's table has 10 seeds for 1.
  assert.equal(close.seedsNeeded, 10);
  assert.deepEqual([diverged.trials, diverged.completed], [4, 3]);
});

Deno.test("the pairs count: what all settings owe to a seed is no doubt about their difference", () => {
  const shift = [0, 5, -3, 8, 2, -6];
  const rows = rowsOf({
    0.1: shift.map((x) => 10 + x),
    0.2: shift.map((x, i) => 11 + x + 0.1 * (i % 2)),
  });
  assert.deepEqual(summary(rows).map(({ standing }) => standing), ["best", "worse"]);
  // The same numbers, other seeds: nothing to pair.
  const apart = rows.map((row) => row.learningRate === 0.2 ? { ...row, seed: row.seed + 50 } : row);
  assert.deepEqual(
    summary(apart).map(({ standing, seedsNeeded }) => [standing, seedsNeeded]),
    [["best", null], ["cannot be told from the best", null]],
  );
});

Deno.test("by accuracy the highest is the best", () => {
  const rows = ROWS.filter(({ learningRate }) => learningRate !== 1);
  assert.deepEqual(
    summary(rows, "validationAccuracy").map((
      { learningRate, standing },
    ) => [learningRate, standing]),
    [[0.2, "best"], [0.1, "cannot be told from the best"], [0.001, "worse"]],
  );
});

Deno.test("the sentences name what cannot be told apart, and what error they allow", () => {
  const [mean, open, error] = summarySentences(ROWS);
  assert.match(mean, /^validation loss 0\.2350 ± 0\.0768 \(standard error\); 95 % interval/);
  assert.match(open, /^cannot be told from it: learning rate 0\.1 \(0\.2475, about 10 seeds to/);
  assert.match(error, /^paired t tests over 4 seeds; .* in at most 5 % of sweeps$/);
  const oneSeed = ROWS.filter(({ seed }) => seed === 1);
  assert.match(summarySentences(oneSeed)[0], /^one seed cannot show/);
  assert.deepEqual(summarySentences(oneSeed.slice(0, 1)), []);
  assert.deepEqual(summarySentences([]), []);
  const clear = ROWS.filter(({ learningRate }) => [0.001, 0.2].includes(learningRate));
  assert.equal(summarySentences(clear)[1], "every other setting is worse");
});
