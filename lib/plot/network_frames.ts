import { numberText } from "../base/number_text.ts";
import { parseLoss } from "../network/loss.ts";
import type { LayerTrace, StepTrace } from "../training/trace.ts";

/** Numbers and texts at the units of a layer. */
export interface NodeState {
  /** Number in each circle; absent if unknown. */
  readonly numbers?: readonly number[];
  /** Text above each circle. */
  readonly above?: readonly string[];
  /** Text below each circle. */
  readonly below?: readonly string[];
  /** `true` if the picture is not about this layer. */
  readonly pale: boolean;
}

/** Numbers and texts at the edges from one layer to the next. */
export interface EdgeState {
  /** numbers[from][to], shown as colour and width; absent if unknown. */
  readonly numbers?: readonly (readonly number[])[];
  /** Texts shown instead of the numbers. */
  readonly texts?: readonly (readonly string[])[];
  /** Text before the number or text of a weight with that name, from that unit; defaults to the name. */
  readonly before?: (name: string, from: number) => string;
  readonly pale: boolean;
}

/** One stage of a training step: known and new numbers. */
export interface Frame {
  readonly title: string;
  readonly subtitle: string;
  /** Meaning of the edges' colour and width: the numbers or their changes. */
  readonly shows: "numbers" | "changes";
  /** Layer by layer, inputs first. */
  readonly nodes: readonly NodeState[];
  /** The edges into each layer after the inputs. */
  readonly edges: readonly EdgeState[];
  /** Text right of each output. */
  readonly targets: readonly string[];
}

/** Returns the stages of a step, for one of its examples. */
export function framesOf(trace: StepTrace, example: number): Frame[] {
  return [...forwardFrames(trace, example), ...backwardFrames(trace, example), stepFrame(trace)];
}

const texts = (name: string, numbers: readonly number[]) =>
  numbers.map((number) => `${name} ${numberText(number)}`);

const layerName = (trace: StepTrace, l: number) =>
  l === trace.layers.length - 1 ? "the outputs" : `hidden layer ${l + 1}`;

/** What dropout does to a layer's units on their way to the next: their factors, if any. */
const factorsOf = ({ layers }: StepTrace, layer: number, example: number) =>
  layers[layer]?.mask?.[example];

const factorTexts = (factors: readonly number[]) =>
  factors.map((factor) => factor === 0 ? "dropped" : `kept · ${numberText(factor)}`);

/** What goes into the units of a layer, and what dropout does to what comes out. */
function sumTexts(trace: StepTrace, l: number, example: number): string[] {
  const { z, normalization } = trace.layers[l];
  const factors = factorsOf(trace, l + 1, example);
  return texts("z", z[example]).map((text, j) =>
    text + (normalization ? ` → y ${numberText(normalization.y[example][j])}` : "") +
    (factors ? `, ${factorTexts(factors)[j]}` : "")
  );
}

function forwardFrames(trace: StepTrace, example: number): Frame[] {
  const { layers, batch, architecture } = trace;
  const inputs = batch.inputs[example], droppedInputs = factorsOf(trace, 0, example);
  /** The network after the forward pass of the first `known` layers. */
  const frame = (known: number, title: string, subtitle: string, loss = false): Frame => ({
    title,
    subtitle,
    shows: "numbers",
    nodes: [
      {
        numbers: inputs,
        below: droppedInputs && known > 0 ? factorTexts(droppedInputs) : undefined,
        pale: known > 1 || loss,
      },
      ...layers.map(({ a, biases }, l): NodeState => ({
        numbers: l < known ? a[example] : undefined,
        above: texts("b", biases),
        below: l < known ? sumTexts(trace, l, example) : undefined,
        pale: loss ? l < layers.length - 1 : l !== known - 1 && l !== known - 2,
      })),
    ],
    edges: layers.map(({ weights }, l) => ({
      numbers: weights,
      pale: loss || (known > 0 && l !== known - 1),
    })),
    targets: loss
      ? batch.targets[example].map((target) => `target ${numberText(target)}`)
      : batch.targets[example].map(() => ""),
  });
  const { formula } = parseLoss(architecture.loss).value;
  return [
    frame(0, "the inputs and the weights", "On each edge its weight, above each unit its bias b."),
    ...layers.map(({ activation, normalization, mask }, l) =>
      frame(
        l + 1,
        `forward to ${layerName(trace, l)}`,
        (normalization
          ? `z = Σ weight · input, y = γ · (z − mean) / √(variance + ε) + b; in it a = ${activation}(y).`
          : `z = Σ weight · input + b below each unit; in it a = ${activation}(z).`) +
          (mask ? " Dropped inputs count as 0." : ""),
      )
    ),
    frame(
      layers.length,
      `the loss L = ${numberText(trace.losses[example])}`,
      `How far the outputs are from the targets: L = ${formula}.`,
      true,
    ),
  ];
}

