import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { removeResults } from "../base/testing_results.ts";
import { runTask, startTask, withDataset } from "./testing_command.ts";

/** Runs a test with a small dataset and removes the results of sweeps named `test-…`. */
async function withResults(run: (dataset: string) => Promise<void>): Promise<void> {
  try {
    await withDataset(3000, run);
  } finally {
    await removeResults("test-");
  }
}

const SPACE = ["--layers", "784,16,10", "--learning-rate", "0.01,0.1,1", "--seed", "1,2"];
const results = (name: string) => projectPath("results", name);

Deno.test("a sweep writes its table and figure, and reports in text or as JSON", async () => {
  await withResults(async (dataset) => {
    const args = ["sweep", "--name", "test-plain", "--dataset", dataset, ...SPACE];
    const { status, stdout, stderr } = await runTask([...args, "--json"]);
    assert.equal(status, 0, stderr);
    const { table, figure, rows } = JSON.parse(stdout);
    assert.deepEqual([table, figure], ["results/test-plain.csv", "results/test-plain.svg"]);
    assert.equal(rows.length, 6);
    const text = await Deno.readTextFile(results("test-plain.csv"));
    assert.equal(text.split("\n").length, 8);
    assert.match(text, /^layers,activation,.*,seed,dataset,status,steps,trainLoss,testLoss,/);
    assert.match(await Deno.readTextFile(results("test-plain.svg")), /^<svg .*learning rate/s);

    const again = await runTask(args);
    assert.equal(again.status, 0);
    assert.match(again.stderr, /6 trials of 6 had already finished/);
    assert.match(again.stdout, /^learningRate +seed +status/);
    assert.match(again.stdout, /best: learning rate /);
    assert.equal(await Deno.readTextFile(results("test-plain.csv")), text);
  });
});

Deno.test("the best of a sweep over loss functions is the most accurate", async () => {
  await withResults(async (dataset) => {
    const { status, stdout, stderr } = await runTask([
      ...["sweep", "--name", "test-losses", "--dataset", dataset, "--layers", "784,16,10"],
      ...["--loss", "crossEntropy,meanSquareError", "--learning-rate", "0.05"],
    ]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /best: loss crossEntropy: test accuracy \d+\.\d\d %, test loss \d\.\d{4}/);
    assert.match(stderr, /losses of different kinds or datasets cannot be compared/);
  });
});

/** The trials in a sweep's journal. */
function journalLines(name: string): number {
  try {
    return Deno.readTextFileSync(results(`.journal/${name}.jsonl`)).split("\n").length - 1;
  } catch {
    return 0;
  }
}

/** Starts a sweep, stops it after some trials as a terminal does, and returns what it said. */
async function stop(
  name: string,
  args: readonly string[],
  trials: number,
  signal: Deno.Signal,
): Promise<string> {
  const sweep = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args, "--name", name],
    cwd: projectPath(),
    detached: true,
    stdout: "null",
    stderr: "piped",
  }).spawn();
  while (journalLines(name) < trials) await new Promise((resolve) => setTimeout(resolve, 5));
  // The whole process group.
  Deno.kill(-sweep.pid, signal);
  return new TextDecoder().decode((await sweep.output()).stderr);
}

for (const signal of ["SIGKILL", "SIGINT"] as const) {
  Deno.test(`a sweep stopped by ${signal} resumes and writes the same bytes`, async () => {
    await withResults(async (dataset) => {
      const args = ["sweep", "--dataset", dataset, ...SPACE, "--epochs", "60", "--workers", "2"];
      const whole = await runTask([...args, "--name", "test-whole"]);
      assert.equal(whole.status, 0, whole.stderr);

      const said = await stop("test-stopped", args, 2, signal);
      if (signal === "SIGINT") assert.match(said, /stopped: \d of 6 trials are finished and kept/);
      assert.ok(journalLines("test-stopped") < 6, "the sweep was over before it was stopped");

      const rest = await runTask([...args, "--name", "test-stopped"]);
      assert.equal(rest.status, 0, rest.stderr);
      assert.match(rest.stderr, /[2-5] trials of 6 had already finished/);
      for (const end of ["csv", "svg"]) {
        assert.equal(
          await Deno.readTextFile(results(`test-stopped.${end}`)),
          await Deno.readTextFile(results(`test-whole.${end}`)),
        );
      }
    });
  });
}

