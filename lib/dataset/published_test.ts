import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { sha256 } from "../base/sha256.ts";
import { datasetDigest, emptySamples } from "./dataset.ts";
import { formatIdxImages, formatIdxLabels } from "./idx.ts";
import { loadPublished } from "./published.ts";
import { PUBLISHED_SETS, type PublishedSet } from "./published_sets.ts";

/** Four gzip files of images of 3×2 pixels, stored like EMNIST's if the first label is 1. */
function idxFiles(prefix: string, firstLabel: number): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const part of ["train", prefix === "" ? "t10k" : "test"]) {
    const samples = emptySamples(4, 3, 2);
    samples.pixels.forEach((_, i) => samples.pixels[i] = 7 * i);
    samples.labels.forEach((_, i) => samples.labels[i] = i + firstLabel);
    files[`${prefix}${part}-images-idx3-ubyte.gz`] = gzipSync(formatIdxImages(samples));
    files[`${prefix}${part}-labels-idx1-ubyte.gz`] = gzipSync(formatIdxLabels(samples));
  }
  return files;
}

/** Serves files and records the requests. */
async function withServer(
  files: Record<string, Uint8Array>,
  run: (mirror: string, asked: string[], data: string) => Promise<void>,
): Promise<void> {
  const asked: string[] = [], data = await Deno.makeTempDir();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, ({ url }) => {
    const name = new URL(url).pathname.slice(1);
    asked.push(name);
    return files[name]
      ? new Response(new Uint8Array(files[name]))
      : new Response("none", { status: 404 });
  });
  try {
    await run(`http://127.0.0.1:${server.addr.port}/`, asked, data);
  } finally {
    await server.shutdown();
    await Deno.remove(data, { recursive: true });
  }
}

const factsOf = (files: Record<string, Uint8Array>) =>
  Object.entries(files).map(([name, bytes]) => ({
    name,
    bytes: bytes.length,
    sha256: sha256(bytes),
  }));

Deno.test("a named dataset is downloaded once, checked, and loaded with its classes", async () => {
  const files = idxFiles("", 0);
  await withServer(files, async (mirror, asked, data) => {
    const set: PublishedSet = {
      ...PUBLISHED_SETS.get("fashion-mnist")!,
      mirrors: [`${mirror}gone/`, mirror],
      files: factsOf(files),
    };
    const dataset = await loadPublished("fashion-mnist", { data }, set);
    assert.deepEqual([dataset.name, dataset.classes[9], dataset.framed], [
      ...["fashion-mnist", "Ankle boot", false],
    ]);
    assert.equal(datasetDigest(dataset).length, 64);
    assert.deepEqual([...dataset.train.pixels.subarray(0, 3)], [0, 7, 14]);
    assert.equal(asked.length, 8);
    await loadPublished("fashion-mnist", { data }, set);
    assert.equal(asked.length, 8);
    // A damaged file is downloaded again; wrong content is never kept.
    const labels = `${data}/fashion-mnist/train-labels-idx1-ubyte.gz`;
    await Deno.writeFile(labels, new Uint8Array(3));
    await loadPublished("fashion-mnist", { data }, set);
    await Deno.remove(labels);
    const wrong = { ...set, files: set.files.map((file) => ({ ...file, sha256: "0".repeat(64) })) };
    await assert.rejects(loadPublished("fashion-mnist", { data: `${data}/2` }, wrong), {
      name: "UserError",
      message:
        /^fashion-mnist could not be loaded[^]*404[^]*SHA-256 differs[^]*put it into .*2\/fashion-mnist$/,
    });
    assert.deepEqual([...Deno.readDirSync(`${data}/2/fashion-mnist`)], []);
  });
});

Deno.test("EMNIST: only the files of the split are extracted; transposed back, labels from 0", async () => {
  const files = { ...idxFiles("emnist-letters-", 1), ...idxFiles("emnist-digits-", 0) };
  const members = Object.entries(files).map(([name, bytes]) => [`gzip/${name}`, bytes]);
  for (const level of [0, 6] as const) {
    const archive = { "gzip.zip": zipSync(Object.fromEntries(members), { level }) };
    await withServer(archive, async (mirror, asked, data) => {
      const facts = { mirrors: [mirror], files: factsOf(archive) };
      const set = { ...PUBLISHED_SETS.get("emnist-letters")!, ...facts };
      const { train, classes, framed } = await loadPublished("emnist-letters", { data }, set);
      assert.deepEqual([train.width, train.height, classes.length, framed], [2, 3, 26, true]);
      assert.deepEqual([...train.labels], [0, 1, 2, 3]);
      assert.deepEqual([...train.pixels.subarray(0, 6)], [0, 21, 7, 28, 14, 35]);
      assert.equal([...Deno.readDirSync(`${data}/emnist`)].length, 5);
      const digits = { ...PUBLISHED_SETS.get("emnist-digits")!, ...facts };
      assert.equal((await loadPublished("emnist-digits", { data }, digits)).classes.length, 10);
      assert.deepEqual(asked, ["gzip.zip"]);
    });
  }
});
