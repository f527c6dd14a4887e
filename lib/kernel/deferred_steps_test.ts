import assert from "node:assert/strict";
import fc from "fast-check";
import { randomStream } from "../base/random.ts";
import type { Images, Kernel, Matrix } from "./kernel.ts";
import { plainKernel } from "./plain.ts";
import { simdKernel } from "./simd.ts";
import type { UpdateCall } from "./update_rules.ts";

/** A layer that reads images, with what a rule keeps for its weights. */
interface Layer {
  readonly kernel: Kernel;
  readonly images: Images;
  readonly delta: Matrix;
  readonly weights: Matrix;
  readonly kept: readonly Matrix[];
}

function createLayer(kernel: Kernel, batch: number, inputs: number, units: number): Layer {
  const matrix = () => {
    const created = kernel.matrix(inputs, units), random = randomStream(inputs, "data");
    for (let r = 0; r < inputs; r++) {
      for (let c = 0; c < units; c++) created.data[r * created.stride + c] = random.normal();
    }
    return created;
  };
  return {
    kernel,
    images: kernel.images(batch, inputs),
    delta: kernel.matrix(batch, units),
    weights: matrix(),
    // The first two are kept by the rule, the others by another.
    kept: Array.from({ length: 4 }, () => kernel.matrix(inputs, units)),
  };
}

const numbersOf = ({ rows, columns, stride, data }: Matrix): number[] =>
  Array.from({ length: rows }, (_, r) => [...data.subarray(r * stride, r * stride + columns)])
    .flat();

/** The products of other images with the weights. */
function outputsOf({ kernel, weights }: Layer, count: number): number[] {
  const images = kernel.images(count, weights.rows), out = kernel.matrix(count, weights.columns);
  const pixels = Uint8Array.from(
    { length: count * weights.rows },
    (_, i) => i % 3 === 0 ? i + 1 : 0,
  );
  kernel.loadPixels(images, pixels, Uint32Array.from({ length: count }, (_, i) => i), 0);
  kernel.product(images, weights, out);
  return numbersOf(out);
}

/** Whatever needs or changes the numbers of a layer; each has to see the steps that were deferred. */
const OTHERS: Record<string, (layer: Layer) => number[]> = {
  weights: ({ weights }) => numbersOf(weights),
  firstKept: ({ kept }) => numbersOf(kept[0]),
  secondKept: ({ kept }) => numbersOf(kept[1]),
  view: ({ kernel, weights }) => numbersOf(kernel.firstRows(weights, Math.ceil(weights.rows / 2))),
  norm: ({ kernel, weights }) => [kernel.sumOfSquares(weights)],
  decay({ kernel, weights }) {
    kernel.combine(0.999, weights, 0, weights);
    return [];
  },
  // Without a step of theirs, and more images than an index has in a tile.
  fewOutputs: (layer) => outputsOf(layer, 2),
  manyOutputs: (layer) => outputsOf(layer, 130),
  otherRule({ kernel, images, delta, weights, kept }) {
    kernel.updateTN({ name: "momentum", numbers: [0.01, 0, 0.9] }, images, delta, weights, [
      kept[0],
    ]);
    return [];
  },
  otherVelocities({ kernel, images, delta, weights, kept }) {
    kernel.updateTN(MOMENTUM, images, delta, weights, [kept[2]]);
    return numbersOf(kept[0]);
  },
  otherMeans({ kernel, images, delta, weights, kept }) {
    kernel.updateTN(ADAM, images, delta, weights, [kept[2], kept[1]]);
    return numbersOf(kept[0]);
  },
  otherSquares({ kernel, images, delta, weights, kept }) {
    kernel.updateTN(ADAM, images, delta, weights, [kept[0], kept[3]]);
    return numbersOf(kept[1]);
  },
};

const MOMENTUM: UpdateCall = { name: "momentum", numbers: [0.01, 0, 0.9] };
const ADAM: UpdateCall = { name: "adam", numbers: [0.001, 0, 0.1, 0.002, 1.5, 1e-8] };

/** The share of black pixels in each column of three: rows of weights wait long, briefly or for ever. */
const BLACK = [0.99, 0.6, 1];

Deno.test("deferred steps have the plain kernel's bits, whatever is asked when", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("momentum", "adam"),
      fc.constantFrom(0, 0.03),
      // Tiny gradients underflow, and Adam's steps become too small to change a weight.
      fc.constantFrom(1, 1e-9, 1e-20, 1e-40),
      fc.constantFrom(1, 5),
      fc.integer({ min: 1, max: 14 }),
      fc.constantFrom(3, 8, 36, 70),
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      (name, lambda, scale, batch, inputs, units, seed) => {
        const layers = [plainKernel(32), simd].map((kernel) =>
          createLayer(kernel, batch, inputs, units)
        );
        const random = randomStream(seed, "data");
        const same = (what: string, run: (layer: Layer) => number[]) => {
          const [expected, actual] = layers.map(run);
          assert.deepEqual(actual, expected, what);
        };
        const order = Uint32Array.from({ length: batch }, (_, r) => r);
        const out = layers.map(({ kernel }) => kernel.matrix(batch, units));
        // More steps than a log has.
        for (let step = 0; step < 150; step++) {
          const pixels = Uint8Array.from(
            { length: batch * inputs },
            (_, i) => random.uniform() < BLACK[i % inputs % 3] ? 0 : random.integer(256),
          );
          const errors = Array.from({ length: batch * units }, () => random.normal() * scale);
          // Numbers of its own, as schedules change them.
          const rate = 10 ** (-2 - 10 * random.uniform()), share = random.uniform();
          const rule: UpdateCall = name === "adam"
            ? { name, numbers: [rate, lambda, 0.1, 0.002, 1 + share, 1e-8] }
            : { name, numbers: [rate, lambda, share] };
          const isForward = random.uniform() < 0.7;
          const others = Object.entries(OTHERS).filter(() => random.uniform() < 0.01);
          same(`step ${step}`, (layer) => {
            const { kernel, images, delta, weights, kept } = layer;
            kernel.loadPixels(images, pixels, order, 0);
            errors.forEach((x, i) =>
              delta.data[Math.floor(i / units) * delta.stride + i % units] = x
            );
            const product = out[layers.indexOf(layer)];
            if (isForward) kernel.product(images, weights, product);
            kernel.updateTN(rule, images, delta, weights, kept.slice(0, name === "adam" ? 2 : 1));
            return isForward ? numbersOf(product) : [];
          });
          for (const [what, run] of others) same(`${what} after step ${step}`, run);
        }
        for (const [what, run] of Object.entries(OTHERS)) same(`${what} at the end`, run);
      },
    ),
    { numRuns: 200 },
  );
});

