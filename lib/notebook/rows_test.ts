import assert from "node:assert/strict";
import { removeResults } from "../base/testing_results.ts";
import { patchDataset } from "../dataset/testing_samples.ts";
import { jupyterDisplay } from "../plot/figure.ts";
import { lossByEpoch } from "../plot/history.ts";
import { sweepRows } from "../plot/testing_rows.ts";
import { logUniform } from "../sweep/distribution.ts";
import { random } from "../sweep/search.ts";
import type { TrialRow } from "../sweep/row.ts";
import { histories } from "./histories.ts";
import { asRows } from "./rows.ts";
import { sweep } from "./sweep.ts";

const NAME = "test-notebook-rows";
const data = patchDataset(100, 40, 4);
const space = {
  layers: [16, 4, 10],
  learningRate: [0.001, 0.1, 1e30],
  epochs: 2,
  validation: 20,
  seed: [1, 2],
};

/** The cells of an HTML table, line by line. */
const cells = (html: string) =>
  [...html.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, line]) =>
    [...line.matchAll(/<t[dh]>(.*?)<\/t[dh]>/g)].map(([, cell]) => cell)
  );

Deno.test("rows show themselves as a table: the best first and marked, the diverged last", async () => {
  try {
    const rows = await sweep(NAME, data, space);
    const { "text/html": html, "text/plain": plain } = rows[jupyterDisplay]();
    const [head, ...lines] = cells(html);
    assert.deepEqual(head, [
      ...["", "learningRate", "seed", "status", "trainLoss", "validationLoss"],
      "validationAccuracy",
    ]);
    assert.deepEqual(lines.map(([mark, rate, seed, status]) => [mark, rate, seed, status]), [
      ["<b>best</b>", "0.1", "1", "completed"],
      ["<b>best</b>", "0.1", "2", "completed"],
      ["", "0.001", "1", "completed"],
      ["", "0.001", "2", "completed"],
      ["", "10³⁰", "1", "diverged"],
      ["", "10³⁰", "2", "diverged"],
    ]);
    assert.match(plain, /^6 trials; best: learning rate 0\.1: validation loss \d/);
    // The array itself keeps the order of the space, and prints as rows alone.
    assert.deepEqual(rows.map(({ learningRate }) => learningRate), [
      ...[0.001, 0.001, 0.1, 0.1, 1e30, 1e30],
    ]);
    assert.deepEqual(Object.keys(rows), ["0", "1", "2", "3", "4", "5"]);
    assert.deepEqual(rows, [...rows]);
  } finally {
    await removeResults(NAME);
  }
});

Deno.test("a table has at most 100 lines, and escapes names", () => {
  const many: TrialRow[] = sweepRows({ seed: Array.from({ length: 130 }, (_, i) => i) })
    .map((row, i) => ({ ...row, dataset: i === 0 ? "<b>" : "a & b" }));
  const html = asRows(many)[jupyterDisplay]()["text/html"];
  assert.equal(cells(html).length, 101);
  assert.match(html, /<p>… 30 more rows<\/p>$/);
  assert(html.includes("<td>a &amp; b</td>") && !html.includes("<td><b></td>"));
});

Deno.test("histories are those of the sweep, also of some of its rows", async () => {
  try {
    const rows = await sweep(NAME, data, space);
    const completed = rows.filter(({ status }) => status === "completed");
    const all = histories(completed);
    assert.equal(all.length, 4 * 2);
    assert.deepEqual([all[1].series, all[1].epoch, all[1].seed], ["learning rate 0.001", 2, 1]);
    assert.equal(all[1].validationLoss, completed[0].validationLoss);
    assert.equal(all[1].trainLoss, completed[0].trainLoss);
    assert.match(lossByEpoch(all).svg, /learning rate 0\.001, validation loss/);
    assert.throws(
      () => histories([{ ...rows[0] }]),
      /histories takes the rows that sweep returned/,
    );
  } finally {
    await removeResults(NAME);
  }
});

Deno.test("what comes out of a sweep goes into the next: layers, activations", async () => {
  try {
    const lists = { ...space, activation: "relu-tanh", layers: [16, 4, 4, 10], learningRate: 0.1 };
    const [row] = await sweep(NAME, data, { ...lists, activation: [["relu", "tanh"]] });
    assert.deepEqual([row.layers, row.activation], ["16-4-4-10", "relu-tanh"]);
    const { layers, activation } = row;
    const again = await sweep(NAME, data, { ...lists, layers, activation });
    assert.deepEqual(again[0], row);
  } finally {
    await removeResults(NAME);
  }
});

Deno.test("workers, a callback, a search, halving, a signal and a budget are options", async () => {
  const drawn = { ...space, learningRate: logUniform(0.001, 1), epochs: 4 };
  const search = random(4);
  try {
    const told: TrialRow[] = [];
    const options = { search, halving: 2, workers: 1, onTrial: (row: TrialRow) => told.push(row) };
    const rows = await sweep(NAME, data, drawn, options);
    // Four settings, then two, then one; two seeds each.
    assert.deepEqual(told.map(({ stopAfter }) => stopAfter), [
      ...Array(8).fill(1),
      ...Array(4).fill(2),
      ...["all", "all"],
    ]);
    for (const row of rows) {
      assert.deepEqual(
        told.findLast((one) =>
          one.steps === row.steps &&
          one.learningRate === row.learningRate && one.seed === row.seed
        ),
        row,
      );
    }
    assert.deepEqual(await sweep(NAME, data, drawn, options), rows);
    // More points keep the first ones, so that the table may be extended.
    await sweep(NAME, data, drawn, { ...options, search: random(6) });

    await assert.rejects(
      sweep(`${NAME}-stopped`, data, space, { signal: AbortSignal.abort(new Error("enough")) }),
      /enough/,
    );
    const none = await sweep(`${NAME}-budget`, data, { ...space, epochs: 300 }, { budget: 0.001 });
    assert(none.length < 6);
    const all = await sweep(`${NAME}-budget`, data, { ...space, epochs: 300 });
    assert.equal(all.length, 6);
  } finally {
    for (const name of [NAME, `${NAME}-stopped`, `${NAME}-budget`]) await removeResults(name);
  }
});
