/** For tests: a copy of the project with small data, to run the commands' examples in. @module */

import { dirname, join } from "node:path";
import { projectPath } from "../base/project.ts";
import { type ImageSet, writeImages } from "../dataset/convert.ts";
import { DIGITS, imageAt, type Samples } from "../dataset/dataset.ts";
import { photoFile } from "../picture/photo.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { loadModel, saveModel } from "../model/model_file.ts";
import { notebookOf } from "../notebook/testing_notebook.ts";

/** A copy of the project. */
export interface ExampleProject {
  readonly folder: string;
  /** Starts `deno task LINE` in its folder, with the line as typed into a shell. */
  readonly start: (line: string) => Deno.ChildProcess;
}

/** The examples use the file names of `prepare`. */
export async function withExampleProject(
  run: (project: ExampleProject) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await copyProject(folder);
    await prepare(folder);
    await run({ folder, start: (line) => start(folder, line) });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function start(folder: string, line: string): Deno.ChildProcess {
  const programs = join(folder, "programs");
  // The command ends with this process, even when that is killed, as its standard input then closes.
  const watch = "exec 3<&0 </dev/null; { cat <&3; kill -INT 0; } >/dev/null 2>&1 &";
  // The example is a shell command: it has quotes, comments, and redirections.
  return new Deno.Command("sh", {
    args: ["-c", `${watch} exec 3<&- "$DENO" task --quiet ${line.replaceAll("/tmp", folder)}`],
    cwd: folder,
    env: {
      NO_COLOR: "1",
      DENO: Deno.execPath(),
      INIT_CWD: folder,
      // Use the data in data/mnist.
      MNIST_DIR: "",
      // The browser is a program that does nothing.
      PATH: `${programs}:${Deno.env.get("PATH")}`,
      BROWSER: join(programs, "xdg-open"),
      // Kernels are installed there.
      JUPYTER_DATA_DIR: join(folder, "jupyter"),
    },
    // A separate process group, which Ctrl-C reaches as a whole.
    detached: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Collects the output of a process. */
export function collect(child: Deno.ChildProcess) {
  const texts = { stdout: "", stderr: "" };
  let wake = () => {};
  const read = async (name: "stdout" | "stderr") => {
    for await (const piece of child[name].pipeThrough(new TextDecoderStream())) {
      texts[name] += piece;
      wake();
    }
  };
  const end = Promise.all([read("stdout"), read("stderr")]).then(() => child.stdin.close());
  return {
    end,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    /** Resolves once the output matches; never if it ends without a match. */
    until: (pattern: RegExp) =>
      new Promise<void>((resolve) => {
        wake = () => {
          if (pattern.test(texts.stdout + texts.stderr)) resolve();
        };
        wake();
      }),
  };
}

/**
 * The files of a clone, except the notebooks and most results. The first command installs
 * `node_modules` from Deno's cache; a symbolic link does not work, as libraries may only be loaded
 * from that folder.
 */
async function copyProject(folder: string): Promise<void> {
  for (const name of ["deno.json", "deno.lock", "README.md", "lib"]) {
    await copy(projectPath(name), join(folder, name));
  }
  for (const name of ["models", "learning-rate.csv", "epoch-sweep.csv", "reported-figures.csv"]) {
    await copy(projectPath("results", name), join(folder, "results", name));
  }
  for (const name of [".venv", ".venv-cluster"]) {
    const venv = await Deno.realPath(projectPath(name)).catch(() => undefined);
    if (venv !== undefined) await Deno.symlink(venv, join(folder, name));
  }
}

async function copy(from: string, to: string): Promise<void> {
  const { isDirectory } = await Deno.stat(from);
  if (!isDirectory) {
    await Deno.mkdir(dirname(to), { recursive: true });
    return await Deno.copyFile(from, to);
  }
  for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
}

/** Creates the files that the examples name. */
async function prepare(folder: string): Promise<void> {
  const at = (...names: string[]) => join(folder, ...names);
  const digits = syntheticDigits({ train: 600, test: 40, seed: 7 });
  const [train, test] = [digits.train, digits.test].map((samples): ImageSet => ({
    samples,
    labelled: true,
    classes: DIGITS,
  }));
  for (const [name, end] of [["data/mnist", ".gz"], ["idx", ".gz"], ["idx-plain", ""]]) {
    await writeImages(at(name, `train-images-idx3-ubyte${end}`), train);
    await writeImages(at(name, `t10k-images-idx3-ubyte${end}`), test);
  }
  for (const [name, end] of [["csv", ".csv"], ["csv-gz", ".csv.gz"]]) {
    await writeImages(at(name, `train${end}`), train);
    await writeImages(at(name, `test${end}`), test);
  }
  await writeImages(at("folders", "train"), train);
  await writeImages(at("folders", "test"), test);
  await writeImages(at("mine.csv"), test);
  await writeImages(at("mnist_train.csv.gz"), train);

  const { model } = await loadModel(projectPath("results", "models", "digits.npz"));
  await saveModel(at("model.npz"), model);
  await saveModel(at("my.npz"), model);
  await saveModel(at("weights-folder", "*.npy"), model);
  await Deno.remove(at("weights-folder", "architecture.npy"));

  await writePhoto(test.samples, 7, at("seven.jpg"));
  await writePhoto(test.samples, 3, at("photo.jpg"));
  for (const digit of [1, 7]) {
    await writePhoto(test.samples, digit, at("photos", `${digit}`, "a.jpg"));
  }

  await Deno.mkdir(at("notebooks"));
  await Deno.writeTextFile(
    at("notebooks", "01-digits.ipynb"),
    notebookOf(`import { logspace } from "../lib/mod.ts";\nlogspace(1, 100, 3)`),
  );
  await Deno.mkdir(at("programs"));
  for (const name of ["xdg-open", "open"]) {
    await Deno.writeTextFile(at("programs", name), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  }
}

async function writePhoto(samples: Samples, digit: number, path: string): Promise<void> {
  const image = imageAt(samples, samples.labels.indexOf(digit));
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeFile(path, await photoFile(image, { size: 112, jpegQuality: 90 }, digit));
}
