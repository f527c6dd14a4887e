import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { select } from "../dataset/dataset.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { PHOTOS } from "../picture/photo.ts";
import { loadModel } from "../model/model_file.ts";
import { imagesFor, measureRobustness, type RobustnessProgress } from "./robustness.ts";
import { formatRobustness, readRobustness } from "./robustness_table.ts";

const { model } = await loadModel(projectPath("results", "models", "digits.npz"));

const { test: digits } = syntheticDigits({ train: 0, test: 40 });

Deno.test("the rows are correct and do not depend on the number of workers", async () => {
  const progress: RobustnessProgress[] = [];
  const rows = await measureRobustness(model, digits, {
    images: 8,
    workers: 1,
    onProgress: (news) => progress.push(news),
  });
  assert.deepEqual(await measureRobustness(model, digits, { images: 8, workers: 3 }), rows);

  assert.deepEqual(rows.map(({ photo }) => photo).slice(1), PHOTOS.map(({ name }) => name));
  for (const { images, right, notFound, accuracy, low, high } of rows) {
    assert.ok(right + notFound <= images && accuracy === right / images);
    assert.ok(low <= accuracy && accuracy <= high);
  }
  // Original digits and 28×28 PNGs are the same bytes.
  assert.equal(rows[0].right, rows[1].right);
  const total = rows.reduce((sum, { images }) => sum + images, 0);
  assert.deepEqual(progress[0], { done: 0, total, reused: 0 });
  assert.deepEqual(progress.at(-1), { done: total, total, reused: 0 });
});

Deno.test("images are taken evenly from all of them, and those without a digit are counted", async () => {
  // The second half is blank paper.
  const half = select(digits, Array.from({ length: 40 }, (_, i) => i));
  half.pixels.fill(0, 20 * 784);
  const rows = await measureRobustness(model, half, { images: 8, workers: 2 });
  const notFound = (name: string) => rows.find(({ photo }) => photo === name)!.notFound;
  assert.equal(notFound("28×28 PNG"), 20);
  assert.equal(notFound("200 pixels"), 4);
});

Deno.test("an interrupted run resumes with the same network and images", async () => {
  const folder = await Deno.makeTempDir();
  const journal = `${folder}/journal.jsonl`;
  /** Measures until so many photos are read; returns the rows and the number of photos reused. */
  async function measure(most = Infinity, network = model, samples = digits) {
    let known = 0;
    const rows = await measureRobustness(network, samples, {
      images: 8,
      workers: 2,
      journal,
      onProgress({ done, reused }) {
        known = reused;
        if (done > most) throw new Error("killed");
      },
    });
    return { rows, known };
  }
  await assert.rejects(measure(60), /killed/);
  const { rows, known } = await measure();
  // Tasks have 25 photos or fewer, and the one that was interrupted had finished by then.
  assert.ok(known > 60 && known <= 60 + 2 * 25, `${known} known`);
  assert.deepEqual(rows, await measureRobustness(model, digits, { images: 8, workers: 1 }));

  const [first, ...others] = model.parameters;
  const biases = first.biases.map((b) => b + 1);
  const other = { ...model, parameters: [{ ...first, biases }, ...others] };
  assert.equal((await measure(Infinity, other)).known, 0);
  const { test: fewer } = syntheticDigits({ train: 0, test: 39 });
  assert.equal((await measure(Infinity, model, fewer)).known, 0);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a worker that dies is replaced, and its photos are read by the next one", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${folder}/dying.js`,
    `import { parentPort } from "node:worker_threads";
    import ${JSON.stringify(import.meta.resolve("./robustness_worker.ts"))};
    let tasks = 0;
    parentPort.on("message", (message) => {
      if (!message.task) return;
      // The first worker dies before its second task, after the result of its first.
      try {
        if (++tasks === 2) Deno.writeTextFileSync(${
      JSON.stringify(folder)
    } + "/dead", "", { createNew: true });
        else return;
      } catch { return; }
      Deno.exit(3);
    });`,
  );
  try {
    const { test: few } = syntheticDigits({ train: 0, test: 4 });
    const options = { images: 4, workers: 2 };
    const expected = await measureRobustness(model, few, options);
    const script = new URL(`file://${folder}/dying.js`);
    assert.deepEqual(await measureRobustness(model, few, { ...options, script }), expected);
    assert.ok(await Deno.stat(`${folder}/dead`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("small photos are measured with all images, large ones with fewer", () => {
  assert.equal(imagesFor({ size: 28 }, 10_000, 2000), 10_000);
  assert.equal(imagesFor({}, 10_000, 2000), 2000);
  assert.equal(imagesFor({ size: 2000 }, 10_000, 2000), 500);
  assert.equal(imagesFor({}, 100, 2000), 100);
});

Deno.test("the table round-trips; errors name the cell", async () => {
  const rows = [
    { photo: "grain", images: 9, right: 8, notFound: 1, accuracy: 8 / 9, low: 0.6, high: 0.98 },
  ];
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, formatRobustness(rows));
  assert.deepEqual(await readRobustness(path), rows);
  await Deno.writeTextFile(path, formatRobustness(rows).replace("0.98", "high"));
  await assert.rejects(readRobustness(path), {
    name: "UserError",
    message: `${path}, line 2, column high: expected a number, got "high"`,
  });
  await Deno.remove(path);
});

Deno.test("no kind of photo in the committed table is read below 95 %, 28×28 within 0.3 points", async () => {
  const rows = await readRobustness(projectPath("results", "robustness.csv"));
  assert.deepEqual(rows.map(({ photo }) => photo).slice(1), PHOTOS.map(({ name }) => name));
  for (const { photo, accuracy } of rows) assert.ok(accuracy >= 0.95, `${photo}: ${accuracy}`);
  const [bytes, png, jpeg] = rows.map(({ accuracy }) => accuracy);
  assert.ok(Math.abs(png - bytes) <= 0.003 && Math.abs(jpeg - bytes) <= 0.003);
});
