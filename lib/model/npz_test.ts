import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../base/user_error.ts";
import { isZip, readNpz, writeNpz } from "./npz.ts";
import type { NpyValue } from "./npy.ts";
import { numpyTest, runPython } from "./testing_numpy.ts";

const values = new Map<string, NpyValue>([
  ["W1", { shape: [2, 3], data: Float32Array.of(0.1, -0, NaN, Infinity, 1e-45, 3e38) }],
  ["b1", { shape: [3], data: Float64Array.of(0.1, 1 / 3, -Infinity) }],
  ["architecture", '{"loss":"crossEntropy"}'],
]);

Deno.test("an archive round-trips to the bit, and the same values give the same bytes", () => {
  const bytes = writeNpz(values);
  assert(isZip(bytes));
  assert.deepEqual(readNpz(bytes, "m.npz"), values);
  assert.deepEqual(writeNpz(values), bytes);
  assert.deepEqual(readNpz(writeNpz(new Map()), "m.npz"), new Map());
});

Deno.test("a flipped bit within the numbers is found by the checksum", () => {
  const bytes = writeNpz(values);
  const at = bytes.findIndex((byte, i) => byte === 0x7f && bytes[i - 1] === 0x80); // the infinity
  bytes[at] ^= 1;
  assert.throws(
    () => readNpz(bytes, "m.npz"),
    /^UserError: m\.npz, W1: does not match its checksum/,
  );
});

Deno.test("truncated or damaged archives give values or a UserError, never another error", () => {
  const good = writeNpz(values);
  const attempt = (bytes: Uint8Array) => {
    try {
      readNpz(bytes, "m.npz");
    } catch (error) {
      assert(error instanceof UserError, String(error));
    }
  };
  for (let length = 0; length < good.length; length++) attempt(good.subarray(0, length));
  fc.assert(fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
    const bytes = good.slice();
    bytes[at] = byte;
    attempt(bytes);
  }));
});

numpyTest("NumPy reads what is written here, and what it writes is read here", async () => {
  const cwd = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${cwd}/ours.npz`, writeNpz(values));
    await runPython(
      `
import zipfile
ours = np.load("ours.npz", allow_pickle=False)
assert sorted(ours.files) == ["W1", "architecture", "b1"], ours.files
assert ours["W1"].dtype == np.float32 and ours["W1"].shape == (2, 3)
assert ours["b1"].dtype == np.float64 and ours["b1"].tolist() == [0.1, 1 / 3, -np.inf]
assert json.loads(str(ours["architecture"])) == {"loss": "crossEntropy"}
assert zipfile.ZipFile("ours.npz").testzip() is None
arrays = {name: ours[name] for name in ours.files}
np.savez("stored.npz", **arrays)
np.savez_compressed("deflated.npz", **arrays, epochs=np.arange(3), params=np.array({}, dtype=object))`,
      { cwd },
    );
    assert.deepEqual(readNpz(await Deno.readFile(`${cwd}/stored.npz`), "s.npz"), values);
    const deflated = readNpz(await Deno.readFile(`${cwd}/deflated.npz`), "d.npz");
    const errors = new Map([...deflated].filter(([, value]) => value instanceof UserError));
    for (const [name, value] of values) assert.deepEqual(deflated.get(name), value);
    assert.deepEqual([...errors.keys()], ["epochs", "params"]);
    assert.match(String(errors.get("epochs")), /d\.npz, epochs: NumPy type <i8/);
    assert.match(String(errors.get("params")), /d\.npz, params: a Python pickle/);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});
