import assert from "node:assert/strict";
import { UserError } from "../base/user_error.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { complete } from "../training/hyperparameters.ts";
import type { Activation } from "../kernel/activations.ts";
import { checkSameWork, compare } from "./compare.ts";
import { describe } from "./configurations.ts";
import { kernelRates } from "./kernel_peak.ts";
import type { Library } from "./peer.ts";
import { cliffs } from "./curves.ts";
import { profileEpoch } from "./profile.ts";
import { runTask } from "../cli/testing_command.ts";
import { benchTask, writeImages } from "./task.ts";

const epoch = (accuracy: number) => ({ seconds: 1, accuracy });

Deno.test("a library with a different accuracy fails the comparison, one that differs by chance does not", () => {
  checkSameWork("x", [[epoch(0.97), epoch(0.972)], [epoch(0.975), epoch(0.971)]]);
  assert.throws(() => checkSameWork("x", [[epoch(0.97), epoch(0.99)]]), UserError);
  assert.throws(
    () => checkSameWork("x", [[epoch(0.97), epoch(0.95)], [epoch(0.975), epoch(0.955)]]),
    /x does different work: its accuracy is 95\.25 %, expected 97\.25 %/,
  );
});

const RULES = [["sgd", 0.2], ["momentum(0.9)", 0.1], ["adam(0.9, 0.999)", 0.01]] as const;
for (const [optimizer, learningRate] of RULES) {
  Deno.test(`the libraries start from the same weights: steps of ${optimizer} with all images give the same accuracies`, async () => {
    const dataset = syntheticDigits({ train: 500, test: 1000 });
    const folder = await Deno.makeTempDir();
    const notes: string[] = [];
    try {
      const rows = await compare(
        complete({ layers: [784, 20, 10], batchSize: "full", optimizer, learningRate }),
        {
          ...{ folder, files: await writeImages(folder, dataset), cores: 1, rounds: 2 },
          count: dataset.train.count,
          libraries: ["descent", "jax", "numpy", "torch"] satisfies Library[],
          note: (line) => notes.push(line),
        },
      );
      const peers = rows.filter(({ library }) => library !== "Descent, sgd");
      assert.equal(peers.length + notes.length, 4, notes.join("\n"));
      assert(rows[0].library === "Descent" && rows[0].accuracy! > 0.2);
      // Another order of summation may flip a digit between two tied classes.
      for (const row of peers) {
        assert(Math.abs(row.accuracy! - rows[0].accuracy!) <= 0.002, row.library);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("another optimizer takes turns with sgd at the rate of 128-64; the ratio is its seconds / sgd's", async () => {
  const dataset = syntheticDigits({ train: 500, test: 1000 });
  const folder = await Deno.makeTempDir();
  try {
    const files = await writeImages(folder, dataset);
    const rowsOf = (optimizer: string, learningRate: number) =>
      compare(complete({ layers: [784, 20, 10], batchSize: 50, optimizer, learningRate }), {
        ...{ folder, files, count: 500, rounds: 1, cores: 1, libraries: ["descent"] },
        note: assert.fail,
      });
    const [sgd, ...none] = await rowsOf("sgd", 0.1);
    assert.deepEqual(none, []);
    // Steps so small that the accuracy is no better than chance.
    const [adam, plain, ...more] = await rowsOf("adam(0.9, 0.999)", 1e-9);
    assert.deepEqual(more, []);
    assert.deepEqual([adam.library, plain.library], ["Descent", "Descent, sgd"]);
    assert.equal(plain.what, adam.what);
    assert.equal(adam.ratio, null);
    const ratio = adam.seconds / plain.seconds;
    assert.deepEqual([plain.ratio, plain.least, plain.greatest], [ratio, ratio, ratio]);
    assert.equal(plain.accuracy, sgd.accuracy);
    assert(plain.accuracy! > adam.accuracy! + 0.2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the other libraries get the slope of the activation call", async () => {
  const dataset = syntheticDigits({ train: 20, test: 20 });
  const folder = await Deno.makeTempDir();
  try {
    const files = await writeImages(folder, dataset);
    const slopeOf = async (activation: Activation, outputActivation: Activation) => {
      const network = complete({ layers: [784, 4, 10], activation, outputActivation });
      return (await benchTask(folder, files, network, 20, 1)).slope;
    };
    assert.equal(await slopeOf("relu", "identity"), 0);
    assert.equal(await slopeOf("leakyRelu", "leakyRelu(0.1)"), 0.1);
    assert.equal(await slopeOf("leakyRelu(0.25)", "leakyRelu(0.25)"), 0.25);
    await assert.rejects(slopeOf("leakyRelu(0.25)", "identity"), /do not support/);
    await assert.rejects(slopeOf("tanh", "identity"), /do not support/);
    const [activation, outputActivation] = Array<Activation>(2).fill("leakyRelu(0.25)");
    const leaky = complete({ layers: [784, 4, 10], activation, outputActivation, batchSize: 1 });
    assert.equal(describe(leaky), "784-4-10, leaky ReLU 0.25, batch 1");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a profile's parts are all there and add up to the epoch", async () => {
  const dataset = syntheticDigits({ train: 500, test: 10 });
  const { what, epoch, ...parts } = await profileEpoch(
    complete({ layers: [784, 20, 10], batchSize: 10 }),
    dataset,
  );
  assert.equal(what, "784-20-10, batch 10");
  assert.deepEqual(Object.keys(parts), [
    ...["loading", "forward", "loss", "backward", "update", "calls"],
  ]);
  const sum = Object.values(parts).reduce((sum, seconds) => sum + seconds, 0);
  assert(Math.abs(sum - epoch) < 1e-9 && Object.values(parts).every((seconds) => seconds > 0));
});

Deno.test("the kernel's rates begin with the peak, to which the others are relative", () => {
  const rates = kernelRates(syntheticDigits({ train: 200, test: 10 }), 1);
  assert.deepEqual([rates[0].verb, rates[0].share], ["peak", 1]);
  assert.equal(new Set(rates.map(({ verb, shape }) => verb + shape)).size, rates.length);
  for (const { gflops, share } of rates) {
    assert(gflops > 0 && Math.abs(share - gflops / rates[0].gflops) < 1e-12);
  }
});

Deno.test("a point far above the line through its neighbours is a cliff; the end points are not", () => {
  const row = (library: string) => (value: number, seconds: number) => ({
    ...{ dimension: "units" as const, layers: "784-1-10", batchSize: 32 },
    ...{ value, library, seconds },
  });
  const [own, peer] = [row("Descent"), row("JAX")];
  const smooth = [own(16, 1), own(64, 2), own(256, 4)];
  assert.deepEqual(cliffs(smooth, "Descent", 1.3), []);
  const rows = [own(16, 1), peer(16, 9), own(64, 3), peer(64, 90), own(256, 4), peer(256, 9)];
  assert.deepEqual(cliffs(rows, "Descent", 1.3), [{ dimension: "units", value: 64, factor: 1.5 }]);
});

Deno.test("a library or a configuration that does not exist is a wrong usage", async () => {
  for (const [flag, all] of [["against", "jax, numpy, torch, tensorflow"], ["only", "128-64, "]]) {
    const { status, stderr } = await runTask(["bench", `--${flag}`, "other"]);
    assert.equal(status, 2);
    assert.match(stderr, new RegExp(`${flag} must name ${all}.*, got other`));
  }
});
