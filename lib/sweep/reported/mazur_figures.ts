import { MAZUR_BATCH, mazurTrace, type UpdateOrder } from "../../training/mazur.ts";
import type { StepTrace } from "../../training/trace.ts";
import { printed } from "./printed.ts";
import type { ComputedFigure } from "./reported_figure.ts";

/** A number printed on Mazur's page. */
interface PageNumber {
  readonly id: string;
  readonly name: string;
  readonly measure: ComputedFigure["measure"];
  readonly printed: string;
  /** Number of steps before the one in which the number occurs. */
  readonly after: number;
  /** `true` if the number depends on when the output weights are updated. */
  readonly ordered: boolean;
  readonly read: (step: StepTrace, order: UpdateOrder) => number;
  readonly remark?: string;
}

const [TARGETS] = MAZUR_BATCH.targets;

/** Half the squared error of an output, Mazur's E of that output. */
function errorOf({ outputs }: StepTrace, k: number): number {
  return 0.5 * (TARGETS[k] - outputs[0][k]) ** 2;
}

/**
 * The part of ∂E/∂out of h1 that is backpropagated from output k: through the weight from h1 to k, or
 * through the updated weight if the output weights were updated first.
 */
function pathThrough({ layers: [, outer] }: StepTrace, k: number, order: UpdateOrder): number {
  const weights = order === "all together" ? outer.weights : outer.weightsAfter;
  return outer.dZ[0][k] * weights[0][k];
}

const slope = (output: number) => output * (1 - output);

/** Numbers of the first step that do not depend on the order, as `[id, name, measure, printed, read]`. */
const FIRST: readonly (readonly [
  string,
  string,
  ComputedFigure["measure"],
  string,
  PageNumber["read"],
])[] = [
  ["net-h1", "net of h1", "weighted sum", "0.3775", ({ layers: [h] }) => h.z[0][0]],
  ["out-h1", "out of h1", "output", "0.593269992", ({ layers: [h] }) => h.a[0][0]],
  ["out-h2", "out of h2", "output", "0.596884378", ({ layers: [h] }) => h.a[0][1]],
  ["net-o1", "net of o1", "weighted sum", "1.105905967", ({ layers: [, o] }) => o.z[0][0]],
  ["out-o1", "out of o1", "output", "0.75136507", ({ outputs }) => outputs[0][0]],
  ["out-o2", "out of o2", "output", "0.772928465", ({ outputs }) => outputs[0][1]],
  ["error-o1", "error of o1", "total error", "0.274811083", (step) => errorOf(step, 0)],
  ["error-o2", "error of o2", "total error", "0.023560026", (step) => errorOf(step, 1)],
  ["before", "total error before the first step", "total error", "0.298371109", (s) => s.loss],
  ["d-out-o1", "∂E/∂out of o1", "gradient", "0.74136507", ({ layers: [, o] }) => o.dA[0][0]],
  ["slope-o1", "∂out/∂net of o1", "gradient", "0.186815602", (s) => slope(s.outputs[0][0])],
  ["d-w5", "∂E/∂w5", "gradient", "0.082167041", ({ layers: [, o] }) => o.dW[0][0]],
  ["w5", "w5 after one step", "weight", "0.35891648", ({ layers: [, o] }) => o.weightsAfter[0][0]],
  ["w6", "w6 after one step", "weight", "0.408666186", ({ layers: [, o] }) => o.weightsAfter[1][0]],
  ["w7", "w7 after one step", "weight", "0.511301270", ({ layers: [, o] }) => o.weightsAfter[0][1]],
  ["w8", "w8 after one step", "weight", "0.561370121", ({ layers: [, o] }) => o.weightsAfter[1][1]],
  ["delta-o1", "∂E/∂net of o1", "gradient", "0.138498562", ({ layers: [, o] }) => o.dZ[0][0]],
  ["slope-h1", "∂out/∂net of h1", "gradient", "0.241300709", (s) => slope(s.layers[0].a[0][0])],
];

