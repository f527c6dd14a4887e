import assert from "node:assert/strict";
import { activationFunction, ACTIVATIONS, parseActivation } from "./activations.ts";

const exact = (text: string) => activationFunction(parseActivation(text), (x) => x);

const PLACES = [-5, -1.5, -0.5, -0.001, 0, 0.001, 0.7, 2, 6];

// PyTorch 2.13, in 64 bits: values, then gradients, at PLACES.
const PYTORCH: Record<string, [number[], number[]]> = {
  "gelu": [[
    -2.2917961972623857e-07,
    -0.10042842301976707,
    -0.15428599017485606,
    -0.000499601057786418,
    0.0,
    0.000500398942213582,
    0.5305701347051167,
    1.954597694087775,
    5.9999999999156035,
  ], [
    -1.5463619879596227e-06,
    -0.12771079315143308,
    0.13263009646535764,
    0.499202115706475,
    0.5,
    0.500797884293525,
    0.976357218656104,
    1.0860992566236183,
    1.0000000007709977,
  ]],
  "elu(1)": [[
    -0.9932620530009145,
    -0.7768698398515702,
    -0.3934693402873666,
    -0.0009995001666250085,
    0.0,
    0.001,
    0.7,
    2.0,
    6.0,
  ], [
    0.006737946999085467,
    0.22313016014842982,
    0.6065306597126334,
    0.999000499833375,
    1.0,
    1.0,
    1.0,
    1.0,
    1.0,
  ]],
  "elu(0.5)": [[
    -0.49663102650045726,
    -0.3884349199257851,
    -0.1967346701436833,
    -0.0004997500833125042,
    0.0,
    0.001,
    0.7,
    2.0,
    6.0,
  ], [
    0.0033689734995427335,
    0.11156508007421491,
    0.3032653298563167,
    0.4995002499166875,
    0.5,
    1.0,
    1.0,
    1.0,
    1.0,
  ]],
  "softplus": [[
    0.006715348489118068,
    0.2014132779827524,
    0.4740769841801067,
    0.6926473055599401,
    0.6931471805599453,
    0.6936473055599401,
    1.103186048885458,
    2.1269280110429727,
    6.00247568513773,
  ], [
    0.006692850924284856,
    0.18242552380635632,
    0.37754066879814546,
    0.49975000002083336,
    0.5,
    0.5002499999791666,
    0.6681877721681662,
    0.8807970779778824,
    0.9975273768433652,
  ]],
  "swish(1)": [[
    -0.03346425462142428,
    -0.2736382857095345,
    -0.1887703343990727,
    -0.0004997500000208334,
    0.0,
    0.0005002499999791667,
    0.46773144051771626,
    1.7615941559557646,
    5.985164261060192,
  ], [
    -0.026547432429665917,
    -0.041294154299142946,
    0.2600388126973482,
    0.4995000000833333,
    0.5,
    0.5004999999166666,
    0.8233867834733425,
    1.0907842487848955,
    1.0123264325915249,
  ]],
  "leakyRelu(0.1)": [[-0.5, -0.15000000000000002, -0.05, -0.0001, 0.0, 0.001, 0.7, 2.0, 6.0], [
    0.1,
    0.1,
    0.1,
    0.1,
    0.1,
    1.0,
    1.0,
    1.0,
    1.0,
  ]],
};

for (const [text, [values, slopes]] of Object.entries(PYTORCH)) {
  Deno.test(`${text} has PyTorch's values and gradients`, () => {
    const { value, slope } = exact(text);
    // PyTorch loses the last digits of 1 + tanh(u).
    const absolute = text === "gelu" ? 1e-16 : 1e-21;
    PLACES.forEach((z, i) => {
      const a = value(z);
      assert.ok(Math.abs(a - values[i]) <= 1e-13 * Math.abs(values[i]) + absolute, `${z}: ${a}`);
      const s = slope(z, a, (x) => x);
      assert.ok(Math.abs(s - slopes[i]) <= 1e-12 * Math.abs(slopes[i]) + 1e-15, `${z}: ${s}`);
    });
  });
}

// Recorded by lib/network/testing_pytorch.py.
const { selu } = JSON.parse(
  await Deno.readTextFile(new URL("../network/testing_pytorch.json", import.meta.url)),
);

Deno.test("selu has PyTorch's values and gradients", () => {
  const { value, slope } = exact("selu");
  selu.z.forEach((z: number, i: number) => {
    const a = value(z), s = slope(z, a, (x) => x);
    assert.ok(Math.abs(a - selu.value[i]) <= 1e-14 * Math.abs(selu.value[i]), `${z}: ${a}`);
    assert.ok(Math.abs(s - selu.slope[i]) <= 1e-14 * Math.abs(selu.slope[i]), `${z}: ${s}`);
  });
});

Deno.test("every slope equals the central difference, for small and large arguments", () => {
  const places = [...PLACES, -40, -0.0079, -0.0077, 0.0077, 0.0079, 30];
  for (const text of [...Object.keys(ACTIVATIONS), "leakyRelu(0.3)", "elu(2)", "swish(3)"]) {
    const { value, slope } = exact(text);
    const kink = "kink" in ACTIVATIONS[parseActivation(text).name];
    for (const z of places.filter((z) => z !== 0 || !kink)) {
      const difference = (value(z + 1e-6) - value(z - 1e-6)) / 2e-6;
      const s = slope(z, value(z), (x) => x);
      assert.ok(
        Math.abs(s - difference) < 1e-7 * Math.max(1, Math.abs(s)),
        `${text} at ${z}: ${s}, not ${difference}`,
      );
    }
  }
});

Deno.test("parameters: omitted, given, and out of range", () => {
  assert.equal(parseActivation("leakyRelu").text, "leakyRelu(0.1)");
  assert.equal(parseActivation("leakyRelu( .10 )").text, "leakyRelu(0.1)");
  assert.equal(parseActivation("elu").text, "elu(1)");
  assert.equal(parseActivation("relu").parameter, 0);
  for (const edge of ["leakyRelu(0)", "leakyRelu(1)", "elu(100)", "swish(0)"]) {
    assert.equal(parseActivation(edge).text, edge);
  }
  for (const text of ["relu(1)", "leakyRelu(2)", "leakyRelu(-0.1)", "elu(1, 2)", "elu(x)"]) {
    assert.throws(() => parseActivation(text), /^UserError: activation must be written .*; got "/);
  }
  for (const text of ["swoosh", "", "constructor", "toString(1)"]) {
    assert.throws(() => parseActivation(text), /^UserError: activation must be one of relu, /);
  }
});
