import assert from "node:assert/strict";
import { patchDataset } from "../dataset/testing_samples.ts";
import {
  cellsOf,
  complete,
  DEFAULTS,
  entryOf,
  FOUNDING,
  HYPERPARAMETERS,
  keyValues,
  NUMERIC_HYPERPARAMETERS,
  readCells,
} from "./hyperparameters.ts";
import { runTrial } from "./trial.ts";

const data = patchDataset(100, 20, 28);

Deno.test("every hyperparameter changes the trial", async () => {
  const outcome = async (some: object) => {
    const { hyperparameters: _, ...result } = await runTrial(some, data);
    return JSON.stringify(result);
  };
  for (const name of HYPERPARAMETERS) {
    const { default: byDefault, other, needs } = entryOf(name);
    const usual = await outcome({ ...needs });
    assert.notEqual(await outcome({ ...needs, [name]: other }), usual, `${name} is never used`);
    assert.equal(await outcome({ ...needs, [name]: byDefault }), usual);
  }
});

/** Other forms of values. */
const MORE: Readonly<Record<string, readonly unknown[]>> = {
  normalization: [["batch(0.1, 1e-7)", "none"]],
  dropout: [1e-7, [0.2, 1e-7, 0.5], [0, 0]],
};

Deno.test("every value can be read from its cell, its flag and its JSON", () => {
  for (const name of HYPERPARAMETERS) {
    const { value, default: byDefault, other } = entryOf(name);
    for (const one of [byDefault, other, ...MORE[name] ?? []]) {
      assert.deepEqual(value.read(one, name), one);
      const text = String(value.cell(one));
      assert.deepEqual(value.read(value.parse(text), name), one, `${name} ${text}`);
      assert.equal(value.words(text).length, 1);
    }
  }
  const all = complete({ activation: ["leakyRelu(0.5)", "elu(1e-7)"], schedule: "step(.5,3)" });
  const cells = cellsOf(all);
  assert.equal(cells.activation, "leakyRelu(0.5)-elu(1e-7)");
  const texts = Object.entries(cells).map(([name, cell]) => [name, String(cell)]);
  assert.deepEqual(readCells(Object.fromEntries(texts)), cells);
});

Deno.test("values at and beyond the ends of their ranges", () => {
  const valid: [object, object][] = [
    [{ l2: 0, epochs: 1, seed: 0, batchSize: 1 }, { l2: 0, epochs: 1, seed: 0, batchSize: 1 }],
    [{ seed: 2147483647, layers: [1, 1] }, { seed: 2147483647, layers: [1, 1] }],
  ];
  for (const [some, expected] of valid) {
    const all: Record<string, unknown> = complete(some);
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(all[name], value);
  }
  const invalid: object[] = [
    ...[0, -0.1, NaN, Infinity].map((learningRate) => ({ learningRate })),
    ...[-1e-9, Infinity].map((l2) => ({ l2 })),
    ...[0, 1.5, Infinity].flatMap((count) => [{ epochs: count }, { batchSize: count }]),
    ...[-1, 2147483648].map((seed) => ({ seed })),
    ...[[784], [784, 0, 10], [784, "auto", 10], ["auto", 1.5]].map((layers) => ({ layers })),
    { activation: ["relu", 3] },
  ];
  for (const some of invalid) {
    const [name, value] = Object.entries(some)[0];
    assert.throws(
      () => complete(some),
      new RegExp(
        `^UserError: ${name} must .*${typeof value === "number" ? `, got ${value}$` : ""}`,
      ),
      JSON.stringify(some),
    );
  }
});

Deno.test("a flag's texts: one network with commas, several with dashes", () => {
  const { words } = entryOf("layers").value;
  assert.deepEqual(words("784,128,10"), ["784,128,10"]);
  assert.deepEqual(words("784-10,784-20-10"), ["784-10", "784-20-10"]);
});

Deno.test("equivalent forms of a value are the same trial", () => {
  const same: [object, object][] = [
    [{ activation: "leakyRelu" }, { activation: "leakyRelu(0.10)" }],
    [{ schedule: "step(0.5,26)" }, { schedule: " step( .5, 26 )" }],
    [{ augment: "elastic(4,34)+rotation(9)" }, { augment: "rotation(9) + elastic(4, 34)" }],
    [{ optimizer: "momentum" }, { optimizer: "momentum(9e-1)" }],
    [{ loss: "squaredErrorHalf" }, { loss: "meanSquareError" }],
    [{ normalization: "batch" }, { normalization: "batch(0.1, 0.00001)" }],
  ];
  for (const [a, b] of same) assert.deepEqual(complete(a), complete(b));
});

