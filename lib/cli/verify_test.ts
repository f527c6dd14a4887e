import assert from "node:assert/strict";
import { parseCsv } from "../base/csv.ts";
import { projectPath } from "../base/project.ts";
import { onWorkers } from "../sweep/engine.ts";
import { runSweep } from "../sweep/sweep.ts";
import { formatTable, rowOf } from "../sweep/table.ts";
import { loadDataset } from "../dataset/load.ts";
import { runTask, withDataset } from "./testing_command.ts";

/** A table of eight trials, as received from somebody else, and its data. */
async function withTable(run: (table: string, data: string, text: string) => Promise<void>) {
  await withDataset(600, async (folder) => {
    const dataset = await loadDataset(folder);
    const space = {
      layers: [784, 12, 8, 10],
      activation: ["relu", ["tanh", "relu"]] as const,
      learningRate: [0.1, 1e30],
      epochs: 1,
      seed: [1, 2],
    };
    const results = await runSweep(space, dataset, { engine: onWorkers(2) });
    const text = formatTable(results.map(rowOf));
    const table = `${folder}/table.csv`;
    await Deno.writeTextFile(table, text);
    await run(table, folder, text);
  });
}

Deno.test("verify trains rows again: the same rows for a seed, all of them when asked", async () => {
  await withTable(async (table, data) => {
    const args = ["verify", table, "--dataset", data, "--rows", "3", "--seed", "4", "--json"];
    const [first, again] = [await runTask(args), await runTask(args)];
    assert.equal(first.status, 0, first.stderr);
    assert.equal(first.stdout, again.stdout);
    const { same, seed, rows, checked } = JSON.parse(first.stdout);
    assert.deepEqual([same, seed, rows, checked.length], [true, 4, 8, 3]);
    const all = await runTask(["verify", table, "--dataset", data, "--all"]);
    assert.equal(all.status, 0, all.stderr);
    assert.equal(
      all.stdout,
      "the same weights and numbers: lines 2, 3, 4, 5, 6, 7, 8, 9\n",
    );
    assert.match(all.stderr, /training 8 of 8 rows again \(all of them\)/);
    const drawn = await runTask(["verify", table, "--dataset", data]);
    assert.match(drawn.stderr, /training 5 of 8 rows again \(--seed \d+: lines (\d, ){4}\d\)/);
  });
});

Deno.test("verify finds the row and the column that differ", async () => {
  await withTable(async (table, data, text) => {
    const [line] = text.split("\n").slice(1);
    const [row] = parseCsv(text, table);
    const changes: [string, string][] = [
      ["testAccuracy", "0.944"],
      ["testLoss", String(Number(row.testLoss) * (1 + 2 ** -50))],
      ["weightsDigest", row.weightsDigest!.replace(/.$/, (digit) => digit === "0" ? "1" : "0")],
      ["status", "diverged"],
      ["steps", "1"],
      ["trainLoss", ""],
    ];
    for (const [column, value] of changes) {
      const changed = line.replace(`,${row[column]}`, `,${value}`);
      assert.notEqual(changed, line);
      await Deno.writeTextFile(table, text.replace(line, changed));
      const { status, stdout, stderr } = await runTask([
        ...["verify", table, "--dataset", data, "--all", "--json"],
      ]);
      assert.equal(status, 1);
      assert.match(stderr, /^error: 1 of 8 rows differs: line 2$/m);
      const { same, checked } = JSON.parse(stdout);
      assert.equal(same, false);
      assert.deepEqual(checked[0].differences.map((d: { column: string }) => d.column), [column]);
      assert.ok(checked.slice(1).every((check: { differences: [] }) => !check.differences.length));
    }
  });
});

Deno.test("verify: data that do not fit, a changed setting, tables of other kinds", async () => {
  await withTable(async (table, data, text) => {
    const name = parseCsv(text, table)[0].dataset;
    const run = (...args: string[]) => runTask(["verify", ...args]);
    const unnamed = await run(table);
    assert.equal(unnamed.status, 1);
    assert.match(
      unnamed.stderr,
      new RegExp(
        `^error: .*table\\.csv: its rows were trained on data named ${name}; .*--dataset$`,
        "m",
      ),
    );
    // Other data of the same shape: every row differs.
    const other = await run(table, "--dataset", `${data}/test.csv,${data}/train.csv`, "--all");
    assert.equal(other.status, 1);
    assert.match(other.stderr, /the table says \w+, these data are named test/);
    assert.match(other.stderr, /^error: 8 of 8 rows differ/m);

    await Deno.writeTextFile(table, text.replaceAll("784-12", "785-12"));
    const unfit = await run(table, "--dataset", data, "--all");
    assert.equal(unfit.status, 1);
    assert.match(
      unfit.stderr,
      /^error: .*table\.csv, line 2: layers must begin with 784, the pixels/m,
    );
    await Deno.writeTextFile(table, text.replace(",heNormal,", ",heAbnormal,"));
    const setting = await run(table, "--dataset", data, "--all");
    assert.match(setting.stderr, /^error: .*table\.csv, line 2: .*heAbnormal/m);

    const cases: [string[], number, RegExp][] = [
      [
        ["reported-figures"],
        1,
        /reported-figures\.csv: not the table of a sweep; `deno task reproduce/,
      ],
      [["robustness"], 1, /robustness\.csv: not the table of a sweep; `deno task robustness/],
      [["test-missing"], 1, /test-missing\.csv: no such file/],
      [[projectPath("README.md") + ".csv"], 1, /README\.md\.csv: no such file/],
      [["learning-rate", "--rows", "0"], 2, /expected a whole number from 1/],
      [["learning-rate", "--rows", "3", "--all"], 2, /--rows and --all cannot be combined/],
      [[""], 2, /an argument is empty/],
      [[], 2, /missing required argument 'table'/],
    ];
    for (const [args, status, message] of cases) {
      const told = await run(...args);
      assert.match(told.stderr, message);
      assert.equal(told.status, status);
      assert.doesNotMatch(told.stderr, /\n {4}at /);
    }
  });
});
