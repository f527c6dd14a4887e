import { setImmediate } from "node:timers/promises";
import { interruptible } from "../base/interrupt.ts";
import {
  type Random,
  type RandomStream,
  randomStream,
  resumeRandomStream,
  shuffleInPlace,
  type StreamName,
} from "../base/random.ts";
import { augmenter } from "../dataset/augment.ts";
import { type Dataset, fileOrder, imageAt, type Samples } from "../dataset/dataset.ts";
import type { Images } from "../kernel/kernel.ts";
import { createGradients, type Gradients, keepGradients } from "../network/gradients.ts";
import type { Network } from "../network/network.ts";
import {
  backward,
  createPass,
  drawMasks,
  firstRows,
  forward,
  type GradientSink,
  loadTargets,
  outputError,
  type Pass,
  updateRunningStatistics,
} from "../network/pass.ts";
import { type Checkpoint, copyNumbers, restoreNumbers } from "./checkpoint.ts";
import { sharesOf } from "./dropout.ts";
import { earlyStopping } from "./early_stopping.ts";
import { evaluator } from "./evaluate.ts";
import { type Hyperparameters, lastEpoch } from "./hyperparameters.ts";
import { type Optimizer, parseOptimizer, type StepSize } from "./optimizer.ts";
import { type Regularization, regularized } from "./regularization.ts";
import { parseSchedule } from "./schedule.ts";
import type { EpochRecord } from "./trial_result.ts";
import { holdOut } from "./validation.ts";

/** Hyperparameters and callbacks of {@linkcode train}. */
export interface TrainOptions extends
  Pick<
    Hyperparameters,
    "optimizer" | "learningRate" | "schedule" | "epochs" | "l2" | "shuffle" | "augment" | "seed"
  >,
  Partial<
    Pick<Hyperparameters, "patience" | "stopAfter" | "validation" | "dropout" | "labelSmoothing">
  >,
  Partial<Regularization> {
  /** Images per step, from 1 to the number of those trained on. */
  readonly batchSize: number;
  /** Called after every step with the network, which it must not change. */
  readonly onStep?: (progress: StepProgress, network: Network) => void;
  /** Called after every step: the training waits for the promise that it returns. */
  readonly pause?: () => Promise<void> | undefined;
  /** Called after every epoch, with the number of steps so far. */
  readonly onEpoch?: (record: EpochRecord, steps: number) => void;
  /** Checkpoint of a training with the same options, to resume from. */
  readonly resumeFrom?: Checkpoint;
  /** Called after every epoch with a function that takes a checkpoint. */
  readonly onCheckpoint?: (take: () => Checkpoint) => void | Promise<void>;
  /** Ends the training between two steps, by throwing its reason; an interrupt does so too. */
  readonly signal?: AbortSignal;
}

/** Progress of a training. */
export interface StepProgress {
  /** Number of steps made, from 1. */
  readonly step: number;
  /** Number of steps of the training. */
  readonly steps: number;
  /** The epoch of the step, from 1. */
  readonly epoch: number;
  /** Mean loss of the step's batch, before the step. */
  readonly loss: number;
}

/** Outcome of a training. */
export interface Training {
  readonly status: "completed" | "diverged";
  /** Step and epoch of the divergence. */
  readonly reason?: string;
  /** Number of steps made. */
  readonly steps: number;
  readonly history: readonly EpochRecord[];
  /** With early stopping: the epoch whose weights the network has. */
  readonly bestEpoch?: number;
}

/**
 * Maximum number of rows of a pass. Larger batches are processed in parts of this size whose gradients are
 * added: this saves memory and keeps the sums accurate.
 */
const PART = 512;

/** Milliseconds between turns of the event loop. */
const BREATH = 50;

/**
 * Trains a network in place by mini-batch gradient descent.
 *
 * Each epoch processes the training images once, in a new random order or in file order; the last batch may
 * be smaller. If a loss is not finite, the training ends as `diverged`.
 *
 * After each epoch the network is evaluated on the images that `validation` holds out of the training
 * images; where it holds out none, on the test images.
 *
 * @param network starting point, see {@linkcode initialize}; changed in place
 * @throws the reason of `options.signal`, if it is aborted
 */
