import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../base/user_error.ts";
import { type NdArray, readNpy, writeNpy } from "./npy.ts";
import { numpyTest, runPython } from "./testing_numpy.ts";

/** Arrays of 0 to 4 dimensions of either type, with NaN, infinities, -0 and subnormals. */
const arrays: fc.Arbitrary<NdArray> = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }), fc.boolean())
  .chain(([shape, single]): fc.Arbitrary<NdArray> => {
    const count = shape.reduce((a, b) => a * b, 1);
    const length = { minLength: count, maxLength: count };
    return single
      ? fc.float32Array(length).map((data) => ({ shape, data }))
      : fc.float64Array(length).map((data) => ({ shape, data }));
  });

/** A file with this header, in NumPy's layout. */
function npy(header: string, numbers: Uint8Array, version = 1): Uint8Array {
  const text = new TextEncoder().encode(header + "\n");
  const size = version === 1 ? 2 : 4;
  const length = new Uint8Array(new Uint32Array([text.length]).buffer).subarray(0, size);
  return Uint8Array.of(
    0x93,
    ...new TextEncoder().encode("NUMPY"),
    version,
    0,
    ...length,
    ...text,
    ...numbers,
  );
}

const eight = new Uint8Array(Float64Array.of(1.5).buffer);

function refusal(bytes: Uint8Array): string {
  try {
    readNpy(bytes, "a.npy");
  } catch (error) {
    assert(error instanceof UserError, `not a UserError: ${error}`);
    return error.message;
  }
  throw new Error("was not refused");
}

Deno.test("arrays round-trip to the bit, in C and in Fortran order", () => {
  fc.assert(fc.property(arrays, fc.boolean(), (array, fortranOrder) => {
    assert.deepEqual(readNpy(writeNpy(array, { fortranOrder }), "a.npy"), array);
  }));
});

Deno.test("a text round-trips, beyond the basic plane too", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    // NumPy cannot distinguish a zero at the end from the padding.
    fc.pre(!text.endsWith("\0"));
    assert.equal(readNpy(writeNpy(text), "a.npy"), text);
  }));
});

Deno.test("a file truncated anywhere, or with an extra byte, is rejected", () => {
  const bytes = writeNpy({ shape: [3, 2], data: new Float32Array(6) });
  for (let length = 0; length < bytes.length; length++) refusal(bytes.subarray(0, length));
  assert.match(refusal(Uint8Array.of(...bytes, 0)), /25 bytes after the header, expected 24/);
});

