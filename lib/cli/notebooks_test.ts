import assert from "node:assert/strict";
import { join } from "node:path";
import { projectPath } from "../base/project.ts";
import { runCommand } from "./command.ts";
import { parseNotebook } from "../notebook/notebook_file.ts";
import { notebookOf } from "../notebook/testing_notebook.ts";
import { notebooks } from "./notebooks.ts";
import { mnistTest } from "../dataset/testing_mnist.ts";

/** A temporary folder with notebooks of the given cells. */
async function withNotebooks(
  files: Readonly<Record<string, readonly string[]>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  // In the project: the kernel looks for deno.json from the notebook's folder upwards.
  await Deno.mkdir(projectPath(".jupyter"), { recursive: true });
  const folder = await Deno.makeTempDir({ dir: projectPath(".jupyter") });
  try {
    for (const [name, sources] of Object.entries(files)) {
      await Deno.writeTextFile(join(folder, name), notebookOf(...sources));
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(...args: string[]) {
  const said = { stdout: "", stderr: "" };
  const status = await runCommand(notebooks, args, {
    stdout: (text) => said.stdout += text,
    stderr: (text) => said.stderr += text,
  });
  return { status, ...said };
}

Deno.test("every output is kept, although Deno's kernel sends some after reporting idle", async () => {
  const cells = Array.from(
    { length: 20 },
    (_, i) =>
      `for (let line = 0; line < ${i % 7}; line++) console.log(line);
({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "x".repeat(${
        40_000 * (i % 3) + 1
      }) }) })`,
  );
  await withNotebooks({ "a.ipynb": cells }, async (folder) => {
    assert.equal((await run("--folder", folder)).status, 0);
    const path = join(folder, "a.ipynb");
    const { cells } = parseNotebook(await Deno.readTextFile(path), path);
    cells.forEach(({ outputs = [] }, i) => {
      assert.equal(outputs.at(-1)?.data?.["text/html"][0].length, 40_000 * (i % 3) + 1);
      if (i % 7 > 0) assert.equal(outputs[0].text?.length, i % 7);
      assert.equal(outputs.length, i % 7 > 0 ? 2 : 1);
    });
  });
});

Deno.test("a cell that ends its kernel is an error", async () => {
  await withNotebooks({ "a.ipynb": ["Deno.exit(3)"], "b.ipynb": ["1"] }, async (folder) => {
    const { status, stdout } = await run("--folder", folder);
    assert.equal(status, 1);
    assert.match(
      stdout,
      /a\.ipynb: cell 1 failed: Deno\.exit\(3\)\n +The kernel ended \(status 3\)/,
    );
    assert.match(stdout, /b\.ipynb: ran, new outputs saved/);
  });
});

const PROGRESS = new URL("../notebook/progress.ts", import.meta.url).href;

Deno.test("a real kernel runs a notebook; only the last state of a display is kept; running it again changes nothing", async () => {
  const cells = [
    `console.log(1); await new Promise((done) => setTimeout(done, 50)); console.log(2);`,
    `import { liveProgress } from ${JSON.stringify(PROGRESS)};
const bar = liveProgress({ label: "work", total: 2, unit: "steps" });
bar.update(1);
await new Promise((done) => setTimeout(done, 300));
bar.update(2);
await bar.finish("2 steps done");`,
    `({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<b>shown</b>" }) })`,
  ];
  await withNotebooks({ "a.ipynb": cells }, async (folder) => {
    const path = join(folder, "a.ipynb");
    const written = await Deno.readTextFile(path);
    const check = await run("--folder", folder, "--check");
    assert.equal(check.status, 1, check.stderr);
    assert.match(check.stdout, /its outputs are not those in the file/);
    assert.match(check.stdout, /cell 1 \(console\.log\(1\).*\): expected "\[\]", got "\["/);
    assert.equal(await Deno.readTextFile(path), written);

    assert.match((await run("--folder", folder)).stdout, /new outputs saved/);
    const saved = await Deno.readTextFile(path);
    const outputs = JSON.parse(saved).cells.map((cell: { outputs: unknown }) => cell.outputs);
    assert.deepEqual(outputs[0][0].text, ["1\n", "2\n"]);
    assert.equal(outputs[1].length, 1);
    assert.deepEqual(outputs[1][0].data["text/html"], ["<p>2 steps done</p>"]);
    assert.deepEqual(outputs[2][0].data["text/html"], ["<b>shown</b>"]);

    assert.match((await run("--folder", folder)).stdout, /outputs as in the file/);
    assert.equal(await Deno.readTextFile(path), saved);
    assert.equal((await run("--folder", folder, "--check")).status, 0);

    const other = saved.replace('"<b>shown</b>"', '"<b>other</b>"');
    await Deno.writeTextFile(path, other);
    const differs = await run("--folder", folder, "--check");
    assert.equal(differs.status, 1);
    assert.match(differs.stdout, /cell 3 .*expected .*<b>other<.*, got .*<b>shown</);
    assert.doesNotMatch(differs.stdout, /cell [12] /);
    assert.equal(await Deno.readTextFile(path), other);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["a.ipynb"]);
  });
});

Deno.test("a notebook that is edited while it runs keeps the edits", async () => {
  // The cell edits the file as a user might.
  const cell = `const path = "a.ipynb"; // old
Deno.writeTextFileSync(path, Deno.readTextFileSync(path).replace("old", "new")); 1`;
  await withNotebooks({ "a.ipynb": [cell] }, async (folder) => {
    const path = join(folder, "a.ipynb");
    const edited = (await Deno.readTextFile(path)).replace("old", "new");
    const { status, stdout } = await run("--folder", folder);
    assert.equal(status, 1);
    assert.match(stdout, /a\.ipynb: ran, but was edited meanwhile/);
    assert.equal(await Deno.readTextFile(path), edited);
  });
});

Deno.test("Ctrl-C leaves no kernel behind and the files unchanged", async () => {
  const cell = `Deno.writeTextFileSync("pid", String(Deno.pid));
await new Promise((resolve) => setTimeout(resolve, 1e9));`;
  await withNotebooks({ "a.ipynb": [cell] }, async (folder) => {
    const path = join(folder, "a.ipynb"), pidFile = join(folder, "pid");
    const written = await Deno.readTextFile(path);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "notebooks", "--folder", folder],
      cwd: projectPath(),
      env: { INIT_CWD: projectPath() },
      stdout: "null",
      stderr: "null",
      // A process group of its own, as a terminal gives to a command.
      detached: true,
    }).spawn();
    let kernel = 0;
    while (kernel === 0) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      kernel = Number(await Deno.readTextFile(pidFile).catch(() => ""));
    }
    Deno.kill(-child.pid, "SIGINT");
    assert.equal((await child.status).code, 130);
    assert.throws(() => Deno.kill(kernel, "SIGCONT"), Deno.errors.NotFound);
    assert.equal(await Deno.readTextFile(path), written);
  });
});