const simd = simdKernel();

Deno.test("an array of numbers that was taken before is up to date once the matrix is read again", () => {
  const { kernel, images, delta, weights, kept } = createLayer(simd, 1, 2, 8);
  const ink = (pixel: number) =>
    kernel.loadPixels(
      images,
      Uint8Array.of(1 - pixel, pixel).map((x) => 255 * x),
      Uint32Array.of(0),
      0,
    );
  const step = () =>
    kernel.updateTN({ name: "momentum", numbers: [1, 0, 0.5] }, images, delta, weights, [kept[0]]);
  delta.data.fill(1);
  ink(0);
  step();
  const numbers = weights.data, before = numbers[0];
  ink(1);
  step();
  assert.equal(weights.data[0], Math.fround(before - 0.5));
  assert.equal(numbers[0], weights.data[0]);
});

Deno.test("an average that is infinite or NaN has the plain kernel's bits where nothing else moves", () => {
  for (const average of [Infinity, NaN]) {
    const [expected, actual] = [plainKernel(32), simd].map((kernel) => {
      const { images, delta, weights, kept } = createLayer(kernel, 1, 1, 32);
      kernel.loadPixels(images, Uint8Array.of(0), Uint32Array.of(0), 0);
      kept[1].data[3] = average;
      kernel.updateTN(ADAM, images, delta, weights, [kept[0], kept[1]]);
      return [weights, kept[0], kept[1]].map(numbersOf);
    });
    assert.deepEqual(actual, expected);
  }
});

Deno.test("deferred steps of views and of shared velocities have the plain kernel's bits", () => {
  const [batch, inputs, few, units] = [4, 300, 20, 40];
  const bitsOf = (kernel: Kernel) => {
    const { images, delta, weights, kept: [velocities] } = createLayer(
      kernel,
      batch,
      inputs,
      units,
    );
    delta.data.fill(0.1);
    const fewImages = kernel.images(batch, few), product = kernel.matrix(2, units);
    const [fewWeights, fewVelocities, others] = [
      kernel.firstRows(weights, few),
      kernel.firstRows(velocities, few),
      createLayer(kernel, batch, inputs, units).weights,
    ];
    const order = Uint32Array.from({ length: batch }, (_, r) => r);
    const load = (into: Images, hasInk: (image: number, pixel: number) => boolean) => {
      const { columns } = into;
      const pixels = Uint8Array.from(
        { length: batch * columns },
        (_, i) => hasInk(Math.floor(i / columns), i % columns) ? 255 : 0,
      );
      kernel.loadPixels(into, pixels, order, 0);
    };
    const results: number[][] = [];
    for (let step = 0; step < 3; step++) {
      load(fewImages, (_, pixel) => pixel % 2 === step % 2);
      kernel.updateTN(MOMENTUM, fewImages, delta, fewWeights, [fewVelocities]);
      load(images, (image, pixel) => pixel % 7 === step + image);
      // The first half of the batch, then a step with all of it.
      kernel.product(kernel.firstRows(images, 2), weights, product);
      results.push(numbersOf(product));
      kernel.updateTN(MOMENTUM, images, delta, weights, [velocities]);
      kernel.updateTN(MOMENTUM, images, delta, others, [velocities]);
    }
    return [...results, ...[velocities, weights, others].map(numbersOf)];
  };
  assert.deepEqual(bitsOf(simd), bitsOf(plainKernel(32)));
});

Deno.test("velocities that are infinite, and weights, have the plain kernel's bits in a dense layer", () => {
  for (const mu of [0, 1e-50, 0.9]) {
    for (const [weight, velocity] of [[1, Infinity], [-Infinity, 1], [1, 1]]) {
      const bitsOf = (kernel: Kernel) => {
        const [a, b, w, v] = [1, 1, weight, velocity].map((number) => {
          const matrix = kernel.matrix(2, 2);
          matrix.data.fill(number);
          return matrix;
        });
        kernel.updateTN({ name: "momentum", numbers: [0.1, 0, mu] }, a, b, w, [v]);
        return [w, v].map(numbersOf);
      };
      assert.deepEqual(bitsOf(simd), bitsOf(plainKernel(32)));
    }
  }
});
