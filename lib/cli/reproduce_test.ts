import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { runDeno } from "../base/testing_deno.ts";
import { parseReportedTable } from "../sweep/reported/reported_table.ts";
import { runTask } from "./testing_command.ts";

const TABLE = projectPath("results", "reported-figures.csv");

Deno.test("reproduce: one row is run, the others are unchanged; the same bytes each time", async () => {
  const args = ["reproduce", "--only", "mazur-w5,mazur-w1"];
  const first = await runTask([...args, "--json"]);
  assert.equal(first.status, 0, first.stderr);
  const { table, figure, rows } = JSON.parse(first.stdout);
  assert.deepEqual([table, figure], [
    "results/reported-figures.csv",
    "results/reported-figures.svg",
  ]);
  assert.deepEqual(rows.map(({ row }: { row: string }) => row), ["mazur-w5", "mazur-w1"]);
  assert.equal(rows[0].verdict, "same digits");

  const before = await Deno.readTextFile(TABLE);
  const again = await runTask(args);
  assert.equal(again.status, 0, again.stderr);
  assert.match(again.stderr, /about a second on one core/);
  assert.match(again.stdout, /^row +variant +measure +printed +mean +verdict\nmazur-w5 /);
  assert.match(again.stderr, /mazur-w1: weight 0.149780716 reported, .* here: same digits/);
  assert.equal(await Deno.readTextFile(TABLE), before);
  assert.ok(parseReportedTable(before, TABLE).some(({ row }) => row === "a"));
});

Deno.test("reproduce: an unknown row is an error that lists the known ones", async () => {
  const { status, stderr, stdout } = await runTask(["reproduce", "--only", "a,zeppelin"]);
  assert.equal(status, 2);
  assert.match(stderr, /there is no reported figure zeppelin; there are a, a-5-epochs, /);
  assert.equal(stdout, "");
});

Deno.test("reproduce --search: what was not searched is named; --markdown prints the README's tables", async () => {
  const unknown = await runTask(["reproduce", "--search", "--only", "d"]);
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /nothing was searched for d; there are lecun-300, /);

  const { status, stdout, stderr } = await runTask(["reproduce", "--markdown"]);
  assert.equal(status, 0, stderr);
  const readme = await Deno.readTextFile(projectPath("README.md"));
  // `deno fmt` lays tables out by its own idea of a letter's width.
  const words = (text: string) => text.replace(/ +|-+/g, " ");
  for (const table of stdout.trim().split("\n\n")) {
    assert.ok(words(readme).includes(words(table)), "README.md differs from:\n" + table);
  }
});

Deno.test("the first command, sweep, does not load what only other commands need", async () => {
  const { stdout } = await runDeno(["info", "--json", "lib/cli/sweep.ts"]);
  const { modules } = JSON.parse(stdout) as {
    modules: { specifier: string; dependencies?: { specifier: string }[] }[];
  };
  const all = modules.flatMap(({ specifier, dependencies = [] }) => [
    specifier,
    ...dependencies.map(({ specifier }) => specifier),
  ]);
  assert.ok(all.includes("commander"), "the graph was read");
  assert.deepEqual(
    all.filter((name) => /playwright|puppeteer|nodeplotlib|@noble/.test(name)),
    [],
  );
});
