import assert from "node:assert/strict";
import { sweepEntry } from "./sweep_entry.ts";
import { slices } from "./sweep_figure.ts";
import { sweepRows } from "./testing_rows.ts";

Deno.test("a sweep over seeds alone has an entry, but no slices", () => {
  const rows = sweepRows({ learningRate: 0.1, seed: [1, 2, 3] });
  const { more, facts } = sweepEntry("seeds.csv", rows, undefined);
  assert.equal(more?.length ?? 0, 0);
  assert.ok(facts);
  assert.throws(() => slices(rows), /UserError: no hyperparameter varies/);
});

Deno.test("a sweep over two hyperparameters has its slices beside the figure", () => {
  const rows = sweepRows({ learningRate: [0.1, 0.2], batchSize: [8, 32], seed: [1, 2] });
  const { more } = sweepEntry("two.csv", rows, undefined);
  assert.deepEqual(more?.map(({ title }) => title), ["Test loss by each hyperparameter"]);
});