Deno.test("a failing cell is named, fails the command and leaves the file unchanged", async () => {
  const cells = ["const x = 1;", "// the second\nthrow new Error('broken');"];
  await withNotebooks({ "bad.ipynb": cells, "good.ipynb": ["1 + 1"] }, async (folder) => {
    const written = await Deno.readTextFile(join(folder, "bad.ipynb"));
    const { status, stdout, stderr } = await run("--folder", folder);
    assert.equal(status, 1);
    assert.match(stdout, /bad\.ipynb: cell 2 failed: \/\/ the second\n +Error: broken/);
    assert.match(stdout, /good\.ipynb: ran/);
    assert.match(stderr, /1 of 2 notebooks failed/);
    assert.equal(await Deno.readTextFile(join(folder, "bad.ipynb")), written);
  });
});

Deno.test("a missing notebook and a file that is not a notebook are named", async () => {
  await withNotebooks({ "a.ipynb": [] }, async (folder) => {
    const missing = await run("--folder", folder, "--only", "b");
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /has no b\.ipynb; it has a\.ipynb/);
    await Deno.writeTextFile(join(folder, "a.ipynb"), "");
    const empty = await run("--folder", folder);
    assert.equal(empty.status, 1);
    assert.match(empty.stdout, /a\.ipynb: not a notebook/);
    assert.equal((await run("--folder", join(folder, "none"))).status, 1);
  });
});

mnistTest("every notebook of the project reproduces the outputs in its file", async () => {
  const { status, stdout, stderr } = await run("--check");
  assert.equal(status, 0, stdout + stderr);
});
