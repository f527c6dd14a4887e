import assert from "node:assert/strict";
import { syntheticDigits } from "../dataset/synthetic.ts";
import type { Settings } from "../training/hyperparameters.ts";
import { runTrial } from "../training/trial.ts";
import { type LiveTraining, liveTraining, type Report } from "./live_training.ts";
import { needsNewNetwork } from "./new_network.ts";
import { trial } from "./trial.ts";

const digits = syntheticDigits({ train: 600, test: 60, seed: 3 });
const SETTINGS: Partial<Settings> = {
  layers: [784, 24, 12, 10],
  batchSize: 16,
  epochs: 3,
  seed: 5,
};
const SHOWN = digits.test.pixels.subarray(0, 784);

/** Runs a training through some commands, each once the training waits, and returns the last report. */
async function drive(
  settings: Partial<Settings>,
  ...commands: ((training: LiveTraining) => void)[]
): Promise<Report[]> {
  const reports: Report[] = [];
  let wake = () => {};
  const training = liveTraining(settings, digits, SHOWN, (report) => {
    reports.push(report);
    if (report.state !== "running") wake();
  });
  for (const command of commands) {
    const waits = new Promise<void>((resolve) => wake = resolve);
    command(training);
    await waits;
  }
  training.end();
  return reports;
}

const run = (goal: "step" | "epoch" | "end") => (training: LiveTraining) => training.run(goal);
const change = (settings: Partial<Settings>) => (training: LiveTraining) =>
  training.change({ ...SETTINGS, ...settings });

for (
  const settings of [
    SETTINGS,
    { ...SETTINGS, optimizer: "adam", learningRate: 0.002, activation: "tanh" as const },
    { ...SETTINGS, batchSize: 300, initializer: "glorotUniform" },
  ]
) {
  Deno.test(`a watched training has the bits of a trial: ${JSON.stringify(settings)}`, async () => {
    const { weightsDigest, history, testLoss } = await runTrial(settings, digits);
    const reports = await drive(settings, run("step"), run("epoch"), run("step"), run("end"));
    const last = reports.at(-1)!;
    assert.equal(last.state, "done");
    assert.equal(last.digest, weightsDigest);
    assert.deepEqual(last.repeatedBy, { ...settings, epochs: 3 });
    assert.equal(last.look.testLoss, testLoss);
    const outcome = await trial(settings, digits, () => {});
    assert.deepEqual([outcome.digest, outcome.history], [weightsDigest, history]);
  });
}

Deno.test("one step and one epoch wait where they end; the digest names its command", async () => {
  const reports = await drive(SETTINGS, run("step"), run("epoch"));
  const waiting = reports.filter(({ state }) => state === "waiting");
  assert.deepEqual(waiting.map(({ step }) => step), [0, 1, 38]);
  assert.deepEqual(waiting.map(({ repeatedBy }) => repeatedBy?.epochs), [undefined, undefined, 1]);
  const { weightsDigest } = await runTrial({ ...SETTINGS, epochs: 1 }, digits);
  assert.equal(waiting[2].digest, weightsDigest);
});

Deno.test("a changed rate acts at once, and no command repeats the training any more", async () => {
  const unchanged = await drive(SETTINGS, run("epoch"), run("end"));
  const changed = await drive(SETTINGS, run("epoch"), change({ learningRate: 1e-9 }), run("end"));
  const [epoch, end] = [changed.findLast(({ step }) => step === 38)!, changed.at(-1)!];
  assert.ok(Math.abs(end.look.testLoss - epoch.look.testLoss) < 1e-5, "a rate of almost 0");
  assert.notEqual(end.look.testLoss, unchanged.at(-1)!.look.testLoss);
  assert.equal(end.repeatedBy, undefined);
});

Deno.test("other settings go on from the present weights", async () => {
  const next = { batchSize: 32, optimizer: "momentum", activation: "tanh" as const };
  const still = { ...next, learningRate: 1e-9 };
  const reports = await drive(SETTINGS, run("epoch"), change(still), run("end"));
  const before = reports.findLast(({ step }) => step === 38)!.look.weights;
  const { step, look, repeatedBy } = reports.at(-1)!;
  assert.equal(step, 38 + 2 * 19, "two epochs are left");
  assert.ok(look.weights.every((weight, i) => Math.abs(weight - before[i]) < 1e-6));
  assert.equal(repeatedBy, undefined);
  assert.deepEqual(
    [next, { layers: [784, 8, 10] }, { seed: 6 }, { initializer: "zeros" }].map((settings) =>
      needsNewNetwork(SETTINGS, { ...SETTINGS, ...settings })
    ),
    [false, true, true, true],
  );
});

Deno.test("an invalid change is refused and the training goes on", async () => {
  const reports = await drive(SETTINGS, run("epoch"), (training) => {
    assert.throws(() => training.change({ ...SETTINGS, learningRate: -1 }), /learningRate must be/);
    training.run("end");
  });
  const { weightsDigest } = await runTrial(SETTINGS, digits);
  assert.equal(reports.at(-1)!.digest, weightsDigest);
});

Deno.test("units that are dead, and digits that are wrong, are found", async () => {
  const [{ look }] = await drive({ ...SETTINGS, initializer: "zeros" }, run("step"));
  assert.deepEqual(look.dead.map((units) => units.length), [24, 12], "with weights of 0, all");
  assert.equal(look.wrong, 54, "the answer is always 0: one in ten is right");
  assert.ok(look.mistakes.every(({ index, label }) => digits.test.labels[index] === label));
  assert.deepEqual([look.mistakes[0].predicted, look.probabilities.length], [0, 10]);
  const [{ look: alive }] = await drive(SETTINGS, run("step"));
  assert.ok(alive.dead.flat().length < 18, "drawn at random, most are alive");
});

Deno.test("a rate that is far too high is reported as diverged", async () => {
  const reports = await drive({ ...SETTINGS, learningRate: 1e30 }, run("end"));
  assert.equal(reports.at(-1)!.state, "diverged");
});
