import * as Plot from "@observablehq/plot";
import { max } from "../base/statistics.ts";
import { axisX, gridX } from "../plot/axis_marks.ts";
import { axisOf } from "../plot/curves.ts";
import { type Figure, figure, type Panel, plotPanel } from "../plot/figure.ts";
import { SERIES, THEME } from "../plot/theme.ts";
import { isReference, medianOf, type SearchRun } from "./search_comparison.ts";

/** The best accuracy of a run, and what it took until it was close to the best known. */
const MEASURES = [
  { name: "best", label: "best validation accuracy (%)", scale: "linear", percent: true },
  { name: "trials", label: "settings begun until close", scale: "log" },
  { name: "epochs", label: "epochs trained until close", scale: "log" },
  { name: "seconds", label: "time until close (s)", scale: "log" },
] as const;

const LINE = 34, WIDTH = 250;

/**
 * The best that each search found, and how soon it came within 0.1 points of the best of all: a dot
 * per seed, a bar at the median, a cross for a seed that did not come close.
 */
export function searchComparisonFigure(all: readonly SearchRun[]): Figure {
  const known = max(all, ({ best }) => best) ?? 0;
  const longer = all.filter(isReference), runs = all.filter((run) => !isReference(run));
  const searches = [...new Set(runs.map(({ search }) => search))];
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const widest = max(searches, ({ length }) => length) ?? 0;
  const panels = MEASURES.map((measure, i) =>
    measurePanel(runs, searches, measure, i === 0 ? 28 + 7 * widest : 8)
  );
  return figure({
    title: "How soon searches come within 0.1 points of the best",
    subtitle: [
      `best known validation accuracy: ${(100 * known).toFixed(2)} %` +
      (longer.length > 0 ? `, also of ${longer.length} longer runs` : "") +
      `; close: at most 0.1 points below; ${seeds} seeds; one core each, in turn`,
      ...comparisonSentences(runs),
    ],
    key: [
      { sign: "●", color: SERIES[0].light, label: "a seed" },
      { sign: "┃", color: SERIES[1].light, label: "median" },
      { sign: "✕", color: THEME.muted.light, label: "seeds that did not come close" },
    ],
  }, panels);
}

function measurePanel(
  runs: readonly SearchRun[],
  searches: readonly string[],
  { name: measure, label, ...axis }: typeof MEASURES[number],
  marginLeft: number,
): Panel {
  const place = ({ search }: { readonly search: string }) => searches.indexOf(search);
  const close = runs.flatMap((run) => {
    const x = run[measure];
    return x === null ? [] : [{ search: run.search, x }];
  });
  const x = axisOf({ label, ...axis }, close.map(({ x }) => x));
  // A panel has room for five numbers.
  const ticks = x.ticks.filter((_, i) => i % Math.ceil(x.ticks.length / 5) === 0);
  const medians = searches.flatMap((search) => {
    const value = medianOf(runs.filter((run) => run.search === search), measure);
    return value === undefined ? [] : [{ search, x: value }];
  });
  const far = searches.map((search) => ({
    search,
    count: runs.filter((run) => run.search === search && run[measure] === null).length,
  })).filter(({ count }) => count > 0);
  const right = { y: place, frameAnchor: "right", fill: THEME.muted.light, fontSize: 12 } as const;
  return plotPanel({
    width: marginLeft + WIDTH,
    height: LINE * searches.length + 52,
    marginLeft,
    marginRight: 42,
    marginTop: 4,
    marginBottom: 44,
    x: x.scale,
    y: { type: "linear", domain: [searches.length - 0.5, -0.5], axis: null },
    marks: [
      gridX({ ticks }),
      Plot.ruleY(searches, { y: (search) => place({ search }), stroke: THEME.grid.light }),
      axisX({ ticks, format: x.format }, label),
      marginLeft > 8
        ? Plot.text(searches, {
          y: (search) => place({ search }),
          frameAnchor: "left",
          dx: -marginLeft + 12,
          textAnchor: "start",
          text: (search) => search,
          fill: THEME.text.light,
          fontSize: 12,
        })
        : null,
      Plot.dot(close, { x: "x", y: place, fill: SERIES[0].light, fillOpacity: 0.75, r: 4 }),
      Plot.ruleX(medians, {
        x: "x",
        y1: (point) => place(point) - 0.32,
        y2: (point) => place(point) + 0.32,
        stroke: SERIES[1].light,
        strokeWidth: 3,
      }),
      Plot.text(far, { ...right, dx: 34, textAnchor: "end", text: ({ count }) => `✕ ${count}` }),
    ],
  });
}

/** Who finds the best, and who needs the fewest trials and the least time, in medians over the seeds. */
export function comparisonSentences(all: readonly SearchRun[]): string[] {
  const runs = all.filter((run) => !isReference(run));
  const best = [...Map.groupBy(runs, ({ search }) => search)]
    .map(([search, own]) => ({ search, value: medianOf(own, "best")! }))
    .sort((a, b) => b.value - a.value)
    .map(({ search, value }) => `${search} (${(100 * value).toFixed(2)} %)`);
  const soonest = (["trials", "seconds"] as const).map((measure) => {
    const medians = [...Map.groupBy(runs, ({ search }) => search)].flatMap(([search, own]) => {
      const value = medianOf(own, measure);
      return value === undefined ? [] : [{ search, value }];
    }).sort((a, b) => a.value - b.value);
    const what = measure === "trials" ? "fewest settings begun" : "least time";
    if (medians.length === 0) return `${what}: no search was close with most of its seeds`;
    const text = ({ search, value }: typeof medians[number]) =>
      `${search} (${measure === "trials" ? value : `${value.toFixed(1)} s`})`;
    return `${what}, medians: ${medians.map(text).join(", ")}`;
  });
  return [`best after about the same epochs, medians: ${best.join(", ")}`, ...soonest];
}
