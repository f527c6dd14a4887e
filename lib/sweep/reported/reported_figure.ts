import type { SizedHyperparameters } from "../../training/hyperparameters.ts";
import type { UpdateOrder } from "../../training/mazur.ts";
import type { Draw } from "./draw.ts";
import type { Printed } from "./printed.ts";

/** Properties of all reported figures. */
interface Reported {
  /** Name of the row on the command line: letters, digits and dashes. */
  readonly id: string;
  /** The publication or project. */
  readonly source: string;
  /** The variant of this row: as published, or with one setting changed. */
  readonly variant: string;
  /** The figure as printed; in percent for accuracies and error rates. */
  readonly report: Printed;
  /** Settings that are not stated or could not be reproduced, and the choice made here. */
  readonly remark?: string;
}

/** A figure that is reproduced by training on MNIST, once per seed. */
export interface TrainedFigure extends Reported {
  readonly measure: "accuracy" | "error rate";
  readonly settings: Omit<SizedHyperparameters, "seed">;
  /** Two or more, since the spread cannot be estimated from one. */
  readonly seeds: readonly number[];
  /** `true` if learning rate, schedule or activation are unpublished and were chosen here. */
  readonly chosenHere?: boolean;
  /** Images drawn at random for each seed; defaults to MNIST's training and test files. */
  readonly draw?: Draw;
  /**
   * Number of test images of the publication, if they are not those used here. Omitted if they are the
   * same, or if each seed draws its own images, since the spread over the seeds then includes sampling.
   */
  readonly reportedImages?: number;
  /** The epoch after which the figure is read; defaults to the last. */
  readonly afterEpoch?: number;
  /** Approximate time of one training on one core, in minutes. */
  readonly minutes: number;
}

/** A figure that is reproduced by a deterministic calculation. */
export interface ComputedFigure extends Reported {
  readonly measure: "weighted sum" | "output" | "total error" | "gradient" | "weight";
  readonly network: string;
  readonly settings: string;
  readonly steps: number;
  /** The order in which the weights are updated, if the number depends on it. */
  readonly order?: UpdateOrder;
  readonly compute: () => number;
}

/** A published number that this project tries to reproduce. */
export type ReportedFigure = TrainedFigure | ComputedFigure;

/** Reports whether a figure is computed without training. */
export function isComputed(figure: ReportedFigure): figure is ComputedFigure {
  return "compute" in figure;
}
