import assert from "node:assert/strict";
import { DIGITS } from "../dataset/dataset.ts";
import { readDescription, resolveArchitecture, writeDescription } from "./description.ts";

const ARCHITECTURE = {
  layers: [784, 10],
  activations: ["identity"],
  loss: "crossEntropy",
} as const;
const ASSUMED = { activation: "relu", outputActivation: "identity" } as const;

Deno.test("a description of other layers than those of the arrays is refused", () => {
  const resolve = (layers: readonly number[]) =>
    resolveArchitecture("m.npz", layers, { ...ARCHITECTURE }, {}, ASSUMED);
  assert.deepEqual(resolve([784, 10]), { architecture: ARCHITECTURE, notices: [] });
  assert.throws(
    () => resolve([784, 16, 10]),
    /^UserError: m\.npz: its architecture has layers 784-10, but its arrays are those of 784-16-10; /,
  );
});

Deno.test("images are read as written; those that do not fit the layers are refused", () => {
  const kind = { width: 28, height: 28, classes: DIGITS, framed: true };
  const read = (layers: readonly number[], images: object) =>
    readDescription(
      writeDescription({
        architecture: { ...ARCHITECTURE, layers },
        images: { ...kind, ...images },
      }),
      "m.npz, architecture",
    );
  assert.deepEqual(read([784, 10], {}).images, kind);
  const small = { width: 14, height: 14, framed: false };
  assert.deepEqual(read([196, 10], small).images, { ...kind, ...small });
  const wrong: [readonly number[], object][] = [
    // MNIST's frame is one of 28×28 pixels.
    [[196, 10], { ...small, framed: true }],
    [[784, 10], { width: 27 }],
    [[784, 10], { classes: DIGITS.slice(1) }],
    [[784, 10], { classes: [...DIGITS.slice(1), DIGITS[1]] }],
    [[784, 10], { framed: "yes" }],
  ];
  for (const [layers, images] of wrong) {
    assert.throws(() => read(layers, images), /^UserError: m\.npz, architecture.*images/);
  }
});
