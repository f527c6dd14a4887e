import { type Kind, makeFrom } from "../base/call_syntax.ts";
import { exp, expm1, log1p, sigmoid, tanh } from "../base/elementary.ts";

/** An activation with its parameter filled in. */
export interface ActivationFunction {
  /** f(z), computed in 64 bits. */
  value(z: number): number;
  /**
   * f′(z), given a = f(z); at a kink at 0, the left-hand derivative.
   *
   * @param round rounds to the kernel's precision: formulas in `a` alone use that precision, formulas in
   * `z` use 64 bits
   */
  slope(z: number, a: number, round: (x: number) => number): number;
}

/** An entry of {@linkcode ACTIVATIONS}. */
export interface ActivationKind extends Kind<ActivationFunction> {
  /** `true` if the derivative is discontinuous at 0: central differences are not compared across it. */
  readonly kink?: boolean;
}

/** An activation with one parameter in a range. */
const inRange = (
  least: number,
  most: number,
  make: (parameter: number) => ActivationFunction,
): ActivationKind["make"] =>
(parameter, ...more) =>
  more.length === 0 && parameter >= least && parameter <= most ? make(parameter) : undefined;

/** An activation without a parameter. */
const plain = (made: ActivationFunction): ActivationKind["make"] => (...args) =>
  args.length === 0 ? made : undefined;

/** λ and λ α of SELU (Klambauer et al., appendix A2). */
const SELU_SCALE = 1.0507009873554805;
const SELU_STEEP = 1.7580993408473768;

/** 2 √(2/π), and the coefficient of z³ in the tanh form of GELU. */
const GELU_SCALE = 1.5957691216057308;
const GELU_CUBE = 0.044715;

/**
 * The activation functions, by name.
 *
 * The plain kernel runs this code. The SIMD kernel needs a function and a slope of the same name, with the
 * same bits, in `assembly/activations.ts`; without them it throws at start.
 */
