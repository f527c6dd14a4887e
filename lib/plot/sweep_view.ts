import { type BestSetting, bestSetting } from "../sweep/best.ts";
import { comparedBy, type Metric, METRIC_WORDS, metricText } from "../sweep/metric.ts";
import type { TrialRow } from "../sweep/row.ts";
import { type Factor, factorLabel, settingText, variedFactors } from "../sweep/settings.ts";
import { DEFAULTS } from "../training/hyperparameters.ts";

/** What every kind of figure of a sweep is drawn from. */
export interface SweepView {
  readonly rows: readonly TrialRow[];
  /** The factors with more than one value. */
  readonly factors: readonly Factor[];
  /** The measure that settings are compared by. */
  readonly metric: Metric;
  readonly best: BestSetting | undefined;
  /** The words of a mark that stands for some trials; `undefined` for a mark without any. */
  readonly describe: Describe;
}

/** Gives the words that a page shows when the pointer is on a mark; `undefined` for none. */
export type Describe = (rows: readonly TrialRow[]) => string | undefined;

/** How a sweep's figure is drawn. */
export interface SweepFigureOptions {
  /** The measure on the axis and by which the best is chosen; defaults to the loss on images held out. */
  readonly metric?: Metric;
  /** The words of each mark, for pages; by default marks have none. */
  readonly describe?: Describe;
}

/** The view of a sweep's table. */
export function viewOf(rows: readonly TrialRow[], options: SweepFigureOptions = {}): SweepView {
  return {
    rows,
    factors: variedFactors(rows),
    metric: comparedBy(rows, options.metric),
    best: bestSetting(rows, options.metric),
    describe: options.describe ?? (() => undefined),
  };
}

/** A mark's `aria-label`, for marks that are written as SVG. */
export function markLabel(words: string | undefined, escape: (text: string) => string): string {
  return words === undefined ? "" : ` aria-label="${escape(words)}"`;
}

/** The most trials of a mark that are listed. */
const MOST_LISTED = 12;

/**
 * A function that describes marks: the values of what varies, then how each trial ended.
 *
 * @param factors what varies between the trials of the table
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

/** The measures of a trial, in the order in which they are shown. */
const OUTCOMES = [
  "validationLoss",
  "testLoss",
  "trainLoss",
  "validationAccuracy",
  "testAccuracy",
] as const satisfies readonly Metric[];

/** How a trial ended, in parts. */
function outcome(row: TrialRow): string[] {
  if (row.status !== "completed") return [row.status];
  return OUTCOMES.flatMap((metric) => {
    const value = row[metric];
    return value === null ? [] : [`${METRIC_WORDS[metric]} ${metricText(metric, value)}`];
  });
}

/** Settings that are always named where the trials have them in common. */
const ALWAYS = ["dataset", "layers", "activation", "batchSize", "learningRate", "epochs"] as const;
const SEPARATOR = " · ";
/** The most characters of a line of settings. */
const LONGEST = 110;

/** What the trials have in common, and how many seeds there are, in lines. */
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

/** `1 of 3 trials diverged, 1 failed`; empty where all completed. */
export function unfinishedText(rows: readonly TrialRow[]): string {
  const count = (status: string) => rows.filter((row) => row.status === status).length;
  const parts = (["diverged", "failed"] as const).filter((status) => count(status) > 0)
    .map((status) => `${count(status)} ${status}`);
  return parts.length === 0 ? "" : `✕ ${parts.join(", ")} of ${rows.length} trials`;
}
