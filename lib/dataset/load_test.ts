import assert from "node:assert/strict";
import { writeImages } from "./convert.ts";
import { datasetDigest, DIGITS, emptySamples } from "./dataset.ts";
import { loadDataset, type LoadOptions, openDataset } from "./load.ts";

/** A labelled set whose images differ. */
function images(count: number, side = 2, start = 0) {
  const samples = emptySamples(count, side, side);
  samples.pixels.forEach((_, i) => samples.pixels[i] = start + Math.floor(i / (side * side)));
  samples.labels.forEach((_, i) => samples.labels[i] = i % 10);
  return { samples, labelled: true, classes: DIGITS };
}

async function inFolder(run: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  await run(folder).finally(() => Deno.remove(folder, { recursive: true }));
}

/** Loads a dataset and collects the notices. */
async function load(options: LoadOptions) {
  const notices: string[] = [];
  const result = await openDataset({ ...options, onNotice: (text) => notices.push(text) });
  return { ...result, notices };
}

Deno.test("without options and without MNIST, synthetic digits are used, with a clear notice", async () => {
  await inFolder(async (cache) => {
    const { dataset, fallback, notices } = await load({ mnistDir: "", cache, mirrors: [] });
    assert.deepEqual([dataset.name, fallback], ["synthetic", true]);
    assert.match(notices[0], /^MNIST could not be loaded/);
    assert.match(notices[1], /^WORKING WITH SYNTHETIC DIGITS INSTEAD/);
    await assert.rejects(load({ dataset: "mnist", mnistDir: "", cache, mirrors: [] }), {
      name: "UserError",
    });
    const asked = await load({ dataset: "synthetic" });
    assert.deepEqual([asked.dataset.name, asked.fallback, asked.notices], [
      "synthetic",
      false,
      [],
    ]);
    assert.equal(datasetDigest(asked.dataset), datasetDigest(dataset));
  });
});

