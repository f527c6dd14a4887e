/** `deno task bench`: times epochs of training beside other libraries. */
import { usageError } from "../base/user_error.ts";
import { defineCommand, flag, main, oneOf, option, text, wholeNumber } from "../cli/command.ts";
import { datasetOption, loadNamed } from "../cli/dataset_option.ts";
import { textTable } from "../cli/text_table.ts";
import { compare, type Comparison } from "./compare.ts";
import { type Configuration, CONFIGURATIONS } from "./configurations.ts";
import { LIBRARIES } from "./peer.ts";
import { type Profile, profileEpoch } from "./profile.ts";
import { installPeers } from "./setup.ts";
import { writeImages } from "./task.ts";
import { timeWorkers } from "./workers.ts";

const NAMES = CONFIGURATIONS.map(({ name }) => name);
const DIGITS = { seconds: 3, ratio: 2, least: 2, greatest: 2, accuracy: 4 };

/** `deno task bench` */
export const bench = defineCommand({
  name: "bench",
  summary:
    "Time an epoch of training beside JAX, NumPy, PyTorch and TensorFlow.js, one core each, turn by\n" +
    "turn; and a sweep on one worker and on two. Every library starts from the same weights, and a\n" +
    "library that reaches another accuracy fails the comparison.\n\n" +
    `The configurations: ${NAMES.join(", ")} (units of the hidden layers).`,
  options: {
    dataset: datasetOption,
    only: option("<names>", "these configurations alone, or workers", text),
    rounds: option("<n>", "epochs of each library that are timed", wholeNumber(1, 100), "5"),
    cores: option("<n>", "1, or all: every library uses what it can", oneOf(["1", "all"]), "1"),
    setup: flag("install the libraries that are compared with, first"),
    profile: flag("show where the time of an epoch goes instead"),
  },
  examples: [
    "bench --only 128-64 --rounds 3",
    "bench --setup",
    "bench --profile --only 128-64",
    "bench --rounds 9 --json",
  ],
  async run({ options, say, note, onInterrupt }) {
    const wanted = chosen(options.only);
    if (options.setup) await installPeers(note);
    const { dataset, remind } = await loadNamed(options.dataset, note);
    if (options.profile) {
      const profiles: Profile[] = [];
      for (const { hyperparameters } of wanted.configurations) {
        profiles.push(await profileEpoch(hyperparameters, dataset));
      }
      say(
        textTable(
          profiles,
          PROFILE_COLUMNS,
          Object.fromEntries(PROFILE_COLUMNS.slice(1).map((c) => [c, 3])),
        ),
      );
      remind();
      return profiles;
    }
    const folder = await Deno.makeTempDir();
    const clean = () => Deno.remove(folder, { recursive: true }).catch(() => {});
    onInterrupt(async () => {
      await clean();
      return "nothing is kept of a comparison";
    });
    const rows: Comparison[] = [];
    try {
      const files = await writeImages(folder, dataset);
      const cores = options.cores === "all" ? "all" : 1;
      for (const { name, hyperparameters } of wanted.configurations) {
        note(`timing ${name}: ${NAMES.indexOf(name) + 1} of ${NAMES.length}`);
        rows.push(
          ...await compare(hyperparameters, {
            ...{ files, folder, cores, note, libraries: LIBRARIES },
            count: dataset.train.count,
            rounds: options.rounds,
          }),
        );
      }
    } finally {
      await clean();
    }
    if (wanted.workers) rows.push(...await timeWorkers(dataset, options.rounds));
    say(textTable(rows, COLUMNS, DIGITS));
    say(
      "seconds: median of an epoch; ratio: seconds of the first line by this line's, median, least " +
        "and greatest of the rounds",
    );
    remind();
    return rows;
  },
});

const COLUMNS = ["what", "library", "seconds", "ratio", "least", "greatest", "accuracy"] as const;
const PROFILE_COLUMNS = [
  ...["what", "epoch", "loading", "forward", "loss", "backward", "update", "calls"] as const,
];

/** What `--only` names; without it everything. */
function chosen(only: string | undefined): { configurations: Configuration[]; workers: boolean } {
  const names = only?.split(",").map((name) => name.trim()) ?? [...NAMES, "workers"];
  const unknown = names.find((name) => !NAMES.includes(name) && name !== "workers");
  if (unknown !== undefined) {
    throw usageError(`only must name ${[...NAMES, "workers"].join(", ")}, got ${unknown}`);
  }
  return {
    configurations: CONFIGURATIONS.filter(({ name }) => names.includes(name)),
    workers: names.includes("workers"),
  };
}

if (import.meta.main) await main(bench);
