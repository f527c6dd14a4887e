import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { parseCsv } from "../base/csv.ts";
import { randomStream } from "../base/random.ts";
import { inFolder } from "../base/testing_folder.ts";
import { imageAt } from "../dataset/dataset.ts";
import { photograph } from "../picture/photo.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { loadModel, saveModel } from "../model/model_file.ts";
import { plainKernel } from "../kernel/plain.ts";
import { createNetwork, modelOf } from "../network/network.ts";
import { runTask } from "./testing_command.ts";

const MODEL = "results/models/digits.npz";

const { test } = syntheticDigits({ train: 0, test: 10, seed: 3 });

/** A photo of a synthetic digit, dark ink on light paper. */
function photoOf(digit: number, size = 120) {
  const image = imageAt(test, test.labels.indexOf(digit));
  const { rgba } = photograph(image, { size, inverted: true }, randomStream(1, "data"));
  return sharp(rgba, { raw: { width: size, height: size, channels: 4 } });
}

Deno.test("deno task predict: a line, a JSON document or a CSV table for every picture", () =>
  inFolder(async (_, at) => {
    await Deno.mkdir(at("more/deep"), { recursive: true });
    await photoOf(7).png().toFile(at("seven.png"));
    await photoOf(2).jpeg().toFile(at("more/b.JPG"));
    await photoOf(0).webp().toFile(at("more/deep/a.webp"));
    await Deno.writeTextFile(at("more/notes.txt"), "not a picture, and not said to be one");
    await Deno.writeTextFile(at("more/.hidden.png"), "");
    const files = [at("seven.png"), at("more")];

    const lines = await runTask(["predict", MODEL, ...files]);
    assert.equal(lines.stderr, "");
    assert.equal(lines.status, 0);
    const expected = [[at("seven.png"), 7], [at("more/b.JPG"), 2], [at("more/deep/a.webp"), 0]];
    assert.deepEqual(
      lines.stdout.trimEnd().split("\n").map((line) =>
        /^(.*): (\d) \([> \d.]+ %\), then \d \([< \d.]+ %\)$/.exec(line)?.slice(1)
      ),
      expected.map(([path, digit]) => [path, String(digit)]),
    );

    const json = await runTask(["predict", MODEL, ...files, "--json"]);
    const predictions: Record<string, unknown>[] = JSON.parse(json.stdout);
    for (const [i, prediction] of predictions.entries()) {
      assert.deepEqual(Object.keys(prediction), [
        "path",
        "class",
        "label",
        "probability",
        "probabilities",
      ]);
      assert.deepEqual([prediction.path, prediction.label], expected[i]);
      const probabilities = prediction.probabilities as number[];
      assert.equal(prediction.probability, Math.max(...probabilities));
      assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-6);
    }

    const csv = await runTask(["predict", MODEL, ...files, "--csv"]);
    const rows = parseCsv(csv.stdout, "stdout");
    assert.deepEqual(
      rows.map((row) => Array.from({ length: 10 }, (_, c) => Number(row[`p${c}`]))),
      predictions.map(({ probabilities }) => probabilities),
    );
    assert.deepEqual(rows.map((row) => [row.path, Number(row.class)]), expected);
  }));

Deno.test("deno task predict reads a picture from standard input", async () => {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "predict", MODEL, "-", "--json"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(await photoOf(5).png().toBuffer());
  await writer.close();
  const { code, stdout } = await process.output();
  const [{ path, label }] = JSON.parse(new TextDecoder().decode(stdout));
  assert.deepEqual([code, path, label], [0, "-", 5]);
});

Deno.test("deno task predict --explain draws the stages and the probabilities", () =>
  inFolder(async (_, at) => {
    await photoOf(4).png().toFile(at("four & <more>.png"));
    await photoOf(8).png().toFile(at("eight.png"));
    const one = [MODEL, at("four & <more>.png")];
    const svg = await runTask(["predict", ...one, at("eight.png"), "--explain", at("two.svg")]);
    assert.equal(svg.status, 0, svg.stderr);
    const text = await Deno.readTextFile(at("two.svg"));
    assert.equal([...text.matchAll(/<image /g)].length, 10);
    assert.equal([...text.matchAll(/>what the network sees</g)].length, 2);
    assert.match(text, /four &amp; &lt;more&gt;\.png: a 4/);
    const png = await runTask(["predict", ...one, "--explain", at("one.png")]);
    assert.equal(png.status, 0, png.stderr);
    const { format, width = 0, height = 0 } = await sharp(at("one.png")).metadata();
    assert.ok(format === "png" && width > 4 * height, `${width}×${height}`);
  }));

/** A PNG file whose header promises 60,000 × 60,000 pixels. */
async function bomb(): Promise<Uint8Array> {
  const file = new Uint8Array(await photoOf(1).png().toBuffer());
  const view = new DataView(file.buffer);
  view.setUint32(16, 60_000);
  view.setUint32(20, 60_000);
  view.setUint32(29, crc32(file.subarray(12, 29)));
  return file;
}

