import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { UserError } from "../base/user_error.ts";
import { classCounts, emptySamples, imageAt } from "./dataset.ts";
import { formatIdxImages, formatIdxLabels, labelsFileOf, parseIdx, readIdx } from "./idx.ts";
import { mnistTest } from "./testing_mnist.ts";

/** Two 3×2 images (three columns, two rows), written by hand from the format's description. */
// deno-fmt-ignore
const IMAGES = new Uint8Array([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3,
  1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 255]);
const LABELS = new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7, 0]);

function parse(images: Uint8Array, labels: Uint8Array, options = {}) {
  return parseIdx({ file: "i.idx", bytes: images }, { file: "l.idx", bytes: labels }, options);
}

/** Returns the bytes with some replaced. */
function patched(bytes: Uint8Array, at: number, ...values: number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(values, at);
  return copy;
}

Deno.test("a pair written by hand is read", () => {
  const samples = parse(IMAGES, LABELS);
  assert.deepEqual([samples.count, samples.width, samples.height], [2, 3, 2]);
  assert.deepEqual([...imageAt(samples, 1)], [11, 12, 13, 14, 15, 255]);
  assert.deepEqual([...samples.labels], [7, 0]);
  assert.ok(samples.pixels.buffer instanceof SharedArrayBuffer);
});

Deno.test("transposed images are transposed back, labels may begin at 1", () => {
  const samples = parse(IMAGES, patched(LABELS, 8, 1, 26), {
    transposed: true,
    firstLabel: 1,
    classes: 26,
  });
  assert.deepEqual([samples.width, samples.height], [2, 3]);
  assert.deepEqual([...imageAt(samples, 0)], [1, 4, 2, 5, 3, 6]);
  assert.deepEqual([...samples.labels], [0, 25]);
});

Deno.test("each kind of damage has its own message", () => {
  const float = patched(IMAGES, 2, 0x0d);
  const cases: [Uint8Array, Uint8Array, RegExp][] = [
    [LABELS, IMAGES, /images and labels are swapped: i\.idx contains labels, l\.idx images/],
    [IMAGES, IMAGES, /l\.idx: holds images where labels were expected \(00 00 08 01 in front\)/],
    [new Uint8Array(), LABELS, /i\.idx: an empty file, expected IDX images/],
    [IMAGES, new Uint8Array(), /l\.idx: an empty file, expected IDX labels/],
    [float, LABELS, /i\.idx: numbers of type 0x0d, expected unsigned bytes/],
    [
      new TextEncoder().encode("label,1x1"),
      LABELS,
      /i\.idx: not an IDX file of images: begins with 6c 61 62 65, expected 00 00 08 03/,
    ],
    [new Uint8Array([0, 0]), LABELS, /begins with 00 00, expected/],
    [IMAGES.subarray(0, 9), LABELS, /i\.idx: ends in its header, after 9 of 16 bytes/],
    [
      IMAGES.subarray(0, 27),
      LABELS,
      /i\.idx: 2 images of 3×2 pixels take 12 bytes, but the file ends 1 too early/,
    ],
    [new Uint8Array([...IMAGES, 0, 0]), LABELS, /take 12 bytes, but more follow/],
    [IMAGES, new Uint8Array([...LABELS, 1]), /2 labels take 2 bytes, but more follow/],
    [IMAGES, patched(LABELS, 8, 7, 10), /l\.idx: label 10 of image 2 \(byte 9\), expected 0 to 9/],
    [
      IMAGES,
      patched(LABELS, 7, 1).subarray(0, 9),
      /i\.idx has 2 images but l\.idx 1 labels; the two do not belong together/,
    ],
    [patched(IMAGES, 11, 0), LABELS, /images of 3×0 pixels|take 0 bytes/],
    // 2³² − 1 images: the length must not overflow.
    [patched(IMAGES, 4, 255, 255, 255, 255), LABELS, /4294967295 images .* too early/],
  ];
  for (const [images, labels, message] of cases) {
    assert.throws(() => parse(images, labels), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  }
});

Deno.test("written images can be read back: any count and size, gzip or plain", async () => {
  const folder = await Deno.makeTempDir();
  const sets = fc.record({
    count: fc.nat(5),
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 9 }),
    gzip: fc.boolean(),
    fill: fc.infiniteStream(fc.nat(255)),
  });
  await fc.assert(
    fc.asyncProperty(sets, async ({ count, width, height, gzip, fill }) => {
      const samples = emptySamples(count, width, height);
      samples.pixels.forEach((_, i) => samples.pixels[i] = fill.next().value!);
      samples.labels.forEach((_, i) => samples.labels[i] = fill.next().value! % 10);
      const pack = (bytes: Uint8Array) => gzip ? gzipSync(bytes) : bytes;
      await Deno.writeFile(`${folder}/i`, pack(formatIdxImages(samples)));
      await Deno.writeFile(`${folder}/l`, pack(formatIdxLabels(samples)));
      assert.deepEqual(await readIdx(`${folder}/i`, `${folder}/l`), samples);
    }),
    { numRuns: 50 },
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("any bytes give samples or a UserError, never another error", () => {
  const header = fc.constantFrom(IMAGES.subarray(0, 16), LABELS.subarray(0, 8), new Uint8Array());
  const bytes = fc.tuple(header, fc.uint8Array({ maxLength: 30 }))
    .map(([head, tail]) => new Uint8Array([...head, ...tail]));
  fc.assert(fc.property(bytes, bytes, (images, labels) => {
    try {
      parse(images, labels);
    } catch (error) {
      assert.ok(error instanceof UserError, String(error));
    }
  }));
});

Deno.test("files that cannot be read or unpacked are named", async () => {
  const folder = await Deno.makeTempDir();
  const packed = gzipSync(IMAGES);
  await Deno.writeFile(`${folder}/labels`, LABELS);
  await Deno.writeFile(`${folder}/cut`, packed.subarray(0, packed.length - 12));
  await Deno.writeFile(`${folder}/damaged`, patched(packed, packed.length - 6, 1, 2));
  for (
    const [name, message] of [
      ["missing", /missing: no such file$/],
      ["cut", /cut: the gzip data are truncated; the file is incomplete, download it again$/],
      ["damaged", /damaged: the gzip data are damaged \(.*\); download the file again$/],
      [".", /cannot be read/],
    ] as const
  ) {
    await assert.rejects(readIdx(`${folder}/${name}`, `${folder}/labels`), {
      name: "UserError",
      message,
    });
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the labels file is found by MNIST's naming scheme", () => {
  assert.equal(labelsFileOf("a/t10k-images-idx3-ubyte.gz"), "a/t10k-labels-idx1-ubyte.gz");
  assert.equal(labelsFileOf("train-images.idx3-ubyte"), "train-labels.idx1-ubyte");
  assert.equal(labelsFileOf("images/digits.idx"), undefined);
});

mnistTest("MNIST is as published", async ({ files }) => {
  const test = await readIdx(files[2], files[3]);
  assert.deepEqual([test.count, test.width, test.height], [10000, 28, 28]);
  // The first ten test labels, as every textbook prints them, and the counts of each digit.
  assert.deepEqual([...test.labels.subarray(0, 10)], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  assert.deepEqual(
    classCounts(test, 10),
    [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
  );
});
