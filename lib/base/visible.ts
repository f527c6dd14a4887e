/**
 * Escapes text from files (file names, array names, JSON keys) for output on a terminal. Unescaped
 * control characters could hide a line, forge another, or set the terminal's title.
 * @module
 */

/**
 * Characters that a terminal interprets rather than prints: control characters (C0, DEL and C1),
 * bidirectional controls (Unicode Standard Annex 9), line and paragraph separators, lone
 * surrogates.
 */
const CONTROLS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\p{Cs}]/gu;

const LETTERS: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Escapes every control character as in a JavaScript string, e.g. `\x1b`; the result is one line.
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

/** As {@linkcode visible}, but keeps line breaks. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}

/** The most characters per line and lines per message. */
const LONGEST_LINE = 1000, MOST_LINES = 40;

/**
 * Escapes control characters in a message of one or more lines, and shortens long lines in the
 * middle, stating the number of characters omitted.
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

/** Escapes control characters in JSON text without changing its meaning. */
export function visibleJson(json: string): string {
  return json.replace(
    CONTROLS,
    (character) =>
      character === "\n"
        ? character
        : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
