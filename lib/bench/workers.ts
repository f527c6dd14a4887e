import { median, min } from "../base/statistics.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { onWorkers } from "../sweep/engine.ts";
import { grid } from "../sweep/space.ts";
import { fitTo } from "../training/hyperparameters.ts";
import { type Comparison, spreadOf } from "./compare.ts";

/** Times eight trials with a sweep's defaults on two workers and on one, in turn. */
export async function timeWorkers(dataset: Dataset, rounds: number): Promise<Comparison[]> {
  const trials = grid({ seed: [1, 2, 3, 4, 5, 6, 7, 8] }).map((trial) => fitTo(trial, dataset));
  const run = async (workers: number) => {
    const begun = performance.now();
    await onWorkers(workers)(trials, dataset, { onResult: () => {} });
    return (performance.now() - begun) / 1000;
  };
  const turns: [two: number, one: number][] = [];
  for (let round = 0; round < rounds; round++) turns.push([await run(2), await run(1)]);
  const ratios = turns.map(([two, one]) => two / one);
  const what = "sweep of 8 trials";
  const none = { ratio: null, least: null, greatest: null, accuracy: null };
  const [fewestOfTwo, fewestOfOne] = [0, 1].map((w) => min(turns, (turn) => turn[w])!);
  return [
    {
      what,
      library: "2 workers",
      seconds: median(turns, ([two]) => two)!,
      fewest: fewestOfTwo,
      ...none,
    },
    {
      ...{
        what,
        library: "1 worker",
        seconds: median(turns, ([, one]) => one)!,
        fewest: fewestOfOne,
      },
      ...{ ...spreadOf(ratios), accuracy: null },
    },
  ];
}
