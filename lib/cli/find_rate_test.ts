import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { removeResults } from "../base/testing_results.ts";
import { runTask, withDataset } from "./testing_command.ts";

const results = (name: string) => projectPath("results", name);

Deno.test("find-rate prints the suggestions with their range, and writes the curve and its figure", async () => {
  try {
    await withDataset(3000, async (dataset) => {
      const args = ["find-rate", "--name", "test", "--dataset", dataset, "--layers", "784,16,10"];
      const { status, stdout, stderr } = await runTask([...args, "--to", "1000", "--json"]);
      assert.equal(status, 0, stderr);
      assert.match(stderr, /^range test from 1e-7 to 1000: 3 runs, at most about /m);
      const { suggestions, runs, table, figure } = JSON.parse(stdout);
      assert.deepEqual(
        [table, figure],
        ["results/range-test-test.csv", "results/range-test-test.svg"],
      );
      assert.deepEqual(runs.map(({ seed }: { seed: number }) => seed), [1, 2, 3]);
      const csv = await Deno.readTextFile(results("range-test-test.csv"));
      assert.match(csv, /^seed,step,learningRate,loss,smoothedLoss\n1,1,1e-7,/);
      const points = runs.flatMap(({ points }: { points: unknown[] }) => points);
      assert.equal(csv.trim().split("\n").length, 1 + points.length);
      const svg = await Deno.readTextFile(results("range-test-test.svg"));
      for (const words of ["valley: ", "minimum / 10: ", "steepest descent: "]) {
        assert.ok(svg.includes(`>${words}`), words);
      }

      const again = await runTask([...args, "--to", "1000", "--seed", "3,2,1"]);
      assert.match(again.stdout, /^suggestion +rate +lowest +highest$/m);
      const valley = Number(/^valley +(\S+)/m.exec(again.stdout)![1]);
      assert.equal(valley, Number(suggestions.valley.toPrecision(3)));
    });
  } finally {
    await removeResults("range-test-test");
  }
});

Deno.test("find-rate refuses in one line what it cannot do", async () => {
  const cases: [string[], RegExp][] = [
    [["--learning-rate", "0.1"], /unknown option '--learning-rate'/],
    [["--schedule", "cosine"], /unknown option '--schedule'/],
    [["--stop-after", "1"], /unknown option '--stop-after'/],
    [["--from", "0"], /--from .* expected a number above 0/],
    [["--steps", "3"], /--steps .* expected a whole number from 20 to 1000000/],
    [["--name", "speed"], /^error: name is reserved/m],
    [["--from", "1", "--to", "0.1", "--dataset", "synthetic"], /needs two rates, 0 < from < to/],
  ];
  for (const [args, message] of cases) {
    const { status, stdout, stderr } = await runTask(["find-rate", ...args]);
    assert.equal(status, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, message);
  }
});
