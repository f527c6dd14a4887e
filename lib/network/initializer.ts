import { type Kind, type Kinds, type Made, makeFrom } from "../base/call_syntax.ts";
import type { Random } from "../base/random.ts";

/** Draws one weight of a layer with the given numbers of inputs (fan-in) and units (fan-out). */
export type Draw = (random: Random, fanIn: number, fanOut: number) => number;

const uniformIn = (random: Random, limit: number) => (2 * random.uniform() - 1) * limit;

/** An initializer without arguments. */
const plain = (draw: Draw): Kind<Draw>["make"] => (...args) => args.length === 0 ? draw : undefined;

/** An initializer with one argument, 0 or more. */
const scaled = (make: (scale: number) => Draw): Kind<Draw>["make"] => (scale, ...more) =>
  scale >= 0 && more.length === 0 ? make(scale) : undefined;

const HE = "He, Zhang, Ren & Sun 2015, Delving Deep into Rectifiers, eq. 10";
const GLOROT = "Glorot & Bengio 2010, Understanding the Difficulty of Training Deep Feedforward " +
  "Neural Networks, eq. 12 and 16";

const LECUN = "LeCun, Bottou, Orr & Müller 1998, Efficient BackProp, section 4.6";

/** The initializers, by name; variances are those of the papers for a layer's fan-in and fan-out. */
export const INITIALIZERS: Kinds<Draw> = {
  heNormal: {
    form: "heNormal",
    help: "normal with variance 2 / inputs",
    source: HE,
    make: plain((random, fanIn) => random.normal() * Math.sqrt(2 / fanIn)),
  },
  heUniform: {
    form: "heUniform",
    help: "uniform with variance 2 / inputs",
    source: HE,
    make: plain((random, fanIn) => uniformIn(random, Math.sqrt(6 / fanIn))),
  },
  glorotNormal: {
    form: "glorotNormal",
    help: "normal with variance 2 / (inputs + units)",
    source: GLOROT,
    make: plain((random, fanIn, fanOut) => random.normal() * Math.sqrt(2 / (fanIn + fanOut))),
  },
  glorotUniform: {
    form: "glorotUniform",
    help: "uniform with variance 2 / (inputs + units)",
    source: GLOROT,
    make: plain((random, fanIn, fanOut) => uniformIn(random, Math.sqrt(6 / (fanIn + fanOut)))),
  },
  lecunNormal: {
    form: "lecunNormal",
    help: "normal with variance 1 / inputs",
    source: LECUN,
    make: plain((random, fanIn) => random.normal() * Math.sqrt(1 / fanIn)),
  },
  lecunUniform: {
    form: "lecunUniform",
    help: "uniform with variance 1 / inputs",
    source: LECUN,
    make: plain((random, fanIn) => uniformIn(random, Math.sqrt(3 / fanIn))),
  },
  fanInUniform: {
    form: "fanInUniform",
    help: "uniform from −1/√inputs to 1/√inputs, PyTorch's for weights and biases",
    make: plain((random, fanIn) => uniformIn(random, Math.sqrt(1 / fanIn))),
  },
  normal: {
    form: "normal(σ)",
    help: "normal with mean 0 and standard deviation σ, 0 or more",
    make: scaled((deviation) => (random) => random.normal() * deviation),
  },
  uniform: {
    form: "uniform(a)",
    help: "uniform from −a to a, with a of 0 or more",
    make: scaled((limit) => (random) => uniformIn(random, limit)),
  },
  constant: {
    form: "constant(c)",
    help: "all c",
    make: (value, ...more) => value !== undefined && more.length === 0 ? () => value : undefined,
  },
  zeros: { form: "zeros", help: "all 0", make: plain(() => 0) },
};

/**
 * Parses one of the {@linkcode INITIALIZERS}.
 *
 * @param what names the place, for messages
 * @throws {UserError} for any other text
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { randomStream } from "../base/random.ts";
 * import { parseInitializer } from "./initializer.ts";
 * const { value: draw } = parseInitializer("uniform(0.5)");
 * assert(Math.abs(draw(randomStream(1, "initializer"), 784, 128)) <= 0.5);
 * ```
 */
export function parseInitializer(text: string, what = "initializer"): Made<Draw> {
  return makeFrom(what, INITIALIZERS, text);
}
