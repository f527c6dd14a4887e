import assert from "node:assert/strict";
import { join } from "node:path";
import { projectPath } from "../base/project.ts";
import { runDeno } from "../base/testing_deno.ts";
import { patchDataset } from "../dataset/testing_samples.ts";
import { inThisThread } from "./engine.ts";
import { runSweep } from "./sweep.ts";
import { readTable, rowOf } from "./table.ts";

/** A hyperparameter as somebody might add it. */
const ENTRY = `  rateFactor: hyperparameter({
    meaning: "a factor on the learning rate",
    value: number("a number above 0", (x) => x > 0),
    default: 1,
    other: 2,
    axis: { label: "rate factor", scale: "log" },
    before: 1,
  }),
`;
const REGISTRY = "lib/training/hyperparameters.ts";
const TRIAL = "lib/training/start.ts";
const TABLE = projectPath("results", "learning-rate.csv");
const SPACE = { layers: [16, 4, 10], learningRate: [0.05, 0.1], epochs: 1, seed: [1, 2, 3] };

/** Reads a table and runs a sweep; prints the rows and how many trials were run. */
const SCRIPT = `
import { patchDataset } from "./lib/dataset/testing_samples.ts";
import { inThisThread } from "./lib/sweep/engine.ts";
import { runSweep } from "./lib/sweep/sweep.ts";
import { readTable, rowOf } from "./lib/sweep/table.ts";
const [table, journal, space] = Deno.args;
let ran = 0;
const results = await runSweep(JSON.parse(space), patchDataset(60, 20, 4), {
  journal,
  engine: (trials, ...more) => inThisThread(trials, ...more).then(() => void (ran = trials.length)),
});
console.log(JSON.stringify({ table: await readTable(table), rows: results.map(rowOf), ran }));
`;

async function replaceIn(path: string, from: string, to: string): Promise<void> {
  const text = await Deno.readTextFile(path);
  assert.ok(text.includes(from), `${path} has no ${from}`);
  await Deno.writeTextFile(path, text.replace(from, to));
}

/** Copies the library without its tests and installed packages. */
async function copyLibrary(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (name === "node_modules") continue;
    if (isDirectory) await copyLibrary(join(from, name), join(to, name));
    else if (!name.endsWith("_test.ts")) await Deno.copyFile(join(from, name), join(to, name));
  }
}

Deno.test("a new hyperparameter: it does not compile until used, and old results stay valid", async () => {
  const folder = await Deno.makeTempDir();
  const at = (path: string) => join(folder, path);
  const deno = (...args: string[]) => runDeno(args, { cwd: folder });
  const resume = async (space: object, journal: string) => {
    const { code, stdout, stderr } = await deno(
      ...["run", "-A", "--no-check", "script.ts", TABLE, at(journal), JSON.stringify(space)],
    );
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };
  try {
    await copyLibrary(projectPath("lib"), at("lib"));
    for (const file of ["deno.json", "deno.lock"]) await Deno.copyFile(projectPath(file), at(file));
    await Deno.symlink(projectPath("node_modules"), at("node_modules"));
    await Deno.writeTextFile(at("script.ts"), SCRIPT);

    const before = (await runSweep(SPACE, patchDataset(60, 20, 4), {
      journal: at("journal.jsonl"),
      engine: inThisThread,
    })).map(rowOf);
    await Deno.copyFile(at("journal.jsonl"), at("changed.jsonl"));

    // An entry that nothing reads does not compile.
    await replaceIn(
      at(REGISTRY),
      "export const REGISTRY = {\n",
      `export const REGISTRY = {\n${ENTRY}`,
    );
    const unread = await deno("check", TRIAL);
    assert.equal(unread.code, 1);
    assert.match(unread.stderr, /rateFactor[^]*unread satisfies Nothing/);

    // Taken up in the trial, it does.
    await replaceIn(at(TRIAL), "augment, ...unread", "augment, rateFactor, ...unread");
    await replaceIn(
      at(TRIAL),
      "    learningRate,\n",
      "    learningRate: learningRate * rateFactor,\n",
    );
    const read = await deno("check", TRIAL);
    assert.equal(read.code, 0, read.stderr);

    // A committed table reads as if it had the default; every trial of the journal is reused.
    const reused = await resume(SPACE, "journal.jsonl");
    assert.deepEqual(
      reused.table,
      (await readTable(TABLE)).map((row) => ({ rateFactor: 1, ...row })),
    );
    assert.deepEqual(reused.rows, before.map((row) => ({ rateFactor: 1, ...row })));
    assert.equal(reused.ran, 0);

    // Another value is another trial.
    const doubled = await resume({ ...SPACE, rateFactor: [1, 2] }, "journal.jsonl");
    assert.equal(doubled.ran, 6);
    const digests = doubled.rows.map((row: { weightsDigest: string }) => row.weightsDigest);
    assert.equal(new Set(digests).size, 9, "0.05 · 2 is 0.1 · 1, all others differ");

    // A default that changes later hands on nothing of the old one.
    await replaceIn(at(REGISTRY), "default: 1,\n    other: 2,", "default: 3,\n    other: 2,");
    assert.equal((await resume(SPACE, "changed.jsonl")).ran, 6);
    assert.equal((await resume({ ...SPACE, rateFactor: 1 }, "changed.jsonl")).ran, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
