import * as Plot from "@observablehq/plot";
import { numberText } from "../base/number_text.ts";
import { extent } from "../base/statistics.ts";
import type { RangeRun, RangeTest } from "../training/range_test.ts";
import {
  type RateSuggestions,
  SUGGESTION_NAMES,
  SUGGESTION_WORDS,
} from "../training/suggest_rate.ts";
import { lossLabel } from "./axis_label.ts";
import { curvePanel, type Observation } from "./curves.ts";
import { type Figure, figure } from "./figure.ts";
import { SERIES } from "./theme.ts";

/** Height of a suggestion's label, and the space between the last one and the curves. */
const LINE = 20, GAP = 6;

/**
 * The curve of a range test: the smoothed loss along the learning rate, its mean and spread over the seeds,
 * and every suggestion at its median with its range.
 */
export function rangeTestFigure(
  { hyperparameters, dataset, runs, suggestions }: RangeTest,
): Figure {
  const { layers, activation, optimizer, batchSize } = hyperparameters;
  const exploded = runs.filter(({ exploded }) => exploded).length;
  const seeds = runs.length === 1 ? "1 seed" : `${runs.length} seeds`;
  return figure({
    title: `Range test of the learning rate with ${optimizer}`,
    subtitle: [
      [dataset, layers.join("-"), [activation].flat().join("-"), `batch ${batchSize}`, seeds]
        .join(" · "),
      runs.length === 1
        ? "smoothed loss while the rate grows step by step"
        : "smoothed loss while the rate grows step by step; line: mean; band: from the lowest to the " +
          "highest seed",
      exploded === 0
        ? "the loss did not explode: try a higher last rate"
        : `ended where the loss exploded${
          exploded < runs.length ? ` (${exploded} of ${seeds})` : ""
        }`,
    ].filter(Boolean),
  }, [panel(hyperparameters, runs, suggestions)]);
}

function panel(
  { loss }: { readonly loss: string },
  runs: readonly RangeRun[],
  suggestions: RateSuggestions | undefined,
) {
  const observations = runs.flatMap(({ points }) =>
    points.map(({ learningRate, smoothedLoss }): Observation => ({
      series: "smoothed loss",
      x: learningRate,
      y: smoothedLoss,
    }))
  );
  const rates = extent(observations, ({ x }) => x as number);
  const labels = suggestions === undefined ? [] : labelsOf(runs, suggestions, rates);
  return curvePanel(observations, {
    x: { label: "learning rate", scale: "log", also: labels.map(({ rate }) => rate) },
    y: { label: lossLabel([{ loss }], "smoothed loss"), scale: "log" },
    marginTop: labels.length * LINE + GAP + 8,
    marks: () => labels.map(labelMarks),
  });
}

interface Label {
  readonly rate: number;
  /** The lowest and the highest rate of the seeds. */
  readonly least: number;
  readonly greatest: number;
  readonly text: string;
  readonly color: string;
  /** Whether the words are left of the line. */
  readonly isLeft: boolean;
  /** How far above the curves they are, in pixels. */
  readonly up: number;
}

/**
 * The suggestions, each with a line of its own for its words: all on the side with more space, and the
 * nearest to that side lowest, so that no line crosses words.
 */
function labelsOf(
  runs: readonly RangeRun[],
  suggestions: RateSuggestions,
  [from, to]: readonly [number, number] | readonly [undefined, undefined],
): Label[] {
  const highest = Math.max(...Object.values(suggestions));
  const isLeft = Math.log(highest / from!) > 0.65 * Math.log(to! / from!);
  const upwards = SUGGESTION_NAMES.toSorted((a, b) =>
    (isLeft ? 1 : -1) * (suggestions[a] - suggestions[b])
  );
  return upwards.map((name, line) => {
    const [least, greatest] = extent(runs, ({ suggestions }) => suggestions?.[name]);
    return {
      rate: suggestions[name],
      least: least!,
      greatest: greatest!,
      text: `${SUGGESTION_WORDS[name]}: ${numberText(suggestions[name], 3)}`,
      color: SERIES[1 + SUGGESTION_NAMES.indexOf(name)].light,
      isLeft,
      up: line * LINE + GAP,
    };
  });
}

/** A line down to the axis with the words above the curves, and a band from the least to the greatest seed. */
function labelMarks({ rate, least, greatest, text, color, isLeft, up }: Label): Plot.Markish {
  const top = { x: (x: number) => x, frameAnchor: "top" as const };
  return [
    Plot.rect([rate], { x1: least, x2: greatest, fill: color, fillOpacity: 0.15 }),
    Plot.ruleX([rate], { stroke: color, strokeWidth: 1.5, insetTop: -up }),
    Plot.dot([rate], { ...top, dy: -up, r: 4, fill: color }),
    Plot.text([rate], {
      ...top,
      text: () => text,
      dy: -up - 5,
      dx: isLeft ? -9 : 9,
      textAnchor: isLeft ? "end" : "start",
      ...{ fontSize: 12, fontWeight: 600, fill: color },
    }),
  ];
}
