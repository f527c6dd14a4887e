import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { patchSamples } from "../dataset/testing_samples.ts";
import { plainKernel } from "../kernel/plain.ts";
import type { Architecture, Model } from "../network/architecture.ts";
import { createNetwork, initialize, modelOf } from "../network/network.ts";
import { networkAt, pathPlane, placeOn, randomPlane } from "./loss_plane.ts";
import { gridAround, lossSurface, pathOn } from "./loss_surface.ts";

const LINEAR: Architecture = {
  layers: [16, 10],
  activations: ["identity"],
  loss: "squaredErrorSum",
};
const DEEP: Architecture = {
  layers: [16, 5, 10],
  activations: ["tanh", "identity"],
  loss: "crossEntropy",
};

function newborn(architecture: Architecture, seed: number): Model {
  const network = createNetwork(plainKernel(64), architecture);
  const biases = { initializer: "normal(0.3)", random: randomStream(seed, "biases") };
  initialize(network, "heNormal", randomStream(seed, "initializer"), biases);
  return modelOf(network);
}

const near = (a: number, b: number, tolerance: number) =>
  assert.ok(Math.abs(a - b) <= tolerance, `${a} is not within ${tolerance} of ${b}`);

Deno.test("each unit's part of a random direction is as long as its incoming weights; biases stay", () => {
  const model = newborn(DEEP, 3);
  const { across, up } = randomPlane(model, 7);
  assert.notDeepEqual(across, up);
  for (const direction of [across, up]) {
    let place = 0;
    for (const { weights, biases } of model.parameters) {
      const units = biases.length;
      const part = direction.subarray(place, place += weights.length);
      for (let unit = 0; unit < units; unit++) {
        const own = (numbers: ArrayLike<number>) =>
          Math.hypot(...Array.from(numbers).filter((_, i) => i % units === unit));
        near(own(part), own(weights), 1e-12);
      }
      assert.ok(direction.subarray(place, place += units).every((x) => x === 0));
    }
    assert.equal(place, direction.length);
  }
});

Deno.test("a random plane does not change with the scale of a layer that the next one takes back", () => {
  // max(0, 4 z) / 4 = max(0, z): the same function, and by filter normalisation the same picture.
  const relu: Architecture = { ...DEEP, activations: ["relu", "identity"] };
  const model = newborn(relu, 3);
  const [first, second] = model.parameters;
  const scaled: Model = {
    ...model,
    parameters: [
      { weights: first.weights.map((w) => 4 * w), biases: first.biases.map((b) => 4 * b) },
      { weights: second.weights.map((w) => w / 4), biases: second.biases },
    ],
  };
  const grid = { x: [-1, 1], y: [-1, 1], steps: 5 } as const;
  const samples = patchSamples(50, 4, 1);
  const picture = (one: Model) => lossSurface(randomPlane(one, 1), samples, grid).losses.flat();
  picture(scaled).forEach((loss, i) => near(loss, picture(model)[i], 1e-5));
});

Deno.test("the surface of a quadratic loss is the formula's, on random planes and on planes of paths", async () => {
  const [model, ...others] = [1, 2, 3].map((seed) => newborn(LINEAR, seed));
  const samples = patchSamples(40, 4, 5);
  /** Σ over outputs of (x · W + b − target)², in plain loops over 64-bit numbers. */
  const exact = ({ parameters: [{ weights, biases }] }: Model) => {
    let sum = 0;
    for (let n = 0; n < samples.count; n++) {
      for (let unit = 0; unit < 10; unit++) {
        let z = biases[unit];
        for (let p = 0; p < 16; p++) z += samples.pixels[n * 16 + p] / 255 * weights[p * 10 + unit];
        sum += (z - Number(samples.labels[n] === unit)) ** 2;
      }
    }
    return sum / samples.count;
  };
  for (const plane of [randomPlane(model, 1), await pathPlane(others, model)]) {
    const { xs, ys, losses } = lossSurface(plane, samples, { x: [-1, 2], y: [-2, 1], steps: 4 });
    assert.deepEqual([xs, ys], [[-1, 0, 1, 2], [-2, -1, 0, 1]]);
    ys.forEach((y, j) =>
      xs.forEach((x, i) => {
        const parameters = [model.parameters[0]].map(({ weights, biases }) => {
          const at = (numbers: ArrayLike<number>, from: number) =>
            Float64Array.from(
              numbers,
              (w, k) => w + x * plane.across[from + k] + y * plane.up[from + k],
            );
          return { weights: at(weights, 0), biases: at(biases, weights.length) };
        });
        const expected = exact({ ...model, parameters });
        near(losses[j][i], expected, 1e-5 * expected);
      })
    );
    // A bowl: along a line, third differences are 0.
    for (const row of losses) near(row[3] - 3 * row[2] + 3 * row[1] - row[0], 0, 1e-3);
  }
});

