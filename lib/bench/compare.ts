import { accuracyText } from "../base/number_text.ts";
import { max, mean, median, min } from "../base/statistics.ts";
import { UserError } from "../base/user_error.ts";
import type { Hyperparameters } from "../training/hyperparameters.ts";
import { describe, plainDescent } from "./configurations.ts";
import { type Library, type Peer, startPeer } from "./peer.ts";
import type { TimedEpoch } from "./serve.ts";
import type { BenchTask } from "./bench_task.ts";
import { benchTask, type ImageFiles } from "./task.ts";

/** A library's times for one configuration. */
export interface Comparison {
  /** The configuration as text. */
  readonly what: string;
  /** Name and version; `Descent, sgd` for this project's {@linkcode plainDescent}. */
  readonly library: string;
  /** Median seconds of an epoch, by `stopwatch` of `serve.ts`. */
  readonly seconds: number;
  /** Fewest seconds of an epoch. */
  readonly fewest: number;
  /** Seconds of the first row divided by this one's, per round: median, minimum, maximum. */
  readonly ratio: number | null;
  readonly least: number | null;
  readonly greatest: number | null;
  /** Mean accuracy on the test images after the timed epochs, 0 to 1; `null` on part of the images. */
  readonly accuracy: number | null;
}

/** Options of a comparison. */
export interface CompareOptions {
  /** Unpacked images, and the folder for the initial weights. */
  readonly files: ImageFiles;
  readonly folder: string;
  /** Training images. */
  readonly count: number;
  /** Number of epochs of each library that are timed. */
  readonly rounds: number;
  readonly libraries: readonly Library[];
  /** `1`, or `"all"` to let every library use all cores. */
  readonly cores: BenchTask["cores"];
  /** Called with a line about missing libraries. */
  readonly note: (line: string) => void;
}

/**
 * Steps per epoch beyond which TensorFlow.js, a hundred times slower there, trains on fewer images.
 */
const MANY_STEPS = 10_000;
/** The fraction of images that it then trains on; its time is scaled accordingly. */
const PART = 1 / 20;

/**
 * Times an epoch of each installed library, in turn, after an untimed warm-up.
 *
 * All start from the same weights and use the same images, so that the accuracies differ only by
 * the order of the images. With an optimizer other than sgd, this project's plain descent takes its
 * turn right after the optimizer, so that its ratio is how many times as long the optimizer takes;
 * it does different work, so its accuracy is not checked.
 *
 * @throws {UserError} when a library reaches a different accuracy, and thus does different work
 */
export async function compare(
  hyperparameters: Hyperparameters,
  { files, folder, count, rounds, libraries, cores, note }: CompareOptions,
): Promise<Comparison[]> {
  const whole = await benchTask(folder, files, hyperparameters, count, cores);
  const part = { ...whole, count: Math.round(count * PART) };
  const plain = plainDescent(hyperparameters);
  const plainTask = plain && await benchTask(folder, files, plain, count, cores);
  const taskOf = (library: Library) =>
    library === "tensorflow" && count / whole.batchSize > MANY_STEPS ? part : whole;
  const entries = libraries.map((library): [Library, BenchTask] => [library, taskOf(library)]);
  if (plainTask) entries.splice(1, 0, ["descent", plainTask]);
  const peers: Peer[] = [];
  try {
    for (const [library, task] of entries) {
      const peer = await startPeer(library, task);
      if (peer) peers.push(peer);
      else note(`${library} is not installed and skipped; bench --setup installs it`);
    }
    await warmUp(peers);
    const turns: TimedEpoch[][] = [];
    for (let round = 0; round < rounds; round++) {
      const turn: TimedEpoch[] = [];
      for (const peer of peers) turn.push(await peer.epoch());
      turns.push(turn);
    }
    const what = describe(hyperparameters);
    return peers.map(({ name, task }, p) => {
      const scale = count / task.count;
      if (scale > 1) {
        note(`${name}: timed on ${part.count} images, the time multiplied by ${scale}`);
      } else if (task !== plainTask) {
        checkSameWork(`${what}: ${name}`, turns.map((turn) => [turn[0], turn[p]]));
      }
      const ratios = turns.map((turn) => turn[0].seconds / (turn[p].seconds * scale));
      const none = { ratio: null, least: null, greatest: null };
      return {
        ...{ what, library: task === plainTask ? `${name}, sgd` : name },
        ...(p === 0 ? none : spreadOf(ratios)),
        seconds: median(turns, (turn) => turn[p].seconds * scale)!,
        fewest: min(turns, (turn) => turn[p].seconds * scale)!,
        accuracy: scale > 1 ? null : mean(turns, (turn) => turn[p].accuracy)!,
      };
    });
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
  }
}

/** The most warm-up epochs, and seconds after which there are enough. */
const WARM_UP = 4, WARM = 0.5;

/**
 * Trains warm-up epochs until the first library has run for half a second, so that engines can compile
 * and optimise. All train the same number, so that their accuracies are comparable.
 */
async function warmUp(peers: readonly Peer[]): Promise<void> {
  let seconds = 0;
  for (let epoch = 0; epoch < WARM_UP && seconds < WARM; epoch++) {
    for (const peer of peers) {
      const turn = await peer.epoch();
      if (peer === peers[0]) seconds += turn.seconds;
    }
  }
}

/** The median, minimum and maximum of ratios. */
export function spreadOf(ratios: readonly number[]) {
  return { ratio: median(ratios)!, least: min(ratios)!, greatest: max(ratios)! };
}

/** The most standard errors by which the accuracies of two libraries may differ. */
const CHANCE = 5;
/** The least number of test images behind an accuracy. */
const TEST_IMAGES = 10_000;

/**
 * Checks that two libraries reach the same accuracy within chance: the mean of the rounds' differences
 * against the spread of these differences and that of a share of 10,000 images.
 *
 * @throws {UserError} when they differ by more
 */
export function checkSameWork(
  name: string,
  rounds: readonly (readonly [ours: TimedEpoch, theirs: TimedEpoch])[],
): void {
  const differences = rounds.map(([ours, theirs]) => theirs.accuracy - ours.accuracy);
  const accuracy = mean(rounds, ([ours]) => ours.accuracy)!;
  const difference = mean(differences)!;
  const spread = mean(differences, (d) => (d - difference) ** 2)!;
  const error = Math.sqrt(spread + 2 * accuracy * (1 - accuracy) / TEST_IMAGES);
  if (Math.abs(difference) > CHANCE * error) {
    throw new UserError(
      `${name} does different work: its accuracy is ${accuracyText(accuracy + difference)}, ` +
        `expected ${accuracyText(accuracy)} ± ${accuracyText(CHANCE * error)}`,
    );
  }
}
