import assert from "node:assert/strict";
import { writeCsvImages } from "../dataset/csv.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { readRobustness } from "../recognition/robustness_table.ts";
import { runTask } from "./testing_command.ts";

Deno.test("deno task robustness writes a table and a figure, with its own permissions", async () => {
  const folder = await Deno.makeTempDir();
  const { train, test } = syntheticDigits({ train: 10, test: 20 });
  await writeCsvImages(`${folder}/train.csv`, { samples: train, labelled: true });
  await writeCsvImages(`${folder}/test.csv`, { samples: test, labelled: true });
  const args = ["robustness", "--dataset", folder, "--images", "4", "--out", folder];
  const { status, stdout, stderr } = await runTask([...args, "--json"]);
  assert.equal(status, 0, stderr);
  const { rows, files, network } = JSON.parse(stdout);
  assert.equal(network, "784-128-64-10");
  const [csv, svg] = files;
  // Not with the name of the results on MNIST.
  assert.match(csv, /\/robustness-[^/]+\.csv$/);
  assert.deepEqual(await readRobustness(csv), rows);
  assert.match(await Deno.readTextFile(svg), /^<svg /);
  // The journal is removed.
  await assert.rejects(Deno.stat(`${folder}/.journal`), Deno.errors.NotFound);
  const wrong = await runTask(["robustness", "--images", "0"]);
  assert.equal(wrong.status, 2);
  await Deno.remove(folder, { recursive: true });
});
