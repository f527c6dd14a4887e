import assert from "node:assert/strict";
import { UserError } from "../base/user_error.ts";
import { loadModel } from "./model_file.ts";
import { isPickle } from "./pickle.ts";
import { numpyTest, runPython } from "./testing_numpy.ts";

/** The error of loading a file. */
async function refusal(path: string): Promise<string> {
  const error = await loadModel(path).then(() => undefined, (error) => error);
  assert(error instanceof UserError, String(error));
  return error.message;
}

Deno.test("JSON, tables and NumPy's files are not mistaken for pickles", () => {
  for (
    const text of [
      '{"W1": [[1.0]]}',
      "[1, 2]",
      "B0,B1\n1,2\n",
      "cost\nloss\n",
      "(x)",
      "\x93NUMPY",
      "",
    ]
  ) {
    assert(!isPickle(Uint8Array.from(text, (character) => character.charCodeAt(0))), text);
  }
});

numpyTest(
  "pickles of every protocol are rejected, whatever their name, with the lines that convert them",
  async () => {
    const cwd = await Deno.makeTempDir();
    try {
      await runPython(
        `
import pickle
params = {"W1": np.arange(6.0).reshape(3, 2), "b1": np.zeros((3, 1)), "W2": np.ones((1, 3)), "b2": np.ones((1, 1))}
for protocol in range(6):
    with open(f"dict{protocol}.json", "wb") as file: pickle.dump(params, file, protocol)
    with open(f"array{protocol}.pkl", "wb") as file: pickle.dump(params["W1"], file, protocol)
    with open(f"list{protocol}.npz", "wb") as file: pickle.dump(list(params.values()), file, protocol)
    with open(f"tuple{protocol}.bin", "wb") as file: pickle.dump(tuple(params.values()), file, protocol)
np.savez("held.npz", params=np.array(params, dtype=object))
np.save("W1.npy", np.array(params, dtype=object))`,
        { cwd },
      );
      for await (const { name } of Deno.readDir(cwd)) {
        const message = await refusal(`${cwd}/${name}`);
        assert.match(
          message,
          /a Python pickle, which is not opened because that would execute code/,
          name,
        );
        if (!/^dict|^held|^W1/.test(name)) continue;
        await runPython(message.split("\n").slice(-2).map((line) => line.trim()).join("\n"), {
          cwd,
        });
        const arrays = `${cwd}/${name.replace(/\..*$/, "")}-arrays.npz`;
        const converted = await loadModel(arrays);
        assert.deepEqual(converted.model.architecture.layers, [2, 3, 1], name);
        const { weights } = converted.model.parameters[0];
        assert.deepEqual(weights, Float64Array.of(0, 2, 4, 1, 3, 5), name);
        await Deno.remove(arrays);
      }
    } finally {
      await Deno.remove(cwd, { recursive: true });
    }
  },
);
