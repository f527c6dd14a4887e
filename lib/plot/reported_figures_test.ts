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
  const verdicts = ["holds", "exceeded", "not reached"] as const;
  const judged = rows.slice(0, 3).map((row, i) => ({
    ...row,
    mean: 95,
    min: 94,
    max: 96,
    intervalLow: 94.6,
    intervalHigh: 95.4,
    verdict: verdicts[i],
  }));
  const { svg } = reportedFiguresPlot(judged);
  assert.match(svg, /2 of 3 rows reach what was reported</);
  for (const place of [0, 1, 2]) assert.ok(svg.includes(SERIES[place].light));
  assert.equal(svg, reportedFiguresPlot(judged).svg);
});
