import type { LearningCurves } from "../sweep/epochs.ts";
import { type BestSetting, bestSetting } from "../sweep/best.ts";
import { comparedBy, type Metric, METRIC_WORDS, metricText } from "../sweep/metric.ts";
import type { TrialRow } from "../sweep/row.ts";
import { type Factor, factorLabel, settingText, variedFactors } from "../sweep/settings.ts";
import { DEFAULTS } from "../training/hyperparameters.ts";

/** Data for every kind of sweep figure. */
export interface SweepView {
  readonly rows: readonly TrialRow[];
  /** The factors with more than one value. */
  readonly factors: readonly Factor[];
  /** The metric that compares settings. */
  readonly metric: Metric;
  readonly best: BestSetting | undefined;
  /** Returns the text of a mark for some trials; `undefined` for none. */
  readonly describe: Describe;
}

/** Returns the text that a page shows when the pointer is on a mark; `undefined` for none. */
export type Describe = (rows: readonly TrialRow[]) => string | undefined;

/** Options of a sweep's figure. */
export interface SweepFigureOptions {
  /** Metric on the axis, which also chooses the best; defaults to the loss on held-out images. */
  readonly metric?: Metric;
  /** Returns the text of a mark, for pages; by default marks have none. */
  readonly describe?: Describe;
  /** The learning curves, which the figure of a sweep with successive halving draws. */
  readonly curves?: LearningCurves;
}

/** Creates the view of a sweep's table. */
export function viewOf(rows: readonly TrialRow[], options: SweepFigureOptions = {}): SweepView {
  return {
    rows,
    factors: variedFactors(rows),
    metric: comparedBy(rows, options.metric),
    best: bestSetting(rows, options.metric),
    describe: options.describe ?? (() => undefined),
  };
}

/** Formats a mark's `aria-label` for SVG. */
export function markLabel(words: string | undefined, escape: (text: string) => string): string {
  return words === undefined ? "" : ` aria-label="${escape(words)}"`;
}

/** Maximum number of listed trials per mark. */
const MOST_LISTED = 12;

/**
 * Returns a function that describes marks: the values of the factors, then the result of each trial.
 *
 * @param factors the factors that vary in the table
 */
export function describeTrials(factors: readonly Factor[]): (rows: readonly TrialRow[]) => string {
  return (rows) => {
    const settings = new Set(rows.map((row) => settingText(row, factors)));
    const shared = settings.size === 1
      ? factors.map((name) => `${factorLabel(name)}: ${rows[0][name]}`)
      : [];
    if (rows.length === 1) {
      return [...shared, `seed: ${rows[0].seed}`, ...outcome(rows[0])].join("\n");
    }
    const lines = rows.slice(0, MOST_LISTED).map((row) =>
      [settings.size === 1 ? "" : settingText(row, factors), `seed ${row.seed}`].filter(Boolean)
        .join(", ") + `: ${outcome(row).join(", ")}`
    );
    const more = rows.length - MOST_LISTED;
    return [...shared, ...lines, ...more > 0 ? [`and ${more} more trials`] : []].join("\n");
  };
}

/** Metrics of a trial, in display order. */
const OUTCOMES = [
  "validationLoss",
  "testLoss",
  "trainLoss",
  "validationAccuracy",
  "testAccuracy",
] as const satisfies readonly Metric[];

/** The result of a trial, in parts. */
function outcome(row: TrialRow): string[] {
  if (row.status !== "completed") return [row.status];
  return OUTCOMES.flatMap((metric) => {
    const value = row[metric];
    return value === null ? [] : [`${METRIC_WORDS[metric]} ${metricText(metric, value)}`];
  });
}

/** Settings that are always named if all trials share them. */
const ALWAYS = ["dataset", "layers", "activation", "batchSize", "learningRate", "epochs"] as const;
const SEPARATOR = " · ";
/** Maximum characters of a line of settings. */
const LONGEST = 110;

/** Lists the settings that all trials share, and the number of seeds, in lines. */
export function commonSettings({ rows, factors }: SweepView): string[] {
  if (rows.length === 0) return ["no trials yet"];
  const [row] = rows;
  const words: Partial<Record<Factor, string>> = {
    dataset: row.dataset,
    layers: row.layers,
    activation: row.activation,
    batchSize: `batch ${row.batchSize}`,
    epochs: `${row.epochs} ${row.epochs === 1 ? "epoch" : "epochs"}`,
  };
  const unusual = (Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[])
    .filter((name): name is Exclude<typeof name, "seed"> => name !== "seed")
    .filter((name) => !(ALWAYS as readonly string[]).includes(name))
    .filter((name) => row[name] !== DEFAULTS[name]);
  const common = [...ALWAYS, ...unusual].filter((name) => !factors.includes(name))
    .map((name) => words[name] ?? settingText(row, [name]));
  const seeds = new Set(rows.map(({ seed }) => seed)).size;
  return inLines([...common, seeds === 1 ? "1 seed" : `${seeds} seeds`]);
}

function inLines(words: readonly string[]): string[] {
  return words.reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    const longer = last === undefined ? word : last + SEPARATOR + word;
    if (last === undefined || longer.length > LONGEST) return [...lines, word];
    return [...lines.slice(0, -1), longer];
  }, []);
}

/** Formats the number of incomplete trials: `✕ 1 diverged, 1 failed of 3 trials`; empty if all completed. */
export function unfinishedText(rows: readonly TrialRow[]): string {
  const count = (status: string) => rows.filter((row) => row.status === status).length;
  const parts = (["diverged", "failed"] as const).filter((status) => count(status) > 0)
    .map((status) => `${count(status)} ${status}`);
  return parts.length === 0 ? "" : `✕ ${parts.join(", ")} of ${rows.length} trials`;
}
