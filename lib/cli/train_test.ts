import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { runTask, withDataset } from "./testing_command.ts";

Deno.test("train reports every epoch and writes a network that evaluate reads", async () => {
  await withDataset(600, async (folder) => {
    const args = ["--layers", "784,20,10", "--epochs", "3", "--out", `${folder}/model.npz`];
    const trained = await runTask(["train", "--dataset", folder, ...args, "--json"]);
    assert.equal(trained.status, 0, trained.stderr);
    const result = JSON.parse(trained.stdout);
    assert.deepEqual(
      result.epochs.map(({ epoch }: { epoch: number }) => epoch),
      [1, 2, 3],
    );
    assert.deepEqual(Object.keys(result.epochs[0]), [
      "epoch",
      "trainLoss",
      "testLoss",
      "testAccuracy",
    ]);
    assert.equal(result.testAccuracy, result.epochs[2].testAccuracy);
    assert.ok(result.secondsPerEpoch > 0);

    const evaluated = await runTask([
      "evaluate",
      `${folder}/model.npz`,
      "--dataset",
      folder,
      "--json",
    ]);
    assert.equal(evaluated.status, 0, evaluated.stderr);
    const { testAccuracy, testLoss, weightsDigest, confusion, interval, classes } = JSON.parse(
      evaluated.stdout,
    );
    assert.ok(interval.low < testAccuracy && testAccuracy < interval.high);
    assert.equal(classes.length, confusion.length);
    assert.deepEqual(
      [testAccuracy, testLoss, weightsDigest],
      [result.testAccuracy, result.testLoss, result.weightsDigest],
    );
    assert.equal(confusion.flat().reduce((sum: number, n: number) => sum + n, 0), 200);
  });
});

/** Starts a training and waits for a line. */
async function trainUntil(args: readonly string[], line: RegExp) {
  const task = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "train", ...args],
    cwd: projectPath(),
    env: { NO_COLOR: "1", INIT_CWD: projectPath() },
    detached: true,
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = task.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!line.test(said)) {
    const { done, value } = await reader.read();
    assert.ok(!done, said);
    said += value;
  }
  /** Waits for the end; returns the output. */
  const end = async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) said += part.value;
    await task.status;
    return said;
  };
  return { pid: task.pid, end };
}

Deno.test("a training that is stopped, killed or cannot be saved resumes with the same bits", async () => {
  await withDataset(1200, async (folder) => {
    const out = `${folder}/model.npz`;
    const args = ["--dataset", folder, "--layers", "784,20,10", "--epochs", "400", "--out", out];
    const whole = await runTask(["train", ...args, "--seed", "7", "--json"]);
    assert.equal(whole.status, 0, whole.stderr);
    const bytes = await Deno.readFile(out);
    await Deno.remove(out);

    const again = [...args, "--seed", "7"];
    const stopped = await trainUntil(again, /^epoch +44:/m);
    // Signal the whole process group, as a terminal does.
    Deno.kill(-stopped.pid, "SIGINT");
    const said = await stopped.end();
    const kept =
      /stopped: epoch (\d+) of 400 is kept in (results\/\.journal\/train-\w+\.checkpoint); the same/
        .exec(said)!;
    assert.ok(Number(kept[1]) >= 44 && Number(kept[1]) < 400, said);
    await Deno.stat(projectPath(kept[2]));

    const blocked = await trainUntil(again, /^epoch/m);
    await Deno.mkdir(out);
    const failure = await blocked.end();
    assert.match(failure, new RegExp(`^resuming after epoch ${kept[1]} of 400, from`, "m"));
    assert.match(
      failure,
      /error: .*model\.npz: .*\nepoch 400 of 400 is kept in results\/\.journal/,
    );
    await Deno.remove(out);

    const rest = await runTask(["train", ...again, "--json"]);
    assert.equal(rest.status, 0, rest.stderr);
    assert.match(rest.stderr, /^resuming after epoch 400 of 400, from /m);
    const [one, other] = [whole, rest].map(({ stdout }) => JSON.parse(stdout));
    assert.deepEqual({ ...other, secondsPerEpoch: 0 }, { ...one, secondsPerEpoch: 0 });
    assert.deepEqual(await Deno.readFile(out), bytes);
    await assert.rejects(Deno.stat(projectPath(kept[2])), Deno.errors.NotFound);
  });
});

Deno.test("a training that is killed loses only its last moments", async () => {
  await withDataset(1200, async (folder) => {
    const journal = projectPath("results", ".journal");
    const checkpoints = () =>
      Array.from(Deno.readDirSync(journal), ({ name }) => name)
        .filter((name) => /^train-\w+\.checkpoint$/.test(name));
    await Deno.mkdir(journal, { recursive: true });
    const before = checkpoints();
    const args = ["--dataset", folder, "--layers", "784,10", "--epochs", "1000000"];
    const fresh = () => checkpoints().find((name) => !before.includes(name));
    const killed = await trainUntil(args, /^epoch/m);
    const said = killed.end();
    while (!fresh()) await new Promise((resolve) => setTimeout(resolve, 20));
    Deno.kill(-killed.pid, "SIGKILL");
    await said;
    const again = await trainUntil(args, /^resuming after epoch [1-9]\d* of 1000000, from .*$/m);
    Deno.kill(-again.pid, "SIGKILL");
    await again.end();
    await Deno.remove(`${journal}/${fresh()}`);
  });
});

