import { decimalNumber } from "../base/number.ts";
import { plural } from "../base/number_text.ts";
import { usageError } from "../base/user_error.ts";
import { DISTRIBUTIONS } from "../sweep/distribution.ts";
import type { RungReport } from "../sweep/halving.ts";
import { parseSearch, SEARCHES } from "../sweep/search.ts";
import { isDrawn } from "../sweep/space.ts";
import type { RoundReport } from "../sweep/sweep_options.ts";
import { callLines } from "./call_lines.ts";
import { option, wholeNumber } from "./command.ts";

/** The flags of a sweep that choose points, end trials early, or end the sweep. */
export const searchOptions = {
  search: option(
    "<call>",
    [
      "draw points where a flag has a distribution:",
      ...callLines(SEARCHES),
      "the distributions:",
      ...callLines(DISTRIBUTIONS),
    ].join("\n"),
    parseSearch,
  ),
  rounds: option(
    "<n>",
    "draw the points of --search n times, other points each time, from the second round on in the " +
      "part of the space around the best so far, on validation; more rounds keep the first ones",
    wholeNumber(2, 100),
  ),
  halving: option(
    "<n>",
    "train all settings for a few epochs; one of n, the best on validation, goes on, and so on",
    (text) => {
      const eta = decimalNumber(text);
      if (eta >= 2 && eta <= 100) return eta;
      throw usageError("expected a number from 2 to 100");
    },
  ),
  budget: option(
    "<time>",
    "end after 90s, 10m or 2h with what is finished; the same command continues",
    duration,
  ),
};

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Parses `90s`, `10m` or `2h` and returns seconds. */
export function duration(text: string): number {
  const [, count, unit] = /^([\d.]+)([smh])$/.exec(text) ?? [];
  const seconds = decimalNumber(count ?? "") * SECONDS[unit];
  // A longer timer would fire at once.
  if (seconds > 0 && seconds <= 24 * 24 * 3600) return seconds;
  throw usageError("expected a time such as 90s, 10m or 2h, at most 576h");
}

/** What a rung of successive halving decided, in a line. */
export function rungText({ bracket, rung, epochs, settings, goingOn }: RungReport): string {
  const trained = `bracket ${bracket}, rung ${rung}: ${plural(settings, "setting")} ` +
    `trained for ${plural(epochs, "epoch")}`;
  return goingOn === 0
    ? trained
    : `${trained}; the best ${goingOn === 1 ? "one goes" : `${goingOn} go`} on`;
}

/** What a round draws from, in a line. */
export function roundText({ round, rounds, space }: RoundReport): string {
  const drawn = Object.entries(space).filter(([name, value]) => isDrawn({ [name]: value }))
    .map(([name, value]) => `${name} ${[value].flat().join(", ")}`);
  return `round ${round} of ${rounds}: ${drawn.join("; ")}`;
}
