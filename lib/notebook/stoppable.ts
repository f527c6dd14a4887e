import { Stopped } from "../base/interrupt.ts";

/** The state of work whose finished parts are kept. */
interface KeptParts {
  readonly finished: number;
  readonly trials: number;
}

/**
 * Does work that ■ may stop; the error then says what is kept.
 *
 * @param unit of the parts, in the plural
 * @param work calls `report` whenever parts have finished
 */
export async function stoppable<T>(
  unit: string,
  work: (report: (parts: KeptParts) => void) => Promise<T>,
): Promise<T> {
  let parts: KeptParts | undefined;
  try {
    return await work((now) => parts = now);
  } catch (error) {
    if (!(error instanceof Stopped) || parts === undefined) throw error;
    const { finished, trials } = parts;
    throw new Stopped(
      `stopped: ${finished} of ${trials} ${unit} are kept; run the cell again to go on`,
    );
  }
}
