import { type Dataset, type Samples, slice } from "../../dataset/dataset.ts";
import type { Hyperparameters } from "../../training/hyperparameters.ts";

/** What all reported figures have in common. */
interface Reported {
  /** Names the row on the command line: letters, digits and dashes. */
  readonly id: string;
  /** Who reported it. */
  readonly source: string;
  /** How this row reads the report: as published, or with one choice made otherwise. */
  readonly variant: string;
  /** The figure as a number: in per cent for accuracies and errors. */
  readonly reported: number;
  /** What is stated nowhere or could not be done the same way, and the choice made here. */
  readonly remark?: string;
}

/** A figure that is reproduced by training on MNIST, once for each seed. */
export interface TrainedFigure extends Reported {
  readonly measure: "accuracy" | "error rate";
  readonly settings: Partial<Omit<Hyperparameters, "seed">>;
  readonly seeds: readonly number[];
  /** Which images to train and test with; MNIST's own two files unless given. */
  readonly parts?: Parts;
  /** The figure is read after this epoch of a longer training; after the last unless given. */
  readonly afterEpoch?: number;
  /** About how long it takes on one core, in minutes. */
  readonly minutes: number;
}

/** A figure that is reproduced by a calculation without chance. */
export interface ComputedFigure extends Reported {
  readonly measure: "total error" | "weight";
  readonly network: string;
  readonly settings: string;
  readonly steps: number;
  /** Digits after the point that the figure was printed with. */
  readonly decimals: number;
  readonly compute: () => number;
}

/** A published number that this project tries to get again. */
export type ReportedFigure = TrainedFigure | ComputedFigure;

/** Some images of MNIST in the order of their file: `file[from:to]`, `to` not included. */
export interface Part {
  readonly file: "train" | "test";
  readonly from: number;
  readonly to: number;
}

/** What a network is trained and tested with. */
export interface Parts {
  readonly train: Part;
  readonly test: Part;
}

/** The parts of MNIST as a dataset of its own, whose name says which they are. */
export function partsOf(mnist: Dataset, parts: Parts): Dataset {
  const cut = ({ file, from, to }: Part): Samples => slice(mnist[file], from, to);
  return { ...mnist, name: datasetNameOf(parts), train: cut(parts.train), test: cut(parts.test) };
}

/** `mnist`, or for parts of it `mnist[train[0:41000], train[41000:42000]]`. */
export function datasetNameOf(parts: Parts | undefined): string {
  if (parts === undefined) return "mnist";
  const words = ({ file, from, to }: Part) => `${file}[${from}:${to}]`;
  return `mnist[${words(parts.train)}, ${words(parts.test)}]`;
}

/** Whether a figure takes no training. */
export function isComputed(figure: ReportedFigure): figure is ComputedFigure {
  return "compute" in figure;
}
