import { numberText } from "../base/number_text.ts";
import type { Model } from "../network/architecture.ts";
import type { Batch } from "../network/batch.ts";
import { MAZUR_BATCH, MAZUR_MODEL, stepInOrder, type UpdateOrder } from "../training/mazur.ts";
import type { StepTrace } from "../training/trace.ts";

/** The weights, inputs first, as Mazur numbers them. */
export const WEIGHTS = ["w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8"] as const;

/** The numbers of a 2-2-2 network that the reader may change. */
export const NAMES = ["i1", "i2", ...WEIGHTS, "b1", "b2", "t1", "t2"] as const;

/** The name of a number: an input, a weight, a layer's bias, or a target. */
export type Name = typeof NAMES[number];

/** The name of a weight. */
export type WeightName = typeof WEIGHTS[number];

/** The numbers by name. */
export type Numbers = Readonly<Record<Name, number>>;

/** Where each weight is: its layer, its input and its unit, from 0. */
export const PLACES: Readonly<
  Record<WeightName, { readonly layer: number; readonly from: number; readonly to: number }>
> = {
  w1: { layer: 0, from: 0, to: 0 },
  w2: { layer: 0, from: 1, to: 0 },
  w3: { layer: 0, from: 0, to: 1 },
  w4: { layer: 0, from: 1, to: 1 },
  w5: { layer: 1, from: 0, to: 0 },
  w6: { layer: 1, from: 1, to: 0 },
  w7: { layer: 1, from: 0, to: 1 },
  w8: { layer: 1, from: 1, to: 1 },
};

/** Mazur's numbers. */
export const FIRST_NUMBERS: Numbers = numbersOf(MAZUR_MODEL, MAZUR_BATCH);

function numbersOf({ parameters }: Model, { inputs, targets }: Batch): Numbers {
  const weights = Object.fromEntries(
    WEIGHTS.map((name) => {
      const { layer, from, to } = PLACES[name];
      return [name, parameters[layer].weights[2 * from + to]];
    }),
  ) as Record<WeightName, number>;
  const [[i1, i2]] = inputs, [[t1, t2]] = targets;
  const [b1, b2] = parameters.map(({ biases }) => biases[0]);
  return { i1, i2, ...weights, b1, b2, t1, t2 };
}

/** Makes the step of the numbers' network, with the project's forward and backward pass. */
export function stepOf(numbers: Numbers, rate: number, order: UpdateOrder): StepTrace {
  const layerOf = (layer: number, bias: number) => {
    const weights = new Float64Array(4);
    for (const name of WEIGHTS) {
      const place = PLACES[name];
      if (place.layer === layer) weights[2 * place.from + place.to] = numbers[name];
    }
    return { weights, biases: Float64Array.of(bias, bias) };
  };
  const model: Model = {
    architecture: MAZUR_MODEL.architecture,
    parameters: [layerOf(0, numbers.b1), layerOf(1, numbers.b2)],
  };
  const batch = { inputs: [[numbers.i1, numbers.i2]], targets: [[numbers.t1, numbers.t2]] };
  return stepInOrder(model, batch, rate, order);
}

/** A weight's gradient in a step. */
export function gradientOf({ layers }: StepTrace, name: WeightName): number {
  const { layer, from, to } = PLACES[name];
  return layers[layer].dW[from][to];
}

/** The numbers after a step. */
export function numbersAfter(numbers: Numbers, { layers }: StepTrace): Numbers {
  const after = WEIGHTS.map((name) => {
    const { layer, from, to } = PLACES[name];
    return [name, layers[layer].weightsAfter[from][to]];
  });
  return { ...numbers, ...Object.fromEntries(after) };
}

/** Points of the loss along a weight, and how far they reach to both sides. */
const POINTS = 41, REACH = 2;

/** The loss along a weight, everything else staying as it is. */
export function lossAlong(numbers: Numbers, name: WeightName): { x: number; y: number }[] {
  return Array.from({ length: POINTS }, (_, i) => {
    const x = numbers[name] + REACH * (2 * i / (POINTS - 1) - 1);
    return { x, y: stepOf({ ...numbers, [name]: x }, 0, "all together").loss };
  });
}

/** A hidden unit's error, from each of the outputs: δ of the output times the weight between. */
export function contributions(
  step: StepTrace,
  unit: number,
  order: UpdateOrder,
): readonly number[] {
  const [, outer] = step.layers;
  const weights = order === "all together" ? outer.weights : outer.weightsAfter;
  return outer.dZ[0].map((delta, k) => delta * weights[unit][k]);
}

