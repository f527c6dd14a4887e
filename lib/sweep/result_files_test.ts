import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { inFolder } from "../base/testing_folder.ts";
import { patchDataset } from "../dataset/testing_samples.ts";
import { inThisThread } from "./engine.ts";
import {
  checkContainsFormer,
  whyNotWritten,
  writeResultFiles,
  writeTested,
} from "./result_files.ts";
import { runSweep } from "./sweep.ts";
import { formatTable, rowOf } from "./table.ts";
import { testBestSetting } from "./test_best.ts";

const filesIn = (folder: string) => ({
  name: "t",
  journal: join(folder, ".journal", "t.jsonl"),
  table: join(folder, "t.csv"),
  figure: join(folder, "t.svg"),
});

Deno.test("a table from before its columns changed is the same table, and is not kept beside the new", async () => {
  await inFolder(async (folder) => {
    const files = filesIn(folder);
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
    assert.match(kept!, /^1 of 2 rows of the previous .* are not in the new table/);
  });
});

Deno.test("the learning curves of a table that is replaced do not stay beside the new one", async () => {
  await inFolder(async (folder) => {
    const files = filesIn(folder);
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
  });
});

Deno.test("test results stay beside a table that has their trials, and not beside one that has not", async () => {
  await inFolder(async (folder) => {
    const files = filesIn(folder);
    const data = patchDataset(60, 20, 4);
    const engine = inThisThread;
    const rowsOf = async (learningRate: number[]) =>
      (await runSweep({ layers: [16, 4, 10], learningRate, validation: 10 }, data, { engine }))
        .map(rowOf);
    const former = await rowsOf([0.001, 0.1]);
    const write = async (learningRate: number[]) =>
      await writeResultFiles(files, formatTable(await rowsOf(learningRate)), "<svg/>");
    const { rows } = await testBestSetting(former, data, { engine });
    const text = formatTable(rows);
    const tested = await writeTested(files, text);

    // The first table, the same again, a larger one, and one that lacks another trial.
    for (
      const learningRate of [[0.001, 0.1], [0.001, 0.1], [0.001, 0.01, 0.1], [rows[0].learningRate]]
    ) {
      assert.doesNotMatch(await write(learningRate) ?? "", /tested/);
      assert.equal(await Deno.readTextFile(tested), text);
    }
    const moved = /1 of 1 rows of the previous \S+t-tested\.csv are .* saved as (\S+)$/;
    const keptAs = async (learningRate: number[]) =>
      resolve(moved.exec((await write(learningRate))!)![1]);
    assert.equal(await Deno.readTextFile(await keptAs([0.05])), text);
    await assert.rejects(Deno.stat(tested), Deno.errors.NotFound);
    // Also where the table was deleted by hand.
    await writeTested(files, text);
    await Deno.remove(files.table);
    assert.equal(await Deno.readTextFile(await keptAs([0.05])), text);
    await assert.rejects(Deno.stat(tested), Deno.errors.NotFound);
  });
});

Deno.test("a part of a sweep is written unless it is empty or the table that is there has more rows", async () => {
  await inFolder(async (folder) => {
    const files = filesIn(folder);
    const why = (finished: number, replace = false) => whyNotWritten(files, finished, replace);
    assert.equal(await why(0), "nothing was written");
    assert.equal(await why(1), undefined);
    await Deno.writeTextFile(files.table, "a,b\n1,2\n3,4\n");
    for (const finished of [0, 1]) {
      assert.match(
        (await why(finished))!,
        /^nothing was written: \S+t\.csv has 2 rows, more than are finished$/,
      );
    }
    assert.equal(await why(2), undefined);
    assert.deepEqual([await why(0, true), await why(1, true)], ["nothing was written", undefined]);
  });
});
