import assert from "node:assert/strict";
import { type Journal, openJournal } from "./journal.ts";
import { readLines } from "./journal_lines.ts";
import { randomStream } from "./random.ts";
import { inFolder } from "./testing_folder.ts";

interface Result {
  readonly accuracy: number;
  readonly name: string;
}

const isResult = (value: unknown): value is Result =>
  typeof (value as Result | null)?.accuracy === "number";

/** Runs a test with the path of a journal that does not exist yet, and its folder. */
const withPath = (run: (path: string, folder: string) => void | Promise<void>) =>
  inFolder((folder, at) => run(at("journal.jsonl"), folder));

const RESULTS = Array.from(
  { length: 6 },
  (_, i): [string, Result] => [`key-${i}`, { accuracy: 0.844 + i / 7, name: `σ ${i} J*` }],
);

/** Opens a journal, adds the missing results and closes it. */
function complete(path: string): { kept: number; notices: readonly string[] } {
  const journal = openJournal(path, isResult);
  try {
    const missing = RESULTS.filter(([key]) => !journal.get(key));
    for (const [key, result] of RESULTS) {
      const known = journal.get(key);
      if (known) assert.deepEqual(known, result);
    }
    for (const [key, result] of missing) journal.append(key, result);
    return { kept: RESULTS.length - missing.length, notices: journal.notices };
  } finally {
    journal.close();
  }
}

const linesOf = (path: string) => Deno.readTextFileSync(path).split("\n").slice(0, -1);
const read = (path: string) => Deno.readFileSync(path);

Deno.test("4,000 single-bit flips: no wrong result, at most one lost, which is reported and kept", async () => {
  await withPath((path) => {
    complete(path);
    const whole = read(path);
    const random = randomStream(1, "data");
    for (let i = 0; i < 4000; i++) {
      const bit = random.integer(whole.length * 8);
      const at = bit >> 3;
      const flipped = whole.with(at, whole[at] ^ 1 << (bit & 7));
      const { results, problems, damaged } = readLines([flipped], isResult);
      assert.equal(results.size, RESULTS.length - 1, `bit ${bit}`);
      for (const [key, result] of RESULTS) {
        if (results.has(key)) assert.deepEqual(results.get(key), result);
      }
      // Without its line break, the last line counts as truncated by a crash.
      if (at === whole.length - 1) continue;
      const line = whole.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
      assert.equal(problems[0], `line ${line}: damaged`);
      assert.ok(damaged.some((piece) => latin1(piece).includes(latin1(lineUpTo(flipped, at)))));
      if (i % 40 > 0) continue;
      // The same on disk: reported once, moved, run again, and then intact.
      Deno.writeFileSync(path, flipped);
      const { kept, notices } = complete(path);
      assert.equal(kept, RESULTS.length - 1);
      assert.equal(notices[0], `${path}, line ${line}: damaged`);
      assert.match(
        notices.at(-1)!,
        /to journal\.jsonl\.damaged and .* run again; 5 results are intact$/,
      );
      assert.ok(latin1(read(`${path}.damaged`)).startsWith(latin1(damaged[0])));
      Deno.removeSync(`${path}.damaged`);
      assert.deepEqual(complete(path), { kept: RESULTS.length, notices: [] });
    }
  });
});

const latin1 = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);

/** The start of a line up to a byte. */
function lineUpTo(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.subarray(bytes.lastIndexOf(0x0a, at - 1) + 1, at);
}

Deno.test("a journal is read alike however its file is cut into pieces", async () => {
  await withPath((path) => {
    complete(path);
    const whole = read(path);
    const expected = readLines([whole.with(300, 0)], isResult);
    assert.equal(expected.results.size, RESULTS.length - 1);
    for (const size of [1, 7, 100, 1000]) {
      const pieces = function* () {
        const piece = new Uint8Array(size);
        for (let at = 0; at < whole.length; at += size) {
          const bytes = whole.with(300, 0).subarray(at, at + size);
          piece.set(bytes);
          yield piece.subarray(0, bytes.length);
        }
      };
      assert.deepEqual(readLines(pieces(), isResult), expected);
    }
  });
});

