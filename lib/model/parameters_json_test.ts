import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../base/user_error.ts";
import { decimal, parseDecimal } from "./decimal.ts";
import { readParametersJson, writeParametersJson } from "./parameters_json.ts";
import { numpyTest, runPython } from "./testing_numpy.ts";

const finite = { noNaN: true, noDefaultInfinity: true };

/** The error of reading the entry W1 of this text. */
function refusal(text: string): string {
  let value;
  try {
    value = readParametersJson(text, "m.json").get("W1");
  } catch (error) {
    value = error;
  }
  assert(value instanceof UserError, String(value));
  return value.message;
}

Deno.test("every number's digits round-trip", () => {
  fc.assert(fc.property(fc.double(), (x) => {
    assert(Object.is(parseDecimal(decimal(x)), x), decimal(x));
  }));
  for (const text of ["", "0x10", "1,5", "1e", "Infinity", "--1", "1_000"]) {
    assert.equal(parseDecimal(text), undefined, text);
  }
});

Deno.test("matrices, vectors and columns round-trip to the bit, in their own precision", () => {
  const doubles = fc.float64Array({ minLength: 6, maxLength: 6, ...finite });
  const singles = fc.float32Array({ minLength: 6, maxLength: 6, ...finite });
  const shapes = fc.constantFrom([6], [2, 3], [6, 1], [1, 6]);
  fc.assert(fc.property(singles, shapes, (data, shape) => {
    const text = writeParametersJson(new Map([["W1", { shape, data }]]), "{}", "m.json");
    assert.deepEqual(readParametersJson(text, "m.json").get("W1"), { shape, data });
  }));
  fc.assert(fc.property(doubles, shapes, (data, shape) => {
    fc.pre(data.some((x) => Math.fround(x) !== x));
    const text = writeParametersJson(new Map([["W1", { shape, data }]]), "{}", "m.json");
    assert.deepEqual(readParametersJson(text, "m.json").get("W1"), { shape, data });
  }));
});

Deno.test("each error names the position and the problem", () => {
  assert.match(
    refusal('{"W1": [[1, 2], [3]]}'),
    /m\.json, W1\[1\]: a list of 1, expected a list of 2/,
  );
  assert.match(
    refusal('{"W1": [[1, 2], [3, "x"]]}'),
    /W1\[1\]\[1\]: "x", expected a finite number/,
  );
  assert.match(
    refusal('{"W1": [[1, 2], [3, 1e999]]}'),
    /W1\[1\]\[1\]: Infinity, expected a finite/,
  );
  assert.match(refusal('{"W1": [[1, null]]}'), /W1\[0\]\[1\]: null/);
  assert.match(refusal('{"W1": [[1], 2]}'), /W1\[1\]: 2, expected a list of 1/);
  assert.match(refusal('{"W1": [1'), /m\.json: not valid JSON/);
  assert.match(refusal('{"W1": [NaN]}'), /contains NaN or Infinity, which Python writes/);
  assert.match(refusal("[1]"), /expected an object/);
  for (const x of [NaN, Infinity]) {
    const arrays = new Map([["b1", { shape: [2], data: Float32Array.of(0, x) }]]);
    assert.throws(
      () => writeParametersJson(arrays, "{}", "m.json"),
      new RegExp(
        `m\\.json: b1 contains ${x} \\(number 1\\), which JSON cannot represent; save as \\.npz`,
      ),
    );
  }
});

numpyTest("Python reads the same bits and floats, and what it dumps is read here", async () => {
  const cwd = await Deno.makeTempDir();
  try {
    const data = Float64Array.of(0.1, -0, 5e-324, 1e21, 123456789012345680000, -1 / 3);
    const arrays = new Map([["W1", { shape: [2, 3], data }], [
      "b1",
      { shape: [2, 1], data: new Float64Array(2) },
    ]]);
    await Deno.writeTextFile(`${cwd}/ours.json`, writeParametersJson(arrays, '{"a":1}', "m.json"));
    await runPython(
      `
with open("ours.json") as file: params = json.load(file)
W1, b1 = np.array(params["W1"]), np.array(params["b1"])
assert W1.dtype == b1.dtype == np.float64 and W1.shape == (2, 3) and b1.shape == (2, 1)
expected = np.array([[0.1, -0.0, 5e-324], [1e21, 123456789012345680000.0, -1 / 3]])
assert W1.tobytes() == expected.tobytes(), W1
with open("theirs.json", "w") as file: json.dump({"W1": W1.tolist(), "b1": b1.tolist()}, file)`,
      { cwd },
    );
    const theirs = readParametersJson(await Deno.readTextFile(`${cwd}/theirs.json`), "t.json");
    assert.deepEqual(theirs, arrays);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});
