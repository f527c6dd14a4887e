import type { Dataset } from "../dataset/dataset.ts";
import { simdKernel } from "../kernel/simd.ts";
import type { Model } from "../network/architecture.ts";
import { modelOf, networkOf, weightsDigest } from "../network/network.ts";
import {
  architectureOf,
  complete,
  fitTo,
  type Hyperparameters,
  type Settings,
} from "../training/hyperparameters.ts";
import { trainingOf } from "../training/start.ts";
import { train, type TrainOptions } from "../training/train.ts";
import { type Look, looker } from "./look.ts";

/** What a training does until it waits: one step, the rest of an epoch, or all epochs. */
export type Goal = "step" | "epoch" | "end";

/** A point of the curves. */
export interface CurvePoint {
  /** Epochs so far, with a fraction. */
  readonly epoch: number;
  /** Mean loss of the batches since the point before; absent before the first step. */
  readonly trainLoss?: number;
  readonly testLoss: number;
  readonly testAccuracy: number;
}

/** The state of a training. */
export interface Report {
  readonly state: "waiting" | "running" | "done" | "diverged";
  /** Steps made. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  readonly point: CurvePoint;
  readonly look: Look;
  /** SHA-256 of the weights; absent while the training runs. */
  readonly digest?: string;
  /** Settings with which `deno task train` gives this digest; absent in the middle of an epoch. */
  readonly repeatedBy?: Partial<Settings>;
}

/** A training that is watched, paused and changed. */
export interface LiveTraining {
  run(goal: Goal): void;
  /** Waits after the step that is being made. */
  pause(): void;
  /** Sets the digit whose activations are shown: 784 bytes. */
  show(pixels: Uint8Array): void;
  /**
   * Goes on with other settings from the next step on. The rate changes within the training; other
   * settings begin a new training from the present weights. Initial weights, layers and seed need a new
   * network, see `needsNewNetwork`.
   *
   * @throws {UserError} if a setting is invalid; the training then goes on as before
   */
  change(settings: Partial<Settings>): void;
  /** Ends the training without a further report. */
  end(): void;
}

/**
 * Milliseconds between reports, at first and later: a network learns most at the beginning. And the most of
 * the time that later ones take.
 */
const FIRST_PERIOD = 20, PERIOD = 200, SHARE = 0.05;

/**
 * Starts a training that waits for {@linkcode LiveTraining.run}. Watching changes nothing: with the
 * same settings and data the weights have the bits of `runTrial`.
 *
 * @param settings with the loss `crossEntropy`, and no early stopping
 * @param shown the digit whose activations are shown, 784 bytes
 * @param tell called with a report at once, several times a second, and when the training waits
 * @throws {UserError} if a setting is invalid or does not fit the data
 */
export function liveTraining(
  settings: Partial<Settings>,
  dataset: Dataset,
  shown: Uint8Array,
  tell: (report: Report) => void,
): LiveTraining {
  let all = fitTo(complete(settings), dataset);
  let part = begin(all);
  let goal: Goal | undefined, wake = () => {};
  /** Steps and epochs of earlier parts, which had other settings. */
  let changed = false, stepsBefore = 0, epochsBefore = 0;

  /** The training from the start or the last change on. */
  function begin(all: Hyperparameters, model?: Model) {
    const { options, start } = trainingOf(all, dataset);
    const kernel = simdKernel();
    const network = model ? networkOf(kernel, model) : start(kernel);
    const stepsPerEpoch = Math.ceil(dataset.train.count / options.batchSize);
    const watch = looker(network, dataset);
    return { options, network, stepsPerEpoch, ...watch, stop: new AbortController(), step: 0 };
  }

  let losses = 0, count = 0, reported = 0, pause = FIRST_PERIOD, quickest = Infinity;
  let state: Report["state"] = "waiting";

  function report(now: Report["state"]): void {
    state = now;
    const { network, stepsPerEpoch, step } = part;
    const begun = performance.now();
    const look = part.look(shown);
    const epoch = epochsBefore + step / stepsPerEpoch;
    const isEpoch = Number.isInteger(epoch) && epoch > 0;
    tell({
      state,
      step: stepsBefore + step,
      stepsPerEpoch,
      epochs: all.epochs,
      point: {
        epoch,
        ...count > 0 && { trainLoss: losses / count },
        testLoss: look.testLoss,
        testAccuracy: look.testAccuracy,
      },
      look,
      ...state !== "running" && { digest: weightsDigest(modelOf(network)) },
      ...state !== "running" && isEpoch && !changed && {
        repeatedBy: { ...settings, epochs: epoch },
      },
    });
    losses = count = 0;
    reported = performance.now();
    // The first report of all is slow, as its code is compiled.
    quickest = Math.min(quickest, reported - begun);
    pause = 2 * pause < PERIOD ? 2 * pause : Math.max(PERIOD, quickest / SHARE);
  }

  async function wait({ stop }: typeof part): Promise<void> {
    goal = undefined;
    report("waiting");
    await new Promise<void>((resolve) => wake = resolve);
    stop.signal.throwIfAborted();
  }

  async function go(): Promise<void> {
    const { network, stop, stepsPerEpoch } = part, own = part;
    if (goal === undefined) await wait(own);
    const epochs = Math.max(1, Math.ceil(all.epochs - epochsBefore));
    const options: TrainOptions = {
      ...own.options,
      epochs,
      get learningRate() {
        return all.learningRate;
      },
      signal: stop.signal,
      onStep({ step, loss }) {
        own.step = step;
        losses += loss;
        count++;
        if (goal === "step") goal = undefined;
      },
      pause() {
        // After an epoch it waits for the measurement.
        if (own.step % stepsPerEpoch === 0) return undefined;
        if (goal === undefined) return wait(own);
        if (performance.now() - reported > pause) report("running");
      },
      async onCheckpoint() {
        if (goal === "epoch") goal = undefined;
        if (own.step === epochs * stepsPerEpoch) return;
        if (goal === undefined) await wait(own);
      },
    };
    const { status } = await train(network, dataset, options);
    goal = undefined;
    report(status === "completed" ? "done" : "diverged");
  }

  const start = () =>
    void go().catch((error) => {
      if (error !== ENDED) throw error;
    });
  start();
  return {
    run(next) {
      if (state === "waiting") state = "running";
      goal = next;
      wake();
    },
    pause: () => goal = undefined,
    show(pixels) {
      shown = pixels;
      if (state !== "running") report(state);
    },
    change(next) {
      const fitted = fitTo(complete(next), dataset);
      const onlyRate = { ...fitted, learningRate: all.learningRate };
      changed = part.step + stepsBefore > 0;
      settings = next;
      const isUnderWay = state === "waiting" || state === "running";
      if (isUnderWay && JSON.stringify(onlyRate) === JSON.stringify(all)) {
        all = fitted;
        if (state === "waiting") report(state);
        return;
      }
      const model = { ...modelOf(part.network), architecture: architectureOf(fitted) };
      stepsBefore += part.step;
      epochsBefore += part.step / part.stepsPerEpoch;
      part.stop.abort(ENDED);
      wake();
      all = fitted;
      part = begin(fitted, model);
      start();
    },
    end() {
      part.stop.abort(ENDED);
      wake();
    },
  };
}

/** The reason with which a training is ended. */
const ENDED = new Error("ended");
