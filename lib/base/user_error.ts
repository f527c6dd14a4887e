import { legible } from "./visible.ts";

/**
 * An error caused by the user (bad input, a missing file, a wrong flag) rather than by a bug.
 *
 * The message is all that the user sees: it names the file, the position, what was expected and
 * what to do. It may contain names from files: control characters are escaped and long lines
 * shortened ({@linkcode legible}). There is no stack trace, in notebooks either; commands exit with
 * `status`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { UserError } from "./user_error.ts";
 * const refuse = () => {
 *   throw new UserError("digits.csv, line 3: 783 pixels, expected 784");
 * };
 * assert.throws(refuse, { stack: "UserError: digits.csv, line 3: 783 pixels, expected 784" });
 * ```
 */
export class UserError extends Error {
  override readonly name = "UserError";

  /**
   * @param message one clear sentence or a few lines, without a trailing full stop
   * @param status the exit status of the command: 1 for failed work, 2 for wrong usage
   */
  constructor(message: string, readonly status: 1 | 2 = 1) {
    super(legible(message));
    // A notebook shows the stack of what a cell throws.
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** A {@linkcode UserError} for wrong usage: commands exit with status 2. */
export function usageError(message: string): UserError {
  return new UserError(message, 2);
}
