import assert from "node:assert/strict";
import { runTask } from "./testing_command.ts";

const convert = (...args: string[]) => runTask(["convert", ...args]);

Deno.test("deno task convert: CSV to folder to IDX to CSV, with the task's own permissions", async () => {
  const folder = await Deno.makeTempDir();
  const at = (name: string) => `${folder}/${name}`;
  const csv = "label,1x1,1x2,2x1,2x2\n3,0,255,7,8\n5,1,2,3,4\n";
  await Deno.writeTextFile(at("a.csv"), csv);

  const toFolder = await convert(at("a.csv"), at("photos"));
  assert.deepEqual(toFolder, {
    status: 0,
    stdout: `${at("photos")}: 2 images of 2×2 pixels, 10 classes\n`,
    stderr: "",
  });
  const toIdx = await convert(at("photos"), at("b-images-idx3-ubyte.gz"), "--json");
  assert.equal(toIdx.status, 0, toIdx.stderr);
  const { count, width, height, labelled } = JSON.parse(toIdx.stdout);
  assert.deepEqual([count, width, height, labelled], [2, 2, 2, true]);
  assert.equal((await convert(at("b-images-idx3-ubyte.gz"), at("c.csv"))).status, 0);
  assert.equal(await Deno.readTextFile(at("c.csv")), csv);

  await Deno.writeTextFile(at("bad.csv"), csv + "5,1,2,256,4\n");
  assert.deepEqual(await convert(at("bad.csv"), at("d.csv")), {
    status: 1,
    stdout: "",
    stderr: `error: ${at("bad.csv")}, line 4, column 4: pixel 256, ` +
      `expected a whole number from 0 to 255\n`,
  });
  const wrong = await convert(at("a.csv"), at("d.zip"));
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /^error: .*d\.zip: expected a name such as/);
  assert.equal((await convert(at("a.csv"), at("a.csv"))).status, 2);
  const format = await convert(at("a.csv"), at("e.csv"), "--image-format", "png");
  assert.equal(format.status, 2);
  assert.match(format.stderr, /^error: --image-format is for a folder, and .*e\.csv is none$/m);

  const left = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assert.deepEqual(left, [
    "a.csv",
    "b-images-idx3-ubyte.gz",
    "b-labels-idx1-ubyte.gz",
    "bad.csv",
    "c.csv",
    "photos",
  ]);
  await Deno.remove(folder, { recursive: true });
});
