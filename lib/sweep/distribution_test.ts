import assert from "node:assert/strict";
import fc from "fast-check";
import {
  choice,
  logUniform,
  parseDistribution,
  samplerOf,
  uniform,
  wholeNumbers,
} from "./distribution.ts";
import { quasiRandom, random } from "./search.ts";
import { drawnSpaces, type Space } from "./space.ts";

/** What a search draws of one hyperparameter. */
const drawn = (space: Space, name: keyof Space, count: number, seed = 1) =>
  [...drawnSpaces(space, random(count, seed))].map((one) => (one[name] as unknown[])[0]);

/** Kolmogorov's distance between numbers and the uniform distribution on 0 to 1. */
function distanceToUniform(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return Math.max(
    ...sorted.map((u, i) => Math.max(u - i / sorted.length, (i + 1) / sorted.length - u)),
  );
}

/** The distance that 1 of 1000 samples of this size exceeds (Kolmogorov 1933). */
const critical = (count: number) => 1.95 / Math.sqrt(count);

Deno.test("learning rates are uniform in their logarithm, and within their bounds", () => {
  const rates = drawn({ learningRate: logUniform(0.0001, 10) }, "learningRate", 2000) as number[];
  assert(rates.every((rate) => rate >= 0.0001 && rate <= 10));
  const places = rates.map((rate) => (Math.log10(rate) + 4) / 5);
  assert(distanceToUniform(places) < critical(2000));
  // The test can tell: the rates themselves are far from uniform.
  assert(distanceToUniform(rates.map((rate) => rate / 10)) > 0.5);
});

Deno.test("the other distributions are uniform too", () => {
  const l2 = drawn({ l2: uniform(0, 0.5) }, "l2", 2000) as number[];
  assert(distanceToUniform(l2.map((x) => x / 0.5)) < critical(2000));
  const counts = (values: unknown[]) =>
    [...Map.groupBy(values, String).values()].map((v) => v.length);
  const sizes = drawn({ batchSize: wholeNumbers(3, 6) }, "batchSize", 2000);
  assert.deepEqual([...new Set(sizes)].toSorted(), [3, 4, 5, 6]);
  const names = drawn({ activation: choice("relu", "tanh", "elu", "gelu") }, "activation", 2000);
  for (const count of [...counts(sizes), ...counts(names)]) {
    // Four standard deviations of a count.
    assert(Math.abs(count - 500) < 4 * Math.sqrt(2000 * 0.25 * 0.75), `${count}`);
  }
});

Deno.test("the rounding of what is drawn to six digits does not leave the range", () => {
  const { draw } = samplerOf(uniform(0.12345649, 0.98765432))!;
  assert.equal(draw([0]), 0.12345649);
  assert.equal(draw([0.5]), 0.555555);
  assert.equal(samplerOf(logUniform(0.001, 0.9999996))!.draw([1 - 2 ** -53]), 0.9999996);
});

Deno.test("a distribution in brackets is drawn only where its value is", () => {
  const optimizer = choice("sgd", `momentum(${uniform(0.5, 0.99)})`);
  const values = drawn({ optimizer }, "optimizer", 100) as string[];
  const momenta = values.filter((value) => value !== "sgd");
  assert(values.includes("sgd") && momenta.length > 30);
  assert.equal(new Set(momenta).size, momenta.length, "each has a momentum of its own");
  for (const value of momenta) {
    const mu = Number(/^momentum\((0\.\d+)\)$/.exec(value)![1]);
    assert(mu >= 0.5 && mu <= 0.99, value);
  }
  // The form of flags draws the same.
  const flag = parseDistribution("choice(sgd, momentum(uniform(0.5, 0.99)))", (word) => word);
  assert.deepEqual(drawn({ optimizer: flag as typeof optimizer }, "optimizer", 100), values);
});

Deno.test("a name in the place of a value is itself: uniform(0.1) is an initializer", () => {
  assert.equal(samplerOf("uniform(0.1)"), undefined);
  const initializers = drawn(
    { initializer: choice("uniform(0.1)", "normal(logUniform(0.001, 0.1))") },
    "initializer",
    50,
  );
  assert(initializers.includes("uniform(0.1)"));
  assert(initializers.some((value) => /^normal\(0\.0\d+\)$/.test(value as string)));
});

Deno.test("hyperparameters are drawn independently of each other", () => {
  const space: Space = {
    l2: uniform(0, 1),
    labelSmoothing: uniform(0, 0.5),
    dropout: uniform(0, 0.5),
  };
  for (const search of [random(1000), quasiRandom(1000)]) {
    const points = [...drawnSpaces(space, search)].map(({ l2, labelSmoothing, dropout }) =>
      [l2, labelSmoothing, dropout].map((values, i) => (values as number[])[0] * (i === 0 ? 1 : 2))
    );
    for (const [a, b] of [[0, 1], [0, 2], [1, 2]]) {
      const covariance = points.reduce((sum, p) => sum + (p[a] - 0.5) * (p[b] - 0.5), 0) / 1000;
      // Four standard deviations of the correlation of independent points.
      assert(Math.abs(12 * covariance) < 4 / Math.sqrt(1000), `${search.text}: ${12 * covariance}`);
    }
  }
});

Deno.test("more points keep the first ones, and other seeds give others", () => {
  const space: Space = {
    learningRate: logUniform(0.001, 1),
    batchSize: wholeNumbers(1, 100),
    optimizer: choice("sgd", "momentum(uniform(0.5, 0.99))"),
  };
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      (few, more, seed) => {
        for (const search of [random, quasiRandom]) {
          const points = [...drawnSpaces(space, search(few + more, seed))];
          assert.deepEqual(points.slice(0, few), [...drawnSpaces(space, search(few, seed))]);
        }
      },
    ),
    { numRuns: 20 },
  );
  for (const search of [random, quasiRandom]) {
    const [one, other] = [1, 2].map((seed) => [...drawnSpaces(space, search(5, seed))]);
    assert.notDeepEqual(one, other);
  }
});

Deno.test("what cannot be drawn is refused before the first draw, with a line that says why", () => {
  const all = (space: Space, count = 3) => () => [...drawnSpaces(space, random(count))];
  assert.throws(
    all({ learningRate: 0.1 }),
    /random\(3, 1\) draws from distributions, and there is none/,
  );
  assert.throws(all({ batchSize: uniform(1, 10) }), /batchSize must be a whole number.*got 4\.33/);
  assert.throws(all({ l2: uniform(-1, 1) }), /l2 must be a number from 0, got -1/);
  assert.throws(
    all({ optimizer: choice("sgd", "momentum(uniform(0.5, 2))") }),
    /momentum.*got "momentum\(.*\)"/,
  );
  assert.throws(all({ activation: choice("relu", "rule" as "relu") }), /got "rule"/);
  assert.throws(
    all(
      { learningRate: logUniform(0.001, 1), seed: Array.from({ length: 1000 }, (_, i) => i) },
      2000,
    ),
    /the sweep has 2000000 trials, expected at most 1000000/,
  );
  assert.throws(() => logUniform(0, 1), /logUniform takes two numbers above 0/);
  assert.throws(() => uniform(1, 0), /the smaller first, got uniform\(1, 0\)/);
  assert.throws(() => wholeNumbers(0.5, 3), /two whole numbers/);
  assert.throws(() => choice(), /at least one|one value or more/);
  assert.throws(() => parseDistribution("uniform(1)", String), /must be written uniform\(a,b\)/);
});