Deno.test("a training on two threads gives the same network, and ends at Ctrl-C", async () => {
  await withDataset(300, async (folder) => {
    const args = ["--dataset", folder, "--layers", "784,300,300,10", "--batch-size", "100"];
    const [one, two] = await Promise.all(["1", "2"].map(async (threads) => {
      const run = await runTask([
        "train",
        ...args,
        "--epochs",
        "2",
        "--threads",
        threads,
        "--json",
      ]);
      assert.equal(run.status, 0, run.stderr);
      return { ...JSON.parse(run.stdout), secondsPerEpoch: 0 };
    }));
    assert.deepEqual(two, one);

    const long = [...args, "--epochs", "100000", "--threads", "2"];
    const stopped = await trainUntil(long, /^epoch +1:/m);
    Deno.kill(-stopped.pid, "SIGINT");
    const kept = /is kept in (results\/\.journal\/train-\w+\.checkpoint)/.exec(await stopped.end());
    await Deno.remove(projectPath(kept![1]));

    const wrong = await runTask(["train", ...args, "--threads", "0"]);
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /--threads.*expected auto or a whole number from 1 to 64/);
  });
});

Deno.test("a diverged training is a result", async () => {
  await withDataset(600, async (folder) => {
    const args = ["train", "--dataset", folder, "--learning-rate", "1e20", "--json"];
    const { status, stdout } = await runTask(args);
    assert.equal(status, 0);
    const { status: outcome, testAccuracy } = JSON.parse(stdout);
    assert.deepEqual([outcome, testAccuracy], ["diverged", null]);
    // But its network is not written.
    const kept = await runTask([...args, "--out", `${folder}/model.npz`]);
    assert.equal(kept.status, 1);
    assert.equal(JSON.parse(kept.stdout).status, "diverged");
    assert.match(kept.stderr, /^error: .*model\.npz was not written: the training diverged$/m);
    await assert.rejects(Deno.stat(`${folder}/model.npz`), Deno.errors.NotFound);
  });
});

Deno.test("wrong input is one clear line", async () => {
  await withDataset(600, async (folder) => {
    await Deno.writeTextFile(`${folder}/model.npz`, "no model");
    await Deno.writeTextFile(`${folder}/empty.csv`, "");
    await Deno.mkdir(`${folder}/nothing`);
    await Deno.mkdir(`${folder}/nothing.npz`);
    const cases: [string[], number, RegExp][] = [
      [["train", "--dataset", folder, "--out", "model.xyz"], 2, /model\.xyz/],
      [["train", "--dataset", folder, "--out", folder + "/nothing.npz"], 1, /a folder, expected/],
      [
        ["train", "--dataset", folder, "--layers", "784,x,10"],
        2,
        /layers must be two or more whole numbers .* got \[784,"x",10\]/,
      ],
      [
        ["train", "--dataset", folder, "--batch-size", "0x20"],
        2,
        /batchSize must be a whole number .* got "0x20"/,
      ],
      [["train", "--dataset", folder, "--layers", "784,1000000,10"], 1, /use fewer units/],
      [["train", "--dataset", folder, "--layers", "100,10"], 2, /layers must begin with 784/],
      [
        ["train", "--dataset", folder, "--batch-size", "601"],
        2,
        /batchSize must be .* to 600, got 601/,
      ],
      [["train", "--dataset", folder, "--epochs", "1,2"], 2, /expected one value/],
      [["train", "--dataset", `${folder}/empty.csv`], 1, /empty\.csv/],
      [["train", "--dataset", `${folder}/nothing`], 1, /nothing: no images/],
      [["train", "--dataset", `${folder}/missing`], 1, /missing: no such file or folder/],
      [["evaluate", `${folder}/model.npz`], 1, /model\.npz: /],
      [["evaluate", `${folder}/missing.npz`], 1, /missing\.npz: no such file/],
      [["evaluate"], 2, /missing required argument 'model'/],
    ];
    for (const [args, expected, message] of cases) {
      const { status, stderr } = await runTask(args);
      assert.match(stderr, message);
      assert.equal(status, expected, stderr);
      assert.doesNotMatch(stderr, /\n {4}at |^epoch/m);
    }
  });
});

Deno.test("training stops early on a validation set, and only with one", async () => {
  await withDataset(300, async (folder) => {
    const args = [
      ...["train", "--dataset", folder, "--layers", "784,16,10", "--learning-rate", "0.3"],
      ...["--optimizer", "momentum(0.9)", "--batch-size", "10", "--epochs", "60"],
      ...["--validation", "last(100)", "--patience", "2"],
    ];
    const { status, stdout, stderr } = await runTask(args);
    assert.equal(status, 0, stderr);
    assert.match(
      stderr,
      /^epoch +1: train loss \S+, validation loss \S+, validation accuracy \S+ %$/m,
    );
    const [, last, best] =
      /^stopped after epoch (\d+); the weights are those of epoch (\d+), the best$/m.exec(stdout)!;
    assert.equal(Number(last), Number(best) + 2);
    assert.match(stdout, /^validation accuracy .* % \(95 % interval: .*\), validation loss /m);
    assert.doesNotMatch(stdout + stderr, /test/);
    const refused = await runTask(args.slice(0, -4).concat("--patience", "2"));
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /^error: patience 2 needs a validation set to stop on/m);
  });
});
