import assert from "node:assert/strict";
import sharp from "sharp";
import { removeResults } from "../base/testing_results.ts";
import { loadDataset } from "../dataset/load.ts";
import { randomStream } from "../base/random.ts";
import { inFolder } from "../base/testing_folder.ts";
import { imageAt } from "../dataset/dataset.ts";
import { loadModel, saveModel } from "../model/model_file.ts";
import { classifier } from "../recognition/classify.ts";
import { download, drawWithMouse, readingOf, withPad } from "../pad/testing_pad.ts";
import { browserIsMissing } from "../plot/testing_browser.ts";
import { runTask } from "./testing_command.ts";

/** Three classes of 5×3 pixels, one hostile to pages. */
const MARKS: Readonly<Record<string, string>> = {
  bar: "#####" + "     " + "     ",
  "dot <i>": "     " + "  #  " + "     ",
  post: "  #  " + "  #  " + "  #  ",
};
const NAMES = Object.keys(MARKS);

/** A table of marks with words as labels, in the order of no alphabet. */
function marks(count: number): string {
  const random = randomStream(3, "data");
  const lines = Array.from({ length: count }, (_, i) => {
    const name = NAMES[(i + 1) % 3];
    const pixels = [...MARKS[name]].map((c) =>
      c === "#" ? 180 + random.integer(76) : random.integer(40)
    );
    return `${name},${pixels}\n`;
  });
  return lines.join("");
}

async function pngOf(name: string, path: string): Promise<void> {
  const bytes = Uint8Array.from(MARKS[name], (c) => c === "#" ? 220 : 10);
  await sharp(bytes, { raw: { width: 5, height: 3, channels: 1 } }).png().toFile(path);
}

