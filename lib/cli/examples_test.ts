/**
 * Every example of the README and of each command's `--help`, run through `deno task` with the task's
 * own permissions, in a copy of the project with small data. A new example is run as it is written; one
 * that cannot be needs an entry in `INSTEAD`.
 * @module
 */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { projectPath } from "../base/project.ts";
import { rayIsMissing } from "../cluster/testing_cluster.ts";
import { collect, type ExampleProject, withExampleProject } from "./testing_examples.ts";

const MNIST = "only with MNIST itself";
const PHOTOS = "minutes, as photos of 2,000 pixels are read";
const BENCH = "minutes, with libraries of Python";
const ROBUSTNESS = "robustness --images 4 --model my.npz --out /tmp";
const VERIFY = "verify widths --dataset data/mnist";

/** Examples that take too long or run this test: the replacement and the reason. */
const INSTEAD: Readonly<Record<string, { run: string | undefined; why: string }>> = {
  "test": { run: undefined, why: "it runs this test" },
  "lab": { run: "lab --port 9000 --no-browser", why: "JupyterLab starts slowly" },
  "notebooks": { run: "notebooks --only 01-digits", why: "there is one notebook" },
  "reproduce": { run: "reproduce --only mazur-w5", why: `hours, ${MNIST}` },
  "reproduce --minutes 0.5": { run: "reproduce --minutes 0", why: `hours, ${MNIST}` },
  "reproduce --only a,a-shuffled,mazur": {
    run: "reproduce --only mazur-w5",
    why: `hours, ${MNIST}`,
  },
  "reproduce --only simard-elastic": { run: "reproduce --only mazur-w5", why: `hours, ${MNIST}` },
  "reproduce --search": { run: "reproduce --help", why: `hours, ${MNIST}` },
  "reproduce --search --only lecun-300": { run: "reproduce --help", why: `hours, ${MNIST}` },
  "window results/epoch-sweep.csv": {
    run: "window --help",
    why: "installs a library from the network",
  },
  "verify learning-rate": { run: `${VERIFY} --rows 1`, why: MNIST },
  "verify learning-rate --all": { run: `${VERIFY} --all`, why: MNIST },
  "verify downloads/rates.csv --rows 3 --seed 1 --json": {
    run: "verify results/widths.csv --dataset data/mnist --rows 3 --seed 1 --json",
    why: "no such table of these data",
  },
  "verify widths --dataset letters/": {
    run: `${VERIFY} --rows 1`,
    why: "the table's data are data/mnist here",
  },
  "robustness": { run: ROBUSTNESS, why: PHOTOS },
  "robustness --images 2000 --out /tmp": { run: ROBUSTNESS, why: PHOTOS },
  "robustness --model my.npz --out /tmp": { run: ROBUSTNESS, why: PHOTOS },
  "bench --only 128-64 --rounds 3": { run: "bench --help", why: BENCH },
  ...rayIsMissing && {
    "sweep --name far --cluster local --seed 1,2": { run: "sweep --help", why: "it needs Ray" },
    "cluster": { run: "cluster --help", why: "it needs Ray" },
    "cluster --setup": { run: "cluster --help", why: "it installs Ray from the network" },
  },
  "bench --against jax,numpy --rounds 3": { run: "bench --help", why: BENCH },
  "bench --setup": { run: "bench --help", why: "installs Python packages from the network" },
  "bench --scale 100000": { run: "bench --scale 300 --dataset idx", why: "minutes" },
  "bench --cluster": { run: "bench --help", why: "a minute, with Ray" },
  "bench --rounds 9 --json": { run: "bench --help", why: BENCH },
};

/** Commands that wait for Ctrl-C, and their output when they are ready. */
const WAITING: Readonly<Record<string, RegExp>> = {
  lab: /http:\/\/127\.0\.0\.1:\d+\S*token=/,
  window: /press Ctrl-C to stop/,
};

/** The text after `deno task` in the README's code blocks. */
async function readmeExamples(): Promise<string[]> {
  const text = await Deno.readTextFile(projectPath("README.md"));
  const blocks = [...text.matchAll(/^```\w*\n([^]*?)^```$/gm)].map(([, block]) => block);
  return blocks.flatMap((block) =>
    [...block.matchAll(/^(?:\$ )?(?:npx --yes deno@\S+|deno) task (.*)$/gm)].map(([, line]) => line)
  );
}

/** The module of every task, and the examples of the commands in it. */
async function helpExamples(): Promise<Map<string, string[]>> {
  const { tasks } = JSON.parse(await Deno.readTextFile(projectPath("deno.json")));
  const examples = new Map<string, string[]>();
  for (const [task, line] of Object.entries<string>(tasks)) {
    const path = /lib\/(?:cli|bench)\/\S+\.ts/.exec(line)?.[0];
    const module: Record<string, unknown> = path ? await import(projectPath(path)) : {};
    const commands = Object.values(module).filter((value): value is { examples: string[] } =>
      Array.isArray((value as { examples?: unknown } | null)?.examples)
    );
    examples.set(task, commands.flatMap((command) => command.examples));
  }
  return examples;
}

