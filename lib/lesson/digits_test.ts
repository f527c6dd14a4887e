import assert from "node:assert/strict";
import { datasetDigest, DIGITS, emptySamples } from "../dataset/dataset.ts";
import { loadMnist } from "../dataset/mnist.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { mnistIsMissing } from "../dataset/testing_mnist.ts";
import { lessonHtml } from "./build.ts";
import { decodeDigits, digitFiles, encodeDigits, firstDigits, parseFiles } from "./digits.ts";

Deno.test("digits survive the page and the files; the first of many are taken", () => {
  const many = syntheticDigits({ train: 10_020, test: 2_010, seed: 4 });
  const first = firstDigits(many);
  assert.deepEqual([first.train.count, first.test.count], [10_000, 2_000]);
  assert.deepEqual(first.train.labels, many.train.labels.slice(0, 10_000));
  const read = decodeDigits(encodeDigits(first));
  assert.equal(read.name, "synthetic");
  assert.equal(datasetDigest(read), datasetDigest(first));
  const files = digitFiles(first);
  assert.equal(datasetDigest(parseFiles(files.toReversed())), datasetDigest(first));
  assert.equal(parseFiles(files).name, "other digits", "only the published files are MNIST");
});

Deno.test("a page with 10,000 and 2,000 digits has at most 6 MB, and names no module of Node.js", async () => {
  const html = await lessonHtml(firstDigits(syntheticDigits({ train: 10_000, test: 2_000 })));
  assert.ok(new TextEncoder().encode(html).length <= 6e6);
  assert.doesNotMatch(html, /from ?"node:|require\(/);
  assert.match(html, /default-src 'none'/);
});

Deno.test({
  name: `the page with MNIST's digits has at most 6 MB${mnistIsMissing ? " (needs MNIST)" : ""}`,
  ignore: mnistIsMissing,
  async fn() {
    const html = await lessonHtml(firstDigits(await loadMnist()));
    assert.ok(new TextEncoder().encode(html).length <= 6e6);
  },
});

Deno.test("a missing, a damaged and a foreign set are refused with a sentence", () => {
  const files = digitFiles(syntheticDigits({ train: 10, test: 10 }));
  assert.throws(() => parseFiles(files.slice(1)), /train-images-idx3-ubyte: missing; choose/);
  const damaged = files.map(({ name, bytes }) => ({ name, bytes: bytes.slice(0, 30) }));
  assert.throws(() => parseFiles(damaged), /train-images-idx3-ubyte\.gz: damaged gzip data/);
  const small = emptySamples(3, 2, 2);
  assert.throws(
    () => firstDigits({ name: "tiny", classes: DIGITS, train: small, test: small }),
    /tiny: images of 2×2 pixels in 10 classes; the lesson is made for the ten digits/,
  );
});