Deno.test("the classes and size of a named dataset are known: others are refused, not ignored", async () => {
  const size = { width: 28, height: 28 };
  const cases: [LoadOptions, RegExp][] = [
    [
      { dataset: "mnist", classes: 5 },
      /^UserError: classes is for data of your own; that of mnist/,
    ],
    [{ classes: 5 }, /^UserError: classes is for .* mnist is known: leave it out$/],
    [{ dataset: "emnist-letters", classes: 26 }, /classes is for .* emnist-letters is known/],
    [{ dataset: "synthetic", size }, /^UserError: size is for data of your own; that of synthetic/],
    [{ dataset: "" }, /^UserError: the dataset's name is empty/],
  ];
  for (const [options, message] of cases) await assert.rejects(load(options), message);
});

Deno.test("training and test images, as two CSV files, two folders, or IDX", async () => {
  await inFolder(async (folder) => {
    const [train, test] = [images(12), images(5, 2, 100)];
    await writeImages(`${folder}/csv/mnist_train.csv`, train);
    await writeImages(`${folder}/csv/mnist_test.csv.gz`, test);
    await writeImages(`${folder}/png/train`, train);
    await writeImages(`${folder}/png/test`, test);
    await writeImages(`${folder}/idx/train-images-idx3-ubyte`, train);
    await writeImages(`${folder}/idx/t10k-images-idx3-ubyte.gz`, test);
    const two = `${folder}/csv/mnist_train.csv,${folder}/png/test`;
    for (const path of [`${folder}/csv`, `${folder}/png`, `${folder}/idx`, two]) {
      const { dataset, fallback } = await load({ dataset: path });
      assert.equal(fallback, false);
      assert.equal(dataset.name, path === two ? "mnist_train" : path.slice(-3));
      assert.deepEqual([dataset.train.count, dataset.test.count], [12, 5]);
      assert.equal(dataset.test.labels[4], 4);
      assert.deepEqual(dataset.test.pixels[16], 104);
    }
  });
});

Deno.test("a single set is always split in the same way, with a notice", async () => {
  await inFolder(async (folder) => {
    await writeImages(`${folder}/digits.csv`, images(70));
    const { dataset, notices } = await load({ dataset: `${folder}/digits.csv` });
    assert.deepEqual([dataset.train.count, dataset.test.count], [60, 10]);
    assert.match(notices.join(), /one set of 70 images; 10 of them.*held out for testing/);
    const shades = [...dataset.train.pixels, ...dataset.test.pixels].filter((_, i) => i % 4 === 0);
    assert.deepEqual(shades.sort((a, b) => a - b), Array.from({ length: 70 }, (_, i) => i));
    const again = await load({ dataset: `${folder}/digits.csv` });
    assert.equal(datasetDigest(again.dataset), datasetDigest(dataset));
  });
});

Deno.test("no other data are named mnist or synthetic", async () => {
  await inFolder(async (folder) => {
    for (const name of ["mnist", "synthetic"]) {
      await writeImages(`${folder}/${name}.csv`, images(20));
      const { dataset } = await load({ dataset: `${folder}/${name}.csv` });
      assert.equal(dataset.name, `${name}-unverified`);
    }
  });
});

Deno.test("inconsistent and missing data are named", async () => {
  await inFolder(async (folder) => {
    await writeImages(`${folder}/small.csv`, images(9));
    await writeImages(`${folder}/large.csv`, images(9, 3));
    await writeImages(`${folder}/few.csv`, images(6));
    await writeImages(`${folder}/bare.csv`, { ...images(9), labelled: false });
    await writeImages(`${folder}/uneven/train-images-idx3-ubyte`, images(9));
    await writeImages(`${folder}/uneven/t10k-images-idx3-ubyte`, images(9, 3));
    await writeImages(`${folder}/void/train-images-idx3-ubyte`, images(9));
    await writeImages(`${folder}/void/t10k-images-idx3-ubyte`, images(0));
    await writeImages(`${folder}/pets`, { ...images(9), classes: [..."abcdefghij"] });
    const at = (...names: string[]) => names.map((name) => `${folder}/${name}`).join(",");
    for (
      const [dataset, message] of [
        [
          at("nothing"),
          /nothing: no such file or folder, and not the name of a dataset such as mnist or synthetic$/,
        ],
        [
          "minst",
          /^minst: no such file or folder, and not the name of a dataset such as mnist or synthetic$/,
        ],
        [
          at("small.csv", "large.csv"),
          /large\.csv: images of 3×3 pixels, but those of .*small\.csv have 2×2; /,
        ],
        [
          at("uneven"),
          /t10k-images-idx3-ubyte: images of 3×3 pixels, but those of .*train-.* have 2×2; /,
        ],
        [
          at("void"),
          /t10k-images-idx3-ubyte: no images, expected 1 or more$/,
        ],
        [at("small.csv", "pets"), /pets: the class a is not among the classes 0, 1, 2, /],
        [at("few.csv"), /few\.csv: 6 images, expected 7 or more/],
        [at("small.csv", "bare.csv"), /bare\.csv: images without labels/],
        [at("a", "b", "c"), /expected one path, or two/],
      ] as const
    ) await assert.rejects(load({ dataset }), { name: "UserError", message });
  });
});

Deno.test("which images of a single set are held out never changes: tables and models depend on it", async () => {
  await inFolder(async (folder) => {
    await writeImages(`${folder}/one.csv`, images(30));
    const { dataset: { train, test } } = await load({ dataset: `${folder}/one.csv` });
    // The pixels of an image are its number.
    const numbers = ({ pixels }: typeof test) => [...pixels].filter((_, i) => i % 4 === 0);
    assert.deepEqual(numbers(test), [8, 2, 17, 11]);
    const all = [...numbers(train), ...numbers(test)].toSorted((a, b) => a - b);
    assert.deepEqual(all, Array.from({ length: 30 }, (_, i) => i));
  });
});

Deno.test("the test images may have classes that no training image has", async () => {
  await inFolder(async (folder) => {
    const lines = (...names: string[]) => names.map((name) => `${name},1,2,3,4\n`).join("");
    await Deno.writeTextFile(`${folder}/a.csv`, lines("cat", "dog"));
    await Deno.writeTextFile(`${folder}/b.csv`, lines("dog", "eel", "cat"));
    const { dataset } = await load({ dataset: `${folder}/a.csv,${folder}/b.csv` });
    assert.deepEqual(dataset.classes, ["cat", "dog", "eel"]);
    assert.deepEqual([...dataset.test.labels], [1, 2, 0]);
  });
});

Deno.test("classes by name, 26 of them, images that are not square: CSV, folders and IDX alike", async () => {
  await inFolder(async (folder) => {
    const letters = [..."abcdefghijklmnopqrstuvwxyz"];
    const samples = emptySamples(26 * 7, 3, 2);
    samples.labels.forEach((_, i) => samples.labels[i] = i % 26);
    samples.pixels.forEach((_, i) => samples.pixels[i] = i % 251);
    const set = { samples, labelled: true, classes: letters };
    const lines = Array.from(
      samples.labels,
      (label, i) => `${letters[label]},${samples.pixels.subarray(6 * i, 6 * i + 6).join()}\n`,
    );
    await Deno.writeTextFile(`${folder}/words.csv`, lines.join(""));
    await writeImages(`${folder}/numbers.csv`, set);
    await writeImages(`${folder}/folders`, set);
    for (const part of ["train", "t10k"]) {
      await writeImages(`${folder}/idx/${part}-images-idx3-ubyte`, set);
    }
    const size = { width: 3, height: 2 }, onNotice = () => {};
    const words = await loadDataset(`${folder}/words.csv`, { size, onNotice });
    assert.deepEqual([words.classes, words.train.width, words.train.count], [letters, 3, 156]);
    const numbers = await loadDataset(`${folder}/numbers.csv`, { classes: letters, onNotice });
    assert.deepEqual(numbers, { ...words, name: "numbers" });
    const folders = await loadDataset(`${folder}/folders`, { onNotice });
    assert.deepEqual([folders.classes, folders.train.count], [letters, 156]);
    const idx = await loadDataset(`${folder}/idx`, { classes: 26 });
    assert.deepEqual(idx.train, samples);
    assert.equal(idx.classes[25], "25");
    for (
      const [path, options, message] of [
        ["numbers.csv", {}, /label 10, expected .* 0 to 9; for more classes, set their number/],
        ["idx", {}, /labels.*: label 10 of image 11 .* 0 to 9; for more classes, set their number/],
        ["words.csv", { size, classes: 25 }, /26 classes \(a, b, .*\), expected 25/],
        [
          "folders",
          { classes: letters.slice(0, 9) },
          /folders: the class . is not among the classes a/,
        ],
        ["folders", { classes: 300 }, /expected 300/],
        ["words.csv", { size, classes: ["a", "a"] }, /classes: "a" in place 2, expected different/],
      ] as const
    ) {
      await assert.rejects(loadDataset(`${folder}/${path}`, options), {
        name: "UserError",
        message,
      });
    }
  });
});

Deno.test("the test images' classes are matched with those of the training images by name", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/train.csv`, "cat,1,1,1,1\ncow,2,2,2,2\ndog,3,3,3,3\n");
    await Deno.writeTextFile(`${folder}/test.csv`, "dog,3,3,3,3\ncat,1,1,1,1\n");
    for (const classes of [undefined, 3, ["cat", "cow", "dog"]]) {
      const { classes: names, test } = await loadDataset(folder, { classes });
      assert.deepEqual([names, [...test.labels]], [["cat", "cow", "dog"], [2, 0]]);
    }
    await Deno.writeTextFile(`${folder}/test.csv`, "dog,3,3,3,3\nhen,1,1,1,1\n");
    await assert.rejects(loadDataset(folder), {
      message: /test\.csv: the class hen is not among the classes cat, cow, dog$/,
    });
  });
});
