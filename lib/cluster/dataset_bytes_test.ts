import assert from "node:assert/strict";
import { datasetDigest } from "../dataset/dataset.ts";
import { patchDataset } from "../dataset/testing_samples.ts";
import { formatDataset, parseDataset } from "./dataset_bytes.ts";

Deno.test("a dataset comes back from its bytes", () => {
  const dataset = { ...patchDataset(30, 7, 5), framed: false };
  const bytes = Uint8Array.from(formatDataset(dataset).flatMap((piece) => [...piece]));
  const back = parseDataset(bytes);
  assert.deepEqual(back, dataset);
  assert.equal(datasetDigest(back), datasetDigest(dataset));
  bytes[bytes.length - 1] ^= 1;
  assert.notEqual(datasetDigest(parseDataset(bytes)), datasetDigest(dataset));
});
