import assert from "node:assert/strict";
import { crc32, deflateSync } from "node:zlib";
import { DIGITS, emptySamples, imageAt } from "./dataset.ts";
import { isImageFolder, readImageFolder, writeImageFolder } from "./image_folder.ts";

/** A PNG file made by hand from the standard (ISO/IEC 15948), to test sharp independently. */
function png(width: number, depth: 8 | 16, colorType: 0 | 2 | 6, samples: number[]): Uint8Array {
  const chunk = (type: string, content: Uint8Array) => {
    const body = new Uint8Array([...new TextEncoder().encode(type), ...content]);
    return [...word(content.length), ...body, ...word(crc32(body))];
  };
  const word = (n: number) => [n >>> 24, n >>> 16 & 255, n >>> 8 & 255, n & 255];
  const bytes = depth === 8 ? samples : samples.flatMap((sample) => [sample >>> 8, sample & 255]);
  const stride = width * { 0: 1, 2: 3, 6: 4 }[colorType] * depth / 8;
  const rows: number[] = [];
  for (let i = 0; i < bytes.length; i += stride) rows.push(0, ...bytes.slice(i, i + stride));
  const height = bytes.length / stride;
  return new Uint8Array([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk("IHDR", new Uint8Array([...word(width), ...word(height), depth, colorType, 0, 0, 0])),
    ...chunk("IDAT", deflateSync(new Uint8Array(rows))),
    ...chunk("IEND", new Uint8Array()),
  ]);
}

