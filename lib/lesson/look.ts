import type { Dataset } from "../dataset/dataset.ts";
import { answersOf } from "../network/loss.ts";
import { type Network, readRows } from "../network/network.ts";
import { createPass, forward } from "../network/pass.ts";
import { evaluator } from "../training/evaluate.ts";

/** A test digit that a network gets wrong. */
export interface Mistake {
  /** Its place in the test set. */
  readonly index: number;
  readonly label: number;
  readonly predicted: number;
}

/** A network's answer for one digit. */
export interface Answer {
  /** The probability of each digit; their sum is 1 up to rounding. */
  readonly probabilities: readonly number[];
  /** The activations of each hidden layer, the first layer first. */
  readonly hidden: readonly (Float32Array | Float64Array)[];
}

/** The state of a network that the page shows. */
export interface Look extends Answer {
  /** Mean loss on the test digits, in nats. */
  readonly testLoss: number;
  /** Fraction of the test digits that are classified correctly, 0 to 1. */
  readonly testAccuracy: number;
  /** How many test digits the network gets wrong. */
  readonly wrong: number;
  /** The first of them. */
  readonly mistakes: readonly Mistake[];
  /** 784 × units: column j holds the weights of the first layer's unit j. */
  readonly weights: Float32Array | Float64Array;
  /** Layer by layer, the hidden units that answer alike to all of the {@linkcode DEAD_IMAGES}. */
  readonly dead: readonly (readonly number[])[];
}

/** Test digits on which a hidden unit must differ to be alive, or all if there are fewer. */
const DEAD_IMAGES = 500;

/** Mistakes that the page shows. */
const SHOWN_MISTAKES = 24;

/**
 * Returns functions that look at a network as it then is; training does not notice.
 *
 * @param network trained with cross-entropy, with a hidden layer or more
 */
export function looker(
  network: Network,
  { test }: Pick<Dataset, "test">,
): { answer: (pixels: Uint8Array) => Answer; look: (pixels: Uint8Array) => Look } {
  const { kernel, architecture } = network;
  const one = createPass(network, 1, "evaluate");
  const many = createPass(network, Math.min(DEAD_IMAGES, test.count), "evaluate");
  const probabilities = kernel.matrix(1, one.targets.columns);
  const order = Uint32Array.from({ length: many.rows }, (_, index) => index);
  const evaluate = evaluator(network, test);

  const answer = (pixels: Uint8Array): Answer => {
    kernel.loadPixels(one.x, pixels, order, 0);
    const answers = answersOf(kernel, architecture.loss, forward(network, one), probabilities);
    return { probabilities: [...readRows(answers)], hidden: one.a.slice(0, -1).map(readRows) };
  };
  const look = (pixels: Uint8Array): Look => {
    kernel.loadPixels(many.x, test.pixels, order, 0);
    forward(network, many);
    const dead = many.a.slice(0, -1).map((a) => sameColumns(readRows(a), a.columns));
    const { loss, accuracy, predictions } = evaluate();
    const wrong: Mistake[] = [];
    predictions.forEach((predicted, index) => {
      const label = test.labels[index];
      if (predicted !== label) wrong.push({ index, label, predicted });
    });
    return {
      ...answer(pixels),
      testLoss: loss,
      testAccuracy: accuracy,
      wrong: wrong.length,
      mistakes: wrong.slice(0, SHOWN_MISTAKES),
      weights: readRows(network.layers[0].weights),
      dead,
    };
  };
  return { answer, look };
}

/** The columns of a matrix whose numbers are all the same. */
function sameColumns(numbers: ArrayLike<number>, columns: number): number[] {
  const same: number[] = [];
  for (let c = 0; c < columns; c++) {
    let i = c;
    while (i < numbers.length && numbers[i] === numbers[c]) i += columns;
    if (i >= numbers.length) same.push(c);
  }
  return same;
}
