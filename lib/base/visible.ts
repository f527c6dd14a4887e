/**
 * Text from files made fit for a terminal: names of files, array names, JSON keys. A terminal obeys the
 * control characters in what it prints; it may be made to hide a line, write another, or set its title.
 * @module
 */

/**
 * What a terminal obeys rather than shows: control characters (C0, DEL and C1), the controls of writing
 * direction (Unicode Standard Annex 9), line and paragraph separators, halves of surrogate pairs.
 */
const CONTROLS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\p{Cs}]/gu;

const LETTERS: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * The text on one line with every control character written out, e.g. `\x1b`, as in a JavaScript
 * string.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { visible } from "./visible.ts";
 * assert.equal(visible("\x1b[2Jseven\n.png"), "\\x1b[2Jseven\\n.png");
 * assert.equal(visible("gnp\u202e.exe"), "gnp\\u202e.exe");
 * ```
 */
export function visible(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const code = character.codePointAt(0)!;
    const escape = code < 256 ? ["\\x", 2] as const : ["\\u", 4] as const;
    return LETTERS[character] ?? escape[0] + code.toString(16).padStart(escape[1], "0");
  });
}

/** The same for a text of several lines: its own line ends stay. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}

/** Characters of a line, and lines, that a message has at most. */
const LONGEST_LINE = 1000, MOST_LINES = 40;

/**
 * A message of one or more lines, fit to be read: control characters are written out, what is too
 * long is cut in the middle, with the number of characters left out.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { legible } from "./visible.ts";
 * assert.equal(legible("a.npz, W1\x07: missing"), "a.npz, W1\\x07: missing");
 * assert.equal(
 *   legible(`${"x".repeat(200_000)}: missing`).slice(590),
 *   "xxxxxxxxxx … (199059 characters) … " + "x".repeat(341) + ": missing",
 * );
 * ```
 */
export function legible(message: string): string {
  const lines = message.split("\n");
  const shown = lines.slice(0, MOST_LINES).map((line) => shortened(visible(line)));
  if (lines.length > MOST_LINES) shown.push(`… (${lines.length - MOST_LINES} more lines)`);
  return shown.join("\n");
}

function shortened(line: string): string {
  if (line.length <= LONGEST_LINE) return line;
  const start = 600, end = 350;
  return `${line.slice(0, start)} … (${line.length - start - end} characters) … ${
    line.slice(-end)
  }`;
}

/** JSON text in which nothing is left that a terminal obeys, and which means the same. */
export function visibleJson(json: string): string {
  return json.replace(
    CONTROLS,
    (character) =>
      character === "\n"
        ? character
        : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
