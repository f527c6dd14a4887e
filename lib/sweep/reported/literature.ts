import { CIRESAN, SIMARD_AFFINE, SIMARD_ELASTIC } from "../../dataset/augmentation.ts";
import { printed } from "./printed.ts";
import { firstSeeds } from "./seeds.ts";
import type { TrainedFigure } from "./reported_figure.ts";

/**
 * Test error rates from the literature on networks of this kind.
 *
 * The papers only partly state their rates, schedules and activations. Here, the sweeps in `search.ts`
 * chose them on images held out of the training set; the networks then train on all 60,000. The test
 * images played no part in the choice. The verdict of these rows is about the architecture.
 * @module
 */

/** LeCun, Bottou, Bengio & Haffner 1998, "Gradient-Based Learning Applied to Document Recognition". */
function lecun(hidden: readonly number[], report: string, minutes: number): TrainedFigure {
  return {
    id: `lecun-${hidden.join("-")}`,
    source: "LeCun et al. 1998",
    variant: "mean square error, no distortion",
    measure: "error rate",
    report: printed(report),
    seeds: firstSeeds(5),
    chosenHere: true,
    minutes,
    settings: {
      layers: [784, ...hidden, 10],
      activation: "tanh",
      outputActivation: "sigmoid",
      initializer: "glorotNormal",
      loss: "meanSquareError",
      learningRate: 0.5,
      schedule: "exponential(0.85)",
      batchSize: 8,
      epochs: 10,
    },
    remark: "chosen here: tanh and sigmoid, plain SGD, rate and decay",
  };
}

/** Simard, Steinkraus & Platt 2003, "Best Practices for Convolutional Neural Networks …". */
const SIMARD = {
  source: "Simard et al. 2003",
  measure: "error rate",
  chosenHere: true,
  remark: "chosen here: ReLU, rate and decay",
} as const;
const SIMARD_SETTINGS = {
  layers: [784, 800, 10],
  activation: "relu",
  initializer: "heNormal",
  batchSize: 32,
} as const;

/** The error rates of LeCun 1998, Simard 2003 and Cireşan 2010. */
export const LITERATURE_FIGURES: readonly TrainedFigure[] = [
  lecun([300], "4.7", 0.17),
  lecun([1000], "4.5", 0.5),
  lecun([300, 100], "3.05", 0.22),
  lecun([500, 150], "2.95", 0.4),
  {
    ...SIMARD,
    id: "simard-none",
    variant: "cross-entropy, no distortion",
    report: printed("1.6"),
    seeds: firstSeeds(5),
    settings: {
      ...SIMARD_SETTINGS,
      learningRate: 0.4,
      epochs: 20,
      schedule: "exponential(0.93)",
    },
    minutes: 0.45,
  },
  {
    ...SIMARD,
    id: "simard-affine",
    variant: "cross-entropy, affine distortions",
    report: printed("1.1"),
    seeds: firstSeeds(5),
    settings: {
      ...SIMARD_SETTINGS,
      learningRate: 0.4,
      epochs: 100,
      schedule: "exponential(0.96)",
      augment: SIMARD_AFFINE,
    },
    minutes: 3.3,
    remark: "chosen here: ReLU, rate and decay; the paper gives no amounts of distortion",
  },
  {
    ...SIMARD,
    id: "simard-elastic",
    variant: "cross-entropy, elastic distortions",
    report: printed("0.7"),
    seeds: firstSeeds(3),
    settings: {
      ...SIMARD_SETTINGS,
      learningRate: 0.4,
      epochs: 200,
      schedule: "exponential(0.98)",
      augment: SIMARD_ELASTIC,
    },
    minutes: 7.5,
  },
  {
    id: "ciresan",
    source: "Cireşan et al. 2010",
    variant: "elastic and affine distortions",
    measure: "error rate",
    report: printed("0.49"),
    seeds: firstSeeds(3),
    chosenHere: true,
    settings: {
      layers: [784, 1000, 500, 10],
      activation: "relu",
      initializer: "heNormal",
      learningRate: 0.2,
      schedule: "exponential(0.96)",
      batchSize: 32,
      epochs: 80,
      augment: CIRESAN,
    },
    minutes: 7,
    remark: "chosen here: ReLU, plain SGD, rate and decay, 80 epochs",
  },
];
