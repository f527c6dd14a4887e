import { setImmediate } from "node:timers/promises";

/** Milliseconds of work after which the event loop gets a turn. */
const PERIOD = 50;

/**
 * For long loops: a function to call in each turn, which now and then lets the event loop run, so that
 * signals are answered and displays drawn.
 *
 * @example
 * ```ts
 * import { breather } from "./breather.ts";
 * const breathe = breather();
 * let sum = 0;
 * for (let i = 0; i < 1000; i++) {
 *   sum += Math.sqrt(i);
 *   await breathe();
 * }
 * ```
 */
export function breather(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < PERIOD) return undefined;
    return setImmediate().then(() => {
      last = performance.now();
    });
  };
}