Deno.test("wrong usage is one line with status 2, before any work", async () => {
  const cases: [string[], RegExp][] = [
    [["--workers", "0"], /expected a whole number from 1 to 1024/],
    [["--learning-rate", "abc"], /--learning-rate .* must be a number above 0, got "abc"/],
    [["--learning-rate", "logspace(0,1,3)"], /logspace takes two numbers above 0/],
    [["--layers", "784,0,10"], /layers must be two or more whole numbers/],
    [["--layers", "784,x,10"], /--layers .* whole numbers from 1, .* got \[784,"x",10\]/],
    [["--name", "robustness"], /^error: name is reserved for another table/m],
    [["--name", "speed-alone"], /^error: name is reserved for another table/m],
    [["--batch-size", "0"], /batchSize must be a whole number from 1/m],
    [["--name", "../up", "--dataset", "synthetic"], /^error: name must be letters/m],
    [["--momentum", "0.9"], /unknown option '--momentum'/],
  ];
  for (const [args, message] of cases) {
    const { status, stdout, stderr } = await runTask(["sweep", ...args]);
    assert.equal(status, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n {4}at |^dataset /m);
  }
});

Deno.test("results that cannot be written are reported before the work", async () => {
  await withResults(async (dataset) => {
    await Deno.mkdir(results(".journal/test-blocked.jsonl"), { recursive: true });
    const args = ["sweep", "--name", "test-blocked", "--dataset", dataset, ...SPACE];
    const { status, stderr } = await runTask(args);
    assert.equal(status, 1);
    assert.match(stderr, /^error: .*test-blocked.jsonl: cannot be written/m);
  });
});

/** A folder without MNIST, and no network. */
const NO_MNIST = { MNIST_DIR: "", HTTPS_PROXY: "http://127.0.0.1:9" };
const downloaded = await Deno.stat(projectPath("data", "mnist")).then(() => true, () => false);

Deno.test({
  name: "without MNIST a sweep warns, first and last, that its digits are synthetic" +
    (downloaded ? " (ignored: data/mnist is there)" : ""),
  ignore: downloaded,
  async fn() {
    await withResults(async () => {
      const args = ["sweep", "--name", "test-fallback", "--layers", "784,10", "--epochs", "1"];
      const { status, stderr } = await runTask(args, NO_MNIST);
      assert.equal(status, 0, stderr);
      assert.match(stderr, /WORKING WITH SYNTHETIC DIGITS INSTEAD/);
      assert.match(stderr, /not on MNIST\n$/);
      const table = await Deno.readTextFile(results("test-fallback-synthetic.csv"));
      assert.match(table, /,synthetic,completed,/);
    });
    const told = await runTask(["sweep", "--dataset", "mnist", "--name", "test-mnist"], NO_MNIST);
    assert.equal(told.status, 1);
    assert.match(told.stderr, /error: MNIST could not be loaded\. Tried:/);
  },
});

Deno.test("help lists every flag with examples", async () => {
  for (const task of ["sweep", "train", "evaluate", "convert", "verify"]) {
    const { status, stdout } = await runTask([task, "--help"]);
    assert.equal(status, 0);
    assert.match(stdout, /Examples:\n {2}deno task /);
    assert.match(stdout, /--json/);
  }
});

Deno.test("a sweep that is terminated exits with a status other than 0", async () => {
  await withResults(async (dataset) => {
    const task = startTask([
      ...["sweep", "--name", "test-gone", "--dataset", dataset, ...SPACE, "--epochs", "500"],
    ]);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    task.kill("SIGTERM");
    const { code } = await task.output();
    assert.notEqual(code, 0);
  });
});

