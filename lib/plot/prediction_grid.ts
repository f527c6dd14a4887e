import type { Samples } from "../dataset/dataset.ts";
import type { Prediction } from "../recognition/predictions.ts";
import { digitGrid } from "./digits.ts";
import type { Figure } from "./figure.ts";

/**
 * Draws images with a network's predictions and their probability: `7, 99 %` if correct; `4 → 9, 84 %`, in
 * another colour, if a 4 is classified as 9.
 *
 * @param predictions predictions for the images to show, in order
 */
export function predictionGrid(
  samples: Samples,
  predictions: readonly Prediction[],
  title = "What the network takes the digits for",
): Figure {
  const wrong = predictions.filter(({ actual, predicted }) => actual !== predicted).length;
  return digitGrid(samples, predictions.map(({ index }) => index), {
    title,
    subtitle: `${predictions.length - wrong} right, ${wrong} wrong` +
      (wrong > 0 ? " (in colour: what it is, and what it was taken for)" : ""),
    captions: predictions.map(caption),
    marked: predictions.flatMap(({ actual, predicted }, i) => actual === predicted ? [] : [i]),
    columns: 8,
    scale: 3,
  });
}

function caption({ actual, predicted, probability }: Prediction): string {
  const answer = actual === predicted ? `${predicted}` : `${actual} → ${predicted}`;
  return `${answer}, ${Math.floor(100 * probability)} %`;
}
