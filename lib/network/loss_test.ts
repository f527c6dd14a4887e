import assert from "node:assert/strict";
import { plainKernel } from "../kernel/plain.ts";
import { simdKernel } from "../kernel/simd.ts";
import { answersOf, type Loss, LOSSES, lossOf, lossUnit, parseLoss } from "./loss.ts";
import { createNetwork, readRows, writeRows } from "./network.ts";
import { createPass, loadTargets } from "./pass.ts";

/** Recorded by `testing_pytorch.py`, in 64 bits. */
const { losses: pytorch } = JSON.parse(
  await Deno.readTextFile(new URL("testing_pytorch.json", import.meta.url)),
);

const NAMES = Object.keys(LOSSES) as Loss[];

/** Mean loss and gradient of PyTorch's batch, with this project's one-hot targets. */
function computed(kernel: ReturnType<typeof simdKernel>, loss: Loss, smoothing: number) {
  const architecture = { layers: [1, 5], activations: ["identity"], loss } as const;
  const pass = createPass(createNetwork(kernel, architecture), 4, "train");
  writeRows(pass.a[0], pytorch.outputs.flat());
  loadTargets(pass, Uint8Array.from(pytorch.labels), Uint32Array.of(0, 1, 2, 3), 0, smoothing);
  const sum = lossOf(kernel, loss, pass.a[0], pass.targets, 1 / 4, pass.delta[0]);
  return { loss: sum / 4, gradient: [...readRows(pass.delta[0])] };
}

const CASES = [
  ...NAMES.map((name) => ({ loss: name, smoothing: 0, recorded: name as string })),
  { loss: "crossEntropy", smoothing: 0.1, recorded: "crossEntropy, smoothing 0.1" },
] as const;

for (const { loss, smoothing, recorded } of CASES) {
  Deno.test(`${recorded} has PyTorch's loss and gradient, factor included`, () => {
    const expected = pytorch.results[recorded];
    for (const [kernel, tolerance] of [[plainKernel(64), 1e-14], [simdKernel(), 1e-6]] as const) {
      const found = computed(kernel, loss, smoothing);
      assert.ok(Math.abs(found.loss - expected.loss) < tolerance * expected.loss, `${found.loss}`);
      expected.gradient.flat().forEach((slope: number, i: number) =>
        assert.ok(Math.abs(found.gradient[i] - slope) < tolerance, `${i}: ${found.gradient[i]}`)
      );
    }
  });
}

Deno.test("names: another name, an unknown one, units", () => {
  assert.equal(parseLoss("squaredErrorHalf").text, "meanSquareError");
  assert.throws(
    () => parseLoss("mse"),
    /^UserError: loss must be one of crossEntropy, .*got "mse"$/,
  );
  assert.throws(
    () => parseLoss("crossEntropy(2)"),
    /^UserError: loss must be written crossEntropy/,
  );
  assert.deepEqual(NAMES.map(lossUnit), ["nats", "nats", "nats", undefined, undefined, undefined]);
  assert.equal(lossUnit("toString"), undefined);
});

Deno.test("answers are the softmax, the sigmoids, or the outputs", () => {
  const kernel = plainKernel(64), outputs = kernel.matrix(1, 2), out = kernel.matrix(1, 2);
  writeRows(outputs, [0, Math.log(3)]);
  const answers = (loss: Loss) =>
    [...readRows(answersOf(kernel, loss, outputs, out))].map((x) => Number(x.toFixed(12)));
  assert.deepEqual(answers("crossEntropy"), [0.25, 0.75]);
  assert.deepEqual(answers("binaryCrossEntropyMean"), [0.5, 0.75]);
  assert.deepEqual(answers("squaredErrorSum"), [0, Number(Math.log(3).toFixed(12))]);
});