Deno.test("another space or other data never replace a table silently, and nothing is lost", async () => {
  await withResults(async (dataset) => {
    const path = results("test-kept.csv");
    const read = () => Deno.readTextFile(path);
    const run = (seeds: string, ...more: string[]) =>
      runTask([
        ...["sweep", "--name", "test-kept", "--dataset", dataset, "--layers", "784,10"],
        ...["--learning-rate", "0.1", "--epochs", "1", "--seed", seeds, ...more],
      ]);
    assert.equal((await run("1,2")).status, 0);
    const first = await read();
    const firstFigure = await Deno.readTextFile(results("test-kept.svg"));

    // More values, in any order, extend it.
    const extended = await run("3,2,1");
    assert.equal(extended.status, 0, extended.stderr);
    assert.match(extended.stderr, /\n1 trial to train, about (a second|\d)/);
    const second = await read();
    for (const line of first.split("\n")) assert.ok(second.includes(line));

    // Fewer would lose rows.
    const refused = await run("1,2");
    assert.equal(refused.status, 2);
    assert.match(
      refused.stderr,
      /error: results\/test-kept\.csv would be replaced: 1 of its 3 rows is not in this sweep, the first with seed 3; choose another --name, or add --replace$/m,
    );
    const other = ["--dataset", `${dataset}/test.csv,${dataset}/train.csv`];
    const otherData = await run("3,2,1", ...other);
    assert.equal(otherData.status, 2);
    assert.match(otherData.stderr, /3 of its 3 rows .* with dataset \S+; choose another/);
    assert.equal(await read(), second);

    // A replaced table is kept, and its own command restores it without training.
    const replaced = await run("1,2", "--replace");
    assert.equal(replaced.status, 0, replaced.stderr);
    assert.match(replaced.stderr, /2 trials of 2 had already finished/);
    assert.doesNotMatch(replaced.stderr, /trials? to train/);
    assert.equal(await read(), first);
    assert.equal(await Deno.readTextFile(results("test-kept.svg")), firstFigure);
    const [, kept] = /saved as results\/(\.journal\/test-kept-\w+\.csv)$/m.exec(replaced.stderr)!;
    assert.equal(await Deno.readTextFile(results(kept)), second);
    assert.match(await Deno.readTextFile(results(kept.replace(".csv", ".svg"))), /^<svg /);

    // A table of another kind is not mistaken for a sweep's.
    await Deno.writeTextFile(path, "a,b\n1,2\n");
    const foreign = await run("1,2");
    assert.equal(foreign.status, 2);
    assert.match(foreign.stderr, /test-kept\.csv would be replaced, but it is not a sweep's table/);
    assert.equal(await read(), "a,b\n1,2\n");
  });
});

Deno.test("a space that is too large is rejected at once, a large one needs --yes", async () => {
  for (const count of ["1e10", "1e8", "1000001"]) {
    const rates = `logspace(0.001,1,${count})`;
    const { status, stderr } = await runTask(["sweep", "--learning-rate", rates]);
    assert.equal(status, 2);
    assert.match(stderr, /logspace gives at most 1000000 numbers, got logspace\(0\.001, 1, \d+\)/);
  }
  const axes = ["--learning-rate", "logspace(0.001,1,100000)", "--l2", "linspace(0,1,100000)"];
  const product = await runTask(["sweep", ...axes]);
  assert.equal(product.status, 2);
  assert.match(
    product.stderr,
    /the sweep has 10000000000 trials \(values: learningRate \d+, l2 \d+\), expected at most 1000000/,
  );
  await withResults(async (dataset) => {
    const { status, stderr } = await runTask([
      ...["sweep", "--name", "test-large", "--dataset", dataset, "--layers", "784,10"],
      ...["--seed", "linspace(1,10001,10001)"],
    ]);
    assert.equal(status, 2);
    assert.match(stderr, /^sweep test-large: 10001 trials on \d+ worker/);
    assert.match(
      stderr,
      /error: 10001 trials to train, about (a|\d+) (second|minute|hour)s?: add --yes to begin/,
    );
  });
});

Deno.test("with a validation set the sweep chooses on that, and does not show the test set", async () => {
  await withResults(async (dataset) => {
    const args = ["sweep", "--name", "test-held", "--dataset", dataset, ...SPACE];
    const { status, stdout, stderr } = await runTask([...args, "--validation", "last(500)"]);
    assert.equal(status, 0, stderr);
    assert.match(
      stdout,
      /^learningRate +seed +status +trainLoss +validationLoss +validationAccuracy/,
    );
    assert.match(stdout, /best: learning rate [\d.]+: validation loss .*\(means of 2 seeds\)$/m);
    assert.doesNotMatch(stdout + stderr, /test (loss|accuracy)|test images\)/);
    const svg = await Deno.readTextFile(results("test-held.svg"));
    assert.match(svg, />validation loss</);
    assert.doesNotMatch(svg, /test/);

    const open = await runTask([...args.with(2, "test-open")]);
    assert.match(open.stdout, /^best: .*chosen on the test images\)$/m);
    assert.match(open.stderr, /add --validation 0\.1 to choose on images that are held out/);
    assert.match(await Deno.readTextFile(results("test-open.svg")), />best on test: /);
    const wrong = await runTask([...args, "--validation", "0.1", "--metric", "testLoss"]);
    assert.equal(wrong.status, 2);
    assert.match(
      wrong.stderr,
      /^error: metric testLoss: with a validation set .* validationLoss$/m,
    );
  });
});

