import type { Hyperparameters } from "../../training/hyperparameters.ts";
import type { UpdateOrder } from "../../network/mazur.ts";
import type { Draw } from "./draw.ts";
import type { Printed } from "./printed.ts";

/** What all reported figures have in common. */
interface Reported {
  /** Names the row on the command line: letters, digits and dashes. */
  readonly id: string;
  /** Who reported it. */
  readonly source: string;
  /** How this row reads the report: as published, or with one choice made otherwise. */
  readonly variant: string;
  /** The figure as it was printed; in per cent for accuracies and error rates. */
  readonly report: Printed;
  /** What is stated nowhere or could not be done the same way, and the choice made here. */
  readonly remark?: string;
}

/** A figure that is reproduced by training on MNIST, once for each seed. */
export interface TrainedFigure extends Reported {
  readonly measure: "accuracy" | "error rate";
  readonly settings: Partial<Omit<Hyperparameters, "seed">>;
  /** Two or more: one training says nothing about the spread. */
  readonly seeds: readonly number[];
  /** True where rate, schedule or activation are not published and were chosen here. */
  readonly chosenHere?: boolean;
  /** Images drawn at random for each seed; defaults to MNIST's own two files. */
  readonly draw?: Draw;
  /**
   * How many images the publication tested with, where they are not the ones that every seed is tested
   * with here. Left out where they are the same, and where each seed draws images of its own: then the
   * spread over the seeds contains the choice of images.
   */
  readonly reportedImages?: number;
  /** The figure is read after this epoch of a longer training; defaults to the last. */
  readonly afterEpoch?: number;
  /** About how long one training takes on one core, in minutes. */
  readonly minutes: number;
}

/** A figure that is reproduced by a calculation without chance. */
export interface ComputedFigure extends Reported {
  readonly measure: "weighted sum" | "output" | "total error" | "gradient" | "weight";
  readonly network: string;
  readonly settings: string;
  readonly steps: number;
  /** The order in which the weights are updated, where the number depends on it. */
  readonly order?: UpdateOrder;
  readonly compute: () => number;
}

/** A published number that this project tries to get again. */
export type ReportedFigure = TrainedFigure | ComputedFigure;

/** Whether a figure takes no training. */
export function isComputed(figure: ReportedFigure): figure is ComputedFigure {
  return "compute" in figure;
}
