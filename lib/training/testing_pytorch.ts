/**
 * For tests: numbers of PyTorch that `testing_pytorch.py` has recorded, and the same made here.
 * @module
 */
import { parseCsv } from "../base/csv.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { createGradients } from "../network/gradients.ts";
import { createNetwork, readRows } from "../network/network.ts";
import { parseOptimizer } from "./optimizer.ts";
import { type Regularization, regularized } from "./regularization.ts";

/** A descent: the parameters after some steps. */
export interface Descent extends Regularization {
  readonly optimizer: string;
  readonly learningRate: number;
  readonly l2: number;
  /** Whether the momentum, or β₁, changes with every step, as by `oneCycle`. */
  readonly cycled: boolean;
  /** The numbers of the step of the same number: six weights, row by row, and two biases. */
  readonly parameters: ReadonlyMap<number, readonly number[]>;
}

/** A schedule, step by step. */
export interface ScheduledTraining {
  readonly schedule: string;
  readonly steps: readonly {
    readonly step: number;
    readonly stepsPerEpoch: number;
    /** Those of the epochs before. */
    readonly validationLosses: readonly number[];
    readonly factor: number;
    readonly momentum: number | undefined;
  }[];
}

type Texts = Record<string, string | null>;

/** The text of a recorded table: `optimizers` or `schedules`. */
export function recordedText(name: "optimizers" | "schedules"): Promise<string> {
  return Deno.readTextFile(new URL(`testing_pytorch_${name}.csv`, import.meta.url));
}

const NAMES = ["w00", "w01", "w10", "w11", "w20", "w21", "b0", "b1"];
const numberOr = (text: string | null) => text === "none" ? "none" : Number(text);

/** Reads the table `optimizers`. */
export function readDescents(text: string): Descent[] {
  const groups = Map.groupBy(parseCsv(text, "optimizers"), (row) => {
    const { step: _, ...setting } = row;
    return JSON.stringify(Object.entries(setting).filter(([name]) => !NAMES.includes(name)));
  });
  return [...groups.values()].map((rows) => {
    const [first] = rows as [Texts];
    return {
      optimizer: first.optimizer!,
      learningRate: Number(first.learningRate),
      l2: Number(first.l2),
      l1: Number(first.l1),
      weightDecay: Number(first.weightDecay),
      maxNorm: numberOr(first.maxNorm) as Regularization["maxNorm"],
      clipValue: numberOr(first.clipValue) as Regularization["clipValue"],
      clipNorm: numberOr(first.clipNorm) as Regularization["clipNorm"],
      cycled: first.cycled === "1",
      parameters: new Map(
        rows.map((row) => [Number(row.step), NAMES.map((name) => Number(row[name]))]),
      ),
    };
  });
}

/** Reads the table `schedules`. */
export function readSchedules(text: string): ScheduledTraining[] {
  const groups = Map.groupBy(parseCsv(text, "schedules"), ({ schedule }) => schedule!);
  return [...groups].map(([schedule, rows]) => ({
    schedule,
    steps: rows.map(({ step, stepsPerEpoch, factor, momentum }, i) => ({
      step: Number(step),
      stepsPerEpoch: Number(stepsPerEpoch),
      validationLosses: rows.slice(0, i - i % Number(stepsPerEpoch))
        .filter((_, j) => j % Number(stepsPerEpoch) === 0)
        .map(({ validationLoss }) => Number(validationLoss)),
      factor: Number(factor),
      momentum: momentum === null ? undefined : Number(momentum),
    })),
  }));
}

/** Makes the steps of a recorded descent; the gradients are computed in 64 bits. */
export function descend(kernel: Kernel, descent: Descent): Map<number, number[]> {
  const network = createNetwork(kernel, {
    layers: [3, 2],
    activations: ["identity"],
    loss: "meanSquareError",
  });
  const [{ weights, biases }] = network.layers;
  const places = [0, 1, 2].flatMap((r) => [0, 1].map((c) => r * weights.stride + c));
  const set = (data: Float32Array | Float64Array, numbers: readonly number[]) =>
    numbers.forEach((number, i) => data[places[i]] = number);
  set(weights.data, [0.5, -0.25, 1, 0.75, -1, 0.25]);
  const create = parseOptimizer(descent.optimizer).value;
  const optimizer = regularized(network, create(network, descent.l2), descent);
  const gradients = createGradients(network);
  const found = new Map<number, number[]>();
  for (let step = 1; step <= 100; step++) {
    const slopes = [...readRows(weights), ...readRows(biases)].map((w, i) =>
      (1 + i / 4) * (w - (i % 3 - 1) / 2) + ((7 * step + 3 * i) % 5 - 2) / 4
    );
    set(gradients[0].weights.data, slopes.slice(0, 6));
    gradients[0].biases.data.set(slopes.slice(6));
    const momentum = descent.cycled ? { momentum: 0.85 + 0.01 * (3 * step % 11) } : {};
    optimizer.step(gradients, { learningRate: descent.learningRate, step, ...momentum });
    found.set(step, [...readRows(weights), ...readRows(biases)]);
  }
  return found;
}
