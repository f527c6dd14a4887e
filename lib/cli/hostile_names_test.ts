import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { inFolder } from "../base/testing_folder.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { writeImages } from "../dataset/convert.ts";
import { photoFile } from "../picture/photo.ts";
import { writeNpz } from "../model/npz.ts";
import { type Ended, runTask } from "./testing_command.ts";

/** Clears the screen, sets the title, reverses the direction, and forges a line of its own. */
const HOSTILE = "\x1b[2J\x1b]0;title\x07\u202egnp\x9b31m\nerror: forged";
const SHOWN = "\\x1b[2J\\x1b]0;title\\x07\\u202egnp\\x9b31m\\nerror: forged";
const DIGITS = projectPath("results", "models", "digits.npz");

/** Checks for control characters, forged lines and overlong lines. */
function assertHarmless({ stdout, stderr }: Ended): void {
  for (const text of [stdout, stderr]) {
    assert.doesNotMatch(text, /(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
    assert.doesNotMatch(text, /^error: forged/m);
    assert(text.split("\n").every((line) => line.length < 1200), "a line is too long");
  }
}

const onUnix = { ignore: Deno.build.os === "windows" };

Deno.test({
  ...onUnix,
  name: "hostile names of pictures are escaped: read, unreadable, in a folder, as JSON and CSV",
  fn: () =>
    inFolder(async (folder) => {
      const { test } = syntheticDigits();
      const seven = await photoFile(test.pixels.slice(0, 784), {}, 1);
      await Deno.writeFile(`${folder}/${HOSTILE}.png`, seven);
      await Deno.writeTextFile(`${folder}/x${HOSTILE}.png`, "no picture");
      for (const place of [[folder], [`${folder}/${HOSTILE}.png`, `${folder}/x${HOSTILE}.png`]]) {
        const ended = await runTask(["predict", DIGITS, ...place]);
        assertHarmless(ended);
        assert(ended.stdout.includes(`/${SHOWN}.png: `), ended.stdout);
        assert(ended.stderr.includes(`/x${SHOWN}.png: not a picture`), ended.stderr);
      }
      const csv = await runTask(["predict", DIGITS, `${folder}/${HOSTILE}.png`, "--csv"]);
      assertHarmless(csv);
      assert.equal(csv.stdout.trim().split("\n").length, 2);
      const json = await runTask(["predict", DIGITS, `${folder}/${HOSTILE}.png`, "--json"]);
      assertHarmless(json);
      assert.equal(JSON.parse(json.stdout)[0].path, `${folder}/${HOSTILE}.png`);
    }),
});

Deno.test("hostile names of arrays in .npz and JSON are escaped, long ones are shortened", () =>
  inFolder(async (folder) => {
    const data = Float32Array.of(1);
    const long = "k".repeat(200_000);
    await Deno.writeFile(
      `${folder}/a.npz`,
      writeNpz(new Map([[`${HOSTILE}W1`, { shape: [1], data }], ["b1", { shape: [1], data }]])),
    );
    await Deno.writeTextFile(
      `${folder}/a.json`,
      JSON.stringify({ [HOSTILE]: 1, [long]: [[1], []] }),
    );
    await Deno.writeTextFile(`${folder}/b.json`, JSON.stringify({ [`${HOSTILE}W1`]: [["x"]] }));
    for (const file of ["a.npz", "a.json", "b.json"]) {
      const ended = await runTask(["evaluate", `${folder}/${file}`, "--dataset", "synthetic"]);
      assert.equal(ended.status, 1);
      assertHarmless(ended);
      assert(ended.stderr.includes(SHOWN), ended.stderr);
    }
    const { stderr } = await runTask(["evaluate", `${folder}/a.json`, "--dataset", "synthetic"]);
    assert.match(stderr, /… \(\d{6} characters\) …/);
  }));

Deno.test({
  ...onUnix,
  name: "hostile names of class folders are escaped in tables, errors and CSV",
  fn: () =>
    inFolder(async (folder) => {
      const { train, classes } = syntheticDigits();
      const samples = { ...train, count: 40 };
      await writeImages(`${folder}/set`, { samples, classes, labelled: true });
      await Deno.rename(`${folder}/set/3`, `${folder}/set/${HOSTILE}`);
      const ended = await runTask(["evaluate", DIGITS, "--dataset", `${folder}/set`]);
      assertHarmless(ended);
      await Deno.writeTextFile(`${folder}/set/${HOSTILE}/a${HOSTILE}.png`, "no picture");
      const failed = await runTask(["evaluate", DIGITS, "--dataset", `${folder}/set`]);
      assert.equal(failed.status, 1);
      assertHarmless(failed);
      assert(failed.stderr.includes(`${SHOWN}/a${SHOWN}.png: not a picture`), failed.stderr);
    }),
});

Deno.test("arguments, including wrong flags, are escaped", async () => {
  for (
    const args of [
      ["evaluate", `${HOSTILE}.npz`],
      ["evaluate", DIGITS, `--${HOSTILE}`],
      ["train", "--layers", HOSTILE],
      ["convert", HOSTILE, `${HOSTILE}.csv`],
      ["sweep", "--dataset", HOSTILE],
    ]
  ) {
    const ended = await runTask(args);
    assert.notEqual(ended.status, 0);
    assertHarmless(ended);
    assert(ended.stderr.includes("\\x1b[2J"), ended.stderr);
  }
});
