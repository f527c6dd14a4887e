import assert from "node:assert/strict";
import { projectPath } from "../../base/project.ts";
import { emptySamples, imageAt } from "../../dataset/dataset.ts";
import { syntheticDigits } from "../../dataset/synthetic.ts";
import { parseSchedule } from "../../training/schedule.ts";
import { grid } from "../space.ts";
import { isComputed } from "./reported_figure.ts";
import { REPORTED_FIGURES } from "./reported_figures.ts";
import {
  figureOf,
  formatTried,
  isUsedAmongBest,
  mergeTried,
  parseTried,
  readTried,
  SEARCHES,
  searchMinutes,
  searchSettings,
  spaceOf,
  type TriedSetting,
  validationSplit,
} from "./search.ts";

Deno.test("every figure whose settings were chosen here has a search, and its settings are in it", () => {
  const chosen = REPORTED_FIGURES.filter((figure) => !isComputed(figure) && figure.chosenHere);
  assert.deepEqual(SEARCHES.map(({ id }) => id), chosen.map(({ id }) => id));
  for (const search of SEARCHES) {
    const figure = figureOf(search);
    const { epochs, schedule, learningRate, activation } = figure.settings;
    const trials = grid(spaceOf(search, figure));
    /** The factor in the epoch after the last. */
    const end = (schedule: string, epochs: number) =>
      parseSchedule(schedule).value({
        step: epochs + 1,
        steps: epochs,
        stepsPerEpoch: 1,
        warmup: 0,
      });
    const used = trials.filter((trial) =>
      trial.learningRate === learningRate && trial.activation === activation &&
      // The rate ends where the full training's does.
      Math.abs(
          Math.log(end(trial.schedule, trial.epochs)) - Math.log(end(schedule!, epochs!)),
        ) < 0.01
    );
    assert.equal(used.length, 1, search.id);
    assert.equal(used[0].epochs, epochs! / search.shorten);
    assert.ok(searchMinutes(search) > 0);
  }
});

Deno.test("the search sees training images alone: the test images cannot change it", () => {
  const images = (count: number, shade: number) => {
    const samples = emptySamples(count, 2, 2);
    for (let i = 0; i < count; i++) imageAt(samples, i).fill((i + shade) % 251);
    return samples;
  };
  const mnist = {
    ...syntheticDigits({ train: 1, test: 1 }),
    name: "mnist",
    train: images(6000, 0),
  };
  const data = validationSplit({ ...mnist, test: images(10, 3) });
  assert.deepEqual([data.train.count, data.test.count], [1000, 5000]);
  assert.deepEqual(imageAt(data.test, 0), imageAt(mnist.train, 1000));
  assert.deepEqual(data, validationSplit({ ...mnist, test: images(10, 7) }));
});

Deno.test("a search marks the lowest error and the setting in use", async () => {
  const digits = syntheticDigits({ train: 5300, test: 10 });
  const [search] = SEARCHES;
  const small = { ...search, shorten: 10, learningRate: [0.001, 0.5], decay: [0.85] };
  const tried = await searchSettings(small, validationSplit({ ...digits, name: "mnist" }));
  assert.deepEqual(tried.map(({ learningRate }) => learningRate), [0.001, 0.5]);
  assert.deepEqual(tried.map(({ lowest }) => lowest), [false, true]);
  assert.deepEqual(tried.map(({ used }) => used), [false, true]);
  assert.ok(tried[0].validationError > tried[1].validationError);
  const { validationError: p, standardError } = tried[1];
  assert.ok(Math.abs(standardError - Math.sqrt(p * (100 - p) / 5000)) < 1e-4);
  assert.ok(isUsedAmongBest(tried));
  const text = formatTried(tried);
  assert.match(text, /^figure,network,activation,learningRate,decay,/);
  assert.deepEqual(parseTried(text, "t.csv"), tried);
  const message = /t.csv, line 2, column learningRate: expected a number, got "high"; .*--search/;
  assert.throws(() => parseTried(text.replace(",0.001,", ",high,"), "t.csv"), message);
  assert.throws(
    () => parseTried("a,b\n1,2\n", "t.csv"),
    /t.csv, line 1: there is no column figure/,
  );
});

Deno.test("a setting is among the best when it is within one standard error of the lowest", () => {
  const setting = (validationError: number, lowest: boolean, used: boolean) =>
    ({ validationError, standardError: 0.2, lowest, used }) as TriedSetting;
  assert.ok(isUsedAmongBest([setting(2, true, false), setting(2.2, false, true)]));
  assert.ok(!isUsedAmongBest([setting(2, true, false), setting(2.3, false, true)]));
  assert.ok(!isUsedAmongBest([setting(2, true, false)]));
});

Deno.test("one figure's settings replace its old ones and leave the others, in the table's order", () => {
  const setting = (figure: string, seed: number) => ({ figure, seed }) as TriedSetting;
  const [a, b, c] = SEARCHES.map(({ id }) => id);
  const all = [setting(a, 1), setting(c, 1)];
  assert.deepEqual(mergeTried(all, [setting(b, 2)]), [setting(a, 1), setting(b, 2), setting(c, 1)]);
  assert.deepEqual(mergeTried(all, [setting(a, 2)]), [setting(a, 2), setting(c, 1)]);
});

Deno.test("the settings in use are among the best of the committed search", async () => {
  const tried = await readTried(projectPath("results", "chosen-settings.csv"));
  for (const [id, settings] of Map.groupBy(tried, ({ figure }) => figure)) {
    assert.ok(isUsedAmongBest(settings), id);
    const figure = figureOf(SEARCHES.find((search) => search.id === id)!);
    const used = settings.find(({ used }) => used)!;
    assert.equal(used.learningRate, figure.settings.learningRate, id);
    assert.equal(`exponential(${used.decay})`, figure.settings.schedule, id);
  }
});
