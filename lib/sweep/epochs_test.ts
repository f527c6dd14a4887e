import assert from "node:assert/strict";
import { patchDataset } from "../dataset/testing_samples.ts";
import { inThisThread } from "./engine.ts";
import { epochsFile, formatEpochs, readEpochs } from "./epochs.ts";
import { runSweep } from "./sweep.ts";
import { rowOf } from "./table.ts";

Deno.test("the learning curves of a sweep are read back to the last digit", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const data = patchDataset(100, 20, 4);
    const space = { layers: [16, 4, 10], learningRate: [0.1, 1e6], epochs: 2, seed: [1, 2] };
    const results = await runSweep(space, data, { engine: inThisThread });
    const table = `${folder}/a.csv`, path = epochsFile(table);
    assert.equal(path, `${folder}/a-epochs.csv`);
    assert.equal(await readEpochs(table), undefined);

    const text = formatEpochs(results)!;
    await Deno.writeTextFile(path, text);
    const curves = await readEpochs(table);
    for (const result of results) {
      assert.deepEqual(curves!.of(rowOf(result)), result.history);
    }
    assert.deepEqual(curves!.of({ ...rowOf(results[0]), seed: 3 }), []);
    assert.equal(formatEpochs(await runSweep({ ...space, epochs: 1 }, data)), undefined);

    const held = await runSweep({ ...space, validation: 0.1 }, data, { engine: inThisThread });
    const heldText = formatEpochs(held)!;
    assert.match(
      heldText,
      /^layers,.*,validation,.*,trainLoss,validationLoss,validationAccuracy\n/,
    );
    await Deno.writeTextFile(path, heldText);
    const heldCurves = await readEpochs(table);
    for (const result of held) assert.deepEqual(heldCurves!.of(rowOf(result)), result.history);
    // The same settings without a validation set are other trials.
    assert.deepEqual(heldCurves!.of(rowOf(results[0])), []);

    await Deno.writeTextFile(path, text.replace("testLoss", "loss2"));
    await assert.rejects(readEpochs(table), /a-epochs\.csv, line 1: there is no column testLoss/);
    await Deno.writeTextFile(path, text.replace(/,[^,]+\n$/, ",much\n"));
    await assert.rejects(
      readEpochs(table),
      /line \d+, column testAccuracy: expected a number, got "much"/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
