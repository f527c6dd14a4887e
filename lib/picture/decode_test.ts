import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { decodeImage } from "./decode.ts";
import { readPicture } from "./picture_file.ts";

/** A picture of 40 × 20 pixels: a red left half and a green right half. */
const WIDTH = 40, HEIGHT = 20;
const rgb = new Uint8Array(3 * WIDTH * HEIGHT);
for (let i = 0; i < WIDTH * HEIGHT; i++) rgb[3 * i + (i % WIDTH < WIDTH / 2 ? 0 : 1)] = 200;
const picture = () => sharp(rgb, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });

async function decoded(file: Uint8Array) {
  const { width, height, rgba } = await decodeImage(file);
  assert.equal(rgba.length, 4 * width * height);
  const at = (
    x: number,
    y: number,
  ) => [...rgba.subarray(4 * (y * width + x), 4 * (y * width + x + 1))];
  return { width, height, at };
}

function near(actual: readonly number[], expected: readonly number[], play: number): void {
  assert.ok(
    actual.every((value, i) => Math.abs(value - expected[i]) <= play),
    `${actual} is not near ${expected}`,
  );
}

const RED = [200, 0, 0, 255], GREEN = [0, 200, 0, 255];

for (const format of ["png", "webp", "tiff", "gif", "jpeg", "avif"] as const) {
  Deno.test(`${format} is decoded to red, green, blue and opacity`, async () => {
    const { width, height, at } = await decoded(
      await picture().toFormat(format, { lossless: true, quality: 100 }).toBuffer(),
    );
    assert.deepEqual([width, height], [WIDTH, HEIGHT]);
    const play = format === "png" || format === "webp" || format === "tiff" ? 0 : 8;
    near(at(5, 10), RED, play);
    near(at(35, 10), GREEN, play);
  });
}

Deno.test("the EXIF orientation is applied", async () => {
  const file = await picture().withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer();
  const { width, height, at } = await decoded(file);
  assert.deepEqual([width, height], [HEIGHT, WIDTH]);
  near(at(10, 5), RED, 8);
  near(at(10, 35), GREEN, 8);
});

Deno.test("opacity is kept", async () => {
  const rgba = new Uint8Array(4 * 100).fill(90);
  const file = await sharp(rgba, { raw: { width: 10, height: 10, channels: 4 } }).png().toBuffer();
  near((await decoded(file)).at(3, 3), [90, 90, 90, 90], 0);
});

Deno.test("16 bits a channel become 8", async () => {
  const grey = new Uint16Array(100).fill(0x8000);
  const file = await sharp(grey, { raw: { width: 10, height: 10, channels: 1 } })
    .toColourspace("grey16").png().toBuffer();
  assert.equal((await sharp(file).metadata()).depth, "ushort");
  near((await decoded(file)).at(3, 3), [128, 128, 128, 255], 1);
});

Deno.test("a CMYK JPEG becomes red, green and blue", async () => {
  const file = await picture().toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer();
  assert.equal((await sharp(file).metadata()).space, "cmyk");
  const [red, green, blue] = (await decoded(file)).at(5, 10);
  assert.ok(red > 120 && red > 2 * green && red > 2 * blue, `${[red, green, blue]}`);
});

Deno.test("the first frame of an animation is used", async () => {
  const frames = await Promise.all(
    ["red", "lime", "blue"].map((background) =>
      sharp({ create: { width: 12, height: 10, channels: 3, background } }).png().toBuffer()
    ),
  );
  const file = await sharp(frames, { join: { animated: true } }).gif().toBuffer();
  assert.equal((await sharp(file).metadata()).pages, 3);
  const { width, height, at } = await decoded(file);
  assert.deepEqual([width, height], [12, 10]);
  near(at(5, 5), [255, 0, 0, 255], 8);
});

/** A PNG file whose header declares another size. */
async function pngOfSize(width: number, height: number): Promise<Uint8Array> {
  const file = new Uint8Array(await picture().png().toBuffer());
  const view = new DataView(file.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  view.setUint32(29, crc32(file.subarray(12, 29)));
  return file;
}

async function fails(source: string | Uint8Array, message: RegExp): Promise<void> {
  await assert.rejects(() => decodeImage(source, "digit.png"), (error: Error) => {
    assert.equal(error.name, "UserError");
    assert.match(error.message, message);
    assert.ok(!error.message.includes("\n"), `more than a line: ${error.message}`);
    return true;
  });
}

Deno.test("a file that is not a picture of a digit gives one clear line", async (t) => {
  const jpeg = await picture().jpeg().toBuffer();
  const cases: [string, string | Uint8Array, RegExp][] = [
    [
      "a text file",
      new TextEncoder().encode("This is no picture.\n"),
      /^digit\.png: not a picture/,
    ],
    ["an empty file", new Uint8Array(0), /^digit\.png: an empty file, expected a picture/],
    ["a truncated JPEG", jpeg.subarray(0, jpeg.length / 2), /^digit\.png: not a picture/],
    [
      "the beginning of a PNG",
      Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
      /^digit\.png: not a picture that can be read \(.*[^:]\)$/,
    ],
    [
      "a truncated PNG",
      (await picture().png().toBuffer()).subarray(0, 60),
      /^digit\.png: not a pict/,
    ],
    [
      "a decompression bomb",
      await pngOfSize(60_000, 60_000),
      /^digit\.png: 60000×60000 pixels are more than 50 megapixels; save it smaller/,
    ],
    [
      "just over 50 megapixels",
      await pngOfSize(50_001, 1_000),
      /^digit\.png: 50001×1000 pixels are more/,
    ],
    [
      "a single pixel",
      await sharp({ create: { width: 1, height: 1, channels: 3, background: "red" } }).png()
        .toBuffer(),
      /^digit\.png: 1×1 pixels are too few to show a digit; expected 8×8 or more/,
    ],
    [
      "a missing file",
      "/nowhere/digit.png",
      /^digit\.png: no such file$/,
    ],
  ];
  for (const [name, source, message] of cases) await t.step(name, () => fails(source, message));
});

Deno.test("an endless stream is not read to its end", async () => {
  const piece = new Uint8Array(2 ** 24);
  let read = 0;
  async function* endless() {
    while (true) {
      read += piece.length;
      yield await Promise.resolve(piece);
    }
  }
  await assert.rejects(readPicture(endless(), "standard input"), {
    name: "UserError",
    message: "standard input: more than 400 MB, expected a picture",
  });
  assert(read < 500e6, `${read} bytes`);
});
