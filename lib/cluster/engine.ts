import { writeFileAtomically } from "../base/atomic_file.ts";
import { usageError, UserError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { parseCheckpoint } from "../sweep/checkpoint_file.ts";
import { type Engine, type EngineHooks, failedTrial } from "../sweep/engine.ts";
import { isTrialResult } from "../sweep/is_trial_result.ts";
import type { Hyperparameters } from "../training/hyperparameters.ts";
import type { TrialResult } from "../training/trial_result.ts";
import { startDriver } from "./driver.ts";
import type { DriverNews, NodeEvent } from "./protocol.ts";

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
      for await (const news of driver.news) {
        hooks.signal?.throwIfAborted();
        nodes(news);
        await desk.handle(news);
        if (desk.isDone()) return;
      }
      hooks.signal?.throwIfAborted();
      throw await driver.failure();
    } finally {
      hooks.signal?.removeEventListener("abort", onAbort);
      await driver.end();
    }
  };
}

type Want = Extract<DriverNews, { type: "want" }>;
type Lost = Extract<DriverNews, { type: "lost" }>;

/** Decides which trial runs next, and keeps what comes back. */
function dispatcher(
  trials: readonly Hyperparameters[],
  dataset: Dataset,
  hooks: EngineHooks,
  send: Awaited<ReturnType<typeof startDriver>>["send"],
) {
  let next = 0, unfinished = trials.length;
  const again: number[] = [];
  const running = new Set<number>();
  const losses = new Map<number, { node: number; worker: number }>();
  const wants: Want[] = [];

  const waiting = () => again.length + trials.length - next;
  const assign = () => {
    // A task ahead pays only while others are left for the workers that become free.
    const isWanted = ({ ahead }: Want) => !ahead || waiting() > 2 * (running.size + wants.length);
    for (
      let w = wants.findIndex(isWanted);
      w >= 0 && waiting() > 0;
      w = wants.findIndex(isWanted)
    ) {
      const [{ worker, ahead }] = wants.splice(w, 1);
      const trial = again.pop() ?? next++;
      running.add(trial);
      send({
        ...{ worker, ahead, trial },
        hyperparameters: trials[trial],
        checkpoint: readCheckpoint(hooks.checkpoint?.(trial)),
        keepCheckpoint: hooks.keepCheckpoints,
        readings: hooks.readings?.(trial),
        readTest: hooks.readTest,
      });
    }
  };
  const finish = (trial: number, result: TrialResult) => {
    running.delete(trial);
    unfinished--;
    hooks.onResult(trial, result);
  };
  const lose = ({ trial, fault, reason }: Pick<Lost, "trial" | "fault" | "reason">) => {
    if (!running.delete(trial)) return;
    const lost = losses.get(trial) ?? { node: 0, worker: 0 };
    losses.set(trial, lost);
    lost[fault]++;
    if (lost.worker >= ATTEMPTS || lost.node >= NODES) {
      finish(trial, failedTrial(trials[trial], dataset, reason));
    } else again.push(trial);
  };
  const take = async (trial: number, event: NodeEvent) => {
    if (!running.has(trial)) return;
    if (event.type === "step") hooks.onStep?.(trial, event.progress);
    else if (event.type === "epoch") hooks.onEpoch?.(trial, event.record);
    else if (event.type === "error") lose({ trial, fault: "worker", reason: event.reason });
    else if (event.type === "checkpoint") await keep(hooks.checkpoint?.(trial), event.text);
    else {
      const expected = event.type === "reading"
        ? hooks.readings?.(trial)[event.reading]
        : trials[trial];
      if (!isResultOf(event.result, expected)) {
        lose({ trial, fault: "worker", reason: "its node sent something that is no result" });
      } else {
        const result = { ...event.result, hyperparameters: expected!, dataset: dataset.name };
        if (event.type === "reading") hooks.onReading?.(trial, event.reading, result);
        else finish(trial, result);
      }
    }
  };
  return {
    isDone: () => unfinished === 0,
    async handle(news: DriverNews) {
      if (news.type === "want") wants.push(news);
      else if (news.type === "lost") lose(news);
      else if (news.type === "news") {
        for (const event of news.events) await take(news.trial, event);
      }
      assign();
    },
  };
}

/** Checks what came from another machine, as a line of a journal is checked. */
function isResultOf(value: unknown, trial?: Hyperparameters): value is TrialResult {
  return isTrialResult(value) && JSON.stringify(value.hyperparameters) === JSON.stringify(trial);
}

function readCheckpoint(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
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
    } else if (news.type === "refused") onNotice(`node ${news.node} is refused: ${news.reason}`);
    else if (news.type === "none") {
      throw new UserError("no node can run the trials: every node was refused; see above");
    }
  };
}
