import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { parseReportedTable } from "../sweep/reported/reported_table.ts";
import { runTask } from "./testing_command.ts";

const TABLE = projectPath("results", "reported-figures.csv");

Deno.test("reproduce: one row is run, the others stay as they are; the same bytes each time", async () => {
  const args = ["reproduce", "--rows", "mazur-w5,mazur-w1"];
  const first = await runTask([...args, "--json"]);
  assert.equal(first.status, 0, first.stderr);
  const { table, figure, rows } = JSON.parse(first.stdout);
  assert.deepEqual([table, figure], [
    "results/reported-figures.csv",
    "results/reported-figures.svg",
  ]);
  assert.deepEqual(rows.map(({ row }: { row: string }) => row), ["mazur-w5", "mazur-w1"]);
  assert.equal(rows[0].verdict, "holds");

  const before = await Deno.readTextFile(TABLE);
  const again = await runTask(args);
  assert.equal(again.status, 0, again.stderr);
  assert.match(again.stdout, /^row +network +epochs +measure +reported +mean +verdict\nmazur-w5 /);
  assert.match(again.stderr, /mazur-w1: weight 0.149780716 reported, .* reproduced: holds/);
  assert.equal(await Deno.readTextFile(TABLE), before);
  assert.ok(parseReportedTable(before, TABLE).some(({ row }) => row === "a"));
});

Deno.test("reproduce: an unknown row is named, and those that there are", async () => {
  const { status, stderr, stdout } = await runTask(["reproduce", "--rows", "a,zeppelin"]);
  assert.equal(status, 2);
  assert.match(stderr, /there is no reported figure zeppelin; there are a, a-5-epochs, /);
  assert.equal(stdout, "");
});