Deno.test("the test set is read once for the setting that was chosen, and reported with its interval", async () => {
  await withResults(async (dataset) => {
    const args = [
      ...["sweep", "--name", "test-chosen", "--dataset", dataset, ...SPACE],
      ...["--validation", "0.2", "--test-best"],
    ];
    const { status, stdout, stderr } = await runTask([...args, "--json"]);
    assert.equal(status, 0, stderr);
    const { rows, summary, test } = JSON.parse(stdout);
    for (const row of rows) assert.deepEqual([row.testLoss, row.testAccuracy], [null, null]);
    assert.equal(summary[0].standing, "best");
    const best = summary[0].learningRate;
    assert.deepEqual(
      test.rows.map((row: { learningRate: number; seed: number }) => [row.learningRate, row.seed]),
      [[best, 1], [best, 2]],
    );
    assert.ok(test.interval.low < test.testAccuracy && test.testAccuracy <= test.interval.high);
    assert.equal(test.table, "results/test-chosen-tested.csv");
    // The table can be checked as any other.
    const verified = await runTask([
      "verify",
      results("test-chosen-tested.csv"),
      "--dataset",
      dataset,
    ]);
    assert.equal(verified.status, 0, verified.stderr);

    const again = await runTask(args);
    assert.match(again.stdout, /^validation loss \S+ ± \S+ \(standard error\); 95 % interval/m);
    assert.match(again.stdout, /^paired t tests over 2 seeds; the truly best setting is called/m);
    const said = `test: learning rate ${best}: ${
      (100 * test.testAccuracy).toFixed(2)
    } % of 200 test`;
    assert.ok(again.stdout.includes(said), again.stdout);

    const open = await runTask(args.toSpliced(args.indexOf("--validation"), 2));
    assert.equal(open.status, 2);
    assert.match(open.stderr, /^error: --test-best needs a validation set to choose on/m);

    // Where the former files are is said even if nothing can be tested.
    const wild = ["--loss", "squaredErrorSum", "--learning-rate", "1e30", "--replace"];
    const none = await runTask([...args, ...wild]);
    assert.equal(none.status, 1, none.stderr);
    assert.match(none.stderr, /^error: no setting completed all its trials$/m);
    for (const name of ["test-chosen", "test-chosen-tested"]) {
      assert.match(
        none.stderr,
        new RegExp(`previous results/${name}\\.csv are .* it was saved as`),
      );
    }
  });
});

const DRAWN = [
  ...["--layers", "784,16,10", "--learning-rate", "logUniform(0.001,1)", "--epochs", "4"],
  ...["--optimizer", "choice(sgd,momentum(uniform(0.5,0.99)))", "--validation", "0.2"],
];

