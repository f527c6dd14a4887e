import { pow } from "../base/elementary.ts";
import { extent } from "../base/statistics.ts";
import { usageError } from "../base/user_error.ts";
import {
  type Choice,
  choice,
  type Distribution,
  isDistribution,
  logUniform,
  partsOf,
  type Range,
  uniform,
  wholeNumbers,
} from "./distribution.ts";
import { comparedBy, compareValues, type Metric } from "./metric.ts";
import type { TrialRow } from "./row.ts";
import { meanOf, type Setting, settingsOf } from "./settings.ts";
import type { Space } from "./space.ts";

/** Options of {@linkcode narrowed}. */
export interface NarrowedOptions {
  /**
   * The share of the settings that the new space is drawn around, above 0 and at most 1; defaults to 0.1.
   * At least three are kept: a single one does not say how large the space is. After a halving, of those
   * that went furthest.
   */
  readonly keep?: number;
  /** By which settings are compared; defaults to the validation loss, or to the test loss. */
  readonly metric?: Metric;
}

/** Fewest settings that a space is drawn around. */
export const FEWEST = 3;

/**
 * The part of a space in which the best settings of a sweep lie, to search there again: the exploration in
 * rounds of the Deep Learning Tuning Playbook (Godbole et al. 2023). A range ends outside the best values,
 * the further the fewer they are, but never outside its own bounds; a choice keeps the values that are among
 * the best. Everything else stays. A sweep with the option `rounds` does this by itself, and draws new points
 * in each round.
 *
 * @param space of the sweep, with distributions
 * @param rows the sweep's table; settings that a halving ended early rank behind those that went further
 * @throws {UserError} without a completed setting
 *
 * @example
 * ```ts ignore
 * const wide = { learningRate: logUniform(0.0001, 10), epochs: 5, validation: 0.1 };
 * const rows = await sweep("wide", digits, wide, { search: quasiRandom(30) });
 * await sweep("narrow", digits, narrowed(wide, rows), { search: quasiRandom(30, 2) });
 * ```
 */
export function narrowed(
  space: Space,
  rows: readonly TrialRow[],
  { keep = 0.1, metric }: NarrowedOptions = {},
): Space {
  if (!(keep > 0 && keep <= 1)) throw usageError(`keep must be above 0 and at most 1, got ${keep}`);
  const by = comparedBy(rows, metric);
  const settings = completedSettings(rows).sort((a, b) =>
    epochsOf(b) - epochsOf(a) || compareValues(by, meanOf(a, by)!, meanOf(b, by)!)
  );
  if (settings.length === 0) throw usageError("a space needs a completed setting to be narrowed");
  const longest = settings.filter((setting) => epochsOf(setting) === epochsOf(settings[0]));
  const best = settings.slice(0, Math.max(FEWEST, Math.ceil(keep * longest.length)));
  const narrow = ([name, given]: [string, unknown]) => {
    const values = best.map(({ row }) => row[name as keyof TrialRow]);
    // A flag gives a list, of one value where there is but one.
    const value = Array.isArray(given) && given.length === 1 ? given[0] : given;
    if (isDistribution(value)) return [name, around(value, values)];
    return [name, typeof value === "string" ? filledIn(value, values.map(String)) : value];
  };
  return Object.fromEntries(Object.entries(space).map(narrow));
}

/** The settings that no seed made diverge or fail. */
export function completedSettings(rows: readonly TrialRow[]): Setting[] {
  return settingsOf(rows).filter(({ trials, completed }) => trials.length === completed.length);
}

/** How long a setting trained, to compare it with others. */
function epochsOf({ row: { stopAfter } }: Setting): number {
  return stopAfter === "all" ? Number.MAX_SAFE_INTEGER : stopAfter;
}

/** The part of a distribution in which some values lie. */
function around(distribution: Range | Choice, values: readonly unknown[]): unknown {
  if (distribution.distribution !== "choice") {
    return within(distribution, values.filter((value) => typeof value === "number"));
  }
  const options = distribution.values.flatMap((option): unknown[] => {
    const own = values.filter((value) => isFrom(option, value));
    if (own.length === 0) return [];
    if (isDistribution(option)) return [around(option, own)];
    return [typeof option === "string" ? filledIn(option, own.map(String)) : option];
  });
  return options.length > 0 ? choice(...options) : distribution;
}

/**
 * A range around numbers; the number itself if all are equal. The extremes of k numbers from an interval span
 * on average (k - 1)/(k + 1) of it (order statistics of the uniform distribution), so there is room for
 * 1/(k - 1) of their range on both sides, and a single number says nothing about the interval.
 */
function within(range: Range, numbers: readonly number[]): Distribution<number> | number {
  const [low, high] = extent(numbers);
  if (low === undefined || numbers.length === 1) return range;
  if (low === high) return low;
  const { distribution, from, to } = range;
  const share = 1 / (numbers.length - 1);
  const ratio = pow(high / low, share), room = share * (high - low);
  const clip = (x: number) => Math.min(Math.max(Number(x.toPrecision(6)), from), to);
  switch (distribution) {
    case "logUniform":
      return logUniform(clip(low / ratio), clip(high * ratio));
    case "uniform":
      return uniform(clip(low - room), clip(high + room));
    case "wholeNumbers":
      return wholeNumbers(
        Math.max(from, Math.floor(low - room)),
        Math.min(to, Math.ceil(high + room)),
      );
  }
}

/** Reports whether a value may have been drawn from an option of a choice. */
function isFrom(option: unknown, value: unknown): boolean {
  if (!isDistribution(option)) {
    return patternOf([option].flat().join("-")).test(plain(String(value)));
  }
  if (option.distribution === "choice") return option.values.some((inner) => isFrom(inner, value));
  return typeof value === "number" && value >= option.from && value <= option.to;
}

/** The text with each distribution in its brackets narrowed to what was drawn for it. */
function filledIn(option: string, values: readonly string[]): string {
  if (partsOf(option).length === 1) return option;
  const drawn = values.map((value) => patternOf(option).exec(plain(value))!.slice(1));
  let place = 0;
  return partsOf(option).map((part) => {
    if (!isDistribution(part)) return part;
    const own = drawn.map((words) => words[place]);
    place++;
    const isNumbers = part.distribution !== "choice" || own.every((word) => !isNaN(Number(word)));
    return String(around(part, isNumbers ? own.map(Number) : own));
  }).join("");
}

/** What a text becomes when its distributions are drawn: each of them is a group. */
function patternOf(option: string): RegExp {
  const escaped = (text: string) => plain(text).replace(/[^\w]/g, "\\$&");
  const parts = partsOf(option).map((part) => isDistribution(part) ? "([^(),]+)" : escaped(part));
  // Defaults are written out in tables: momentum is momentum(0.9).
  const rest = /[()]/.test(option) ? "" : "(?:\\(.*\\))?";
  return new RegExp(`^${parts.join("")}${rest}$`);
}

const plain = (text: string) => text.replaceAll(" ", "");
