import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../base/user_error.ts";
import type { LayerParameters } from "../network/architecture.ts";
import { readNeuronCsv, writeNeuronCsv } from "./neuron_csv.ts";
import { numpyTest, runPython } from "./testing_numpy.ts";

const E = " ".repeat(10);

/** The network 3-2-1, written by hand: weights 1 to 6 and 7, 8; gradients ten times as large. */
const LAYERS = [3, 2, 1];
const parameters = (factor: number): LayerParameters[] => [
  {
    weights: Float64Array.of(1, 2, 3, 4, 5, 6).map((x) => x * factor),
    biases: Float64Array.of(0.1, 0.2).map((x) => x * factor),
  },
  {
    weights: Float64Array.of(7, 8).map((x) => x * factor),
    biases: Float64Array.of(0.3).map((x) => x * factor),
  },
];
const BIASES = [
  "B0,B1,B2,,BG0,BG1,BG2",
  `0.0,0.1,0.3,${E},0.0,1.0,3.0`,
  `0.0,0.2,${E},${E},0.0,2.0,${E}`,
  `0.0,${E},${E},${E},0.0,${E},${E}`,
  "",
].join("\r\n");
const GAP = new Array(7).fill(E).join(",");
const WEIGHTS = [
  "W0,W1,W2,,WG0,WG1,WG2",
  `1.0,7.0,${E},${E},10.0,70.0,${E}`,
  `2.0,${E},${E},${E},20.0,${E},${E}`,
  GAP,
  `3.0,8.0,${E},${E},30.0,80.0,${E}`,
  `4.0,${E},${E},${E},40.0,${E},${E}`,
  GAP,
  `5.0,${E},${E},${E},50.0,${E},${E}`,
  `6.0,${E},${E},${E},60.0,${E},${E}`,
  GAP,
  "",
].join("\r\n");

function read(biases: string, weights: string) {
  return readNeuronCsv({ path: "b.csv", text: biases }, { path: "w.csv", text: weights });
}

function refusal(biases: string, weights: string): string {
  try {
    read(biases, weights);
  } catch (error) {
    assert(error instanceof UserError, String(error));
    return error.message;
  }
  throw new Error("was not refused");
}

Deno.test("a pair written by hand equals the output, and is read back", () => {
  const model = { layers: LAYERS, parameters: parameters(1) };
  const written = writeNeuronCsv(model, parameters(10));
  assert.equal(written.biases, BIASES);
  assert.equal(written.weights, WEIGHTS);
  const back = read(BIASES, WEIGHTS);
  assert.deepEqual(back.layers, LAYERS);
  assert.deepEqual(back.parameters, model.parameters);
  assert.deepEqual(back.gradients?.map((layer) => Array.from(layer.weights)), [
    [10, 20, 30, 40, 50, 60],
    [70, 80],
  ]);
  assert.equal(back.description, undefined);
});

Deno.test("without gradients their columns are zeros; a description is an additional column", () => {
  const model = { layers: LAYERS, parameters: parameters(1) };
  const { biases, weights } = writeNeuronCsv(model, undefined, '{"a": "b, c"}');
  const back = read(biases, weights);
  assert.equal(back.description, '{"a": "b, c"}');
  assert.deepEqual(back.parameters, model.parameters);
  assert(back.gradients!.every((layer) => layer.weights.every((gradient) => gradient === 0)));
});

Deno.test("Windows line ends, gaps of any length and missing gradients are accepted", () => {
  const windows = (text: string) => text.replaceAll("\r\n", "\r\r\n");
  const unix = (text: string) => text.replaceAll("\r\n", "\n");
  const long = WEIGHTS.replaceAll(GAP, `${GAP}\r\n${GAP}`);
  const short = (text: string) =>
    text.split("\r\n").map((line) => line.split(",").slice(0, 3).join(","));
  for (
    const [biases, weights] of [
      [windows(BIASES), windows(WEIGHTS)],
      [unix(BIASES), unix(WEIGHTS)],
      [BIASES, long],
      [short(BIASES).join("\n"), short(WEIGHTS).join("\n")],
    ]
  ) {
    assert.deepEqual(read(biases, weights).parameters, parameters(1));
  }
  assert.equal(read(short(BIASES).join("\n"), short(WEIGHTS).join("\n")).gradients, undefined);
});

Deno.test("one number that needs 64 bits makes all of the network's numbers have them", () => {
  const types = (weights: number) => {
    const [first, second] = parameters(1);
    const layers = [{ ...first, biases: Float64Array.of(1, 2) }, {
      weights: second.weights.map((x) => x * weights),
      biases: Float64Array.of(3),
    }];
    const written = writeNeuronCsv({ layers: LAYERS, parameters: layers });
    return read(written.biases, written.weights).parameters
      .flatMap(({ weights, biases }) =>
        [weights, biases].map(({ constructor }) => constructor.name)
      );
  };
  assert.deepEqual(types(1), new Array(4).fill("Float32Array"));
  assert.deepEqual(types(0.1), new Array(4).fill("Float64Array"));
});

