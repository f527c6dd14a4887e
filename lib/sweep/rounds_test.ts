import assert from "node:assert/strict";
import { inFolder } from "../base/testing_folder.ts";
import { patchDataset } from "../dataset/testing_samples.ts";
import { choice, logUniform } from "./distribution.ts";
import { type Engine, failedTrial } from "./engine.ts";
import { narrowed } from "./narrowed.ts";
import { checkContainsFormer } from "./result_files.ts";
import { quasiRandom, random } from "./search.ts";
import type { Space } from "./space.ts";
import { runSweep } from "./sweep.ts";
import type { RoundReport, SweepOptions, SweepProgress } from "./sweep_options.ts";
import { formatTable, rowOf } from "./table.ts";

const data = patchDataset(40, 10, 4);
const FIXED = {
  layers: [16, 10],
  batchSize: 10,
  epochs: 4,
  validation: 10,
} as const satisfies Space;
const SPACE = {
  ...FIXED,
  learningRate: logUniform(0.001, 1),
  l2: logUniform(0.0001, 0.1),
} as const satisfies Space;

/** An engine without training: the best rate is 0.1, the best L2 0.01; it stops after `limit` trials. */
function imagined(limit = Infinity): { engine: Engine; ran: () => number } {
  let ran = 0;
  const engine: Engine = (trials, dataset, hooks) => {
    for (const [t, trial] of trials.entries()) {
      if (ran === limit) return Promise.reject(new Error("killed"));
      const { learningRate, l2 } = trial;
      const loss = Math.log(learningRate / 0.1) ** 2 + (l2 > 0 ? Math.log(l2 / 0.01) ** 2 : 0);
      const { reason: _, ...result } = failedTrial(trial, dataset, "");
      hooks.onResult(t, { ...result, status: "completed", trainLoss: 0, validationLoss: loss });
      ran++;
    }
    return Promise.resolve();
  };
  return { engine, ran: () => ran };
}

/** An engine of which every trial diverges. */
const DIVERGING: Engine = (trials, dataset, { onResult }) => {
  trials.forEach((trial, t) => {
    const { reason: _, ...result } = failedTrial(trial, dataset, "");
    onResult(t, { ...result, status: "diverged" });
  });
  return Promise.resolve();
};

const rowsOf = async (space: Space, options: SweepOptions) =>
  (await runSweep(space, data, { engine: imagined().engine, ...options })).map(rowOf);
const texts = (rows: Awaited<ReturnType<typeof rowsOf>>) => formatTable(rows).split("\n").slice(1);

Deno.test("a round goes on with the sequence, in the space around the best of all before it", async () => {
  const rows = await rowsOf(SPACE, { search: quasiRandom(8), rounds: 3 });
  assert.equal(new Set(texts(rows).slice(0, -1)).size, 24);
  assert.deepEqual(rows.slice(0, 8), await rowsOf(SPACE, { search: quasiRandom(8) }));
  // The same by hand: a search of 16 points in the narrowed space ends with those of round 2.
  for (const [n, round] of [[8, 16], [16, 24]]) {
    const part = narrowed(SPACE, rows.slice(0, n), { keep: 3 / n });
    assert.deepEqual(
      rows.slice(n, round),
      (await rowsOf(part, { search: quasiRandom(round) })).slice(n),
    );
  }
  const loss = (from: number) =>
    Math.min(...rows.slice(from, from + 8).map((row) => row.validationLoss!));
  assert.ok(loss(16) < loss(0) / 5, `${loss(16)} after ${loss(0)}`);
});

Deno.test("a round that improves nothing draws other points than the one before it", async () => {
  const engine: Engine = (trials, dataset, { onResult }) => {
    for (const [t, trial] of trials.entries()) {
      const { reason: _, ...result } = failedTrial(trial, dataset, "");
      onResult(t, { ...result, status: "completed", validationLoss: 1 });
    }
    return Promise.resolve();
  };
  const rows = await rowsOf(SPACE, { search: random(5), rounds: 6, engine });
  assert.equal(new Set(rows.map(({ learningRate }) => learningRate)).size, 30);
});

Deno.test("more rounds keep what was drawn, and a stopped search goes on to the same table", async () => {
  const how = { search: quasiRandom(5), rounds: 4 };
  const expected = texts(await rowsOf(SPACE, how));
  const fewer = texts(await rowsOf(SPACE, { ...how, rounds: 2 }));
  assert.deepEqual(expected.slice(0, 10), fewer.slice(0, 10));
  await inFolder(async (folder) => {
    const journal = `${folder}/journal.jsonl`;
    const stopped = rowsOf(SPACE, { ...how, journal, engine: imagined(13).engine });
    await assert.rejects(stopped, /killed/);
    const { engine, ran } = imagined();
    assert.deepEqual(texts(await rowsOf(SPACE, { ...how, journal, engine })), expected);
    assert.equal(ran(), 7);
  });
});