/** Runs a task that is to succeed, and gives its JSON. */
async function json(...args: string[]) {
  const { status, stdout, stderr } = await runTask([...args, "--json"]);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

const TRAINING = ["--layers", "auto-8-auto", "--learning-rate", "0.5", "--batch-size", "8"];

Deno.test("three classes by name, images of 5×3: train, evaluate, sweep, verify and predict", async () => {
  await inFolder(async (_, at) => {
    const name = `own-data-test-${Deno.pid}`;
    await Deno.writeTextFile(at("marks.csv"), marks(210));
    const data = ["--dataset", at("marks.csv"), "--size", "5x3"];
    const trained = await json(
      "train",
      ...data,
      ...TRAINING,
      "--epochs",
      "6",
      "--out",
      at("m.json"),
    );
    assert.deepEqual([trained.hyperparameters.layers, trained.testAccuracy], [[15, 8, 3], 1]);
    const { model } = await loadModel(at("m.json"));
    assert.deepEqual(model.images, { width: 5, height: 3, classes: NAMES, framed: false });

    // Without --size: the model knows it.
    await Deno.writeTextFile(
      at("few.csv"),
      marks(210).split("\n").filter((l) => !/^dot/.test(l)).join("\n"),
    );
    const { classes, confusion } = await json("evaluate", at("m.json"), "--dataset", at("few.csv"));
    assert.deepEqual(classes.map((c: { class: string; images: number }) => [c.class, c.images]), [
      ["bar", 70],
      ["dot <i>", 0],
      ["post", 70],
    ]);
    assert.deepEqual(confusion, [[70, 0, 0], [0, 0, 0], [0, 0, 70]]);

    for (const mark of NAMES) await pngOf(mark, at(`${NAMES.indexOf(mark)}.png`));
    const files = [0, 1, 2].map((i) => at(`${i}.png`));
    const found = await json("predict", at("m.json"), ...files, "--explain", at("x.svg"));
    assert.deepEqual(found.map((p: { class: string }) => p.class), NAMES);
    // Pixels of the right size go in as they are.
    const { probabilities } = classifier(model)(
      Uint8Array.from(MARKS.bar, (c) => c === "#" ? 220 : 10),
    );
    assert.deepEqual(found[0].probabilities, probabilities);
    assert.match(await Deno.readTextFile(at("x.svg")), />dot &lt;i&gt;</);

    try {
      const swept = await json("sweep", "--name", name, ...data, ...TRAINING, "--seed", "1,2");
      assert.deepEqual(swept.rows.map((row: { layers: string }) => row.layers), [
        "15-8-3",
        "15-8-3",
      ]);
      const checked = await json("verify", name, ...data, "--all");
      assert.equal(checked.same, true);
    } finally {
      await removeResults(name);
    }
  });
});

Deno.test({
  name: "the pad of a network for 5×3 images: what it says is what predict says of its PNG" +
    (browserIsMissing ? " (needs Debian's chromium)" : ""),
  ignore: browserIsMissing,
  fn: () =>
    inFolder(async (_, at) => {
      await Deno.writeTextFile(at("marks.csv"), marks(210));
      const data = ["--dataset", at("marks.csv"), "--size", "5x3"];
      await json("train", ...data, ...TRAINING, "--epochs", "6", "--out", at("m.npz"));
      const { model } = await loadModel(at("m.npz"));
      await withPad({}, async (page, { complaints }) => {
        assert.equal(await page.textContent("h1"), "Draw: bar, dot <i>, post");
        const { x, y, width, height } = (await page.locator("#board").boundingBox())!;
        assert.ok(Math.abs(width / height - 5 / 3) < 0.02, `${width}×${height}`);
        await drawWithMouse(page, [[[x + width / 2, y + 2], [x + width / 2, y + height - 2]]]);
        const { digit, probabilities } = await readingOf(page);
        assert.equal(digit, "post");
        await Deno.writeFile(at("drawing.png"), await download(page));
        const [{ class: name, probabilities: again }] = await json(
          "predict",
          at("m.npz"),
          at("drawing.png"),
        );
        assert.deepEqual([name, again], ["post", probabilities]);
        assert.deepEqual(complaints, []);
      }, model);
    }),
});

Deno.test("26 classes in folders: every model format keeps their names", async () => {
  await inFolder(async (_, at) => {
    const letters = [..."abcdefghijklmnopqrstuvwxyz"];
    for (const [label, letter] of letters.entries()) {
      await Deno.mkdir(at(`letters/${letter}`), { recursive: true });
      for (let i = 0; i < 7; i++) {
        // One of 27 pixels is lit.
        const bytes = new Uint8Array(27).fill(5 * i);
        bytes[label] = 255;
        await sharp(bytes, { raw: { width: 9, height: 3, channels: 1 } }).png()
          .toFile(at(`letters/${letter}/${i}.png`));
      }
    }
    const options = [
      "--batch-size",
      "4",
      "--epochs",
      "40",
      "--learning-rate",
      "1",
      "--out",
      at("m.npz"),
    ];
    const trained = await json(
      "train",
      "--dataset",
      at("letters"),
      "--layers",
      "auto,auto",
      ...options,
    );
    assert.deepEqual(trained.hyperparameters.layers, [27, 26]);
    assert.ok(trained.testAccuracy > 0.9, `${trained.testAccuracy}`);
    const { model } = await loadModel(at("m.npz"));
    const { train } = await loadDataset(at("letters"), { onNotice: () => {} });
    for (const file of ["m.json", "npy/*.npy", "csv/m-*.csv"]) {
      await Deno.mkdir(at("npy"), { recursive: true });
      await Deno.mkdir(at("csv"), { recursive: true });
      await saveModel(at(file), model);
      const { model: read } = await loadModel(at(file));
      assert.deepEqual(read.images, model.images, file);
      const { label } = classifier(read)(imageAt(train, 0));
      assert.equal(read.images!.classes[label], letters[train.labels[0]]);
    }
    const csv = await runTask(["predict", at("m.npz"), at("letters/q/0.png"), "--csv"]);
    assert.match(csv.stdout, /^path,class,probability,p a,p b,.*,p z\n[^\n]*\/q\/0\.png,q,0\./);
  });
});
