import assert from "node:assert/strict";
import { medianOf, summarize } from "./search_comparison.ts";
import { comparisonSentences, searchComparisonFigure } from "./search_figure.ts";
import type { SearchEvent } from "./search_runs.ts";

/** A run whose n-th trial takes a second and has the n-th accuracy. */
const run = (search: string, seed: number, ...accuracies: number[]) => ({
  search,
  seed,
  events: accuracies.map((accuracy, i): SearchEvent => ({
    ...{ seconds: i + 1, trials: i + 1, epochs: 9 * (i + 1), accuracy },
  })),
});

const runs = summarize([
  run("one", 1, 0.5, 0.899, 0.9),
  run("one", 2, 0.8985, 0.8989, 0.89),
  run("one", 3, 0.9),
  run("two", 1, 0.1, 0.2, 0.9),
  run("two", 2, 0.1, 0.2),
  run("two", 3, 0.1, 0.2),
]);

Deno.test("a run is close with the first trial within 0.1 points of the best of all runs", () => {
  assert.deepEqual(runs.map(({ trials }) => trials), [2, null, 1, 3, null, null]);
  assert.deepEqual(runs.map(({ seconds }) => seconds), [2, null, 1, 3, null, null]);
  assert.deepEqual(runs.map(({ best }) => best), [0.9, 0.8989, 0.9, 0.9, 0.2, 0.2]);
  assert.deepEqual(runs.map(({ allEpochs }) => allEpochs), [27, 27, 9, 27, 18, 18]);
});

Deno.test("a run that was never close counts as later than all others in the median", () => {
  const of = (search: string) => runs.filter((run) => run.search === search);
  assert.equal(medianOf(of("one"), "trials"), 2);
  assert.equal(medianOf(of("two"), "trials"), undefined);
  assert.deepEqual(comparisonSentences(runs), [
    "best after about the same epochs, medians: one (90.00 %), two (20.00 %)",
    "fewest settings begun, medians: one (2)",
    "least time, medians: one (2.0 s)",
  ]);
  assert.deepEqual(comparisonSentences(of("two")), [
    "best after about the same epochs, medians: two (20.00 %)",
    "fewest settings begun: no search was close with most of its seeds",
    "least time: no search was close with most of its seeds",
  ]);
});

Deno.test("a longer run counts for the best known alone", () => {
  const more = summarize([run("one", 0, 0.905), run("one", 1, 0.9039, 0.904), run("two", 1, 0.89)]);
  assert.deepEqual(more.map(({ trials }) => trials), [1, 2, null]);
  assert.match(comparisonSentences(more)[0], /: one \(90\.40 %\), two \(89\.00 %\)$/);
  assert.match(searchComparisonFigure(more).svg, /: 90\.50 %, also of 1 longer runs; .* 1 seeds;/);
});

Deno.test("the figure counts the seeds that were never close", () => {
  const { svg } = searchComparisonFigure(runs);
  assert.equal(svg.match(/✕ 1/g)!.length, 3);
  assert.equal(svg.match(/✕ 2/g)!.length, 3);
  assert.match(svg, /best known validation accuracy: 90\.00 %; close: .* 3 seeds/);
});
