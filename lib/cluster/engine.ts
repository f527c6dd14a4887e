import { existsSync } from "node:fs";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { sum } from "../base/statistics.ts";
import { usageError, UserError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { parseCheckpoint } from "../sweep/checkpoint_file.ts";
import { type Engine, type EngineHooks, failedTrial } from "../sweep/engine.ts";
import { trialUnits } from "../sweep/estimate.ts";
import { isTrialResult } from "../sweep/is_trial_result.ts";
import type { Hyperparameters } from "../training/hyperparameters.ts";
import type { TrialResult } from "../training/trial_result.ts";
import { type Driver, startDriver } from "./driver.ts";
import type { DriverNews, NodeEvent, NodeLine, NodeTask } from "./protocol.ts";

/** Options of {@linkcode onCluster}. */
export interface ClusterOptions {
  /**
   * `local` for a cluster on this machine alone, `auto` for the one that this machine belongs to, or
   * `host:port` of a cluster's head.
   */
  readonly address: string;
  /** Most cores to use; defaults to all of the cluster. */
  readonly cpus?: number;
  /** Minimum milliseconds between two checkpoints of a trial; defaults to 30,000. */
  readonly checkpointPeriod?: number;
  /** Called when workers are lost and nodes refused; defaults to `console.warn`. */
  readonly onNotice?: (notice: string) => void;
  /** Called when the cluster is connected and when nodes join. */
  readonly onJoin?: (notice: string) => void;
}

/** Attempts of a trial whose process dies, as on worker threads. */
const ATTEMPTS = 2;
/** Least milliseconds between two lines from a worker; with many, this for each, as the driver takes 1 ms. */
const PERIOD = 100, LINE = 2;
/** Lines of a batch of short trials; a long trial is a batch of its own. */
const LINES = 5;
/** Attempts of a trial whose nodes die: a trial that takes its node down must end some time. */
const NODES = 5;

/**
 * Checks the address of a cluster.
 *
 * @throws {UserError} if it is none of the forms of {@linkcode ClusterOptions.address}
 */
export function checkClusterAddress(address: string): string {
  if (/^(local|auto|\w[\w.-]*:\d{1,5}|\[[0-9a-f:]+\]:\d{1,5})$/i.test(address)) return address;
  throw usageError(
    `cluster must be local, auto or host:port of the head (such as 10.0.0.1:6379), got ` +
      `${JSON.stringify(address)}; for a ray:// address, log in to the cluster and use auto`,
  );
}

/**
 * Runs trials on a Ray cluster, one on each core. The results are those of any other engine. A trial
 * whose node is lost goes to another, from its last checkpoint; a trial whose process crashes twice
 * is `failed`.
 *
 * @throws {UserError} when Ray is not installed, the cluster is lost or every node is refused
 */
export function onCluster(options: ClusterOptions): Engine {
  return async (trials, dataset, hooks) => {
    if (trials.length === 0) return;
    const { address, cpus = null, checkpointPeriod = 30_000 } = options;
    const { onNotice = console.warn, onJoin = () => {} } = options;
    hooks.signal?.throwIfAborted();
    onJoin(`connecting to ${address === "local" ? "a Ray cluster on this machine" : address}`);
    const start = { address, cpus, checkpointPeriod, trials: trials.length };
    const driver = await startDriver(start, dataset);
    const onAbort = () => driver.end();
    hooks.signal?.addEventListener("abort", onAbort);
    try {
      const desk = dispatcher(trials, dataset, hooks, driver.send);
      const nodes = nodeNotices(onNotice, onJoin);
      let isConnected = false;
      for await (const news of driver.news) {
        isConnected ||= news.type === "cluster";
        hooks.signal?.throwIfAborted();
        nodes(news);
        await desk.handle(news);
        if (desk.isDone()) return;
      }
      hooks.signal?.throwIfAborted();
      const words = await driver.lastWords();
      throw new UserError(
        isConnected
          ? `the cluster was lost (${words}); finished trials are kept: run again when it is back`
          : `no Ray cluster can be used at ${address} (${words}); lib/cluster/README.md says what it needs`,
      );
    } finally {
      hooks.signal?.removeEventListener("abort", onAbort);
      await driver.end();
    }
  };
}

/** Decides which trials run next, and keeps what comes back. */
function dispatcher(
  trials: readonly Hyperparameters[],
  dataset: Dataset,
  hooks: EngineHooks,
  send: Driver["send"],
) {
  let next = 0, unfinished = trials.length;
  const again: number[] = [];
  const losses = new Map<number, { node: number; worker: number }>();
  /** The workers that wait for a batch. */
  const idle: number[] = [];
  const batches = new Map<number, Batch>();
  const size = batchSizer(dataset);

  /** The next trials; one that was lost may be the reason, and runs alone. */
  const batch = (period: number): number[] => {
    const lost = again.pop();
    if (lost !== undefined) return [lost];
    const most = Math.ceil((trials.length - next) / (2 * (idle.length + batches.size + 1)));
    const begin = next;
    next += size.count(trials, next, most, LINES * period);
    return range(begin, next);
  };
  const assign = () => {
    while (idle.length > 0 && again.length + trials.length - next > 0) {
      const worker = idle.pop()!;
      const period = Math.max(PERIOD, LINE * (batches.size + 1));
      const running = batch(period);
      const units = sum(running, (trial) => trialUnits(trials[trial], dataset));
      batches.set(worker, { running: new Set(running), units, begun: performance.now() });
      send(worker, { period, tasks: running.map(taskOf) });
    }
  };
  const taskOf = (trial: number): NodeTask => ({
    trial,
    hyperparameters: trials[trial],
    checkpoint: readCheckpoint(hooks.checkpoint?.(trial)),
    keepCheckpoint: hooks.keepCheckpoints,
    readings: hooks.readings?.(trial),
    readTest: hooks.readTest,
  });
  const finish = (trial: number, result: TrialResult) => {
    unfinished--;
    hooks.onResult(trial, result);
  };
  const lose = (trial: number, fault: Lost["fault"], reason: string) => {
    const lost = losses.get(trial) ?? { node: 0, worker: 0 };
    losses.set(trial, lost);
    lost[fault]++;
    if (lost.worker >= ATTEMPTS || lost.node >= NODES) {
      finish(trial, failedTrial(trials[trial], dataset, reason));
    } else again.push(trial);
  };
  const loseBatch = (worker: number, fault: Lost["fault"], reason: string) => {
    const { running = [] } = batches.get(worker) ?? {};
    batches.delete(worker);
    running.forEach((trial) => lose(trial, fault, reason));
  };
  const take = async (event: NodeEvent, running: Set<number>) => {
    const { trial } = event;
    if (!running.has(trial)) return;
    if (event.type === "step") hooks.onStep?.(trial, event.progress);
    else if (event.type === "epoch") hooks.onEpoch?.(trial, event.record);
    else if (event.type === "checkpoint") await keep(hooks.checkpoint?.(trial), event.text);
    else if (event.type === "error") {
      running.delete(trial);
      lose(trial, "worker", event.reason);
    } else {
      const expected = event.type === "reading"
        ? hooks.readings?.(trial)[event.reading]
        : trials[trial];
      if (!isResultOf(event.result, expected)) {
        running.delete(trial);
        lose(trial, "worker", "its node sent something that is no result");
        return;
      }
      const result = { ...event.result, hyperparameters: expected!, dataset: dataset.name };
      if (event.type === "reading") return hooks.onReading?.(trial, event.reading, result);
      running.delete(trial);
      finish(trial, result);
    }
  };
  const takeLine = async (worker: number, { events, end }: NodeLine) => {
    const batch = batches.get(worker);
    if (batch === undefined) return;
    for (const event of events) await take(event, batch.running);
    if (!end) return;
    size.learn(batch);
    loseBatch(worker, "worker", "its node sent no result");
  };
  return {
    isDone: () => unfinished === 0,
    async handle(news: DriverNews) {
      if (news.type === "want") idle.push(news.worker);
      else if (news.type === "lost") loseBatch(news.worker, news.fault, news.reason);
      else if (news.type === "news") await takeLine(news.worker, news.line);
      assign();
    },
  };
}

type Lost = Extract<DriverNews, { type: "lost" }>;

/** Trials that a worker has. */
interface Batch {
  /** Those that have not ended. */
  readonly running: Set<number>;
  /** Work of all of them, see `trialUnits`. */
  readonly units: number;
  /** Milliseconds on the clock of `performance.now()`. */
  readonly begun: number;
}

/** Makes batches of trials that take about equally long, as measured on earlier ones. */
function batchSizer(dataset: Dataset) {
  /** Milliseconds for a unit of work. */
  let pace = Infinity;
  return {
    /** How many of the trials from the index `next` on take `duration` milliseconds: 1 to `most`. */
    count(
      trials: readonly Hyperparameters[],
      next: number,
      most: number,
      duration: number,
    ): number {
      const cost = (index: number) => pace * trialUnits(trials[index], dataset);
      let count = 1, time = cost(next);
      while (count < most && (time += cost(next + count)) <= duration) count++;
      return count;
    },
    learn: ({ units, begun }: Batch) => pace = (performance.now() - begun) / units,
  };
}

const range = (begin: number, end: number) =>
  Array.from({ length: end - begin }, (_, i) => begin + i);

/** Checks what came from another machine, as a line of a journal is checked. */
function isResultOf(value: unknown, trial?: Hyperparameters): value is TrialResult {
  return isTrialResult(value) && JSON.stringify(value.hyperparameters) === JSON.stringify(trial);
}

function readCheckpoint(path: string | undefined): string | undefined {
  return path !== undefined && existsSync(path) ? Deno.readTextFileSync(path) : undefined;
}

/** Stores a checkpoint; one that cannot be written costs only time. */
async function keep(path: string | undefined, text: string): Promise<void> {
  if (path === undefined || parseCheckpoint(text) === undefined) return;
  await writeFileAtomically(path, text).catch((error) => {
    if (!(error instanceof UserError)) throw error;
  });
}

/** Returns a function that reports which nodes take part, one line for each change. */
function nodeNotices(onNotice: (notice: string) => void, onJoin: (notice: string) => void) {
  const known = new Set<string>();
  return (news: DriverNews) => {
    if (news.type === "cluster") onJoin(`connected: ${news.cpus} cores`);
    else if (news.type === "joined" && !known.has(news.node)) {
      known.add(news.node);
      onJoin(`node ${news.node} takes part`);
    } else if (news.type === "left") {
      onNotice(`a worker on ${news.node} is gone (${news.reason}); its trials go to others`);
    } else if (news.type === "unstarted" && !known.has(news.reason)) {
      known.add(news.reason);
      onNotice(`workers cannot start: ${news.reason}`);
    } else if (news.type === "refused") onNotice(`node ${news.node} is refused: ${news.reason}`);
    else if (news.type === "none") {
      throw new UserError("no node of the cluster can run the trials; the reasons are above");
    }
  };
}