Deno.test("of two results of a task the later one counts, also after damage", async () => {
  await withPath((path) => {
    complete(path);
    const latest: Result = { accuracy: 0.5, name: "again" };
    const journal = openJournal(path, isResult);
    journal.append(RESULTS[0][0], latest);
    journal.close();
    const bytes = read(path);
    Deno.writeFileSync(path, bytes.with(bytes.indexOf(0x0a) + 60, 0));
    for (const notices of [2, 0]) {
      const opened = openJournal(path, isResult);
      opened.close();
      assert.equal(opened.notices.length, notices);
      assert.deepEqual(opened.get(RESULTS[0][0]), latest);
      assert.equal(opened.get(RESULTS[1][0]), undefined);
    }
  });
});

Deno.test("a flip in a line break damages the line before it, not the line after", async () => {
  await withPath((path) => {
    complete(path);
    const bytes = read(path);
    Deno.writeFileSync(path, bytes.with(bytes.indexOf(0x0a), 0x0b));
    const journal = openJournal(path, isResult);
    journal.close();
    assert.deepEqual(RESULTS.map(([key]) => !!journal.get(key)), [
      false,
      ...Array(RESULTS.length - 1).fill(true),
    ]);
  });
});

Deno.test("a line truncated by a crash is removed without a trace", async () => {
  await withPath((path, folder) => {
    complete(path);
    const whole = read(path);
    Deno.writeFileSync(path, whole.subarray(0, -40));
    assert.deepEqual(complete(path), { kept: RESULTS.length - 1, notices: [] });
    assert.deepEqual(read(path), whole);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["journal.jsonl"]);
  });
});

const changes: [string, (lines: string[]) => string[], number][] = [
  ["removed", (lines) => lines.toSpliced(2, 1), 5],
  ["removed at the beginning", (lines) => lines.slice(1), 5],
  ["copied", (lines) => lines.toSpliced(2, 0, lines[1]), 6],
  ["reordered", ([a, b, ...rest]) => [b, a, ...rest], 6],
];
for (const [name, change, kept] of changes) {
  Deno.test(`lines that were ${name} are reported once; the remaining lines are kept`, async () => {
    await withPath((path) => {
      complete(path);
      Deno.writeTextFileSync(path, change(linesOf(path)).map((line) => `${line}\n`).join(""));
      const first = complete(path);
      assert.equal(first.kept, kept);
      assert.match(first.notices[0], /journal\.jsonl, line [123]: does not follow the line before/);
      assert.deepEqual(complete(path), { kept: RESULTS.length, notices: [] });
    });
  });
}

Deno.test("a journal of an earlier version is read and rewritten with digests", async () => {
  await withPath((path) => {
    const old = RESULTS.map(([key, result]) => JSON.stringify({ key, result }));
    Deno.writeTextFileSync(path, old.with(3, old[3].slice(1)).map((line) => `${line}\n`).join(""));
    const { kept, notices } = complete(path);
    assert.equal(kept, RESULTS.length - 1);
    assert.match(notices[0], /line 1: written by an earlier version without digests/);
    assert.match(notices[1], /line 4: damaged/);
    assert.deepEqual(complete(path), { kept: RESULTS.length, notices: [] });
    assert.ok(linesOf(path).every((line) => line.startsWith('{"digest":"')));
  });
});

Deno.test("anything but a valid result is treated as damaged", async () => {
  await withPath((path) => {
    Deno.writeTextFileSync(path, "null\n[]\nlearningRate,seed\n\n");
    assert.equal(complete(path).kept, 0);
    assert.match(Deno.readTextFileSync(`${path}.damaged`), /^null\n\[\]\nlearningRate,seed\n/);
  });
});

Deno.test("a rewritten journal stays locked", async () => {
  await withPath((path) => {
    complete(path);
    Deno.writeTextFileSync(path, linesOf(path).slice(1).map((line) => `${line}\n`).join(""));
    const holder: Journal<Result> = openJournal(path, isResult);
    assert.equal(holder.notices.length, 1);
    using other = Deno.openSync(path, { read: true, write: true });
    assert.equal(other.tryLockSync(true), false);
    holder.close();
    assert.equal(other.tryLockSync(true), true);
  });
});

Deno.test("a journal that is open is refused to a second opener, and free once it is closed", async () => {
  await withPath((path) => {
    const journal = openJournal(path, isResult);
    assert.throws(
      () => openJournal(path, isResult),
      /journal\.jsonl: already in use by another process/,
    );
    journal.close();
    openJournal(path, isResult).close();
  });
});