Deno.test("the plane of a path is that of NumPy's singular values", async () => {
  const zero: Model = {
    architecture: { layers: [2, 1], activations: ["identity"], loss: "meanSquareError" },
    parameters: [{ weights: new Float64Array(2), biases: new Float64Array(1) }],
  };
  const network = (...[a, b, bias]: number[]): Model => ({
    ...zero,
    parameters: [{ weights: Float64Array.of(a, b), biases: Float64Array.of(bias) }],
  });
  const path = [network(3, 1, 0.5), network(2, 2, -0.5), network(1, 0.5, 1), network(0.2, 0.1, 0)];
  // numpy.linalg.svd([[3, 1, .5], [2, 2, -.5], [1, .5, 1], [.2, .1, 0]])
  const aligned = (own: Float64Array, other: readonly number[]) =>
    near(Math.abs(own.reduce((sum, x, i) => sum + x * other[i], 0)), 1, 1e-12);
  // The eigenvectors come with one sign for an order and with the other for its reverse.
  for (const networks of [path, path.toReversed()]) {
    const plane = await pathPlane(networks, zero);
    NUMPY.shares.forEach((share, i) => near(plane.explained[i], share, 1e-12));
    aligned(plane.across, NUMPY.across);
    aligned(plane.up, NUMPY.up);
    // The network that is farthest out lies on the positive side.
    const places = networks.map((network) => placeOn(plane, network));
    for (const along of [places.map(({ x }) => x), places.map(({ y }) => y)]) {
      assert.equal(Math.max(...along), Math.max(...along.map(Math.abs)));
    }
  }
});

/** Squares of the singular values over their sum, and the first two right singular vectors. */
const NUMPY = {
  shares: [0.8873840437014291, 0.09376472195913894],
  across: [-0.8662969002370964, -0.4936169121193806, -0.07662913746954199],
  up: [0.2407123756065115, -0.5469258436300128, 0.8018289554508916],
};

Deno.test("a network on a plane is found at its place, one beside it at the closest", async () => {
  const model = newborn(DEEP, 1);
  for (
    const plane of [
      randomPlane(model, 2),
      await pathPlane([2, 3, 4].map((s) => newborn(DEEP, s)), model),
    ]
  ) {
    const { x, y } = placeOn(plane, networkAt(plane, { x: 0.3, y: -0.8 }));
    near(x, 0.3, 1e-6);
    near(y, -0.8, 1e-6);
    const other = newborn(DEEP, 9);
    const place = placeOn(plane, other);
    const distance = (point: typeof place) => {
      const at = networkAt(plane, point).parameters.flatMap((p) => [...p.weights, ...p.biases]);
      const to = other.parameters.flatMap((p) => [...p.weights, ...p.biases]);
      return Math.hypot(...at.map((x, i) => x - to[i]));
    };
    for (const [dx, dy] of [[0.01, 0], [-0.01, 0], [0, 0.01], [0, -0.01]]) {
      assert.ok(distance({ x: place.x + dx, y: place.y + dy }) > distance(place));
    }
  }
});

Deno.test("the points of a path have their networks' losses and lie within the lattice around them", async () => {
  const path = [1, 2, 3].map((seed) => newborn(DEEP, seed));
  const samples = patchSamples(30, 4, 2);
  const plane = await pathPlane(path, path[2]);
  const points = pathOn(plane, path, samples);
  const { x, y } = gridAround(points);
  assert.ok(
    points.every((point) => x[0] < point.x && point.x < x[1] && y[0] < point.y && point.y < y[1]),
  );
  near(points[2].x, 0, 1e-12);
  const [[centre]] = lossSurface(plane, samples, { x: [0, 1], y: [0, 1], steps: 2 }).losses;
  assert.equal(points[2].loss, centre);
});

Deno.test("what has no plane is refused with one line", async () => {
  const model = newborn(DEEP, 1);
  const samples = patchSamples(1, 4, 1);
  const plane = randomPlane(model, 1);
  await assert.rejects(pathPlane([newborn(DEEP, 2)], model), /does not lie on a line/);
  await assert.rejects(pathPlane([], model), /does not lie on a line/);
  assert.throws(
    () => lossSurface(plane, samples, { x: [0, 1], y: [0, 1], steps: 1 }),
    /steps must be a whole number from 2 to 500, got 1/,
  );
  assert.throws(
    () => lossSurface(plane, samples, { x: [1, 1], y: [0, 1], steps: 2 }),
    /the first below the second, got 1 and 1/,
  );
  const normalized = createNetwork(plainKernel(64), {
    ...DEEP,
    normalizations: ["batch(0.1, 0.00001)", "none"],
  });
  assert.throws(() => randomPlane(modelOf(normalized), 1), /fold it into the weights/);
});
