import assert from "node:assert/strict";
import { REPORTED_FIGURES } from "../sweep/reported/reported_figures.ts";
import { rowNotRun } from "../sweep/reported/reported_row.ts";
import { reportedFiguresPlot } from "./reported_figures.ts";
import { SERIES } from "./theme.ts";

const rows = REPORTED_FIGURES.map(rowNotRun);

Deno.test("reported figures: a line for each rate, a diamond for each report", () => {
  const { svg } = reportedFiguresPlot(rows);
  for (const { row, measure } of rows) {
    const shown = svg.includes(`>${row}<`);
    assert.equal(shown, measure === "accuracy" || measure === "error rate", row);
  }
  assert.match(svg, /0 of 0 rows reach what was reported; \d+ have not been run/);
});

Deno.test("verdicts differ in colour and shape, and are counted", () => {
  const verdicts = [
    "holds",
    "exceeded",
    "not reached",
    "architecture reaches it",
    "architecture does not reach it",
  ] as const;
  const judged = rows.slice(0, verdicts.length).map((row, i) => ({
    ...row,
    mean: 95,
    min: 94,
    max: 96,
    predictedLow: 93,
    predictedHigh: 100,
    asGood: [0.43, 0.999, 0.001, 1, 0][i],
    verdict: verdicts[i],
  }));
  const { svg } = reportedFiguresPlot(judged);
  assert.match(svg, /3 of 5 rows reach what was reported</);
  for (const place of verdicts.keys()) assert.ok(svg.includes(SERIES[place].light));
  for (const words of [">43<", ">over 99<", ">under 1<"]) assert.ok(svg.includes(words), words);
  // An error rate of 0 at the end of an interval is not on the axis.
  assert.doesNotMatch(svg, /NaN|Infinity/);
  assert.equal(svg, reportedFiguresPlot(judged).svg);
});
