import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { inFolder } from "../base/testing_folder.ts";
import { UserError } from "../base/user_error.ts";
import { plainKernel } from "../kernel/plain.ts";
import type { Architecture, Model } from "../network/architecture.ts";
import { createNetwork, initialize, modelOf, networkOf, readRows } from "../network/network.ts";
import { createMatrixPass, forward } from "../network/pass.ts";
import * as modelFile from "./model_file.ts";
import { numpyTest, runPython } from "./testing_numpy.ts";

/** Every form of path to save to. */
const PATHS = ["m.npz", "m.json", "set/*.npy", "run7-*.npy", "m.npy", "pair/*.csv", "m.csv"];

const ARCHITECTURE: Architecture = {
  layers: [6, 5, 5, 4],
  activations: ["tanh", "sigmoid", "leakyRelu(0.2)"],
  loss: "meanSquareError",
};

function trained(architecture = ARCHITECTURE, precision: 32 | 64 = 32): Model {
  const network = createNetwork(plainKernel(precision), architecture);
  initialize(network, "heNormal", randomStream(1, "initializer"));
  network.layers.forEach(({ biases }) =>
    biases.data.forEach((_, i) => biases.data[i] = (i + 1) / 7)
  );
  return modelOf(network);
}

const NORMALIZED: Architecture = {
  ...ARCHITECTURE,
  normalizations: ["batch(0.1, 0.01)", "none", "none"],
};

/** A network whose first layer has batch normalisation, with other numbers than its first ones. */
function normalized(precision: 32 | 64 = 32): Model {
  const model = trained(NORMALIZED, precision), [first, ...others] = model.parameters;
  const { scales, mean, variance } = first.normalizer!;
  const changed = {
    scales: scales.map((_, i) => 0.5 + i / 3),
    mean: mean.map((_, i) => i / 7 - 0.4),
    variance: variance.map((_, i) => 0.1 + i / 9),
  };
  return { ...model, parameters: [{ ...first, normalizer: changed }, ...others] };
}

/** The network's outputs for three inputs. */
function outputs(model: Model): number[] {
  const network = networkOf(plainKernel(32), model);
  const pass = createMatrixPass(network, 3, "evaluate");
  pass.x.data.forEach((_, i) => pass.x.data[i] = (i % 11) / 10);
  return Array.from(readRows(forward(network, pass)));
}

/** The folder of the current test: all paths below are relative to it. */
let folder = "";
const at = (path: string) => `${folder}/${path}`;
const fromThere = (text: string) => text.replaceAll(`${folder}/`, "");

/** Runs a test in a temporary folder. */
const inHere = (run: () => Promise<void>) => inFolder((here) => (folder = here, run()));

async function saveModel(path: string, model: Model, options: modelFile.SaveOptions = {}) {
  return (await modelFile.saveModel(at(path), model, options)).map(fromThere);
}

async function loadModel(path: string, options: modelFile.ModelOptions = {}) {
  const loaded = await modelFile.loadModel(at(path), options);
  return { ...loaded, notices: loaded.notices.map(fromThere) };
}

async function refusal(path: string, options = {}): Promise<string> {
  const error = await loadModel(path, options).then(() => undefined, (error) => error);
  assert(error instanceof UserError, String(error));
  return fromThere(error.message);
}

Deno.test("every format round-trips the model and its outputs to the bit, and writes the same bytes again", () =>
  inHere(async () => {
    for (const precision of [32, 64] as const) {
      const model = trained(ARCHITECTURE, precision);
      for (const path of PATHS) {
        const files = await saveModel(path, model);
        const first = await Promise.all(files.map((file) => Deno.readFile(at(file))));
        const loaded = await loadModel(path);
        assert.deepEqual(loaded.model, model, path);
        assert.deepEqual(loaded.notices, [], path);
        assert.deepEqual(outputs(loaded.model), outputs(model), path);
        await saveModel(path, loaded.model);
        assert.deepEqual(
          await Promise.all(files.map((file) => Deno.readFile(at(file)))),
          first,
          path,
        );
      }
    }
  }));