export async function train(
  network: Network,
  dataset: Dataset,
  options: TrainOptions,
): Promise<Training> {
  const { seed, patience = "none", resumeFrom } = options;
  const { train: order, validation } = holdOut(
    options.validation ?? "none",
    dataset.train.count,
    seed,
  );
  const { value: create } = parseOptimizer(options.optimizer);
  const optimizer = regularized(network, create(network, options.l2), options);
  const streams = trainingStreams(seed, resumeFrom);
  const runEpoch = epochRunner(network, dataset, optimizer, streams, order, options);
  const measure = measurer(network, dataset, validation);
  const stopping = patience === "none"
    ? undefined
    : earlyStopping(network, patience, resumeFrom?.best);
  const random = randomStream(seed, "shuffle");
  const history = [...resumeFrom?.history ?? []];
  let steps = resumeFrom?.steps ?? 0;
  if (resumeFrom) restoreNumbers(resumeFrom.numbers, network, optimizer);

  for (let epoch = 1; epoch <= lastEpochOf(options); epoch++) {
    // A resumed training repeats all shuffles, as the order depends on every earlier one.
    if (options.shuffle) shuffleInPlace(order, random);
    if (epoch <= (resumeFrom?.history.length ?? 0)) continue;
    if (stopping?.isOver(history)) break;
    const { trainLoss, ...made } = await runEpoch(epoch, history);
    steps = made.steps;
    const measures = trainLoss === undefined ? undefined : measure();
    if (trainLoss === undefined || measures === undefined) return diverged(steps, epoch, history);
    const record = { epoch, trainLoss, ...measures };
    history.push(record);
    stopping?.keep(history);
    options.onEpoch?.(record, steps);
    await options.onCheckpoint?.(() => ({
      steps,
      history: [...history],
      numbers: copyNumbers(network, optimizer),
      augmentState: streams.augment.state(),
      dropoutState: streams.dropout.state(),
      best: stopping?.best(),
    }));
  }
  const bestEpoch = stopping?.restore(history);
  return { status: "completed", steps, history, ...(bestEpoch && { bestEpoch }) };
}

const lastEpochOf = ({ epochs, stopAfter = "all" }: TrainOptions) =>
  lastEpoch({ epochs, stopAfter });

/** An epoch that has ended. */
interface EndedEpoch {
  /** Number of steps made, those of earlier epochs included. */
  readonly steps: number;
  /** Mean loss on the training images; `undefined` if that of a step was not finite. */
  readonly trainLoss?: number;
}

/**
 * Returns a function that makes the steps of an epoch, with the images in the order that `order` then has.
 * It gets the number of the epoch, from 1, and the records of the earlier ones.
 */
function epochRunner(
  network: Network,
  dataset: Dataset,
  optimizer: Optimizer,
  streams: TrainingStreams,
  order: Uint32Array,
  options: TrainOptions,
): (epoch: number, history: readonly EpochRecord[]) => Promise<EndedEpoch> {
  const count = order.length, { batchSize } = options;
  const signal = interruptible(options.signal);
  const makeStep = stepper(network, dataset, optimizer, streams, order, options);
  const { value: schedule } = parseSchedule(options.schedule);
  const stepsPerEpoch = Math.ceil(count / batchSize);
  // The schedule spans all epochs, also those that are not reached.
  const spanned = options.epochs * stepsPerEpoch, steps = lastEpochOf(options) * stepsPerEpoch;
  let lastBreath = performance.now();

  return async (epoch, history) => {
    const validationLosses = history.flatMap(({ validationLoss }) => validationLoss ?? []);
    let step = (epoch - 1) * stepsPerEpoch, sum = 0;
    for (let start = 0; start < count; start += batchSize) {
      const size = Math.min(batchSize, count - start);
      const moment = { step: step + 1, steps: spanned, stepsPerEpoch, warmup: 0, validationLosses };
      const learningRate = options.learningRate * schedule(moment);
      const momentum = schedule.momentum?.(moment);
      const loss = makeStep(start, size, { learningRate, step: step + 1, momentum });
      if (!Number.isFinite(loss)) return { steps: step };
      step++;
      sum += loss * size;
      options.onStep?.({ step, steps, epoch, loss }, network);
      const pause = options.pause?.();
      // Without a promise, the next step follows in the same turn of the event loop.
      if (pause) await pause;
      if (performance.now() - lastBreath > BREATH) {
        await setImmediate();
        lastBreath = performance.now();
      }
      signal.throwIfAborted();
    }
    return { steps: step, trainLoss: sum / count };
  };
}

/**
 * A function that evaluates the network on the validation images, or on the test images if there are
 * none. It returns `undefined` if the loss is not finite.
 */
function measurer(
  network: Network,
  { train, test }: Dataset,
  validation: Uint32Array | undefined,
): () => Omit<EpochRecord, "epoch" | "trainLoss"> | undefined {
  const evaluate = validation ? evaluator(network, train, validation) : evaluator(network, test);
  return () => {
    const { loss, accuracy } = evaluate();
    if (!Number.isFinite(loss)) return undefined;
    return validation
      ? { validationLoss: loss, validationAccuracy: accuracy }
      : { testLoss: loss, testAccuracy: accuracy };
  };
}

