import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { projectPath } from "../base/project.ts";
import { sha256 } from "../base/sha256.ts";
import { UserError } from "../base/user_error.ts";
import { datasetDigest } from "../dataset/dataset.ts";
import { loadModel } from "../model/model_file.ts";
import { weightsDigest } from "../network/network.ts";
import { measureRobustness, type RobustnessRow } from "../recognition/robustness.ts";
import { formatRobustness, ROBUSTNESS_COLUMNS } from "../recognition/robustness_table.ts";
import { defineCommand, main, option, text, wholeNumber } from "./command.ts";
import { datasetOptions, loadNamed } from "./dataset_option.ts";
import { lazyProgressBar } from "./progress_bar.ts";
import { textTable } from "./text_table.ts";

/** The number of workers does not affect the result. */
const MOST_WORKERS = 64;

/** `deno task robustness` */
export const robustness = defineCommand({
  name: "robustness",
  summary: "Measure a network's accuracy on test images rendered as photos.\n\n" +
    "Writes robustness.csv and robustness.svg: a row for each kind of photo, on grey paper, with\n" +
    "grain, on ruled lines, turned, small and large, with its accuracy and 95 % interval.\n" +
    "All test images take half an hour on two cores. Finished work is kept until the table is\n" +
    "written: after Ctrl-C the same command resumes from there.",
  options: {
    model: option("<file>", "the network; defaults to the project's own", text),
    dataset: datasetOptions.dataset,
    images: option(
      "<n>",
      "photos of each kind, spread evenly over the test images; all of them at 28×28 pixels, a " +
        "quarter at 2,000",
      wholeNumber(4, 10_000),
      "10000",
    ),
    workers: option("<n>", "threads; defaults to one per core", workers),
    out: option("<folder>", "the folder for the table and figure; defaults to results", text),
  },
  examples: [
    "robustness",
    "robustness --images 2000 --out /tmp",
    "robustness --model my.npz --out /tmp",
  ],
  async run({ options, say, note, onInterrupt }) {
    const path = options.model ?? projectPath("results", "models", "digits.npz");
    const { model, notices } = await loadModel(path);
    notices.forEach(note);
    const { dataset, remind } = await loadNamed(options, note);
    const { test } = dataset;
    if (test.width !== 28 || test.height !== 28 || dataset.classes.length !== 10) {
      throw new UserError(`${dataset.name}: expected 28×28 images of ten digits`);
    }
    const name = dataset.name === "mnist" ? "robustness" : `robustness-${dataset.name}`;
    const folder = options.out ?? projectPath("results");
    // A name per task: a run must not remove the journal of another.
    const work = sha256(weightsDigest(model), datasetDigest(dataset), String(options.images));
    const journal = join(folder, ".journal", `${name}-${work.slice(0, 8)}.jsonl`);
    const bar = lazyProgressBar("reading photos");
    onInterrupt(() => {
      bar.stop();
      return "finished work is kept; the same command resumes from there";
    });
    const rows = await measureRobustness(model, test, {
      images: options.images,
      workers: options.workers ?? Math.min(MOST_WORKERS, availableParallelism()),
      journal,
      onNotice: note,
      onProgress({ done, total, reused }) {
        if (done === 0 && reused > 0) note(`${reused} photos had been read before`);
        if (total > 0) bar.update(done, total, "photos");
      },
    }).finally(bar.stop);
    say(textTable(rows, ROBUSTNESS_COLUMNS, { accuracy: 4, low: 4, high: 4 }));
    const network = model.architecture.layers.join("-");
    const files = await writeResults(join(folder, name), rows, {
      network,
      dataset: dataset.name,
    });
    // The journal serves only interrupted runs: the next run measures again.
    await Deno.remove(journal);
    // Also remove its folder, unless it is the project's.
    if (options.out !== undefined) await Deno.remove(join(folder, ".journal")).catch(() => {});
    say(`wrote ${files.map((file) => relative(Deno.cwd(), file)).join(" and ")}`);
    remind();
    return { network, dataset: dataset.name, rows, files };
  },
});

function workers(text: string): number {
  return wholeNumber(1, MOST_WORKERS)(text);
}

async function writeResults(
  stem: string,
  rows: readonly RobustnessRow[],
  { network, dataset }: { network: string; dataset: string },
): Promise<string[]> {
  const { robustnessFigure } = await import("../plot/robustness.ts");
  const files = [`${stem}.csv`, `${stem}.svg`];
  await writeFileAtomically(files[0], formatRobustness(rows));
  await writeFileAtomically(files[1], robustnessFigure(rows, dataset, network).svg);
  return files;
}

if (import.meta.main) await main(robustness);
