import { countText, numberText } from "../base/number_text.ts";
import { sum } from "../base/statistics.ts";
import { bestSentence } from "../sweep/best.ts";
import { searchedFactors } from "../sweep/importance.ts";
import type { LearningCurves } from "../sweep/epochs.ts";
import { bestWord, comparedBy, heldOutMeasures, type Metric } from "../sweep/metric.ts";
import type { TrialRow } from "../sweep/row.ts";
import { factorLabel, FACTORS, isNumeric, variedFactors } from "../sweep/settings.ts";
import type { PageEntry, PageTrial } from "./figure_page.ts";
import { slices, sweepFigure } from "./sweep_figure.ts";
import { type Describe, describeTrials, unfinishedText } from "./sweep_view.ts";
import { evenly } from "./table_figure.ts";

/** Maximum trials with marks: with more, a browser takes seconds to open the page. */
const MOST_TRIALS = 5000;
/** Maximum points of all learning curves of a page. */
const MOST_POINTS = 100_000;

/**
 * Creates a page's entry for a sweep: its figure, with each trial and its learning curves under the pointer,
 * and its settings.
 *
 * @param name name of the table's file
 * @param curves the learning curves, if known
 */
export function sweepEntry(
  name: string,
  rows: readonly TrialRow[],
  curves: LearningCurves | undefined,
  metric?: Metric,
): PageEntry {
  const shown = new Set(evenly(rows, MOST_TRIALS));
  const places = new Map([...shown].map((row, i) => [row, i]));
  const words = describeTrials(variedFactors(rows));
  const marks: Record<string, number[]> = {};
  const describe: Describe = (trials) => {
    const known = trials.filter((row) => shown.has(row));
    if (known.length === 0) return undefined;
    const text = words(trials);
    marks[text] = known.map((row) => places.get(row)!);
    return text;
  };
  const figure = sweepFigure(rows, { metric, curves, describe });
  const along = searchedFactors(rows).length > 1 ? slices(rows, { metric, describe }) : undefined;
  // A search has the slices as its figure.
  const isOther = along !== undefined && along.title !== figure.title;
  const notes = [
    ...shown.size < rows.length
      ? [
        `the pointer finds ${countText(shown.size)} of ${
          countText(rows.length)
        } trials, evenly chosen`,
      ]
      : [],
    ...curves ? [] : [
      `learning curves are not at hand: they are in ${name.replace(/\.csv$/i, "")}-epochs.csv, ` +
      "which deno task sweep writes for trials of two epochs or more",
    ],
  ];
  return {
    name,
    figure,
    more: isOther ? [along] : [],
    notes,
    marks,
    trials: curves === undefined ? [] : trialsOf([...shown], curves),
    heldOut: heldOutMeasures(rows).loss === "validationLoss" ? "validation" : "test",
    facts: factsOf(rows, metric),
  };
}

/** The learning curves, reduced to every n-th epoch if they have too many points. */
function trialsOf(rows: readonly TrialRow[], curves: LearningCurves): PageTrial[] {
  const all = rows.map((row) => curves.of(row));
  const points = sum(all, (records) => records.length);
  const stride = Math.ceil(points / MOST_POINTS);
  const short = (value: number) => Number(value.toPrecision(5));
  return all.map((records, i) => ({
    label: `seed ${rows[i].seed}`,
    records: records.filter((_, e) => e % stride === 0 || e === records.length - 1)
      .map((record) => {
        const { epoch, trainLoss, validationLoss, validationAccuracy } = record;
        const { testLoss = NaN, testAccuracy = NaN } = record;
        return [
          epoch,
          short(trainLoss),
          short(validationLoss ?? testLoss),
          short(validationAccuracy ?? testAccuracy),
        ] as const;
      }),
  }));
}

/** Maximum number of listed values of a factor. */
const MOST_VALUES = 12;

/** Settings and results of a sweep, as names and values. */
function factsOf(rows: readonly TrialRow[], metric?: Metric): [string, string][] {
  const varied = variedFactors(rows);
  return [
    ["varied", varied.map(factorLabel).join(", ") || "nothing but the seed"],
    ["trials", `${countText(rows.length)}${ended(rows)}`],
    [bestWord(comparedBy(rows, metric)), bestSentence(rows, metric).replace(/^best: /, "")],
    ...[...FACTORS, "seed" as const].map((name): [string, string] => [
      name === "seed" ? "seed" : factorLabel(name),
      valuesText(rows.map((row) => row[name]), name === "seed" || isNumeric(name)),
    ]),
  ];
}

function ended(rows: readonly TrialRow[]): string {
  const text = unfinishedText(rows);
  return text === "" ? "" : ` (${text})`;
}

/** Lists the distinct values; for many numbers, gives their count and range. */
function valuesText(values: readonly unknown[], numeric: boolean): string {
  const distinct = [...new Set(values)];
  if (distinct.length <= MOST_VALUES) return distinct.join(", ");
  const numbers = distinct.filter((value) => typeof value === "number").sort((a, b) => a - b);
  if (!numeric || numbers.length === 0) {
    return `${distinct.slice(0, MOST_VALUES).join(", ")} and ${distinct.length - MOST_VALUES} more`;
  }
  return `${distinct.length} values from ${numberText(numbers[0])} to ${
    numberText(numbers.at(-1)!)
  }`;
}