Deno.test("any network round-trips to the bit", () => {
  const networks = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 })
    .chain((layers) =>
      fc.tuple(
        ...layers.slice(1).map((outputs, i) => {
          const numbers = (length: number) =>
            fc.float64Array({ minLength: length, maxLength: length });
          return fc.record({ weights: numbers(layers[i] * outputs), biases: numbers(outputs) });
        }),
      ).map((parameters) => ({ layers, parameters }))
    );
  fc.assert(fc.property(networks, (network) => {
    const { biases, weights } = writeNeuronCsv(network, network.parameters);
    const back = read(biases, weights);
    const numbers = (layers: readonly LayerParameters[]) =>
      layers.map((layer) => [Array.from(layer.weights), Array.from(layer.biases)]);
    assert.deepEqual(back.layers, network.layers);
    assert.deepEqual(numbers(back.parameters), numbers(network.parameters));
    assert.deepEqual(numbers(back.gradients!), numbers(network.parameters));
  }));
});

Deno.test("each error names file, column and line", () => {
  assert.match(
    refusal(BIASES.replace("0.2", "x"), WEIGHTS),
    /b\.csv, column B1, line 3: x, expected/,
  );
  assert.match(
    refusal(BIASES.replace("0.2", E), WEIGHTS),
    /w\.csv, column W0, line 2: 2 weights of one neuron, expected 1/,
  );
  assert.match(
    refusal(BIASES, WEIGHTS.replace("4.0", E)),
    /w\.csv, column W0, line 5: 1 weights of one neuron, expected 2/,
  );
  assert.match(
    refusal(BIASES, WEIGHTS.split("\r\n").slice(0, 7).join("\r\n")),
    /w\.csv, column W0: weights of 2 neurons, expected 3/,
  );
  assert.match(
    refusal(BIASES.replace("0.1", E), WEIGHTS),
    /column B1: expected numbers from line 2/,
  );
  const lines = BIASES.split("\r\n");
  // The 0.2 one line further down.
  const torn = [...lines.slice(0, 2), lines[3], lines[2], ""].join("\r\n");
  assert.match(refusal(torn, WEIGHTS), /column B1: expected numbers from line 2 on without a gap/);
  assert.match(refusal(BIASES.replace("B2", "B1"), WEIGHTS), /b\.csv: column B1, .* once each/);
  assert.match(refusal(WEIGHTS, BIASES), /b\.csv: column W0, expected B0/);
  assert.match(refusal("B0,B1\n1\n", WEIGHTS), /b\.csv, line 2: 1 cells, expected 2/);
  assert.match(refusal("B0\n1\n", WEIGHTS), /b\.csv: expected columns B0 and B1 at least/);
  const widened = WEIGHTS.replace(`7.0,${E}`, "7.0,9.0");
  assert.match(refusal(BIASES, widened), /w\.csv, column W2: expected to be empty/);
});

numpyTest(
  "what Python's csv module writes in this layout is read, and the same bytes are written",
  async () => {
    const cwd = await Deno.makeTempDir();
    try {
      await runPython(
        `
import csv
rng = np.random.default_rng(1)
layers = [5, 4, 3, 2]
W = [rng.normal(size=(a, b)) * 10.0 ** rng.integers(-4, 4, (a, b)) for a, b in zip(layers, layers[1:] + [0])]
b = [np.zeros(5)] + [rng.normal(size=n) for n in layers[1:]]
blank = " " * 10
get = lambda array, *index: array[index].item() if all(i < n for i, n in zip(index, array.shape)) else blank
def save(path, letter, rows):
    with open(path, "w", newline="") as file:
        names = [letter + str(k) for k in range(4)]
        csv.writer(file).writerows([names + [""] + [f"{letter}G{k}" for k in range(4)]] + rows)
both = lambda cells: cells + [blank] + cells
save("biases.csv", "B", [both([get(x, i) for x in b]) for i in range(5)])
save("weights.csv", "W", [
    row for i in range(5)
    for row in [both([get(x, i, j) for x in W]) for j in range(4)] + [[blank] * 9]])
np.save("W0.npy", W[0])`,
        { cwd },
      );
      const text = (name: string) => Deno.readTextFile(`${cwd}/${name}.csv`);
      const [biases, weights] = [await text("biases"), await text("weights")];
      const back = read(biases, weights);
      const W0 = (await Deno.readFile(`${cwd}/W0.npy`)).slice(-8 * 20);
      assert.deepEqual(back.parameters[0].weights, new Float64Array(W0.buffer));
      const again = writeNeuronCsv(back, back.gradients);
      const numbers = (text: string) =>
        text.split(/[,\r\n]+/).map((cell) => Number(cell) || cell.trim());
      assert.deepEqual(numbers(again.weights), numbers(weights));
      assert.deepEqual(numbers(again.biases), numbers(biases));
    } finally {
      await Deno.remove(cwd, { recursive: true });
    }
  },
);
