import assert from "node:assert/strict";
import { type ImageSet, readImages, writeImages } from "./convert.ts";
import { DIGITS, emptySamples } from "./dataset.ts";

/** Six images in the order of their labels, as read from a folder. */
function someImages(labelled = true): ImageSet {
  const samples = emptySamples(6, 3, 3);
  samples.pixels.forEach((_, i) => samples.pixels[i] = (i * 37) % 256);
  if (labelled) samples.labels.set([0, 0, 3, 5, 5, 9]);
  return { samples, labelled, classes: DIGITS };
}

async function inFolder(run: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  await run(folder).finally(() => Deno.remove(folder, { recursive: true }));
}

Deno.test("conversion from any format to any other and back is lossless", async () => {
  const names = ["a.csv", "a.csv.gz", "a-images-idx3-ubyte", "a-images.idx3-ubyte.gz", "a"];
  for (const from of names) {
    for (const to of names) {
      await inFolder(async (folder) => {
        const set = someImages();
        await writeImages(`${folder}/from/${from}`, set);
        await writeImages(`${folder}/to/${to}`, await readImages(`${folder}/from/${from}`));
        assert.deepEqual(await readImages(`${folder}/to/${to}`), set, `${from} to ${to}`);
      });
    }
  }
});

Deno.test("an IDX pair is two files in one folder, each gzip or plain", async () => {
  await inFolder(async (folder) => {
    await writeImages(`${folder}/x-images-idx3-ubyte.gz`, someImages());
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["x-images-idx3-ubyte.gz", "x-labels-idx1-ubyte.gz"]);
    // Gzip is detected from the content, not from the name.
    await Deno.rename(`${folder}/x-labels-idx1-ubyte.gz`, `${folder}/x-labels-idx1-ubyte`);
    assert.deepEqual(await readImages(`${folder}/x-images-idx3-ubyte.gz`), someImages());
  });
});

Deno.test("images without labels stay without, and cannot become folders", async () => {
  await inFolder(async (folder) => {
    const set = someImages(false);
    await writeImages(`${folder}/test.csv`, set);
    assert.deepEqual(await readImages(`${folder}/test.csv`), set);
    await writeImages(`${folder}/test-images-idx3-ubyte`, await readImages(`${folder}/test.csv`));
    const notices: string[] = [];
    const onNotice = (text: string) => notices.push(text);
    assert.deepEqual(await readImages(`${folder}/test-images-idx3-ubyte`, { onNotice }), set);
    assert.match(notices.join(), /no labels \(there is no test-labels-idx1-ubyte beside it\)$/);
    await assert.rejects(
      writeImages(`${folder}/out`, set),
      /without labels cannot be written to folders/,
    );
    await Deno.writeTextFile(`${folder}/test-labels-idx1-ubyte`, "another's");
    await assert.rejects(
      writeImages(`${folder}/test-images-idx3-ubyte`, set),
      /but there is a labels file/,
    );
  });
});

Deno.test("each kind of unreadable data has its own message", async () => {
  await inFolder(async (folder) => {
    await writeImages(`${folder}/set/train`, someImages());
    await writeImages(`${folder}/idx/train-images-idx3-ubyte`, someImages());
    await Deno.writeTextFile(`${folder}/empty.gz`, "");
    const labels = `${folder}/idx/train-labels-idx1-ubyte`;
    for (
      const [path, message] of [
        [`${folder}/set`, /set: training and test images; name one, e\.g\. .*\/set\/train$/],
        [`${folder}/idx`, /idx: a folder of IDX files; name the one with the images$/],
        [labels, /train-labels-idx1-ubyte: holds labels where images were expected/],
        [`${folder}/empty.gz`, /empty\.gz: an empty file$/],
        [`${folder}/nothing`, /nothing: no such file$/],
      ] as const
    ) await assert.rejects(readImages(path), { name: "UserError", message });
  });
});

Deno.test("a size or number of classes that a format does not support is rejected", async () => {
  await inFolder(async (folder) => {
    const idx = `${folder}/train-images-idx3-ubyte`;
    await writeImages(idx, someImages());
    const { samples: { width, height } } = await readImages(idx);
    await readImages(idx, { size: { width, height } });
    await assert.rejects(readImages(idx, { size: { width: 7, height: 9 } }), {
      message: /-ubyte: IDX images of \d+×\d+ pixels, which are not scaled to 7×9/,
      status: 2,
    });
    await writeImages(`${folder}/png`, someImages());
    await assert.rejects(readImages(`${folder}/png`, { classes: 12 }), {
      message: /png: an image folder has its own classes/,
      status: 2,
    });
  });
});

Deno.test("a name without a format is rejected", async () => {
  for (
    const [name, message] of [
      ["a.zip", /expected a name such as digits\.csv/],
      ["labels-idx1-ubyte", /name the file with the images/],
      ["emnist-letters.csv", /are read as transposed/],
    ] as const
  ) {
    await assert.rejects(writeImages(`/nowhere/${name}`, someImages()), {
      name: "UserError",
      message,
      status: 2,
    });
  }
});

Deno.test("more than ten classes are given, or known from EMNIST's names", async () => {
  await inFolder(async (folder) => {
    const rows = "label,1,2,3,4\n26,1,2,3,4\n".replace("label,1,2,3,4", "label,a,b,c,d");
    await Deno.writeTextFile(`${folder}/more.csv`, rows);
    await assert.rejects(readImages(`${folder}/more.csv`), /label 26, expected .* 0 to 9/);
    assert.equal((await readImages(`${folder}/more.csv`, { classes: 27 })).samples.labels[0], 26);
    await Deno.writeTextFile(`${folder}/emnist-letters-train.csv`, rows);
    const letters = await readImages(`${folder}/emnist-letters-train.csv`);
    assert.equal(letters.classes[letters.samples.labels[0]], "Z");
    assert.deepEqual([...letters.samples.pixels], [1, 3, 2, 4]);
  });
});
