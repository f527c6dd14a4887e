import type { Hyperparameters } from "../training/hyperparameters.ts";
import type { StepProgress } from "../training/train.ts";
import type { EpochRecord } from "../training/trial_result.ts";

/** First line to driver.py; the dataset's bytes follow it. */
export interface DriverStart {
  /** `local`, `auto` or host:port of the cluster's head. */
  readonly address: string;
  /** Most workers; `null` for one per core of the cluster. */
  readonly cpus: number | null;
  /** Number of trials. */
  readonly trials: number;
  /** Version of Deno that every node must have. */
  readonly deno: string;
  /** Path of the sweep's own Deno, tried first on each node. */
  readonly execPath: string;
  /** Path of the project. */
  readonly project: string;
  /** Digest of the dataset, see `datasetDigest`. */
  readonly digest: string;
  /** Length of the dataset's bytes. */
  readonly bytes: number;
  /** Minimum milliseconds between two checkpoints of a trial. */
  readonly checkpointPeriod: number;
}

/** A line from driver.py. */
export type DriverNews =
  /** The cluster is connected. */
  | { readonly type: "cluster"; readonly cpus: number }
  /** A worker has nothing to do. */
  | { readonly type: "want"; readonly worker: number }
  | { readonly type: "news"; readonly worker: number; readonly line: NodeLine }
  /** A worker's batch did not end: its node or its process died. */
  | {
    readonly type: "lost";
    readonly worker: number;
    readonly fault: "node" | "worker";
    readonly reason: string;
  }
  | { readonly type: "joined"; readonly node: string }
  | { readonly type: "left" | "refused"; readonly node: string; readonly reason: string }
  /** A worker ended before it began. */
  | { readonly type: "unstarted"; readonly reason: string }
  /** Every node was refused, or no worker starts. */
  | { readonly type: "none" };

/** First line to node.ts; the dataset's bytes follow it. */
export type NodeStart = Pick<DriverStart, "digest" | "bytes" | "checkpointPeriod">;

/** Answer of node.ts to the dataset. */
export type NodeAnswer =
  | { readonly ready: true }
  | { readonly ready: false; readonly reason: string };

/** Trials to run one after the other, as a line to node.ts. */
export interface NodeBatch {
  /** Minimum milliseconds between two lines of events. */
  readonly period: number;
  readonly tasks: readonly NodeTask[];
}

/** A trial of a batch. */
export interface NodeTask {
  /** Its index in the sweep. */
  readonly trial: number;
  readonly hyperparameters: Hyperparameters;
  /** The checkpoint from which it resumes, as `formatCheckpoint` gives it. */
  readonly checkpoint?: string;
  /** `true` to send the state at the end, from which a later trial goes on. */
  readonly keepCheckpoint?: boolean;
  /** The trials whose whole training is the beginning of this one, see `EngineHooks`. */
  readonly readings?: readonly Hyperparameters[];
  /** `true` to evaluate on the test images at the end, see `EngineHooks`. */
  readonly readTest?: boolean;
}

/** A line of node.ts while it runs a batch, with `end` at its end. */
export interface NodeLine {
  readonly events: readonly NodeEvent[];
  readonly end: boolean;
}

/** Event of a trial on a node; a result or an error is its last. */
export type NodeEvent = { readonly trial: number } & TrialEvent;

/** What happens in a trial. */
export type TrialEvent =
  | { readonly type: "step"; readonly progress: StepProgress }
  | { readonly type: "epoch"; readonly record: EpochRecord }
  | { readonly type: "checkpoint"; readonly text: string }
  /** Results are not trusted: the process that owns the journal checks them. */
  | { readonly type: "reading"; readonly reading: number; readonly result: unknown }
  | { readonly type: "result"; readonly result: unknown }
  | { readonly type: "error"; readonly reason: string };