/** Gradients of a layer shown by a picture of the backward pass. */
type Stage = "dA" | "dZ" | "dW";

function backwardFrames(trace: StepTrace, example: number): Frame[] {
  const last = trace.layers.length - 1;
  const scale = trace.losses.length === 1 ? "" : ` (of the batch's mean loss)`;
  return trace.layers.flatMap((_, back) => {
    const l = last - back;
    const from = l === last
      ? "How L changes with each output, all else staying as it is."
      : "∂L/∂a = Σ weight · ∂L/∂z over the next layer; on each edge its part of the sum." +
        (trace.layers[l + 1].mask ? " Nothing comes back to what was dropped." : "");
    const at = layerName(trace, l), { activation, normalization } = trace.layers[l];
    return [
      backwardFrame(trace, example, l, "dA", `back: ∂L/∂a of ${at}`, from + scale),
      backwardFrame(
        trace,
        example,
        l,
        "dZ",
        `back: ∂L/∂z of ${at}`,
        normalization
          ? `∂L/∂a · slope of ${activation} at y, and back through the batch's variance and mean.`
          : `∂L/∂z = ∂L/∂a · slope of ${activation} at z; it is ∂L/∂b too.`,
      ),
      backwardFrame(
        trace,
        example,
        l,
        "dW",
        `back: ∂L/∂w into ${at}`,
        "∂L/∂w = what came in along the edge · ∂L/∂z of the unit that it leads to.",
      ),
    ];
  });
}

function backwardFrame(
  trace: StepTrace,
  example: number,
  current: number,
  stage: Stage,
  title: string,
  subtitle: string,
): Frame {
  const { layers, batch } = trace;
  const node = ({ dA, dZ, a }: LayerTrace, l: number): NodeState => {
    const below = texts("a", a[example]);
    if (l < current) return { below, pale: true };
    const passed = l > current || stage !== "dA";
    const numbers = passed ? dZ[example] : dA[example];
    return {
      numbers,
      above: numbers.map(() => passed ? "∂L/∂z" : "∂L/∂a"),
      below,
      pale: l > current + (stage === "dA" ? 1 : 0),
    };
  };
  const edge = ({ weights, dW, dZ, mask }: LayerTrace, l: number): EdgeState => {
    // Each path's part of the error that arrives; everywhere else the known gradients.
    if (l === current + 1 && stage === "dA") {
      const factors = mask?.[example];
      const parts = weights.map((row, j) =>
        row.map((weight, k) => weight * dZ[example][k] * (factors?.[j] ?? 1))
      );
      const times = (j: number) => factors ? ` · ${numberText(factors[j])}` : "";
      return { numbers: parts, before: (name, j) => `${name} · ∂L/∂z${times(j)} =`, pale: false };
    }
    if (l > current || (l === current && stage === "dW")) {
      return { numbers: dW, before: (name) => `∂L/∂${name}`, pale: l > current };
    }
    return { pale: true };
  };
  return {
    title,
    subtitle,
    shows: "numbers",
    nodes: [
      { numbers: batch.inputs[example], pale: !(current === 0 && stage === "dW") },
      ...layers.map(node),
    ],
    edges: layers.map(edge),
    targets: batch.targets[example].map((target) => `target ${numberText(target)}`),
  };
}

function stepFrame({ layers, batch, learningRate, optimizer, step }: StepTrace): Frame {
  const change = (before: number, after: number) => `${numberText(before)} → ${numberText(after)}`;
  const rate = `η = ${numberText(learningRate)}`;
  return {
    title: optimizer === "sgd"
      ? "the step: each weight moves against its gradient"
      : `step ${step} of ${optimizer}: each weight moves by its gradients so far`,
    subtitle: (optimizer === "sgd" ? `w → w − η · ∂L/∂w with ${rate}. ` : `With ${rate}. `) +
      "On each edge its weight, before → after.",
    shows: "changes",
    nodes: [
      { pale: false },
      ...layers.map(({ biases, biasesAfter }): NodeState => ({
        above: biases.map((before, j) =>
          before === biasesAfter[j]
            ? `b ${numberText(before)}`
            : `b ${change(before, biasesAfter[j])}`
        ),
        pale: false,
      })),
    ],
    edges: layers.map(({ weights, weightsAfter }): EdgeState => ({
      numbers: weightsAfter.map((row, i) => row.map((after, j) => after - weights[i][j])),
      texts: weightsAfter.map((row, i) => row.map((after, j) => change(weights[i][j], after))),
      pale: false,
    })),
    targets: batch.targets[0].map(() => ""),
  };
}