Deno.test("a search with halving reports its rungs, and growing it keeps what was drawn", async () => {
  await withResults(async (dataset) => {
    const sweep = (...more: string[]) =>
      runTask(["sweep", "--name", "test-drawn", "--dataset", dataset, ...DRAWN, ...more]);
    const { status, stdout, stderr } = await sweep(
      ...["--search", "quasiRandom(4)", "--halving", "2", "--json"],
    );
    assert.equal(status, 0, stderr);
    const { rows } = JSON.parse(stdout);
    assert.deepEqual(
      rows.map(({ stopAfter }: { stopAfter: unknown }) => stopAfter).sort(),
      [1, 1, 2, "all"],
    );
    assert.match(stderr, /bracket 1, rung 1: 4 settings trained for 1 epoch; the best 2 go on/);
    assert.match(stderr, /bracket 1, rung 3: 1 setting trained for 4 epochs$/m);
    const svg = await Deno.readTextFile(results("test-drawn.svg"));
    assert.match(svg, /Validation loss by rung of successive halving/);

    const more = await sweep("--search", "quasiRandom(6)", "--halving", "2", "--json");
    assert.equal(more.status, 0, more.stderr);
    const drawn = (all: Record<string, unknown>[]) =>
      all.map(({ learningRate, optimizer }) => [learningRate, optimizer]);
    assert.deepEqual(drawn(JSON.parse(more.stdout).rows).slice(0, 4), drawn(rows));

    const other = await sweep("--search", "quasiRandom(6,2)", "--halving", "2");
    assert.equal(other.status, 2);
    assert.match(other.stderr, /test-drawn\.csv would be replaced: 6 of its 6 rows are not in/);
    const endless = await sweep();
    assert.equal(endless.status, 2);
    assert.match(endless.stderr, /is drawn from .*: add a search with a number of points, such as/);
  });
});

Deno.test("of points that repeat each other, the rows that there are are printed and counted", async () => {
  await withResults(async (dataset) => {
    const { status, stdout, stderr } = await runTask([
      ...["sweep", "--name", "test-repeats", "--dataset", dataset, "--layers", "784,10"],
      ...["--learning-rate", "choice(0.1,0.2)", "--search", "random(1200)"],
    ]);
    assert.equal(status, 0, stderr);
    assert.equal(stdout.match(/completed/g)!.length, 2);
    assert.doesNotMatch(stdout, /more rows? in/);
  });
});