/** What comes in along a weight: an input, or a hidden unit's activation. */
function cameFrom(name: WeightName): string {
  const { layer, from } = PLACES[name];
  return `${layer === 0 ? "i" : "a_h"}${from + 1}`;
}

/** A moment of the step: what is computed, as formulas with their numbers; what follows a `_` is an index. */
export interface Moment {
  readonly title: string;
  readonly lines: readonly string[];
}

const text = (value: number) => numberText(value, 5);
/** A number behind an operator: in parentheses if it has a sign of its own. */
const inSum = (value: number) => value < 0 ? `(${text(value)})` : text(value);

/** The step moment by moment: forward, the loss, backward, the update. */
export function momentsOf(
  numbers: Numbers,
  rate: number,
  step: StepTrace,
  order: UpdateOrder,
): Moment[] {
  const { layers: [hidden, outer], loss } = step;
  const n = (name: Name) => text(numbers[name]);
  const units = [0, 1];
  const sums = (layer: number, bias: Name) => (unit: number) => {
    const { z, a, input } = step.layers[layer];
    const letter = layer === 0 ? "h" : "o";
    const names = WEIGHTS.filter((name) =>
      PLACES[name].layer === layer && PLACES[name].to === unit
    );
    const symbols = names.map((name) => `${name}·${cameFrom(name)}`).join(" + ");
    const values = names.map((name, i) =>
      `${(i === 0 ? text : inSum)(numbers[name])}·${inSum(input[0][PLACES[name].from])}`
    ).join(" + ");
    const u = unit + 1;
    return [
      `z_${letter}${u} = ${symbols} + ${bias} = ${values} + ${inSum(numbers[bias])} = ${
        text(z[0][unit])
      }`,
      `a_${letter}${u} = 1 / (1 + e^−z_${letter}${u}) = ${text(a[0][unit])}`,
    ];
  };
  const gradients = (layer: number) =>
    WEIGHTS.filter((name) => PLACES[name].layer === layer).map((name) => {
      const { from, to } = PLACES[name];
      const letter = layer === 0 ? "h" : "o";
      const { dZ, input } = step.layers[layer];
      return `∂L/∂${name} = δ_${letter}${to + 1}·${cameFrom(name)} = ${text(dZ[0][to])}·${
        inSum(input[0][from])
      } = ${text(gradientOf(step, name))}`;
    });
  const after = numbersAfter(numbers, step);
  const mark = order === "all together" ? "" : "⁺";
  return [
    { title: "Forward: the hidden units", lines: units.flatMap(sums(0, "b1")) },
    { title: "Forward: the outputs", lines: units.flatMap(sums(1, "b2")) },
    {
      title: "The loss",
      lines: [
        `L = ½ (t_o1 − a_o1)² + ½ (t_o2 − a_o2)² = ½ (${n("t1")} − ${text(outer.a[0][0])})² + ½ (${
          n("t2")
        } − ${text(outer.a[0][1])})² = ${text(loss)}`,
      ],
    },
    {
      title: "Backward: the outputs' errors, and the gradients of w5 to w8",
      lines: [
        ...units.map((k) => {
          const a = text(outer.a[0][k]), u = k + 1;
          return `δ_o${u} = (a_o${u} − t_o${u})·a_o${u}·(1 − a_o${u}) = (${a} − ${
            n(k === 0 ? "t1" : "t2")
          })·${a}·(1 − ${a}) = ${text(outer.dZ[0][k])}`;
        }),
        ...gradients(1),
      ],
    },
    {
      title: "Backward: both paths to each hidden unit, and the gradients of w1 to w4",
      lines: [
        ...units.flatMap((j) => {
          const u = j + 1, [first, second] = contributions(step, j, order);
          const [left, right] = j === 0 ? ["w5", "w7"] : ["w6", "w8"];
          const a = text(hidden.a[0][j]);
          return [
            `∂L/∂a_h${u} = δ_o1·${left}${mark} + δ_o2·${right}${mark} = ${text(first)} + ${
              inSum(second)
            } = ${text(hidden.dA[0][j])}`,
            `δ_h${u} = ∂L/∂a_h${u}·a_h${u}·(1 − a_h${u}) = ${
              text(hidden.dA[0][j])
            }·${a}·(1 − ${a}) = ${text(hidden.dZ[0][j])}`,
          ];
        }),
        ...gradients(0),
        ...order === "all together"
          ? []
          : ["⁺ the weight after its update: this is not the gradient of L any more"],
      ],
    },
    {
      title: "The update",
      lines: WEIGHTS.map((name) =>
        `${name} ← ${name} − η·∂L/∂${name} = ${n(name)} − ${text(rate)}·${
          inSum(gradientOf(step, name))
        } = ${text(after[name])}`
      ),
    },
  ];
}
