import { parseCall } from "../base/call_syntax.ts";
import type { Random } from "../base/random.ts";
import { usageError } from "../base/user_error.ts";

/** Draws one weight of a layer with the given numbers of inputs (fan-in) and units (fan-out). */
type Draw = (random: Random, fanIn: number, fanOut: number) => number;

const uniformIn = (random: Random, limit: number) => (2 * random.uniform() - 1) * limit;

/** Initialisers without numbers, by name. */
const NAMED: Record<string, Draw> = {
  // He, Zhang, Ren & Sun 2015, "Delving Deep into Rectifiers", eq. 10.
  heNormal: (random, fanIn) => random.normal() * Math.sqrt(2 / fanIn),
  heUniform: (random, fanIn) => uniformIn(random, Math.sqrt(6 / fanIn)),
  // Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", eq. 12 and 16.
  glorotNormal: (random, fanIn, fanOut) => random.normal() * Math.sqrt(2 / (fanIn + fanOut)),
  glorotUniform: (random, fanIn, fanOut) => uniformIn(random, Math.sqrt(6 / (fanIn + fanOut))),
  zeros: () => 0,
};

/** Initialisers with one number, which must not be negative. */
const SCALED: Record<string, (scale: number) => Draw> = {
  normal: (deviation) => (random) => random.normal() * deviation,
  uniform: (limit) => (random) => uniformIn(random, limit),
};

/**
 * How the weights begin, told by name; biases always begin at zero.
 *
 * @param text `heNormal`, `heUniform`, `glorotNormal`, `glorotUniform`, `zeros`, `normal(σ)`
 * (mean 0, standard deviation σ) or `uniform(a)` (from −a to a)
 * @throws {UserError} for any other text
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { randomStream } from "../base/random.ts";
 * import { parseInitializer } from "./initializer.ts";
 * const draw = parseInitializer("uniform(0.5)");
 * assert(Math.abs(draw(randomStream(1, "initializer"), 784, 128)) <= 0.5);
 * ```
 */
export function parseInitializer(text: string): Draw {
  const call = parseCall(text);
  if (call?.args.length === 0 && Object.hasOwn(NAMED, call.name)) return NAMED[call.name];
  if (call?.args.length === 1 && Object.hasOwn(SCALED, call.name) && call.args[0] >= 0) {
    return SCALED[call.name](call.args[0]);
  }
  throw usageError(
    `initializer must be heNormal, heUniform, glorotNormal, glorotUniform, zeros, ` +
      `normal(σ) or uniform(a), got ${text}`,
  );
}
