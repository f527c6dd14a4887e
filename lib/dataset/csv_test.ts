import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { UserError } from "../base/user_error.ts";
import { emptySamples, imageAt, type Samples } from "./dataset.ts";
import { type CsvOptions, readCsvImages, writeCsvImages } from "./csv.ts";

/** Reads a text as the file digits.csv. */
async function read(text: string | Uint8Array, options?: CsvOptions) {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/digits.csv`;
  await Deno.writeFile(file, typeof text === "string" ? new TextEncoder().encode(text) : text);
  try {
    return await readCsvImages(file, options);
  } catch (error) {
    assert.ok(error instanceof UserError, String((error as Error).stack));
    throw new UserError(error.message.replace(`${folder}/`, ""));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function refused(text: string | Uint8Array, message: RegExp, options?: CsvOptions) {
  await assert.rejects(read(text, options), { name: "UserError", message });
}

const images = (samples: Samples) =>
  Array.from({ length: samples.count }, (_, i) => [...imageAt(samples, i)]);

Deno.test("layouts in common use", async () => {
  const expected = [[0, 255, 3, 4], [5, 6, 7, 8]];
  const shapes = {
    "no header": "7,0,255,3,4\n2,5,6,7,8\n",
    "no last line end": "7,0,255,3,4\n2,5,6,7,8",
    "windows": "7,0,255,3,4\r\n2,5,6,7,8\r\n",
    "row and column names": "label,1x1,1x2,2x1,2x2\n7,0,255,3,4\n2,5,6,7,8\n",
    "Kaggle's names": "label,pixel0,pixel1,pixel2,pixel3\r\n7,0,255,3,4\r\n2,5,6,7,8\r\n",
    "label last (OpenML)": "pixel1,pixel2,pixel3,pixel4,class\n0,255,3,4,7\n5,6,7,8,2\n",
    "byte order mark": "\uFEFFlabel,1x1,1x2,2x1,2x2\n7,0,255,3,4\n2,5,6,7,8\n",
    "byte order mark, no header": "\uFEFF7,0,255,3,4\n2,5,6,7,8\n",
    "empty lines": "7,0,255,3,4\n\n2,5,6,7,8\n\n\n",
    "semicolons": "7;0;255;3;4\n2;5;6;7;8\n",
    "quoted": '"label","a","b","c","d"\n"7","0","255","3","4"\n2,5,6,7,8\n',
    "line ends of both kinds": "label,a,b,c,d\r\n7,0,255,3,4\n2,5,6,7,8\r\n",
    "byte order mark, quoted": '\uFEFF"7","0","255","3","4"\r\n2,5,6,7,8\n',
    "decimals and blanks": "7.0, 0.0, 255.0, 3.0, 4\n2,5,6,7,8\n",
  };
  for (const [name, text] of Object.entries(shapes)) {
    for (const bytes of [new TextEncoder().encode(text), gzipSync(text)]) {
      const { samples, labelled } = await read(bytes);
      assert.deepEqual(images(samples), expected, name);
      assert.deepEqual([...samples.labels], [7, 2], name);
      assert.deepEqual([samples.width, samples.height, labelled], [2, 2, true], name);
    }
  }
});

const count = (length: number, first = 0) => Array.from({ length }, (_, i) => i + first).join(",");

Deno.test("pandas' tables, with numbered columns and an index", async () => {
  const pixels = Array.from({ length: 784 }, (_, i) => i % 256);
  const places = pixels.map((_, i) => `${Math.floor(i / 28) + 1}x${i % 28 + 1}`);
  const labelled = `7,${pixels}`, indexed = `12,7,${pixels}`;
  const tables = {
    "no names": labelled,
    "numbers from 0": `${count(785)}\n${labelled}`,
    "label and numbers from 0": `label,${count(784)}\n${labelled}`,
    "label and numbers from 1": `label,${count(784, 1)}\n${labelled}`,
    "label last": `${count(784)},label\n${pixels},7`,
    "label in between": `1x1,label,${places.slice(1)}\n0,7,${pixels.slice(1)}`,
    "an index, label, names": `,label,${places}\n${indexed}`,
    "an index read and written again": `Unnamed: 0,label,${places}\n${indexed}`,
    "an index, label, numbers": `,label,${count(784)}\n${indexed}`,
    "an index, numbers": `,${count(785)}\n${indexed}`,
    "an index, label last": `,${places},class\n12,${pixels},7`,
    "another word for the label": `digit,${places}\n${labelled}`,
    "decimals": `label,${count(784)}\n7.0,${pixels.map((p) => p.toFixed(1))}`,
  };
  for (const [name, text] of Object.entries(tables)) {
    const { samples, labelled } = await read(`${text}\n`);
    assert.deepEqual([samples.count, ...samples.labels, labelled], [1, 7, true], name);
    assert.deepEqual(images(samples), [pixels], name);
  }
  const bare = await read(`id,${places}\n12,${pixels}\n`).catch(({ message }) => message);
  assert.match(
    bare,
    /the first column is named "id" and none is named label: if it holds the labels/,
  );
  await refused(
    `,${count(784)}\n7,${pixels}\n`,
    /line 1: the first column is named "" and none is/,
  );
  await refused(
    `label,${count(784)},class\n7,${pixels},7\n`,
    /line 1: label \(column 1\) and class \(column 786\): which is the label\?/,
  );
  // Small images too, if unambiguous.
  const { samples } = await read("label,0,1,2,3\n7,9,9,9,9\n");
  assert.deepEqual(images(samples), [[9, 9, 9, 9]]);
  const { samples: data } = await read("0,1,2,3,4\n1,2,3,4,5\n");
  assert.deepEqual([...data.labels], [0, 1]);
});

Deno.test("names of rows and columns give the size of images that are not square", async () => {
  const names = (height: number, width: number, first = 1) =>
    Array.from(
      { length: height * width },
      (_, i) => `${Math.floor(i / width) + first}x${i % width + first}`,
    );
  const pixels = count(15);
  for (const first of [0, 1]) {
    for (const [header, line] of [["label,", "7,"], ["", ""]]) {
      const { samples, labelled } = await read(
        `${header}${names(5, 3, first)}\n${line}${pixels}\n`,
      );
      assert.deepEqual([samples.width, samples.height, labelled], [3, 5, line !== ""]);
      assert.equal(String(images(samples)), pixels);
    }
  }
  const table = `label,${names(5, 3)}\n7,${pixels}\n`;
  const { samples } = await read(table, { size: { width: 3, height: 5 } });
  assert.equal(samples.width, 3);
  await refused(table, /line 1: the names of the pixels say 3×5 \(the last is 5x3: row, column\)/, {
    size: { width: 5, height: 3 },
  });
  for (
    const wrong of [
      names(5, 3).map((name) => name.split("x").reverse().join("x")),
      names(5, 3).with(7, "9x9"),
      names(6, 3).slice(3),
    ]
  ) {
    await refused(`label,${wrong}\n7,${pixels}\n`, /line 1: pixels named .*expected row by row/);
  }
});

Deno.test("an image of 2000×2000 pixels is written and read", async () => {
  const samples = emptySamples(1, 2000, 2000);
  samples.pixels.forEach((_, i) => samples.pixels[i] = i * 31 % 251);
  samples.labels[0] = 9;
  const file = await Deno.makeTempFile({ suffix: ".csv" });
  await writeCsvImages(file, { samples, labelled: true });
  const found = await readCsvImages(file);
  await Deno.remove(file);
  assert.deepEqual([found.samples.width, found.samples.height, ...found.samples.labels], [
    ...[2000, 2000, 9],
  ]);
  assert.equal(Buffer.compare(found.samples.pixels, samples.pixels), 0);
});

Deno.test("Kaggle's test.csv has no labels", async () => {
  for (const header of ["pixel0,pixel1,pixel2,pixel3\n", ""]) {
    const { samples, labelled } = await read(`${header}0,255,3,4\n5,6,7,8\n`);
    assert.deepEqual(images(samples), [[0, 255, 3, 4], [5, 6, 7, 8]]);
    assert.deepEqual([labelled, ...samples.labels], [false, 0, 0]);
  }
});

Deno.test("the size can be given for images that are not square", async () => {
  const { samples } = await read("1,0,1,2,3,4,5\n", { size: { width: 3, height: 2 } });
  assert.deepEqual([samples.width, samples.height], [3, 2]);
  await refused(
    "1,0,1,2,3,4,5\n",
    /^digits\.csv, line 1: 7 columns: .*give their width and height$/,
  );
  await refused(
    "1,0,1,2,3\n",
    /^digits\.csv, line 1: 5 columns: expected the pixels of a 3×2 image \(6\)/,
    { size: { width: 3, height: 2 } },
  );
});

Deno.test("EMNIST's letters: transposed, labels from 1", async () => {
  const options = { transposed: true, firstLabel: 1, classes: 26 };
  const { samples } = await read("26,1,2,3,4\n", options);
  assert.deepEqual([...samples.labels, ...imageAt(samples, 0)], [25, 1, 3, 2, 4]);
  await refused("0,1,2,3,4\n", /line 1, column 1: label 0, expected .* from 1 to 26/, options);
});

Deno.test("errors name the line and the column", async () => {
  const row = (label: string | number, pixels: (string | number)[]) =>
    [label, ...pixels].join(",") + "\n";
  const zeros = new Array(784).fill(0);
  const good = row(5, zeros);
  const names = row("label", zeros.map((_, i) => `pixel${i}`));
  const at = "digits\\.csv, line 3";
  for (const start of [good + good, names + good, names + good.replace("\n", "\r\n")]) {
    await refused(
      start + row(5, zeros.slice(1)),
      new RegExp(`^${at}: 783 pixels, expected 784 \\(28×28\\) after the label$`),
    );
    await refused(start + row(5, [...zeros, 0]), new RegExp(`^${at}: 785 pixels`));
    await refused(
      start + row(5, zeros.with(99, 256)),
      new RegExp(`^${at}, column 101: pixel 256, expected a whole number from 0 to 255$`),
    );
    await refused(
      start + row(5, zeros.with(0, "ink")),
      new RegExp(`^${at}, column 2: pixel "ink", expected a whole number from 0 to 255$`),
    );
    await refused(
      start + row(10, zeros),
      new RegExp(`^${at}, column 1: label 10, expected .* 0 to 9`),
    );
    await refused(start + row("five", zeros), new RegExp(`^${at}, column 1: label "five"`));
    await refused(start + row("", zeros), new RegExp(`^${at}, column 1: label ""`));
    await refused(start + row(5, zeros.with(783, 0.5)), new RegExp(`column 785: pixel 0\\.5`));
    await refused(start + row(5, zeros.with(783, -1)), new RegExp(`column 785: pixel -1`));
  }
  await refused(good + row(5, zeros.with(783, "0xff\r")), /line 2, column 785: pixel "0xff",/);
  await refused(row(5, zeros.with(3, "ink")), /line 1, column 5: pixel "ink"/);
});

Deno.test("files that are not tables of images", async () => {
  await refused("", /^digits\.csv: an empty file$/);
  await refused("\n\n", /^digits\.csv: an empty file$/);
  await refused(gzipSync(""), /^digits\.csv: an empty file$/);
  await refused("label,1x1,1x2,2x1,2x2\n", /^digits\.csv: a header, but no images$/);
  await refused(
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    /^digits\.csv, line 1: 1 column: expected the pixels of a square/,
  );
  await refused('1,"0,0\n1,0,0', /^digits\.csv, line 1: unterminated quote$/);
  const endless = "7,0,255,3,4\n" + '"' + "1,2,3,4,5\n".repeat(1e6);
  await refused(endless, /^digits\.csv, line 2: unterminated quote$/);
  const long = "7,0,255,3,4\n7" + ",255".repeat(2 ** 24);
  await refused(long, /^digits\.csv, line 2: longer than 64 MiB; expected a line for each/);
  await refused(gzipSync(long), /^digits\.csv: unpacks to more than 64 MiB/);
  const packed = gzipSync("7,0,255,3,4\n".repeat(1000));
  await refused(packed.subarray(0, 40), /^digits\.csv: the gzip data are truncated/);
  await assert.rejects(readCsvImages("nowhere.csv"), { message: "nowhere.csv: no such file" });
});

Deno.test("any text gives images or a UserError, never another error", async () => {
  const letters = fc.constantFrom(..."0123459,,,,\n\r;\t\"' -.ex\uFEFF\0");
  await fc.assert(
    fc.asyncProperty(fc.array(letters, { maxLength: 60 }), async (text) => {
      // `read` itself asserts the type of the error.
      const result = await read(text.join("")).catch((error) => {
        if (!(error instanceof UserError)) throw error;
      });
      if (result) assert.ok(result.samples.count > 0 && result.samples.width > 1);
    }),
    { numRuns: 300 },
  );
});

Deno.test("written images can be read back", async () => {
  const folder = await Deno.makeTempDir();
  const sets = fc.record({
    count: fc.integer({ min: 1, max: 2100 }),
    width: fc.integer({ min: 1, max: 4 }),
    height: fc.integer({ min: 1, max: 4 }),
    labelled: fc.boolean(),
    seed: fc.nat(255),
    name: fc.constantFrom("a.csv", "a.csv.gz"),
  });
  await fc.assert(
    fc.asyncProperty(sets, async ({ count, width, height, labelled, seed, name }) => {
      const samples = emptySamples(count, width, height);
      samples.pixels.forEach((_, i) => samples.pixels[i] = i * 31 + seed);
      if (labelled) samples.labels.forEach((_, i) => samples.labels[i] = (i * 7 + seed) % 10);
      const file = `${folder}/${name}`;
      await writeCsvImages(file, { samples, labelled });
      assert.deepEqual(await readCsvImages(file, { size: { width, height } }), {
        samples,
        labelled,
      });
    }),
    { numRuns: 20 },
  );
  assert.deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name).sort(), [
    "a.csv",
    "a.csv.gz",
  ]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the header is the one in common use", async () => {
  const file = await Deno.makeTempFile({ suffix: ".csv" });
  await writeCsvImages(file, { samples: emptySamples(1, 2, 2), labelled: true });
  assert.equal(await Deno.readTextFile(file), "label,1x1,1x2,2x1,2x2\n0,0,0,0,0\n");
  await writeCsvImages(file, { samples: emptySamples(1, 2, 2), labelled: false });
  assert.equal(await Deno.readTextFile(file), "pixel0,pixel1,pixel2,pixel3\n0,0,0,0\n");
  await Deno.remove(file);
});

Deno.test("labels that are names are classes in alphabetical order", async () => {
  for (const names of ["label,1x1,1x2,1x3\n", ""]) {
    const size = names === "" ? { width: 3, height: 1 } : undefined;
    const { samples, classes } = await read(
      `${names}dog,1,2,3\n cat ,4,5,6\ndog,7,8,9\n7,1,1,1\n`,
      {
        size,
      },
    );
    assert.deepEqual([classes, [...samples.labels]], [["7", "cat", "dog"], [2, 1, 2, 0]]);
    assert.deepEqual(images(samples)[1], [4, 5, 6]);
  }
  // Sixteen columns could be a 4×4 image without a label, but not with a name among them.
  const { samples } = await read(`b,${"9,".repeat(14)}9\n`, { size: { width: 5, height: 3 } });
  assert.equal(samples.width, 5);
  assert.equal((await read(`b,${"9,".repeat(15)}9\n`)).samples.width, 4);
  const { samples: some } = await read("dog,1,2,3,4\n0,1,2,3,4\n", { names: ["cat", "dog"] });
  assert.deepEqual([...some.labels], [1, 0]);
});

Deno.test("unsuitable names of classes are rejected", async () => {
  const lines = (...labels: string[]) => labels.map((label) => `${label},1,2,3,4\n`).join("");
  await refused(
    lines("7", "x"),
    /^digits\.csv, line 2, column 1: label "x", expected a whole.*--cl/,
  );
  await refused(lines("cat", " "), /line 2, column 1: label "", expected the name of a class/);
  await refused(lines("c".repeat(101)), /line 1, column 1: label "c*…", expected the name/);
  await refused(lines("cat", "dog"), /^digits\.csv: 2 classes \(cat, dog\), expected 3$/, {
    classes: 3,
  });
  await refused(lines("dog", "cow"), /line 2, column 1: label "cow", expected one of cat, dog$/, {
    names: ["cat", "dog"],
  });
  const many = Array.from({ length: 257 }, (_, i) => `class${i}`);
  const { classes } = await read(lines(...many.slice(0, 256)));
  assert.deepEqual(classes, many.slice(0, 256).sort());
  await refused(lines(...many), /line 257, column 1: class256 is one class more than 256$/);
});