export const ACTIVATIONS = {
  relu: {
    form: "relu",
    help: "max(z, 0)",
    source: "Nair & Hinton 2010, Rectified Linear Units Improve Restricted Boltzmann Machines",
    kink: true,
    make: plain({ value: (z) => Math.max(z, 0), slope: (_, a) => a > 0 ? 1 : 0 }),
  },
  leakyRelu: {
    form: "leakyRelu(slope)",
    help: "z above 0, slope · z below, with a slope from 0 to 1 (0.1)",
    source:
      "Maas, Hannun & Ng 2013, Rectifier Nonlinearities Improve Neural Network Acoustic Models",
    defaults: [0.1],
    kink: true,
    make: inRange(0, 1, (slope) => ({
      value: (z) => z > 0 ? z : slope * z,
      slope: (z) => z > 0 ? 1 : slope,
    })),
  },
  elu: {
    form: "elu(α)",
    help: "z above 0, α (eᶻ − 1) below, with α from 0 to 100 (1)",
    source: "Clevert, Unterthiner & Hochreiter 2016, Fast and Accurate Deep Network Learning by " +
      "Exponential Linear Units, eq. 16",
    defaults: [1],
    kink: true,
    make: inRange(0, 100, (alpha) => ({
      value: (z) => z > 0 ? z : alpha * expm1(z),
      slope: (z) => z > 0 ? 1 : alpha * exp(z),
    })),
  },
  selu: {
    form: "selu",
    help: "elu(1.6733) times 1.0507, for lecunNormal weights",
    source:
      "Klambauer, Unterthiner, Mayr & Hochreiter 2017, Self-Normalizing Neural Networks, eq. 2",
    kink: true,
    make: plain({
      value: (z) => z > 0 ? SELU_SCALE * z : SELU_STEEP * expm1(z),
      slope: (z) => z > 0 ? SELU_SCALE : SELU_STEEP * exp(z),
    }),
  },
  gelu: {
    form: "gelu",
    help: "z Φ(z) in its hyperbolic form, ½ z (1 + tanh(√(2/π) (z + 0.044715 z³)))",
    source: "Hendrycks & Gimpel 2016, Gaussian Error Linear Units, section 2",
    make: plain({
      // (1 + tanh u)/2 is σ(2u), which stays accurate for z far below 0.
      value: (z) => z * sigmoid(GELU_SCALE * (z + GELU_CUBE * (z * z * z))),
      slope(z) {
        const s = sigmoid(GELU_SCALE * (z + GELU_CUBE * (z * z * z)));
        const inner = GELU_SCALE * (1 + 3 * GELU_CUBE * (z * z));
        return s + z * (s * (1 - s)) * inner;
      },
    }),
  },
  swish: {
    form: "swish(β)",
    help: "z σ(β z), with β from 0 to 100 (1)",
    source: "Ramachandran, Zoph & Le 2017, Searching for Activation Functions, section 4",
    defaults: [1],
    make: inRange(0, 100, (beta) => ({
      value: (z) => z * sigmoid(beta * z),
      slope(z) {
        const s = sigmoid(beta * z);
        return s * (1 + beta * z * (1 - s));
      },
    })),
  },
  softplus: {
    form: "softplus",
    help: "ln(1 + eᶻ)",
    source:
      "Dugas et al. 2001, Incorporating Second-Order Functional Knowledge for Better Option " +
      "Pricing, section 3",
    make: plain({
      value: (z) => Math.max(z, 0) + log1p(exp(-Math.abs(z))),
      slope: sigmoid,
    }),
  },
  sigmoid: {
    form: "sigmoid",
    help: "1 / (1 + e⁻ᶻ)",
    source:
      "Rumelhart, Hinton & Williams 1986, Learning Representations by Back-propagating Errors",
    make: plain({ value: sigmoid, slope: (_, a, round) => round(a * round(1 - a)) }),
  },
  tanh: {
    form: "tanh",
    help: "(eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ)",
    source: "LeCun, Bottou, Orr & Müller 1998, Efficient BackProp, section 4.4",
    make: plain({ value: tanh, slope: (_, a, round) => round(1 - round(a * a)) }),
  },
  identity: {
    form: "identity",
    help: "z as it is",
    make: plain({ value: (z) => z, slope: () => 1 }),
  },
} as const satisfies Readonly<Record<string, ActivationKind>>;

/** The name of one of the {@linkcode ACTIVATIONS}. */
export type ActivationName = keyof typeof ACTIVATIONS;

/** One of the {@linkcode ACTIVATIONS} as text: `relu`, `leakyRelu(0.1)`. */
export type Activation = ActivationName | `${ActivationName}(${number})`;

/** An activation as an argument of a kernel's operations. */
export interface ActivationCall {
  readonly name: ActivationName;
  /** The parameter; 0 for a function without one. */
  readonly parameter: number;
  /** Canonical form: `leakyRelu(0.1)`. */
  readonly text: Activation;
}

/**
 * Parses an activation.
 *
 * @param what name of the argument, for error messages
 * @throws {UserError} for an unknown name or an invalid parameter
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseActivation } from "./activations.ts";
 * assert.deepEqual(parseActivation("leakyRelu"), {
 *   name: "leakyRelu", parameter: 0.1, text: "leakyRelu(0.1)",
 * });
 * ```
 */
export function parseActivation(text: string, what = "activation"): ActivationCall {
  const { name, args, text: canonical } = makeFrom(what, ACTIVATIONS, text);
  return {
    name: name as ActivationName,
    parameter: args[0] ?? 0,
    text: canonical as Activation,
  };
}

/**
 * Returns the function of a parsed activation.
 *
 * @param round rounds the parameter to the kernel's precision
 */
export function activationFunction(
  { name, parameter }: ActivationCall,
  round: (x: number) => number,
): ActivationFunction {
  const { make, defaults } = ACTIVATIONS[name] as ActivationKind;
  return make(...(defaults ? [round(parameter)] : []))!;
}
