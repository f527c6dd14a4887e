import { setImmediate } from "node:timers/promises";

/** Milliseconds of work after which the event loop gets a turn. */
const PERIOD = 50;

/**
 * Returns a function to call in each iteration of a long loop. From time to time it yields to the
 * event loop, so that signals are handled and displays updated.
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
