import { randomStream } from "../base/random.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { take } from "../dataset/dataset.ts";
import { simdKernel } from "../kernel/simd.ts";
import { createNetwork, initialize } from "../network/network.ts";
import { architectureOf, complete, type Hyperparameters } from "../training/hyperparameters.ts";
import { train } from "../training/train.ts";
import { defineCommand, main, option, wholeNumber } from "../cli/command.ts";
import { datasetOption, loadNamed } from "../cli/dataset_option.ts";
import { textTable } from "../cli/text_table.ts";
import { onWorkers } from "../sweep/engine.ts";
import { grid } from "../sweep/space.ts";
import { type Peer, startPeer, writeImages } from "./peer.ts";

/** The epochs that are timed: a large batch, and project A's batches of one. */
const SETTINGS: readonly Partial<Hyperparameters>[] = [
  { layers: [784, 128, 64, 10], batchSize: 32, learningRate: 0.1 },
  {
    layers: [784, 100, 100, 10],
    activation: "leakyRelu",
    outputActivation: "leakyRelu",
    batchSize: 1,
    learningRate: 0.01,
  },
];

/** The medians of a measured setting, in seconds; a ratio is this project's time by the peer's. */
interface Row {
  readonly what: string;
  readonly library: string;
  readonly seconds: number;
  readonly ratio: number | null;
}

/** `deno task bench` */
export const bench = defineCommand({
  name: "bench",
  summary:
    "Time an epoch of training beside NumPy and PyTorch, one core each, turn by turn in one\n" +
    "run; loading the dataset; and a sweep on one worker and on two. Medians and their ratios.",
  options: {
    dataset: datasetOption,
    rounds: option("<n>", "how often each is timed", wholeNumber(1, 100), "5"),
  },
  examples: ["bench", "bench --rounds 9 --json"],
  async run({ options, say, note, onInterrupt }) {
    const begun = performance.now();
    const { dataset, remind } = await loadNamed(options.dataset, note);
    const rows: Row[] = [{
      what: `load ${dataset.name}`,
      library: "descent",
      seconds: (performance.now() - begun) / 1000,
      ratio: null,
    }];
    const folder = await Deno.makeTempDir();
    onInterrupt(async () => {
      await Deno.remove(folder, { recursive: true });
      return "nothing is kept of a comparison";
    });
    try {
      await writeImages(folder, dataset);
      for (const setting of SETTINGS) {
        rows.push(...await timeEpochs(complete(setting), dataset, folder, options.rounds, note));
      }
      rows.push(...await timeWorkers(dataset, options.rounds, note));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
    say(textTable(rows, ["what", "library", "seconds", "ratio"], { seconds: 3, ratio: 2 }));
    say(
      "seconds: the median; ratio: the first line's seconds by this line's, the median of the rounds",
    );
    remind();
    return rows;
  },
});

/** An epoch of one setting, this project and its peers in turn. */
async function timeEpochs(
  hyperparameters: Hyperparameters,
  dataset: Dataset,
  folder: string,
  rounds: number,
  note: (line: string) => void,
): Promise<Row[]> {
  const what = `epoch ${hyperparameters.layers.join("-")}, batch ${hyperparameters.batchSize}`;
  note(`timing: ${what}`);
  const peers: Peer[] = [];
  for (const library of ["numpy", "torch"] as const) {
    const peer = await startPeer(library, folder, hyperparameters);
    if (peer) peers.push(peer);
    else note(`${library} is not installed here, so it is left out`);
  }
  const own = epochTimer(hyperparameters, dataset);
  try {
    await own();
    const times: number[][] = [];
    for (let round = 0; round < rounds; round++) {
      const turn = [await own()];
      for (const peer of peers) turn.push(await peer.epoch());
      times.push(turn);
    }
    return ["descent", ...peers.map(({ name }) => name)].map((library, l) => ({
      what,
      library,
      seconds: median(times.map((turn) => turn[l])),
      ratio: l === 0 ? null : median(times.map((turn) => turn[0] / turn[l])),
    }));
  } finally {
    for (const peer of peers) await peer.stop();
  }
}

/** A function that trains one epoch more and returns its seconds. The test is a single image. */
function epochTimer(hyperparameters: Hyperparameters, dataset: Dataset): () => Promise<number> {
  const network = createNetwork(simdKernel(), architectureOf(hyperparameters));
  initialize(network, hyperparameters.initializer, randomStream(1, "initializer"));
  const trainOnly = { ...dataset, test: take(dataset.test, 1) };
  const batchSize = Number(hyperparameters.batchSize);
  return async () => {
    const begun = performance.now();
    await train(network, trainOnly, { ...hyperparameters, epochs: 1, batchSize });
    return (performance.now() - begun) / 1000;
  };
}

/** The same eight trials, of the kind that a sweep has by default, on one worker and on two. */
async function timeWorkers(
  dataset: Dataset,
  rounds: number,
  note: (line: string) => void,
): Promise<Row[]> {
  note("timing: eight trials on one worker and on two");
  const trials = grid({ seed: [1, 2, 3, 4, 5, 6, 7, 8] });
  const run = async (workers: number) => {
    const begun = performance.now();
    await onWorkers(workers)(trials, dataset, { onResult: () => {} });
    return (performance.now() - begun) / 1000;
  };
  const times: [number, number][] = [];
  for (let round = 0; round < rounds; round++) times.push([await run(2), await run(1)]);
  const what = "sweep of 8 trials";
  return [
    { what, library: "2 workers", seconds: median(times.map(([two]) => two)), ratio: null },
    {
      what,
      library: "1 worker",
      seconds: median(times.map(([, one]) => one)),
      ratio: median(times.map(([two, one]) => two / one)),
    },
  ];
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

if (import.meta.main) await main(bench);