/** Runs a test in a new folder with the given files. */
async function withFiles(
  files: Record<string, string | Uint8Array>,
  run: (root: string) => Promise<void>,
) {
  const root = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      await Deno.mkdir(`${root}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(`${root}/${name}`, bytes);
    }
    await run(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const grey = (...pixels: number[]) => png(2, 8, 0, pixels);

Deno.test("images are ordered by class and name; other files are skipped", async () => {
  await withFiles({
    "7/b.png": grey(5, 6, 7, 8),
    "7/a.PNG": grey(1, 2, 3, 4),
    "0/z.png": grey(0, 255, 128, 9),
    "7/notes.txt": "not an image",
    "7/.hidden.png": "not an image",
    ".git/x.png": "not an image",
    "readme.md": "# digits",
  }, async (root) => {
    const { samples, classes } = await readImageFolder(root);
    assert.deepEqual(classes, DIGITS);
    assert.deepEqual([...samples.labels], [0, 7, 7]);
    assert.deepEqual([...samples.pixels], [0, 255, 128, 9, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert.deepEqual([samples.width, samples.height], [2, 2]);
    assert.equal(await isImageFolder(root), true);
  });
});

Deno.test("classes with other names are numbered in alphabetical order; 10 comes after 9", async () => {
  await withFiles(
    { "dog/1.png": grey(1, 1, 1, 1), "cat/1.png": grey(2, 2, 2, 2) },
    async (root) => {
      const { samples, classes } = await readImageFolder(root);
      assert.deepEqual(classes, ["cat", "dog"]);
      assert.deepEqual([...samples.labels, samples.pixels[0]], [0, 1, 2]);
    },
  );
  await withFiles({ "9/1.png": grey(1, 1, 1, 1), "10/1.png": grey(2, 2, 2, 2) }, async (root) => {
    const { samples, classes } = await readImageFolder(root);
    assert.equal(classes.length, 11);
    assert.deepEqual([...samples.labels], [9, 10]);
  });
});

Deno.test("a folder without images is not a class", async () => {
  const files = {
    "2/a.png": grey(1, 1, 1, 1),
    "__MACOSX/notes.txt": "x",
    "10/b.png": grey(2, 2, 2, 2),
  };
  await withFiles(files, async (root) => {
    const { samples, classes } = await readImageFolder(root);
    assert.equal(classes.length, 11);
    assert.deepEqual([...samples.labels], [2, 10]);
  });
});

Deno.test("of several invalid images the first is named, in any order of reading", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [
      `1/${String(i).padStart(2, "0")}.png`,
      // The first invalid one is large, so that the small ones after it are read before it.
      i < 3 ? grey(9, 9, 9, 9) : png(4, 8, 0, new Array(i === 3 ? 4 * 40_000 : 12).fill(9)),
    ]),
  );
  await withFiles(files, async (root) => {
    await assert.rejects(readImageFolder(root), { message: /\/1\/03\.png: 4×40000 pixels/ });
  });
});

Deno.test("16 bits, colour and transparency become grey bytes", async () => {
  await withFiles({
    "0/a.png": png(2, 16, 0, [0, 65535, 32896, 257]),
    "0/b.png": png(2, 8, 2, [0, 0, 0, 255, 255, 255, 9, 9, 9, 200, 200, 200]),
    // Transparent white is black, opaque white is white.
    "0/c.png": png(2, 8, 6, [255, 255, 255, 0, 255, 255, 255, 255, 0, 0, 0, 0, 7, 7, 7, 255]),
  }, async (root) => {
    const { samples } = await readImageFolder(root);
    assert.deepEqual([...imageAt(samples, 0)], [0, 255, 128, 1]);
    assert.deepEqual([...imageAt(samples, 1)], [0, 255, 9, 200]);
    assert.deepEqual([...imageAt(samples, 2)], [0, 255, 0, 7]);
  });
});

Deno.test("all images have one size, or are scaled to a given size", async () => {
  const files = { "1/a.png": grey(9, 9, 9, 9), "1/b.png": png(4, 8, 0, new Array(12).fill(9)) };
  await withFiles(files, async (root) => {
    await assert.rejects(readImageFolder(root), {
      name: "UserError",
      message: `${root}/1/b.png: 4×3 pixels, but ${root}/1/a.png has 2×2; ` +
        `set a size to scale all of them`,
    });
    const { samples } = await readImageFolder(root, { size: { width: 3, height: 5 } });
    assert.deepEqual([samples.count, samples.width, samples.height], [2, 3, 5]);
    assert.ok(samples.pixels.every((pixel) => pixel === 9));
  });
});

Deno.test("folders without images and files that are not images are named", async () => {
  await withFiles({ "0/notes.txt": "x", "1/more/deep.png": "x" }, async (root) => {
    await assert.rejects(readImageFolder(root), {
      name: "UserError",
      message: `${root}: no images; expected ${root}/LABEL/*.png (or .jpg, …)`,
    });
    assert.equal(await isImageFolder(root), false);
  });
  const whole = grey(1, 2, 3, 4);
  for (
    const [content, message] of [
      [
        "this is a text",
        /0\/a\.png: not a picture that can be read \(.+\); expected PNG, JPEG, WebP, GIF, TIFF or AVIF$/,
      ],
      ["", /0\/a\.png: an empty file, expected a picture$/],
      [whole.subarray(0, whole.length - 25), /0\/a\.png: not a picture that can be read/],
    ] as const
  ) {
    await withFiles(
      { "0/a.png": content },
      (root) =>
        assert.rejects(readImageFolder(root), (error: Error) => {
          assert.equal(error.name, "UserError");
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /\n/);
          return true;
        }),
    );
  }
  await withFiles({ "0/a.png": whole }, async (root) => {
    await Deno.symlink("nowhere.png", `${root}/0/link.png`);
    await assert.rejects(readImageFolder(root), {
      name: "UserError",
      message: /\/0\/link\.png: a broken link \(.*\); remove or fix it$/,
    });
  });
  await assert.rejects(readImageFolder("nowhere"), { message: "nowhere: no such folder" });
});

Deno.test("images written as PNG can be read back; JPEG is close", async () => {
  const samples = emptySamples(24, 8, 8);
  // Smooth, which suits JPEG best.
  samples.pixels.forEach((_, i) => samples.pixels[i] = (i * 2) % 128 + Math.floor(i / 64));
  samples.labels.forEach((_, i) => samples.labels[i] = Math.floor(i / 3));
  await withFiles({}, async (root) => {
    await writeImageFolder(`${root}/png`, { samples, classes: DIGITS });
    assert.deepEqual(await readImageFolder(`${root}/png`), { samples, classes: DIGITS });
    await writeImageFolder(`${root}/jpeg`, { samples, classes: DIGITS }, "jpeg");
    assert.deepEqual([...Deno.readDirSync(`${root}/jpeg/7`)].map(({ name }) => name).sort(), [
      "00021.jpg",
      "00022.jpg",
      "00023.jpg",
    ]);
    const jpeg = await readImageFolder(`${root}/jpeg`);
    assert.deepEqual(jpeg.samples.labels, samples.labels);
    const error = jpeg.samples.pixels.reduce(
      (sum, v, i) => sum + Math.abs(v - samples.pixels[i]),
      0,
    );
    assert.ok(error / samples.pixels.length < 3, `mean error ${error / samples.pixels.length}`);

    await assert.rejects(writeImageFolder(`${root}/png`, { samples, classes: DIGITS }), {
      name: "UserError",
      message: `${root}/png: the folder is not empty; remove it or choose another name`,
    });
    await Deno.writeTextFile(`${root}/file`, "x");
    await assert.rejects(writeImageFolder(`${root}/file`, { samples, classes: DIGITS }), /file:/);
    await assert.rejects(writeImageFolder(`${root}/file/x`, { samples, classes: DIGITS }), {
      name: "UserError",
    });
    assert.deepEqual([...Deno.readDirSync(root)].map(({ name }) => name).sort(), [
      "file",
      "jpeg",
      "png",
    ]);
  });
});

Deno.test("classes that differ only in case get numbered folders", async () => {
  await withFiles({}, async (root) => {
    const samples = emptySamples(2, 2, 2);
    samples.labels[1] = 1;
    await writeImageFolder(`${root}/out`, { samples, classes: ["A", "a"] });
    assert.deepEqual([...Deno.readDirSync(`${root}/out`)].map(({ name }) => name).sort(), [
      "0",
      "1",
    ]);
  });
});