Deno.test("a damaged header gives a value or a UserError, never another error", () => {
  const good = writeNpy({ shape: [2, 1], data: new Float64Array(2) });
  fc.assert(
    fc.property(fc.nat(79), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const bytes = good.slice();
      bytes[at] = byte;
      try {
        readNpy(bytes, "a.npy");
      } catch (error) {
        assert(error instanceof UserError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("the header is parsed as a Python literal in all its spellings", () => {
  for (
    const header of [
      "{'descr': '<f8', 'fortran_order': False, 'shape': (), }",
      `{"shape":(1,),"fortran_order":True,"descr":"<f8"}`,
      "{ 'shape' : ( 1L , 1L ) , 'descr' : '<f8' , 'fortran_order' : False }",
    ]
  ) {
    for (const version of [1, 2, 3]) {
      const value = readNpy(npy(header, eight, version), "a.npy");
      assert.deepEqual((value as NdArray).data, Float64Array.of(1.5));
    }
  }
});

Deno.test("each error says what was found", () => {
  const header = (descr: string) => `{'descr': ${descr}, 'fortran_order': False, 'shape': (1,), }`;
  assert.match(refusal(new Uint8Array()), /a\.npy: not a NumPy \.npy file/);
  assert.match(refusal(npy(header("'<i8'"), eight)), /NumPy type <i8 of shape \(1\).*astype/);
  assert.match(refusal(npy(header("'<f2'"), eight)), /<f2/);
  assert.match(refusal(npy(header("'<c8'"), eight)), /<c8/);
  assert.match(refusal(npy(header("[('x', '<f8')]"), eight)), /structured/);
  assert.match(refusal(npy(header("'|O'"), eight)), /pickle/);
  assert.match(refusal(npy(header("'<f8'"), eight, 4)), /version 4, expected 1, 2 or 3/);
  assert.match(
    refusal(npy("{'descr': '<f8'}", eight)),
    /needs 'descr', 'fortran_order' and 'shape'/,
  );
  assert.match(refusal(npy("{'descr': open('x'), }", eight)), /header cannot be read/);
  assert.match(refusal(npy("x".repeat(20_000), eight, 2)), /20001 bytes, expected 10000 at most/);
});

numpyTest("NumPy reads what is written here", async () => {
  const cwd = await Deno.makeTempDir();
  try {
    const data = [0.1, -0, NaN, Infinity, 5e-324, -1e308];
    for (
      const [name, numbers] of [["single", Float32Array.from(data)], [
        "double",
        Float64Array.from(data),
      ]] as const
    ) {
      for (const fortranOrder of [false, true]) {
        const bytes = writeNpy({ shape: [3, 2], data: numbers }, { fortranOrder });
        await Deno.writeFile(`${cwd}/${name}-${fortranOrder}.npy`, bytes);
      }
    }
    await Deno.writeFile(`${cwd}/text.npy`, writeNpy("π 𝄞"));
    await runPython(
      `
a = np.array([[0.1, -0.0], [np.nan, np.inf], [5e-324, -1e308]])
with np.errstate(over="ignore"):
    for name, dtype in [("single", "<f4"), ("double", "<f8")]:
        for order in ["true", "false"]:
            b = np.load(f"{name}-{order}.npy", allow_pickle=False)
            assert b.dtype == np.dtype(dtype) and b.shape == (3, 2), (b.dtype, b.shape)
            assert b.flags.f_contiguous == (order == "true")
            assert np.ascontiguousarray(b).tobytes() == a.astype(dtype).tobytes(), b
assert str(np.load("text.npy")) == "π 𝄞"`,
      { cwd },
    );
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});

numpyTest("what NumPy writes is read here: versions, orders, byte orders, types", async () => {
  const cwd = await Deno.makeTempDir();
  try {
    await runPython(
      `
from numpy.lib import format
a = np.array([[[0.1, -0.0], [np.nan, np.inf], [5e-324, -1e308]]])
with np.errstate(over="ignore"):
    for dtype in ["<f4", "<f8", ">f4", ">f8"]:
        for order in "CF":
            for version in [(1, 0), (2, 0), (3, 0)]:
                with open(f"{dtype[1:]}{'b' if dtype[0] == '>' else 'l'}{order}{version[0]}.npy", "wb") as file:
                    format.write_array(file, np.asarray(a.astype(dtype), order=order), version=version)
np.save("text.npy", np.array("π 𝄞"))
np.save("object.npy", np.array({"W1": a}, dtype=object), allow_pickle=True)
np.save("fields.npy", np.zeros(3, dtype=[("x", "<f4"), ("y", "<i8")]))
np.save("empty.npy", np.zeros((0, 3)))`,
      { cwd },
    );
    const expected = [0.1, -0, NaN, Infinity, 5e-324, -1e308];
    let read = 0;
    for await (const { name } of Deno.readDir(cwd)) {
      if (!/^f\d/.test(name)) continue;
      const value = readNpy(await Deno.readFile(`${cwd}/${name}`), name);
      const data = name[1] === "4" ? Float32Array.from(expected) : Float64Array.from(expected);
      assert.deepEqual(value, { shape: [1, 3, 2], data }, name);
      read++;
    }
    assert.equal(read, 24);
    assert.equal(readNpy(await Deno.readFile(`${cwd}/text.npy`), "text.npy"), "π 𝄞");
    const empty = readNpy(await Deno.readFile(`${cwd}/empty.npy`), "empty.npy");
    assert.deepEqual(empty, { shape: [0, 3], data: new Float64Array(0) });
    assert.match(refusal(await Deno.readFile(`${cwd}/object.npy`)), /a\.npy: a Python pickle/);
    assert.match(refusal(await Deno.readFile(`${cwd}/fields.npy`)), /structured/);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});