Deno.test("batch normalisation round-trips to the bit in every format but CSV, which folds it", () =>
  inFolder(async () => {
    for (const precision of [32, 64] as const) {
      const model = normalized(precision);
      for (const path of PATHS) {
        const files = await saveModel(path, model);
        const { model: loaded, notices } = await loadModel(path);
        assert.deepEqual(notices, [], path);
        if (path.endsWith(".csv")) {
          assert.equal("normalizations" in loaded.architecture, false);
          outputs(loaded).forEach((x, i) => assert.ok(Math.abs(x - outputs(model)[i]) < 1e-6));
          continue;
        }
        assert.deepEqual(loaded, model, path);
        assert.deepEqual(outputs(loaded), outputs(model), path);
        if (!path.endsWith(".npy")) continue;
        const names = ["W1", "b1", "gamma1", "mean1", "variance1", "W2", "b2", "W3", "b3"];
        const parts = files.map((file) => file.replace(/^.*[/-]|.npy$/g, ""));
        assert.deepEqual(parts, [...names, "architecture"]);
        assert.deepEqual((await loadModel(files[3])).model, model, "found by one of its files");
      }
    }
  }));

Deno.test("numbers of batch normalisation that are missing or do not fit are named", () =>
  inFolder(async () => {
    await saveModel("m.json", normalized());
    const text = await Deno.readTextFile(at("m.json"));
    const parsed = JSON.parse(text);
    const changed = async (changes: object) => {
      await Deno.writeTextFile(at("m.json"), JSON.stringify({ ...parsed, ...changes }));
      return await refusal("m.json");
    };
    assert.equal(
      await changed({ mean1: undefined }),
      "m.json: mean1 is missing; by its architecture layer 1 has batch normalization",
    );
    assert.equal(await changed({ gamma1: [1, 2] }), "m.json, gamma1: 2 numbers, expected 5");
    assert.equal(
      await changed({ variance1: [1, 2, -3, 4, 5] }),
      "m.json, variance1: contains a number below 0, expected variances",
    );
    const architecture = { ...parsed.architecture, normalizations: ["batch", "none"] };
    assert.match(
      await changed({ architecture }),
      /^m.json, architecture: normalizations must be one of none, batch\(m, ε\) per layer, got \["ba/,
    );
    // Without the architecture's word they are another program's.
    const { normalizations: _, ...plain } = parsed.architecture;
    await Deno.writeTextFile(at("m.json"), JSON.stringify({ ...parsed, architecture: plain }));
    const { notices } = await loadModel("m.json");
    assert.deepEqual(notices, ["m.json: ignored: gamma1, mean1, variance1"]);
  }));

Deno.test("a set of files is found by its folder and by any of its files", () =>
  inHere(async () => {
    const model = trained();
    assert.deepEqual(await saveModel("set/*.npy", model), [
      "set/W1.npy",
      "set/b1.npy",
      "set/W2.npy",
      "set/b2.npy",
      "set/W3.npy",
      "set/b3.npy",
      "set/architecture.npy",
    ]);
    assert.deepEqual(await saveModel("pair/run7.csv", model), [
      "pair/run7-biases.csv",
      "pair/run7-weights.csv",
    ]);
    await saveModel("set/other-*.npy", trained({ ...ARCHITECTURE, layers: [3, 2, 2, 1] }));
    await Deno.writeTextFile(at("pair/neurons.csv"), "V0,V1\n1,2\n");
    for (
      const path of [
        "set/W1.npy",
        "set/b3.npy",
        "pair",
        "pair/run7-weights.csv",
        "pair/run7-biases.csv",
      ]
    ) {
      assert.deepEqual((await loadModel(path)).model, model, path);
    }
    await Deno.mkdir(at("named"));
    await Deno.copyFile(at("pair/run7-weights.csv"), at("named/x.csv"));
    await Deno.copyFile(at("pair/run7-biases.csv"), at("named/y.csv"));
    for (const path of ["./named/x.csv", "named//y.csv", "named/*.csv"]) {
      assert.deepEqual((await loadModel(path)).model, model, path);
    }
    await saveModel("pair/run8.csv", trained({ ...ARCHITECTURE, layers: [3, 2, 2, 1] }));
    assert.deepEqual((await loadModel("pair/run7-biases.csv")).model, model);
    assert.match(
      await refusal("pair"),
      /one CSV file of biases .* found .*run7-biases\.csv, .*run8/,
    );
    const other = await loadModel("set/other-b1.npy");
    assert.deepEqual(other.model.architecture.layers, [3, 2, 2, 1]);
    assert.match(await refusal("set"), /set: both W1 and other-W1 could be W1; keep one of them/);
  }));

Deno.test("NaN and infinities round-trip in .npz, .npy and CSV, and are rejected in JSON", () =>
  inHere(async () => {
    const model = trained();
    model.parameters[0].weights.set([NaN, Infinity, -Infinity, -0]);
    for (const path of PATHS) {
      if (path.endsWith(".json")) {
        await assert.rejects(saveModel(path, model), /\/m\.json: W1 contains NaN/);
        await assert.rejects(Deno.stat(at(path)), Deno.errors.NotFound);
      } else {
        await saveModel(path, model);
        assert.deepEqual((await loadModel(path)).model, model, path);
      }
    }
  }));

Deno.test("the pair of CSV files of a leaky network has the original project's format", () =>
  inHere(async () => {
    const architecture: Architecture = {
      layers: [3, 2],
      activations: ["leakyRelu(0.1)"],
      loss: "crossEntropy",
    };
    const model = trained(architecture);
    await saveModel("m.csv", model, { gradients: model.parameters });
    assert.match(await Deno.readTextFile(at("m-biases.csv")), /^B0,B1,,BG0,BG1\r\n/);
    const loaded = await loadModel("m.csv");
    assert.deepEqual(loaded.model, model);
    assert.deepEqual(loaded.gradients, model.parameters);
    assert.match(loaded.notices[0], /assumed: leakyRelu\(0\.1\) on the output scores/);
  }));

Deno.test("CSV of any other network names its activations", () =>
  inHere(async () => {
    for (const activation of ["tanh", "leakyRelu(0.3)"] as const) {
      const architecture = {
        layers: [3, 2],
        activations: [activation],
        loss: "crossEntropy",
      } as const;
      await saveModel("other.csv", trained(architecture));
      const { model, notices } = await loadModel("other.csv");
      assert.deepEqual([model, notices], [trained(architecture), []]);
    }
  }));

Deno.test("a file of the earlier format, with a separate slope, is read", () =>
  inHere(async () => {
    const model = trained({ ...ARCHITECTURE, activations: ["tanh", "sigmoid", "leakyRelu(0.2)"] });
    await saveModel("new.json", model);
    const text = await Deno.readTextFile(at("new.json"));
    const { architecture, ...numbers } = JSON.parse(text);
    const older = typeof architecture === "string" ? JSON.parse(architecture) : architecture;
    const write = (changes: object) => {
      const changed = { ...older, ...changes };
      const said = typeof architecture === "string" ? JSON.stringify(changed) : changed;
      return Deno.writeTextFile(at("old.json"), JSON.stringify({ architecture: said, ...numbers }));
    };
    await write({ activations: ["tanh", "sigmoid", "leakyRelu"], leakySlope: 0.2 });
    assert.deepEqual((await loadModel("old.json")).model, model);
    for (
      const activations of [["tanh", "sigmoid", "swoosh"], ["tanh", "sigmoid", "leakyRelu(2)"]]
    ) {
      await write({ activations });
      assert.match(
        await refusal("old.json"),
        /activations must be one of relu, leakyRelu\(slope\)/,
      );
    }
  }));

Deno.test("what a file does not specify comes from the options, else from reported assumptions", () =>
  inHere(async () => {
    await Deno.writeTextFile(
      at("m.json"),
      JSON.stringify({
        W1: [[1, 2], [3, 4], [5, 6]],
        b1: [1, 2, 3],
        W2: [[1, 2, 3]],
        b2: [4],
        epochs: 3,
      }),
    );
    const { model, notices, format } = await loadModel("m.json");
    assert.equal(format, "json");
    assert.deepEqual(model.architecture, {
      layers: [2, 3, 1],
      activations: ["relu", "identity"],
      loss: "crossEntropy",
    });
    assert.deepEqual(notices, [
      "m.json does not specify its activations or loss; assumed: relu in the hidden layers " +
      "(--activation), identity on the output scores (--output-activation), the loss crossEntropy (--loss)",
      "m.json: ignored: epochs",
    ]);
    const options = {
      activation: ["tanh"],
      outputActivation: "sigmoid",
      loss: "meanSquareError",
    } as const;
    const told = await loadModel("m.json", options);
    assert.deepEqual(told.model.architecture.activations, ["tanh", "sigmoid"]);
    assert.equal(told.model.architecture.loss, "meanSquareError");
    assert.equal(told.notices.length, 1);
    assert.match(
      await refusal("m.json", { activation: ["relu", "relu"] }),
      /2 hidden activations given, but 2-3-1 has 1 hidden layers/,
    );
  }));

Deno.test("options override the file, with a notice", () =>
  inHere(async () => {
    await saveModel("m.npz", trained());
    const { model, notices } = await loadModel("m.npz", { activation: "relu" });
    assert.deepEqual(model.architecture.activations, ["relu", "relu", "leakyRelu(0.2)"]);
    assert.deepEqual(notices, [
      "m.npz: overridden by options: " +
      "activations relu,relu,leakyRelu(0.2) instead of tanh,sigmoid,leakyRelu(0.2)",
    ]);
  }));

Deno.test("each error names the file and what to do", () =>
  inHere(async () => {
    await Deno.mkdir(at("none"));
    await Deno.writeTextFile(at("empty.npz"), "");
    await Deno.writeTextFile(at("words.npz"), "Dear Sir or Madam,\n");
    await Deno.writeTextFile(at("array.json"), "[1, 2]");
    await Deno.writeTextFile(at("alone.csv"), "W0,W1\n1,\n");
    await saveModel("both/*.npy", trained());
    await saveModel("both/*.csv", trained());
    assert.match(await refusal("missing.npz"), /^missing\.npz: no such file or folder$/);
    assert.match(
      await refusal("missing.npy"),
      /^missing\.npy: no file named missing-\*\.npy in the folder /,
    );
    assert.match(await refusal("nowhere/*.npy"), /^nowhere\/\*\.npy: cannot be read/);
    assert.match(
      await refusal("none"),
      /^none: no file named \*\.npy or \*\.csv in the folder none$/,
    );
    assert.match(await refusal("empty.npz"), /^empty\.npz: empty; expected an \.npz/);
    await Deno.writeTextFile(at("square.json"), '{"W1": [[1, 2], [3, 4]], "b1": [5, 6]}');
    assert.match(await refusal("square.json"), /W is 2 × 2 in every layer/);
    const square = await loadModel("square.json", { orientation: "outputsByInputs" });
    assert.deepEqual(square.model.parameters[0].weights, Float32Array.of(1, 3, 2, 4));
    assert.match(await refusal("words.npz"), /^words\.npz: not a model; expected/);
    assert.match(await refusal("array.json"), /^array\.json: not a model; expected/);
    assert.match(
      await refusal("alone.csv"),
      /one CSV file of biases \(first column B0\), found none/,
    );
    assert.match(
      await refusal("both"),
      /\.npy and \.csv files; .* Say both\/\*\.npy or both\/\*\.csv/,
    );
    await Deno.copyFile(at("both/W1.npy"), at("lonely.npy"));
    assert.match(
      await refusal("lonely.npy"),
      /a single array; a model's arrays are files named W1\.npy/,
    );
    await saveModel(
      "both/*.npy",
      trained({ ...ARCHITECTURE, layers: [6, 4], activations: ["relu"] }),
    );
    assert.match(await refusal("both/*.npy"), /as outputs × inputs: W2 is/);
  }));

Deno.test("a wrong name is reported before training", () => {
  assert.equal(modelFile.modelFormatOf("runs/m.NPZ"), "npz");
  for (const path of ["model", "m.pkl", "m.h5", "*/m.npy", "a*b*.npy", "m?.csv", "*.npz"]) {
    assert.throws(
      () => modelFile.modelFormatOf(path),
      (error) => error instanceof UserError && error.status === 2,
    );
  }
});

numpyTest(
  "NumPy computes the same outputs from the files, and its own files give the same outputs",
  async () => {
    await inHere(async () => {
      const architecture: Architecture = {
        layers: [784, 30, 10],
        activations: ["relu", "identity"],
        loss: "crossEntropy",
      };
      const model = trained(architecture);
      for (const path of ["m.npz", "m.json", "set/*.npy"]) await saveModel(path, model);
      const printed = await runPython(
        `
x = (np.arange(3 * 784) % 11 / 10).reshape(3, 784)
npz = np.load("m.npz")
assert json.loads(str(npz["architecture"]))["layers"] == [784, 30, 10]
with open("m.json") as file: params = {k: np.array(v) for k, v in json.load(file).items() if k != "architecture"}
npy = {k: np.load(f"set/{k}.npy") for k in ["W1", "b1", "W2", "b2"]}
rows = np.maximum(x @ npz["W1"].astype(float) + npz["b1"], 0) @ npz["W2"].astype(float) + npz["b2"]
for p in [params, npy]:
    columns = p["W2"].astype(float) @ np.maximum(p["W1"].astype(float) @ x.T + p["b1"], 0) + p["b2"]
    assert np.array_equal(params["W1"], npy["W1"]) and np.allclose(columns.T, rows, rtol=1e-12)
# As the published models are: outputs x inputs in mixed order, columns; and the reverse.
W1, b1, W2, b2 = (params[k] for k in ["W1", "b1", "W2", "b2"])
for name, array in [("W1", np.asfortranarray(W1)), ("b1", b1), ("W2", W2), ("b2", np.asfortranarray(b2))]:
    np.save(f"B-{name}.npy", array)
np.savez_compressed("C.npz", W1=W1.T.astype("f4"), b1=b1.ravel().astype("f4"), W2=W2.T.astype("f4"), b2=b2.ravel().astype("f4"))
with open("E.json", "w") as file: json.dump({k: v.tolist() for k, v in params.items()}, file)
np.savez("big.npz", W1=W1.astype(">f8"), b1=b1.T, W2=W2, b2=b2.T)
print(json.dumps(rows.ravel().tolist()))`,
        { cwd: folder },
      );
      const expected = outputs(model);
      (JSON.parse(printed) as number[]).forEach((y, i) => {
        assert(
          Math.abs(y - expected[i]) < 1e-4 * Math.max(1, Math.abs(y)),
          `${y} and ${expected[i]}`,
        );
      });
      for (const path of ["B-*.npy", "B-W1.npy", "C.npz", "E.json", "big.npz"]) {
        const loaded = await loadModel(path);
        assert.deepEqual(loaded.model.architecture, architecture, path);
        assert.deepEqual(outputs(loaded.model), expected, path);
        assert.equal(loaded.notices.length, 1, path);
      }
    });
  },
);

Deno.test({
  name: "sets of files are found with read permission alone; only * is a wildcard",
  permissions: { read: true, write: true, env: false, ffi: false, run: false, sys: false },
  async fn() {
    const { filesOf } = await import("./file_set.ts");
    await inHere(async () => {
      for (const name of ["run[1]-W1.npy", "run[1]-b1.npy", "run1-W1.npy", ".run[1]-W2.npy"]) {
        await Deno.writeTextFile(at(name), "");
      }
      const found = async (path: string) => (await filesOf(at(path))).map(fromThere);
      const bracketed = ["run[1]-W1.npy", "run[1]-b1.npy"];
      assert.deepEqual(await found("run[1].npy"), bracketed);
      assert.deepEqual(await found("run[1]-*.npy"), bracketed);
      assert.deepEqual(await found("*W1.npy"), ["run1-W1.npy", "run[1]-W1.npy"]);
      assert.deepEqual(await found(""), ["run1-W1.npy", ...bracketed]);
      await assert.rejects(found("run?-W1.*"), /no file named run\?-W1\.\* in/);
    });
  },
});

numpyTest(
  "NumPy computes the outputs of a normalised network from its .npz",
  () =>
    inFolder(async () => {
      const model = normalized(64);
      await saveModel("m.npz", model);
      const printed = await runPython(
        `
import json, numpy as np
m = np.load("m.npz")
epsilon = float(json.loads(str(m["architecture"]))["normalizations"][0][:-1].split(",")[1])
x = np.array([(i % 11) / 10 for i in range(18)]).reshape(3, 6)
y = m["gamma1"] * (x @ m["W1"] - m["mean1"]) / np.sqrt(m["variance1"] + epsilon) + m["b1"]
a = 1 / (1 + np.exp(-(np.tanh(y) @ m["W2"] + m["b2"])))
z = a @ m["W3"] + m["b3"]
print(json.dumps(np.where(z > 0, z, 0.2 * z).ravel().tolist()))
`,
        { cwd: folder },
      );
      const expected: number[] = JSON.parse(printed);
      outputs(model).forEach((x, i) => assert.ok(Math.abs(x - expected[i]) < 1e-6, `${i}: ${x}`));
    }),
);