/** An example without its comment. */
function withoutComment(example: string): string {
  return example.replace(/\s+#.*$/, "").trim();
}

const readme = await readmeExamples(), help = await helpExamples();
const examples = [...new Set([...readme, ...[...help.values()].flat()].map(withoutComment))];

Deno.test("every task has examples, except those without options", () => {
  const without = [...help].filter(([, examples]) => examples.length === 0).map(([task]) => task);
  assert.deepEqual(without, ["test", "golden", "build"]);
  assert.ok(readme.length >= 7, "the README has lost its examples");
  for (const example of Object.keys(INSTEAD)) {
    assert.ok(examples.includes(example), `${example} is no example any more: delete its entry`);
  }
});

Deno.test("the README names only existing tasks", async () => {
  const text = await Deno.readTextFile(projectPath("README.md"));
  const named = [...text.matchAll(/deno(?:@\S+)? task ([a-z-]+)/g)].map(([, task]) => task);
  assert.deepEqual(named.filter((task) => !help.has(task)), []);
});

/** Checks for output that no command may print. */
function assertClean(text: string, example: string): void {
  assert.doesNotMatch(
    text,
    /\n\s+at .*:\d+:\d+|NotCapable|permission denied|bug in the program/i,
    example,
  );
}

/** Runs an example until it ends or waits for Ctrl-C, which it then gets. */
async function runExample(project: ExampleProject, example: string): Promise<void> {
  const task = example.split(" ")[0];
  const child = project.start(example);
  const output = collect(child);
  const isReady = WAITING[task] && await Promise.race([
    output.until(WAITING[task]).then(() => true),
    child.status.then(() => false),
  ]);
  if (isReady) Deno.kill(-child.pid, "SIGINT");
  const { code } = await child.status;
  await output.end;
  const all = output.stdout() + output.stderr();
  assertClean(all, example);
  assert.equal(code, isReady ? 130 : 0, `deno task ${example}\n${all}`);
  if (example.includes("--json")) JSON.parse(output.stdout());
}

/** Runs every example, or once what takes the place of several. */
async function runExamples(t: Deno.TestContext, project: ExampleProject): Promise<void> {
  const ran = new Set<string>();
  for (const example of examples) {
    const { run, why } = INSTEAD[example] ?? { run: example, why: "" };
    await t.step(why ? `${example} (${run ?? "not run"}: ${why})` : example, async () => {
      if (run === undefined || ran.has(run)) return;
      ran.add(run);
      await runExample(project, run);
    });
  }
}

/** Reads every format of models and data. */
async function readForms(project: ExampleProject): Promise<void> {
  const output = async (line: string) => {
    const child = project.start(line);
    const collected = collect(child);
    const { code } = await child.status;
    await collected.end;
    assertClean(collected.stderr(), line);
    assert.equal(code, 0, `deno task ${line}\n${collected.stderr()}`);
    return collected.stdout();
  };
  const train = "train --dataset idx --layers 784,10 --epochs 1 --seed 1";
  const saved = {
    "forms/m.npz": ["forms/m.npz"],
    "forms/m.json": ["forms/m.json"],
    "forms/npy/*.npy": ["forms/npy", "forms/npy/*.npy", "forms/npy/W1.npy"],
    "forms/run7.csv": ["forms/run7.csv", "forms/run7-*.csv", "forms/run7-biases.csv"],
  };
  const digests = new Set<string>(), predictions = new Set<string>();
  for (const [out, paths] of Object.entries(saved)) {
    await output(`${train} --out '${out}'`);
    for (const path of paths) {
      const evaluated = await output(`evaluate '${path}' --dataset idx --json`);
      const { weightsDigest, testLoss, images } = JSON.parse(evaluated);
      digests.add(`${weightsDigest} ${testLoss} ${images}`);
    }
    predictions.add(await output(`predict '${paths[0]}' seven.jpg --csv`));
    await output(`pad '${paths[0]}' --out 'forms/${basename(out).replace("*", "W")}.html'`);
  }
  assert.deepEqual([digests.size, predictions.size], [1, 1]);

  // The same images in every format: IDX, CSV and image folders, plain and gzip, separate and in a
  // folder. The order of images differs, and so do the last digits of the loss.
  const losses = new Set<string>();
  const data = [
    ...["idx", "idx-plain", "csv", "csv-gz", "folders"],
    ...["csv/train.csv,csv/test.csv", "folders/train,folders/test"],
    ...["csv-gz/train.csv.gz,idx/t10k-images-idx3-ubyte.gz"],
  ];
  for (const dataset of data) {
    const evaluated = await output(`evaluate forms/m.npz --dataset ${dataset} --json`);
    const { testLoss, images } = JSON.parse(evaluated);
    losses.add(`${testLoss.toFixed(9)} ${images}`);
  }
  for (const single of ["csv/test.csv", "csv-gz/test.csv.gz", "folders/test"]) {
    const evaluated = await output(`evaluate forms/m.npz --dataset ${single} --json`);
    const { testLoss, images } = JSON.parse(evaluated);
    losses.add(`${testLoss.toFixed(9)} ${images}`);
  }
  assert.equal(losses.size, 1, [...losses].join("\n"));
  assert.ok(await Deno.stat(join(project.folder, "forms", "m.npz.html")));
}

Deno.test("with the task's own permissions, in a copy of the project", async (t) => {
  await withExampleProject(async (project) => {
    await t.step(
      "every example of the README and of each --help works as it is written",
      (t) => runExamples(t, project),
    );
    await t.step("every format of models and data is read", () => readForms(project));
  });
});