// Every table has these columns, and every key these names. Later hyperparameters have `before`.
const FIRST = [
  ...["layers", "activation", "outputActivation", "initializer", "loss", "optimizer"],
  ...["learningRate", "schedule", "batchSize", "epochs", "l2", "shuffle", "augment", "seed"],
];

Deno.test("a new hyperparameter has a value for earlier results", () => {
  assert.deepEqual(FOUNDING, FIRST, "give the new entry `before`: old tables lack its column");
});

Deno.test("a key contains the first hyperparameters, and later ones that differ from `before`", () => {
  const later = HYPERPARAMETERS.filter((name) => !FIRST.includes(name));
  const before = Object.fromEntries(later.map((name) => [name, entryOf(name).before]));
  const layers = [784, 5, 10];
  const key = keyValues(complete({ layers, ...before }));
  assert.deepEqual(Object.keys(key), [...FIRST].sort());
  assert.deepEqual(key.learningRate, DEFAULTS.learningRate);
  for (const name of later) {
    const { other, needs } = entryOf(name);
    const trial = complete({ layers, ...before, ...needs, [name]: other });
    assert.deepEqual(keyValues(trial)[name], other);
  }
});

Deno.test("a column leakySlope becomes part of the activations, and is dropped without a leaky ReLU", () => {
  const older = (changes: Record<string, string>) => {
    const cells = Object.entries(cellsOf(DEFAULTS)).map(([name, cell]) => [name, String(cell)]);
    return readCells({ ...Object.fromEntries(cells), ...changes });
  };
  const leaky = older({
    activation: "leakyRelu-tanh",
    outputActivation: "leakyRelu",
    leakySlope: "0.25",
  });
  assert.equal(leaky.activation, "leakyRelu(0.25)-tanh");
  assert.equal(leaky.outputActivation, "leakyRelu(0.25)");
  assert.deepEqual(older({ leakySlope: "0.25" }), cellsOf(DEFAULTS));
  assert.throws(
    () => older({ activation: "leakyRelu", leakySlope: "3" }),
    /^UserError: activation must be written leakyRelu\(slope\): .*; got "leakyRelu\(3\)"$/,
  );
});

Deno.test("the x axis of a curve has ordered values, not seeds", () => {
  assert.deepEqual(NUMERIC_HYPERPARAMETERS, [
    ...["labelSmoothing", "learningRate", "batchSize", "epochs", "patience"],
    ...["stopAfter", "l2", "dropout"],
    ...["l1", "weightDecay", "maxNorm", "clipValue", "clipNorm"],
  ]);
});

Deno.test("an optimizer and a schedule that do not fit together are rejected with one line", () => {
  const cycle = "oneCycle(0.3, 25, 10000, 0.85, 0.95)";
  const wrong: [object, RegExp][] = [
    [{ optimizer: "adamW", weightDecay: 0.1 }, /^weightDecay must be 0 with optimizer adamW\(/],
    [
      { optimizer: "sgd", schedule: cycle },
      /changes the momentum, which optimizer sgd does not .* momentum, nesterov, adam, adamW$/,
    ],
    [{ optimizer: "lion", schedule: `warmup(9) + ${cycle}` }, /which optimizer lion\(0.9, 0.99\)/],
    [
      { schedule: "reduceOnPlateau" },
      /^schedule reduceOnPlateau\(0.1, 10\) needs a validation set/,
    ],
    [{ schedule: "warmup(9) + reduceOnPlateau" }, /needs a validation set/],
    [{ maxNorm: 0 }, /^maxNorm must be a number above 0, or none, got 0$/],
    [{ clipNorm: -1 }, /^clipNorm must be a number above 0, or none, got -1$/],
    [{ l1: -1 }, /^l1 must be a number from 0, got -1$/],
  ];
  for (const [settings, message] of wrong) {
    assert.throws(() => complete(settings), { name: "UserError", message });
  }
  complete({ optimizer: "adam", weightDecay: 0.1, schedule: cycle });
  complete({ schedule: "reduceOnPlateau", validation: 0.1 });
});