Deno.test("every bad picture gets its own line, and the good ones are still recognised", () =>
  inFolder(async (_, at) => {
    const white = { width: 90, height: 90, channels: 3, background: "white" } as const;
    const grey = Uint16Array.from(await photoOf(6).greyscale().raw().toBuffer(), (v) => 257 * v);
    const good: [string, number, Uint8Array][] = [
      [
        "animated.gif",
        3,
        await sharp(
          [await photoOf(3).png().toBuffer(), await photoOf(9).png().toBuffer()],
          { join: { animated: true } },
        ).gif().toBuffer(),
      ],
      ["cmyk.jpg", 2, await photoOf(2).removeAlpha().toColourspace("cmyk").jpeg().toBuffer()],
      [
        "sixteen-bits.png",
        6,
        await sharp(grey, { raw: { width: 120, height: 120, channels: 1 } })
          .toColourspace("grey16").png().toBuffer(),
      ],
    ];
    const jpeg = await photoOf(1).jpeg().toBuffer();
    const bad: [string, Uint8Array | string, RegExp][] = [
      ["bomb.png", await bomb(), /60000×60000 pixels are more than 50 megapixels/],
      ["cut.jpg", jpeg.subarray(0, jpeg.length / 2), /not a picture that can be read/],
      [
        "pixel.png",
        await sharp({ create: { ...white, width: 1, height: 1 } }).png().toBuffer(),
        /1×1 pixels are too few/,
      ],
      ["text.png", "seven\n", /not a picture that can be read/],
      ["white.png", await sharp({ create: white }).png().toBuffer(), /no digit found/],
    ];
    for (const [name, bytes] of bad) {
      if (typeof bytes === "string") await Deno.writeTextFile(at(name), bytes);
      else await Deno.writeFile(at(name), bytes);
    }
    for (const [name, , bytes] of good) await Deno.writeFile(at(name), bytes);
    await Deno.mkdir(at("empty"));

    const places = [at("missing.png"), at("empty"), at("")];
    const { status, stdout, stderr } = await runTask(["predict", MODEL, ...places]);
    assert.equal(status, 1);
    const seen = stdout.trimEnd().split("\n").map((line) => line.split(" (")[0]);
    assert.deepEqual(seen, good.map(([name, digit]) => `${at(name)}: ${digit}`));
    const complaints = stderr.trimEnd().split("\n");
    assert.equal(complaints.length, bad.length + 3, stderr);
    assert.match(complaints[0], /^error: .*missing\.png: no such file$/);
    assert.match(complaints[1], /^error: .*empty: a folder without pictures; expected \.png, /);
    for (const [i, [name, , message]] of bad.entries()) {
      assert.ok(complaints[i + 2].startsWith(`error: ${at(name)}: `), complaints[i + 2]);
      assert.match(complaints[i + 2], message);
    }
    assert.equal(complaints.at(-1), "error: 3 recognised, 7 were not; see above");

    const json = await runTask(["predict", MODEL, at("text.png"), "--json"]);
    assert.deepEqual([json.status, JSON.parse(json.stdout)], [1, []]);
    assert.match(json.stderr, /^error: .*text\.png: not a picture that can be read[^\n]*\n$/);
  }));

Deno.test("a network not for digits of 28×28 pixels is rejected in one line", () =>
  inFolder(async (_, at) => {
    const save = async (name: string, layers: number[], weight = 0) => {
      const activations = layers.slice(1).map(() => "relu" as const);
      const architecture = { layers, activations, loss: "crossEntropy" as const };
      const model = modelOf(createNetwork(plainKernel(32), architecture));
      model.parameters[0].weights[0] = weight;
      await saveModel(at(name), model);
    };
    await save("small.npz", [2, 3, 10]);
    await save("diverged.npz", [784, 3, 10], NaN);
    await photoOf(1).png().toFile(at("one.png"));
    for (
      const [name, message] of [
        [
          "small.npz",
          /small\.npz: the network 2-3-10 has no width and height for its images of 2 pixels/,
        ],
        ["diverged.npz", /diverged\.npz: .* not finite: its training diverged/],
        ["none.npz", /none\.npz/],
      ] as const
    ) {
      for (const task of [["predict", at(name), at("one.png")], ["pad", at(name)]]) {
        const { status, stdout, stderr } = await runTask(task);
        assert.deepEqual([status, stdout], [1, ""]);
        assert.match(stderr, new RegExp(`^error: [^\n]*${message.source}[^\n]*\n$`));
      }
    }
  }));

Deno.test("wrong usage of predict and pad is reported before any work", async () => {
  for (
    const [args, message] of [
      [["predict", MODEL], /missing required argument 'picture'/],
      [["predict", MODEL, "-", "-"], /standard input, -, can be read only once/],
      [["predict", MODEL, "a.png", "--csv", "--json"], /cannot be combined/],
      [["predict", MODEL, "a.png", "--explain", "a.jpg"], /ends in \.png or \.svg/],
      [["pad", MODEL, "--out", "pad.pdf"], /ends in \.html/],
    ] as const
  ) {
    const { status, stderr } = await runTask(args);
    assert.equal(status, 2, args.join(" "));
    assert.match(stderr, message);
  }
});

Deno.test("a network that overflows is reported", () =>
  inFolder(async (_, at) => {
    const { model } = await loadModel(MODEL);
    const { weights } = model.parameters.at(-1)!;
    weights.forEach((w, i) => weights[i] = w * 1e38);
    await saveModel(at("huge.npz"), model);
    await photoOf(7).png().toFile(at("seven.png"));
    await photoOf(2).png().toFile(at("two.png"));
    const message = (name: string) =>
      new RegExp(
        `^error: .*${name}: not recognised, as .*huge\\.npz overflows: its output for`,
        "m",
      );
    for (const flags of [[], ["--json"], ["--csv"]]) {
      const one = await runTask(["predict", at("huge.npz"), at("seven.png"), ...flags]);
      assert.match(one.stderr, message("seven\\.png"));
      assert.doesNotMatch(one.stdout, /NaN|-1/);
      assert.equal(one.status, 1);
      if (flags[0] === "--json") assert.deepEqual(JSON.parse(one.stdout), []);
    }
    const both = await runTask(["predict", at("huge.npz"), at("seven.png"), at("two.png")]);
    assert.match(both.stderr, message("seven\\.png"));
    assert.match(both.stderr, message("two\\.png"));
    assert.equal(both.status, 1);
  }));
