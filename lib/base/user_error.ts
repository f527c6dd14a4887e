import { legible } from "./visible.ts";

/**
 * A mistake of the user (bad input, a missing file, a wrong flag) rather than of the program.
 *
 * The message is all that the user sees: it names the file, the place in it, what was expected
 * and what to do. Names from files may stand in it as they are: control characters are written out
 * and what is too long is cut ({@linkcode legible}). It has no stack trace, in a notebook neither; the commands exit with `status`.
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
   * @param status the exit status of a command that ends with it: 1, the work failed; 2, wrong usage
   */
  constructor(message: string, readonly status: 1 | 2 = 1) {
    super(legible(message));
    // A notebook shows the stack of what a cell throws.
    this.stack = `${this.name}: ${this.message}`;
  }
}

/** A {@linkcode UserError} about how something was called: commands exit with status 2. */
export function usageError(message: string): UserError {
  return new UserError(message, 2);
}