/** Numbers of the first step that depend on the order: those of the hidden layer. */
const FIRST_ORDERED: typeof FIRST = [
  [
    "d-out-h1-o1",
    "∂E of o1/∂out of h1",
    "gradient",
    "0.055399425",
    (s, order) => pathThrough(s, 0, order),
  ],
  [
    "d-out-h1-o2",
    "∂E of o2/∂out of h1",
    "gradient",
    "-0.019049119",
    (s, order) => pathThrough(s, 1, order),
  ],
  ["d-out-h1", "∂E/∂out of h1", "gradient", "0.036350306", ({ layers: [h] }) => h.dA[0][0]],
  ["d-w1", "∂E/∂w1", "gradient", "0.000438568", ({ layers: [h] }) => h.dW[0][0]],
  ["w1", "w1 after one step", "weight", "0.149780716", ({ layers: [h] }) => h.weightsAfter[0][0]],
  ["w2", "w2 after one step", "weight", "0.19956143", ({ layers: [h] }) => h.weightsAfter[1][0]],
  ["w3", "w3 after one step", "weight", "0.24975114", ({ layers: [h] }) => h.weightsAfter[0][1]],
  ["w4", "w4 after one step", "weight", "0.29950229", ({ layers: [h] }) => h.weightsAfter[1][1]],
];

/** All numbers of the page, in its order within each group. */
const PAGE: readonly PageNumber[] = [
  ...[FIRST, FIRST_ORDERED].flatMap((numbers) =>
    numbers.map(([id, name, measure, printed, read]): PageNumber => ({
      id,
      name,
      measure,
      printed,
      read,
      after: 0,
      ordered: numbers === FIRST_ORDERED,
    }))
  ),
  {
    id: "after",
    name: "total error after one step",
    measure: "total error",
    printed: "0.291027924",
    after: 1,
    ordered: true,
    read: ({ loss }) => loss,
  },
  {
    id: "10000",
    name: "total error in the 10,000th step",
    measure: "total error",
    printed: "0.0000351085",
    after: 9_999,
    ordered: true,
    read: ({ loss }) => loss,
    remark: "the 10,000th step starts from this error",
  },
  {
    id: "10000-older",
    name: "total error after 10,000 steps, older copies of the page",
    measure: "total error",
    printed: "0.000035085",
    after: 10_000,
    ordered: true,
    read: ({ loss }) => loss,
  },
  {
    id: "10000-o1",
    name: "out of o1 after 10,000 steps",
    measure: "output",
    printed: "0.015912196",
    after: 10_000,
    ordered: true,
    read: ({ outputs }) => outputs[0][0],
  },
  {
    id: "10000-o2",
    name: "out of o2 after 10,000 steps",
    measure: "output",
    printed: "0.984065734",
    after: 10_000,
    ordered: true,
    read: ({ outputs }) => outputs[0][1],
  },
];

const traces = new Map<string, StepTrace>();

/** {@linkcode mazurTrace} with a cache: several numbers are read from each trace. */
function rememberedTrace(after: number, order: UpdateOrder): StepTrace {
  const key = `${after} ${order}`;
  const trace = traces.get(key) ?? mazurTrace(after, order);
  traces.set(key, trace);
  return trace;
}

function valueOf({ read, after }: PageNumber, order: UpdateOrder): number {
  return read(rememberedTrace(after, order), order);
}

function figureOf(number: PageNumber, order?: UpdateOrder): ComputedFigure {
  const { id, name, measure, after, remark } = number;
  return {
    id: `mazur-${id}${order === "output weights first" ? "-outputs-first" : ""}`,
    source: "Mazur 2015",
    variant: order === undefined ? name : `${name}; ${order}`,
    measure,
    network: "2-2-2",
    settings: "sigmoid, half the squared distance, rate 0.5, biases not updated" +
      (order === undefined ? "" : `; weights updated: ${order}`),
    report: printed(number.printed),
    steps: after,
    order,
    remark,
    compute: () => valueOf(number, order ?? "all together"),
  };
}

/**
 * The numbers of Matt Mazur's "A Step by Step Backpropagation Example" (2015). Those that depend on when
 * the output weights are updated are included twice, once per order.
 */
export const MAZUR_FIGURES: readonly ComputedFigure[] = PAGE.flatMap((number) =>
  number.ordered
    ? [figureOf(number, "all together"), figureOf(number, "output weights first")]
    : [figureOf(number)]
);

/** A number of Mazur's page and the results of the two update orders. */
export interface MazurComparison {
  readonly number: string;
  /** As printed on the page. */
  readonly printed: string;
  /** Result of updating all weights together (backpropagation), to as many digits as printed. */
  readonly allTogether: string;
  /** Result of updating the output weights first, to as many digits as printed. */
  readonly outputWeightsFirst: string;
}

/** Returns all numbers of the page with the results of both update orders. */
export function mazurComparison(): MazurComparison[] {
  return PAGE.map((number) => {
    const { decimals } = printed(number.printed);
    const value = (order: UpdateOrder) => valueOf(number, order).toFixed(decimals);
    return {
      number: number.name,
      printed: number.printed,
      allTogether: value("all together"),
      outputWeightsFirst: value("output weights first"),
    };
  });
}
