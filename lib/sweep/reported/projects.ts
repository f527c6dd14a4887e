import type { TrainedFigure } from "./reported_figure.ts";

/**
 * The accuracies that five projects on GitHub report of themselves, the ones that this project grew
 * out of. Each stands here as it was published and beside it what another choice gives: where a
 * setting is stated nowhere, or where the published one is not sound.
 * @module
 */

const SEEDS = [1, 2, 3, 4, 5];

/** A: one epoch, image by image. */
const A = {
  source: "A: ANN-Handwritten-Digit-Rec",
  measure: "accuracy",
  reported: 95.3,
  seeds: SEEDS,
} as const;
const A_SETTINGS = {
  layers: [784, 100, 100, 10],
  activation: "leakyRelu",
  outputActivation: "leakyRelu",
  leakySlope: 0.1,
  initializer: "heNormal",
  learningRate: 0.01,
  batchSize: 1,
  epochs: 1,
  shuffle: false,
} as const;

/** B: full batches. */
const B = {
  source: "B: MNIST_ANN",
  measure: "accuracy",
  reported: 89,
  seeds: SEEDS,
} as const;
const B_SETTINGS = {
  layers: [784, 10, 10],
  activation: "relu",
  initializer: "heNormal",
  learningRate: 0.1,
  batchSize: "full",
  epochs: 100,
  shuffle: false,
} as const;
const B_ITERATIONS = { ...B_SETTINGS, epochs: 500 } as const;
const B_TRAIN = { file: "test", from: 0, to: 9000 } as const;

/** C: ten epochs at a small rate. */
const C = {
  source: "C: Neural-Network-from-scratch",
  measure: "accuracy",
  reported: 85,
  seeds: SEEDS,
  minutes: 0.6,
} as const;
const C_SETTINGS = {
  layers: [784, 256, 64, 10],
  activation: "relu",
  initializer: "heNormal",
  learningRate: 0.001,
  batchSize: 32,
  epochs: 10,
} as const;

/** D: two hundred epochs. */
const D = {
  source: "D: Artificial-Neural-Network",
  measure: "accuracy",
  reported: 97.65,
  seeds: SEEDS,
} as const;
const D_SETTINGS = {
  layers: [784, 128, 64, 10],
  activation: "relu",
  initializer: "heNormal",
  learningRate: 0.1,
  batchSize: 32,
  epochs: 200,
} as const;

/** E: a rate that is halved near the end. */
const E = {
  source: "E: Artificial Neural Network using NumPy",
  measure: "accuracy",
  reported: 97.6,
  seeds: SEEDS,
  minutes: 0.8,
} as const;
const E_SETTINGS = {
  layers: [784, 300, 10],
  activation: "relu",
  initializer: "normal(0.01)",
  learningRate: 0.5,
  schedule: "step(0.5, 26)",
  batchSize: 512,
  epochs: 30,
  shuffle: false,
} as const;
const E_TRAIN = { file: "train", from: 0, to: 41000 } as const;
const E_HELD_OUT = { file: "train", from: 41000, to: 42000 } as const;
const ALL_TEST = { file: "test", from: 0, to: 10000 } as const;

