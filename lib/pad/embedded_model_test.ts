import assert from "node:assert/strict";
import fc from "fast-check";
import { type ActivationName, ACTIVATIONS } from "../kernel/activations.ts";
import type { Model } from "../network/architecture.ts";
import { decodeModel, encodeModel } from "./embedded_model.ts";

Deno.test("a model round-trips to the bit, in 32 and 64 bits", () => {
  const layers = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 });
  const cases = fc.tuple(
    layers,
    fc.constantFrom(...Object.keys(ACTIVATIONS) as ActivationName[]),
    fc.boolean(),
    fc.boolean(),
    fc.infiniteStream(fc.double()),
  );
  fc.assert(fc.property(cases, ([layers, activation, wide, normalized, stream]) => {
    const numbers = (count: number) => {
      const drawn = [...stream.take(count)];
      return wide ? Float64Array.from(drawn) : Float32Array.from(drawn);
    };
    const model: Model = {
      architecture: {
        layers,
        activations: layers.slice(1).map(() => activation),
        loss: "crossEntropy",
        ...(normalized && {
          normalizations: layers.slice(1).map((_, l) =>
            l === 0 ? "batch" as const : "none" as const
          ),
        }),
      },
      parameters: layers.slice(1).map((units, l) => ({
        weights: numbers(layers[l] * units),
        biases: numbers(units),
        ...(normalized && l === 0 && {
          normalizer: { scales: numbers(units), mean: numbers(units), variance: numbers(units) },
        }),
      })),
    };
    const text = encodeModel(model);
    assert.deepEqual(decodeModel(text), model);
    assert.doesNotMatch(text, /</);
  }));
});