Deno.test("progress counts all rounds from the start, and adds up at the end", async () => {
  const how = { search: quasiRandom(5), rounds: 4 };
  const progressOf = async (options: SweepOptions) => {
    const seen: Omit<SweepProgress, "results">[] = [];
    const onProgress = ({ results: _, ...counts }: SweepProgress) => void seen.push(counts);
    await rowsOf(SPACE, { ...how, ...options, onProgress });
    return seen;
  };
  // 20 trials, of 4 epochs on 30 images each.
  const whole = { trials: 20, totalImages: 2400 };
  const seen = await progressOf({});
  for (const { trials, totalImages } of seen) assert.deepEqual({ trials, totalImages }, whole);
  assert.deepEqual(seen.at(-1), { ...whole, finished: 20, reused: 0, images: 2400 });
  await inFolder(async (folder) => {
    const journal = `${folder}/journal.jsonl`;
    await assert.rejects(rowsOf(SPACE, { ...how, journal, engine: imagined(13).engine }));
    const rest = { trials: 20, finished: 20, reused: 13, images: 840, totalImages: 840 };
    assert.deepEqual((await progressOf({ journal })).at(-1), rest);
  });
});

Deno.test("an epoch comes with the index of its trial among those of all rounds", async () => {
  const { engine } = imagined();
  const rates: number[] = [];
  const rows = await rowsOf(SPACE, {
    ...{ search: quasiRandom(5), rounds: 3 },
    engine(trials, dataset, hooks) {
      // The learning rate of the trial, in place of a loss.
      trials.forEach((trial, t) => hooks.onEpoch!(t, { epoch: 1, trainLoss: trial.learningRate }));
      return engine(trials, dataset, hooks);
    },
    onEpoch: (trial, { trainLoss }) => rates[trial] = trainLoss,
  });
  assert.deepEqual(rates, rows.map(({ learningRate }) => learningRate));
});

Deno.test("a setting that is drawn again is left out, and progress counts what was run", async () => {
  const space = { ...FIXED, learningRate: choice(0.1, 0.2, 0.4), l2: choice(0, 0.001) };
  let last: SweepProgress | undefined;
  const rounds: RoundReport[] = [];
  const { engine, ran } = imagined();
  const rows = await rowsOf(space, {
    ...{ search: quasiRandom(6), rounds: 5, engine },
    onProgress: (progress) => last = progress,
    onRound: (report) => rounds.push(report),
  });
  assert.equal(new Set(texts(rows).slice(0, -1)).size, rows.length);
  assert.equal(ran(), rows.length);
  assert.deepEqual([last!.trials, last!.finished], [rows.length, rows.length]);
  assert.deepEqual(rounds.map(({ round }) => round), [1, 2, 3, 4, 5]);
  assert.equal(rounds[0].space, space);
});

Deno.test("a halving in which nothing goes on, or nothing is left to draw, does not end the rounds", async () => {
  const runs = async (space: Space, engine: Engine) => {
    const rounds: number[] = [];
    let last: SweepProgress | undefined;
    await runSweep(space, data, {
      ...{ search: quasiRandom(4), rounds: 3, halving: 2, engine },
      onRound: ({ round }) => rounds.push(round),
      onProgress: (progress) => last = progress,
    });
    assert.deepEqual(rounds, [1, 2, 3]);
    return [last!.finished, last!.trials];
  };
  // Four settings in each round, of which none goes on.
  assert.deepEqual(await runs(SPACE, DIVERGING), [12, 12]);
  // Two settings in the first round, of which one goes on; none in the others.
  const two = { ...FIXED, learningRate: choice(0.1, 0.2) };
  assert.deepEqual(await runs(two, imagined().engine), [3, 3]);
});

Deno.test("the whole space is drawn from again where no setting completed", async () => {
  const engine = DIVERGING;
  const rates = (rows: Awaited<ReturnType<typeof rowsOf>>) => rows.map((row) => row.learningRate);
  const inRounds = await rowsOf(SPACE, { search: quasiRandom(4), rounds: 2, engine });
  assert.deepEqual(
    rates(inRounds),
    rates(await rowsOf(SPACE, { search: quasiRandom(8), engine })),
  );
});

Deno.test("a table of rounds is replaced by the same or more rounds alone", async () => {
  await inFolder(async (folder) => {
    const path = (end: string) => `${folder}/some.${end}`;
    const files = { name: "some", table: path("csv"), figure: path("svg"), journal: path("jsonl") };
    const how = { search: quasiRandom(5), rounds: 3 };
    const rows = await rowsOf(SPACE, how);
    const check = (count: number, other: Pick<SweepOptions, "search" | "rounds">) => {
      Deno.writeTextFileSync(files.table, formatTable(rows.slice(0, count)));
      return checkContainsFormer(files, SPACE, data, "choose another", other);
    };
    await check(15, how);
    await check(15, { ...how, rounds: 5 });
    await check(12, how);
    await assert.rejects(check(15, { ...how, rounds: 2 }), /5 of its 15 rows are not in this/);
    await assert.rejects(check(15, { search: how.search }), /10 of its 15 rows are not in this/);
    await assert.rejects(check(15, { ...how, search: quasiRandom(5, 2) }), /15 of its 15 rows/);
  });
});

Deno.test("rounds need a search and held-out images", async () => {
  const refused = (space: Space, options: SweepOptions, message: RegExp) =>
    assert.rejects(runSweep(space, data, options), message);
  const search = quasiRandom(4);
  await refused(
    SPACE,
    { search, rounds: 1 },
    /rounds must be a whole number from 2 to 100, got 1$/,
  );
  await refused(
    SPACE,
    { rounds: 3 },
    /rounds 3 needs a search, .* add, for example, search quasiRandom/,
  );
  const { validation: _, ...open } = SPACE;
  await refused(
    open,
    { search, rounds: 3 },
    /rounds 3 chooses on validation images, and there are none/,
  );
  await refused(
    SPACE,
    { search, rounds: 3, metric: "testLoss" },
    /metric must be validationLoss or/,
  );
});
