import { printed } from "./printed.ts";
import type { TrainedFigure } from "./reported_figure.ts";
import { firstSeeds } from "./seeds.ts";

/**
 * Accuracies reported by five GitHub projects from which this project originated. Each is listed as
 * published, followed by variants where a setting is not stated or is methodologically unsound.
 * @module
 */

/** Every row whose training takes less than a minute is run with twenty seeds. */
const TWENTY = firstSeeds(20);

/** A: one epoch, image by image. */
const A = {
  source: "A: ANN-Handwritten-Digit-Rec",
  measure: "accuracy",
  report: printed("95.3"),
  seeds: TWENTY,
} as const;
const A_SETTINGS = {
  layers: [784, 100, 100, 10],
  activation: "leakyRelu(0.1)",
  outputActivation: "leakyRelu(0.1)",
  initializer: "heNormal",
  learningRate: 0.01,
  batchSize: 1,
  epochs: 1,
  shuffle: false,
} as const;

/** B: full-batch gradient descent. */
const B = {
  source: "B: MNIST_ANN",
  measure: "accuracy",
  report: printed("about 89"),
  seeds: TWENTY,
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
/** The reported accuracy is of 1,000 held-out rows of the test file. */
const B_OTHER_IMAGES = { reportedImages: 1000 } as const;
const B_DRAW = { file: "test", train: 9000, heldOut: 1000 } as const;

/** C: ten epochs with a low learning rate. */
const C = {
  source: "C: Neural-Network-from-scratch",
  measure: "accuracy",
  report: printed("about 85"),
  seeds: TWENTY,
  minutes: 0.09,
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
  report: printed("97.65"),
  seeds: TWENTY,
} as const;
const D_SETTINGS = {
  layers: [784, 128, 64, 10],
  activation: "relu",
  initializer: "heNormal",
  learningRate: 0.1,
  batchSize: 32,
  epochs: 200,
} as const;

/** E: a learning rate that is halved near the end. */
const E = {
  source: "E: Artificial Neural Network using NumPy",
  measure: "accuracy",
  report: printed("97.6"),
  seeds: TWENTY,
  minutes: 0.23,
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
const E_DRAW = { file: "train", train: 41_000, heldOut: 1000 } as const;
/** The reported accuracy is of 1,000 held-out rows; tests on MNIST's 10,000 use other images. */
const E_OTHER_IMAGES = { reportedImages: 1000 } as const;

/** The figures of projects A to E. */
export const PROJECT_FIGURES: readonly TrainedFigure[] = [
  {
    ...A,
    id: "a",
    variant: "as published",
    settings: A_SETTINGS,
    minutes: 0.01,
    remark: "the number of epochs is not stated: one; a-5-epochs shows more",
  },
  {
    ...A,
    id: "a-5-epochs",
    variant: "five epochs",
    settings: { ...A_SETTINGS, epochs: 5 },
    minutes: 0.05,
    remark: "what the open number of epochs is worth",
  },
  {
    ...A,
    id: "a-shuffled",
    variant: "shuffled",
    settings: { ...A_SETTINGS, shuffle: true },
    minutes: 0.01,
    remark: "sound choice: a random order instead of the file's",
  },
  {
    ...A,
    id: "a-linear-scores",
    variant: "no leaky ReLU on the scores",
    settings: { ...A_SETTINGS, outputActivation: "identity" },
    minutes: 0.01,
    remark: "sound choice: softmax takes the scores as they are",
  },
  {
    ...B,
    id: "b",
    variant: "as published: 9,000 test rows, 1,000 held out",
    settings: B_SETTINGS,
    draw: { ...B_DRAW, testOn: "held out" },
    minutes: 0.04,
    remark: "the 1,000 rows held out are drawn anew with each seed, as in its notebook",
  },
  {
    ...B,
    id: "b-test-file",
    variant: "the same training, tested on all of the test file",
    ...B_OTHER_IMAGES,
    settings: B_SETTINGS,
    draw: { ...B_DRAW, testOn: "test file" },
    minutes: 0.04,
    remark: "nine in ten of these images were trained on",
  },
  {
    ...B,
    id: "b-training-file",
    variant: "trained on the 60,000 training images",
    ...B_OTHER_IMAGES,
    seeds: TWENTY,
    settings: B_ITERATIONS,
    afterEpoch: 100,
    minutes: 0.4,
    remark: "sound choice: no test image is trained on; 100 iterations",
  },
  {
    ...B,
    id: "b-200-iterations",
    variant: "the same, 200 iterations",
    ...B_OTHER_IMAGES,
    seeds: TWENTY,
    settings: B_ITERATIONS,
    afterEpoch: 200,
    minutes: 0.4,
    remark: "the trials of b-training-file, read later",
  },
  {
    ...B,
    id: "b-500-iterations",
    variant: "the same, 500 iterations",
    ...B_OTHER_IMAGES,
    seeds: TWENTY,
    settings: B_ITERATIONS,
    minutes: 0.4,
    remark: "the trials of b-training-file, read at their end",
  },
  {
    ...C,
    id: "c",
    variant: "ReLU, He normal, batch 32",
    seeds: TWENTY,
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
    minutes: 0.85,
    remark: "the initialisation is not stated: He normal",
  },
  {
    ...D,
    id: "d-20-epochs",
    variant: "read after 20 epochs",
    settings: D_SETTINGS,
    afterEpoch: 20,
    minutes: 0.85,
    remark: "the trials of d; the other 180 epochs add little",
  },
  {
    ...D,
    id: "d-normal",
    variant: "normal(0.01), 20 epochs",
    settings: { ...D_SETTINGS, initializer: "normal(0.01)", epochs: 20 },
    minutes: 0.1,
    remark: "what the open initialisation is worth",
  },
  {
    ...E,
    id: "e",
    variant: "as published: 41,000 rows, 1,000 held out",
    settings: E_SETTINGS,
    seeds: TWENTY,
    draw: { ...E_DRAW, testOn: "held out" },
    remark: "the rows are drawn anew with each seed: Kaggle's copy is in a random order",
  },
  {
    ...E,
    id: "e-test-file",
    variant: "the same training, tested on the 10,000 test images",
    settings: E_SETTINGS,
    ...E_OTHER_IMAGES,
    draw: { ...E_DRAW, testOn: "test file" },
    remark: "sound choice: ten times as many images to test with, none of them used to stop",
  },
  {
    ...E,
    id: "e-training-file",
    variant: "trained on all 60,000 training images",
    ...E_OTHER_IMAGES,
    settings: E_SETTINGS,
    remark: "sound choice: nothing held back, tested on the 10,000 test images",
  },
  {
    ...E,
    id: "e-shuffled",
    variant: "the same, shuffled",
    ...E_OTHER_IMAGES,
    settings: { ...E_SETTINGS, shuffle: true },
    remark: "sound choice: a new order each epoch",
  },
  {
    ...E,
    id: "e-constant-rate",
    variant: "the same, shuffled, without decay",
    ...E_OTHER_IMAGES,
    settings: { ...E_SETTINGS, shuffle: true, schedule: "constant" },
    remark: "what halving the rate at epoch 26 is worth",
  },
];
