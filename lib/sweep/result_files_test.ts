import assert from "node:assert/strict";
import { join } from "node:path";
import { patchDataset } from "../dataset/testing_samples.ts";
import { checkContainsFormer, writeResultFiles } from "./result_files.ts";
import { inThisThread } from "./engine.ts";
import { runSweep } from "./sweep.ts";
import { formatTable, rowOf } from "./table.ts";

const filesIn = (folder: string) => ({
  name: "t",
  journal: join(folder, ".journal", "t.jsonl"),
  table: join(folder, "t.csv"),
  figure: join(folder, "t.svg"),
});

Deno.test("a table from before its columns changed is the same table, and is not kept beside the new", async () => {
  const folder = await Deno.makeTempDir();
  const files = filesIn(folder);
  try {
    const data = patchDataset(60, 20, 4);
    const space = {
      layers: [16, 4, 10],
      activation: "leakyRelu",
      epochs: 1,
      seed: [1, 2],
    } as const;
    const table = formatTable(
      (await runSweep(space, data, { engine: inThisThread })).map(rowOf),
    );
    const older = table.replaceAll("leakyRelu(0.1)", "leakyRelu")
      .replace(
        /^(.*)$/gm,
        (line) => line === "" ? "" : line + (line.startsWith("layers") ? ",leakySlope" : ",0.1"),
      );
    assert.match(older, /leakySlope\n16-4-10,leakyRelu,/);
    await Deno.writeTextFile(files.table, older);
    await checkContainsFormer(files, space, data, "stop");
    assert.equal(await writeResultFiles(files, table, "<svg/>"), undefined);
    assert.equal(await Deno.readTextFile(files.table), table);

    const [header, first] = table.split("\n");
    const kept = await writeResultFiles(files, `${header}\n${first}\n`, "<svg/>");
    assert.match(kept!, /^1 of 2 rows of the previous .* are not in the new one/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the learning curves of a table that is replaced do not stay beside the new one", async () => {
  const folder = await Deno.makeTempDir();
  const files = filesIn(folder);
  try {
    const data = patchDataset(60, 20, 4);
    const tableOf = async (epochs: number) => {
      const space = { layers: [16, 4, 10], epochs };
      return formatTable((await runSweep(space, data, { engine: inThisThread })).map(rowOf));
    };
    await writeResultFiles(files, await tableOf(2), "<svg/>", "curves");
    assert.equal(await Deno.readTextFile(join(folder, "t-epochs.csv")), "curves");
    await writeResultFiles(files, await tableOf(1), "<svg/>");
    const names = (path: string) =>
      Array.from(Deno.readDirSync(path), ({ name }) => name).toSorted();
    assert.deepEqual(names(folder), [".journal", "t.csv", "t.svg"]);
    const kept = names(join(folder, ".journal"));
    assert.equal(kept.filter((name) => /^t(-epochs)?-\w{8}\.csv$/.test(name)).length, 2, `${kept}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
