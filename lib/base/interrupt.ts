/**
 * Stopping work from outside: in a notebook, ■ stops all that the library is doing.
 *
 * Every long function asks for {@linkcode interruptible} when it begins, so that its callers need not
 * pass a signal.
 * @module
 */

/** The error with which interrupted work ends. */
export class Stopped extends Error {
  override readonly name = "Stopped";

  /** @param message defaults to "stopped" */
  constructor(message = "stopped") {
    super(message);
    // A notebook shows the stack of what a cell throws.
    this.stack = message;
  }
}

let interruption = new AbortController();
let listening = false;

/**
 * A signal that is aborted by {@linkcode interrupt}, with {@linkcode Stopped} as its reason.
 *
 * In a notebook, interrupting the kernel calls that: from the first call on, a listener keeps SIGINT
 * from ending the kernel.
 *
 * @param signals abort the returned signal too
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { interrupt, interruptible } from "./interrupt.ts";
 * const signal = interruptible();
 * interrupt();
 * assert.throws(() => signal.throwIfAborted(), { name: "Stopped" });
 * assert(!interruptible().aborted, "later work runs");
 * ```
 */
export function interruptible(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  if (!listening && inNotebook()) {
    listening = true;
    Deno.addSignalListener("SIGINT", interrupt);
  }
  const others = signals.filter((signal) => signal !== undefined);
  return AbortSignal.any([...others, interruption.signal]);
}

/** Stops all interruptible work that has begun. */
export function interrupt(): void {
  const begun = interruption;
  // First, as work that begins in response is not interrupted.
  interruption = new AbortController();
  begun.abort(new Stopped());
}

/** Reports whether this thread runs the cells of a notebook. */
export function inNotebook(): boolean {
  try {
    return Deno.jupyter !== undefined;
  } catch {
    return false;
  }
}
