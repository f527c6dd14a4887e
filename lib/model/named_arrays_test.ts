import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../base/user_error.ts";
import type { Model } from "../network/architecture.ts";
import { arraysFromModel, layersFromArrays, ORIENTATIONS, parameterName } from "./named_arrays.ts";
import type { NdArray } from "./npy.ts";

/** Arrays of the given shapes, numbered through so that every number is different. */
function shapes(described: Record<string, number[]>): Map<string, NdArray> {
  let next = 0;
  return new Map(
    Object.entries(described).map(([name, shape]) => {
      const count = shape.reduce((a, b) => a * b, 1);
      return [name, { shape, data: Float64Array.from({ length: count }, () => next++) }];
    }),
  );
}

function refusal(described: Record<string, number[]>): string {
  try {
    layersFromArrays(shapes(described), "m.npz");
  } catch (error) {
    assert(error instanceof UserError, String(error));
    return error.message;
  }
  throw new Error("was not refused");
}

const models: fc.Arbitrary<Model> = fc
  .array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 5 })
  .chain((layers) =>
    fc.tuple(
      ...layers.slice(1).map((outputs, i) => {
        const size = { minLength: layers[i] * outputs, maxLength: layers[i] * outputs };
        return fc.record({
          weights: fc.float32Array(size),
          biases: fc.float64Array({ minLength: outputs, maxLength: outputs }),
        }, { noNullPrototype: true });
      }),
    ).map((parameters) => ({
      architecture: {
        layers,
        activations: layers.slice(1).map(() => "relu" as const),
        loss: "crossEntropy" as const,
      },
      parameters,
    }))
  );

Deno.test("either orientation round-trips, inferred from the shapes unless all are square", () => {
  fc.assert(fc.property(
    models,
    fc.constantFrom(...ORIENTATIONS),
    fc.constantFrom("vector" as const, "column" as const),
    (model, orientation, biases) => {
      const arrays = arraysFromModel(model, { orientation, biases });
      const { layers } = model.architecture;
      const expected = { layers, parameters: model.parameters };
      assert.deepEqual(layersFromArrays(arrays, "m", orientation), expected);
      if (layers[0] > 1 && layers.every((units) => units === layers[0])) {
        assert.throws(() => layersFromArrays(arrays, "m"), /are its rows the inputs/);
      } else {
        assert.deepEqual(layersFromArrays(arrays, "m"), expected);
      }
    },
  ));
});

Deno.test("a square layer has the orientation of its neighbours: W1 10 × 784 beside W2 10 × 10", () => {
  const arrays = shapes({ W1: [10, 784], b1: [10, 1], W2: [10, 10], b2: [10, 1] });
  const { layers, parameters } = layersFromArrays(arrays, "B");
  assert.deepEqual(layers, [784, 10, 10]);
  // The weight from input 5 to unit 3, and from unit 5 to output 3.
  assert.equal(parameters[0].weights[5 * 10 + 3], arrays.get("W1")!.data[3 * 784 + 5]);
  assert.equal(parameters[1].weights[5 * 10 + 3], arrays.get("W2")!.data[3 * 10 + 5]);
});

Deno.test("names in other spellings, numbering from 0, and entries that are not parameters", () => {
  const { layers } = layersFromArrays(
    shapes({ b1: [1, 2], weights_0: [4, 3], bias0: [3], w1: [3, 2], dW1: [9, 9], epochs: [1] }),
    "m",
  );
  assert.deepEqual(layers, [4, 3, 2]);
  assert.deepEqual(parameterName("run7-W12"), { kind: "W", number: 12, prefix: "run7" });
  assert.deepEqual(parameterName("W1"), { kind: "W", number: 1, prefix: "" });
  for (const other of ["dW1", "vb2", "W", "arr_0", "W1x", "below3"]) {
    assert.equal(parameterName(other), undefined, other);
  }
});

Deno.test("each error names the array, what it is and what was expected", () => {
  assert.match(refusal({}), /W1 is missing; expected W1, b1, W2, b2, …, found nothing/);
  assert.match(refusal({ W1: [2, 3] }), /b1 is missing/);
  assert.match(refusal({ W1: [2, 3], b1: [3], W3: [3, 1], b3: [1] }), /W2 is missing/);
  assert.match(refusal({ W1: [2, 3], b1: [3], b2: [3] }), /W2 is missing/);
  assert.match(refusal({ W1: [2, 3], w1: [2, 3], b1: [3] }), /both W1 and w1 could be W1/);
  assert.match(refusal({ W1: [6], b1: [3] }), /m\.npz, W1: weights of shape \(6\), expected two/);
  assert.match(refusal({ W1: [0, 3], b1: [3] }), /weights of shape \(0, 3\)/);
  assert.match(refusal({ W1: [2, 3], b1: [2, 3] }), /m\.npz, b1: biases of shape \(2, 3\)/);
  const misfit = refusal({ W1: [784, 128], b1: [128], W2: [120, 10], b2: [10] });
  assert.match(
    misfit,
    /as inputs × outputs: W2 is 120 × 10, so 120 inputs, but W1 has 128 outputs/,
  );
  assert.match(
    misfit,
    /as outputs × inputs: W1 is 784 × 128, so 784 outputs, but b1 has 128 biases/,
  );
  const question = refusal({ W1: [10, 10], b1: [10], W2: [10, 10], b2: [10] });
  assert.match(question, /W is 10 × 10 in every layer.*--orientation inputsByOutputs/);
});

Deno.test("a model whose parameters do not fit its layers is not written", () => {
  const architecture = {
    layers: [2, 3],
    activations: ["relu" as const],
    loss: "crossEntropy" as const,
  };
  const form = { orientation: "inputsByOutputs", biases: "vector" } as const;
  const parameters = [{ weights: new Float32Array(5), biases: new Float32Array(3) }];
  assert.throws(
    () => arraysFromModel({ architecture, parameters }, form),
    /layer 1 of 2-3 needs 2 × 3 weights and 3 biases, got 5 and 3/,
  );
  assert.throws(() => arraysFromModel({ architecture, parameters: [] }, form), /needs 1 sets/);
});