/** The figures of projects A to E. */
export const PROJECT_FIGURES: readonly TrainedFigure[] = [
  {
    ...A,
    id: "a",
    variant: "as published",
    settings: A_SETTINGS,
    minutes: 0.2,
    remark: "the number of epochs is not stated: one; a-5-epochs shows more",
  },
  {
    ...A,
    id: "a-5-epochs",
    variant: "five epochs",
    settings: { ...A_SETTINGS, epochs: 5 },
    minutes: 0.6,
    remark: "what the open number of epochs is worth",
  },
  {
    ...A,
    id: "a-shuffled",
    variant: "shuffled",
    settings: { ...A_SETTINGS, shuffle: true },
    minutes: 0.2,
    remark: "sound choice: a random order instead of the file's",
  },
  {
    ...A,
    id: "a-linear-scores",
    variant: "no leaky ReLU on the scores",
    settings: { ...A_SETTINGS, outputActivation: "identity" },
    minutes: 0.2,
    remark: "sound choice: softmax takes the scores as they are",
  },
  {
    ...B,
    id: "b",
    variant: "as published: 9,000 test rows, 1,000 held out",
    settings: B_SETTINGS,
    parts: { train: B_TRAIN, test: { file: "test", from: 9000, to: 10000 } },
    minutes: 0.2,
    remark: "which 1,000 rows are held out is open: the last",
  },
  {
    ...B,
    id: "b-test-file",
    variant: "the same training, tested on all of the test file",
    settings: B_SETTINGS,
    parts: { train: B_TRAIN, test: ALL_TEST },
    minutes: 0.2,
    remark: "nine in ten of these images were trained on",
  },
  {
    ...B,
    id: "b-training-file",
    variant: "trained on the 60,000 training images",
    settings: B_ITERATIONS,
    afterEpoch: 100,
    minutes: 2,
    remark: "sound choice: no test image is trained on; 100 iterations",
  },
  {
    ...B,
    id: "b-200-iterations",
    variant: "the same, 200 iterations",
    settings: B_ITERATIONS,
    afterEpoch: 200,
    minutes: 2,
    remark: "the trials of b-training-file, read later",
  },
  {
    ...B,
    id: "b-500-iterations",
    variant: "the same, 500 iterations",
    settings: B_ITERATIONS,
    minutes: 2,
    remark: "the trials of b-training-file, read at their end",
  },
  {
    ...C,
    id: "c",
    variant: "ReLU, He normal, batch 32",
    settings: C_SETTINGS,
    remark: "activation, batch size and initialisation are not stated; this is the usual choice",
  },
  ...[64, 128, 256].map((batchSize): TrainedFigure => ({
    ...C,
    id: `c-batch-${batchSize}`,
    variant: `batch ${batchSize}`,
    settings: { ...C_SETTINGS, batchSize },
    remark: "what the open batch size is worth",
  })),
  {
    ...C,
    id: "c-glorot",
    variant: "Glorot uniform, batch 32",
    settings: { ...C_SETTINGS, initializer: "glorotUniform" },
    remark: "what the open initialisation is worth",
  },
  {
    ...C,
    id: "c-normal",
    variant: "normal(0.01), batch 32",
    settings: { ...C_SETTINGS, initializer: "normal(0.01)" },
    remark: "what the open initialisation is worth",
  },
  {
    ...C,
    id: "c-sigmoid",
    variant: "sigmoid, Glorot normal, batch 32",
    settings: { ...C_SETTINGS, activation: "sigmoid", initializer: "glorotNormal" },
    remark: "what the open activation is worth",
  },
  {
    ...D,
    id: "d",
    variant: "as published",
    settings: D_SETTINGS,
    minutes: 5,
    remark: "the initialisation is not stated: He normal",
  },
  {
    ...D,
    id: "d-20-epochs",
    variant: "read after 20 epochs",
    settings: D_SETTINGS,
    afterEpoch: 20,
    minutes: 5,
    remark: "the trials of d; the other 180 epochs add little",
  },
  {
    ...D,
    id: "d-normal",
    variant: "normal(0.01), 20 epochs",
    settings: { ...D_SETTINGS, initializer: "normal(0.01)", epochs: 20 },
    minutes: 1,
    remark: "what the open initialisation is worth",
  },
  {
    ...E,
    id: "e",
    variant: "as published: 41,000 rows, 1,000 held out",
    settings: E_SETTINGS,
    parts: { train: E_TRAIN, test: E_HELD_OUT },
    remark:
      "the rows were those of Kaggle's copy, which is in another order; here the file's first",
  },
  {
    ...E,
    id: "e-test-file",
    variant: "the same training, tested on the 10,000 test images",
    settings: E_SETTINGS,
    parts: { train: E_TRAIN, test: ALL_TEST },
    remark: "sound choice: ten times as many images to test with, none of them used to stop",
  },
  {
    ...E,
    id: "e-training-file",
    variant: "trained on all 60,000 training images",
    settings: E_SETTINGS,
    remark: "sound choice: nothing held back, tested on the 10,000 test images",
  },
  {
    ...E,
    id: "e-shuffled",
    variant: "the same, shuffled",
    settings: { ...E_SETTINGS, shuffle: true },
    remark: "sound choice: a new order each epoch",
  },
  {
    ...E,
    id: "e-constant-rate",
    variant: "the same, shuffled, without decay",
    settings: { ...E_SETTINGS, shuffle: true, schedule: "constant" },
    remark: "what halving the rate at epoch 26 is worth",
  },
];
