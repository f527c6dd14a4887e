import { MAZUR_BATCH, MAZUR_MODEL } from "../../network/mazur.ts";
import { modelAfter, type StepTrace, traceStep } from "../../network/trace.ts";
import type { ComputedFigure } from "./reported_figure.ts";

/** The step after `before` steps of Mazur's training, in 64 bits. */
function mazurStep(before: number): StepTrace {
  let model = MAZUR_MODEL;
  const step = () => traceStep(model, MAZUR_BATCH, { learningRate: 0.5, updateBiases: false });
  for (let i = 0; i < before; i++) model = modelAfter(step());
  return step();
}

const MAZUR = {
  source: "Mazur 2015",
  network: "2-2-2",
  settings: "sigmoid, half the squared distance, rate 0.5, biases not updated",
} as const;

/** The numbers of Matt Mazur's "A Step by Step Backpropagation Example". */
export const MAZUR_FIGURES: readonly ComputedFigure[] = [
  {
    ...MAZUR,
    id: "mazur-before",
    variant: "before the first step",
    measure: "total error",
    reported: 0.298371109,
    decimals: 9,
    steps: 0,
    compute: () => mazurStep(0).loss,
  },
  {
    ...MAZUR,
    id: "mazur-w5",
    variant: "w5 after one step",
    measure: "weight",
    reported: 0.35891648,
    decimals: 8,
    steps: 1,
    compute: () => mazurStep(0).layers[1].weightsAfter[0][0],
  },
  {
    ...MAZUR,
    id: "mazur-w1",
    variant: "w1 after one step",
    measure: "weight",
    reported: 0.149780716,
    decimals: 9,
    steps: 1,
    compute: () => mazurStep(0).layers[0].weightsAfter[0][0],
  },
  {
    ...MAZUR,
    id: "mazur-after",
    variant: "after one step",
    measure: "total error",
    reported: 0.291027924,
    decimals: 9,
    steps: 1,
    remark: "a slip of the page: the weights that it prints give 0.291027774",
    compute: () => mazurStep(1).loss,
  },
  {
    ...MAZUR,
    id: "mazur-10000",
    variant: "in the 10,000th step",
    remark: "the error that the 10,000th step sets out from",
    measure: "total error",
    reported: 0.0000351085,
    decimals: 10,
    steps: 9_999,
    compute: () => mazurStep(9_999).loss,
  },
];