/** The random streams that a step draws from. */
interface TrainingStreams {
  readonly augment: RandomStream;
  readonly dropout: RandomStream;
}

/** The streams of a seed, from the start or as they were when a checkpoint was taken. */
function trainingStreams(seed: number, resumeFrom?: Checkpoint): TrainingStreams {
  const stream = (name: StreamName, state: readonly number[] | undefined) =>
    state ? resumeRandomStream(state) : randomStream(seed, name);
  return {
    augment: stream("augment", resumeFrom?.augmentState),
    dropout: stream("dropout", resumeFrom?.dropoutState),
  };
}

function diverged(steps: number, epoch: number, history: EpochRecord[]): Training {
  const reason = `the loss was no longer finite after step ${steps}, in epoch ${epoch}`;
  return { status: "diverged", reason, steps, history };
}

/** Returns a function that makes one step with the images order[start], … and returns their mean loss. */
function stepper(
  network: Network,
  { train: samples }: Dataset,
  optimizer: Optimizer,
  streams: TrainingStreams,
  order: Uint32Array,
  { batchSize, augment, labelSmoothing, dropout = 0 }: TrainOptions,
): (start: number, size: number, stepSize: StepSize) => number {
  const isNormalized = network.layers.some(({ normalizer }) => normalizer);
  // Batch normalisation takes its statistics from the whole batch.
  const part = isNormalized ? batchSize : Math.min(batchSize, PART);
  const shares = sharesOf(dropout, network.architecture.layers);
  const whole = createPass(network, part, "train", shares);
  const loadImages = imageLoader(network, samples, part, augment, streams.augment);
  const passes = new Map<number, Pass<Images>>([[whole.rows, whole]]);
  const passOf = (rows: number) => {
    if (!passes.has(rows)) passes.set(rows, firstRows(network, whole, rows));
    return passes.get(rows)!;
  };

  /** Forward and backward pass of some rows of a batch of `size`; returns the sum of their losses. */
  const run = (start: number, rows: number, size: number, sink: GradientSink) => {
    const pass = passOf(rows);
    loadImages(pass, order, start);
    loadTargets(pass, samples.labels, order, start, labelSmoothing);
    drawMasks(pass, streams.dropout);
    forward(network, pass);
    const loss = outputError(network, pass, 1 / size);
    // A diverged network keeps the parameters with which it diverged.
    if (Number.isFinite(loss)) {
      updateRunningStatistics(network, pass);
      backward(network, pass, sink);
    }
    return loss;
  };

  // Allocated on first use: direct steps do not need them, and they are as large as the network.
  let gradients: Gradients | undefined;
  return (start, size, stepSize) => {
    // A direct step takes the gradient's factors alone; scales have none.
    if (size <= part && optimizer.direct && !isNormalized) {
      return run(start, size, size, optimizer.direct(stepSize)) / size;
    }
    gradients ??= createGradients(network);
    const keep = keepGradients(network, gradients);
    let loss = 0;
    for (let done = 0; done < size; done += part) {
      const sink = done === 0 ? keep.store : keep.add;
      loss += run(start + done, Math.min(part, size - done), size, sink);
    }
    if (Number.isFinite(loss)) optimizer.step(gradients, stepSize);
    return loss / size;
  };
}

/**
 * Returns a function that loads the images order[start], … into a pass, distorted as `augment` specifies.
 * Each uses the next numbers of the random stream, so the distortions depend on the order of the images.
 */
function imageLoader(
  { kernel }: Network,
  samples: Samples,
  rows: number,
  augment: string,
  random: Random,
): (pass: Pass<Images>, order: Uint32Array, start: number) => void {
  const { pixels, labels, width, height } = samples;
  if (augment === "none") {
    kernel.keepImages(pixels);
    return (pass, order, start) => kernel.loadPixels(pass.x, pixels, order, start);
  }
  const distort = augmenter(augment, random, width, height);
  const size = width * height;
  const distorted = new Uint8Array(rows * size);
  const inTurn = fileOrder(rows);
  return (pass, order, start) => {
    for (let r = 0; r < pass.rows; r++) {
      const index = order[start + r];
      distort(imageAt(samples, index), distorted.subarray(r * size, (r + 1) * size), labels[index]);
    }
    kernel.loadPixels(pass.x, distorted, inTurn, 0);
  };
}