Deno.test("a search in rounds says what each draws from, and goes on after a kill", async () => {
  await withResults(async (dataset) => {
    const args = ["sweep", "--dataset", dataset, ...DRAWN, "--search", "quasiRandom(5)"];
    const rounds = [...args, "--epochs", "40", "--workers", "1", "--rounds", "3"];
    const whole = await runTask([...rounds, "--name", "test-whole", "--json"]);
    assert.equal(whole.status, 0, whole.stderr);
    assert.match(whole.stderr, /^sweep test-whole: 15 trials on 1 worker$/m);
    assert.match(whole.stderr, /^15 trials to train, about/m);
    assert.match(
      whole.stderr,
      /^round 1 of 3: optimizer choice\(sgd, momentum\(uniform.*; learningRate logUniform\(0.001, 1\)$/m,
    );
    const [, from, to] = /^round 3 of 3: .*; learningRate logUniform\(([\d.]+), ([\d.]+)\)$/m
      .exec(whole.stderr)!.map(Number);
    const { rows } = JSON.parse(whole.stdout);
    assert.equal(rows.length, 15);
    for (const { learningRate } of rows.slice(10)) {
      assert.ok(learningRate >= from && learningRate <= to);
    }
    assert.ok(to - from < 0.9, `${from} to ${to}`);

    await stop("test-stopped", rounds, 7, "SIGKILL");
    assert.ok(journalLines("test-stopped") < 15, "the sweep was over before it was stopped");
    const rest = await runTask([...rounds, "--name", "test-stopped"]);
    assert.equal(rest.status, 0, rest.stderr);
    assert.match(rest.stderr, /\d+ trials of 15 had already finished/);
    for (const end of [".csv", "-epochs.csv", ".svg"]) {
      assert.equal(
        await Deno.readTextFile(results(`test-stopped${end}`)),
        await Deno.readTextFile(results(`test-whole${end}`)),
      );
    }

    // More rounds keep the table's rows, fewer would lose some; both halving and a budget go with them.
    const more = [
      ...rounds.slice(0, -1),
      "4",
      "--name",
      "test-whole",
      "--budget",
      "0.01s",
      "--json",
    ];
    const fifteen = await runTask(more);
    assert.equal(fifteen.status, 0, fifteen.stderr);
    assert.match(fifteen.stderr, /the budget is spent/);
    const fewer = await runTask([...rounds.slice(0, -1), "2", "--name", "test-stopped"]);
    assert.equal(fewer.status, 2);
    assert.match(fewer.stderr, /5 of its 15 rows are not in this sweep/);
    const halved = await runTask([
      ...[...args, "--rounds", "2", "--halving", "2", "--name", "test-halved", "--json"],
    ]);
    assert.equal(halved.status, 0, halved.stderr);
    const ends = JSON.parse(halved.stdout).rows.map(({ stopAfter }: { stopAfter: unknown }) =>
      stopAfter
    );
    assert.equal(ends.filter((end: unknown) => end === "all").length, 2);
  });
});

Deno.test("rounds are refused in a line where they make no sense", async () => {
  const cases: [string[], RegExp][] = [
    [[...DRAWN, "--rounds", "3"], /^error: rounds 3 needs a search, .*quasiRandom\(25\)$/m],
    [[...DRAWN, "--rounds", "1"], /--rounds .*expected a whole number from 2 to 100/],
    [
      [...DRAWN.slice(0, -2), "--search", "random(4)", "--rounds", "3"],
      /^error: rounds 3 chooses on validation images, and there are none; .* validation 0\.1$/m,
    ],
    [
      ["--validation", "0.1", "--search", "random(4)", "--rounds", "3"],
      /^error: random\(4, 1\) draws from distributions, and there is none/m,
    ],
  ];
  for (const [args, message] of cases) {
    const { status, stderr } = await runTask(["sweep", "--dataset", "synthetic", ...args]);
    assert.equal(status, 2, stderr);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /^dataset /m);
  }
});

Deno.test("a budget ends a sweep cleanly, and the same command continues to the same bytes", async () => {
  await withResults(async (dataset) => {
    const args = ["--dataset", dataset, ...SPACE, "--epochs", "8", "--workers", "1"];
    const whole = await runTask(["sweep", "--name", "test-whole", ...args]);
    assert.equal(whole.status, 0, whole.stderr);
    const sweep = (budget: string) =>
      runTask(["sweep", "--name", "test-budget", ...args, "--budget", budget, "--json"]);
    const first = await sweep("0.01s");
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stderr, /the budget is spent: 0 of 6 trials are finished; the same command/);
    assert.match(first.stderr, /^nothing was written$/m);
    assert.deepEqual(JSON.parse(first.stdout).unfinished, 6);
    const second = await sweep("1h");
    assert.equal(second.status, 0, second.stderr);
    assert.equal(JSON.parse(second.stdout).unfinished, undefined);
    const bytes = (name: string) => Deno.readTextFile(results(name));
    assert.equal(await bytes("test-budget.csv"), await bytes("test-whole.csv"));
    assert.equal(await bytes("test-budget-epochs.csv"), await bytes("test-whole-epochs.csv"));
    await Deno.remove(results(".journal/test-budget.jsonl"));
    const lost = await sweep("0.01s");
    assert.match(lost.stderr, /^nothing was written: results\/test-budget\.csv has 6 rows, more/m);
    assert.equal(await bytes("test-budget.csv"), await bytes("test-whole.csv"));
    const wrong = await sweep("10");
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /expected a time such as 90s, 10m or 2h/);
  });
});
