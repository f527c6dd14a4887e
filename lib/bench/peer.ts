import { projectPath } from "../base/project.ts";
import type { Dataset, Samples } from "../dataset/dataset.ts";
import { formatIdxImages, formatIdxLabels } from "../dataset/idx.ts";
import type { Hyperparameters } from "../training/hyperparameters.ts";

/** A library in a Python process of its own that trains an epoch whenever it is asked to. */
export interface Peer {
  /** Name and version. */
  readonly name: string;
  /** Trains an epoch; returns its seconds, measured inside the process. */
  epoch(): Promise<number>;
  /** Ends the process. */
  stop(): Promise<void>;
}

/** The Pythons to look for a library in. */
const PYTHONS = [projectPath(".venv", "bin", "python"), "python3", "python"];

/**
 * Starts a peer.
 *
 * @param folder where {@linkcode writeImages} has put the images
 * @returns `undefined` where no Python has the library
 */
export async function startPeer(
  library: "numpy" | "torch",
  folder: string,
  { layers, activation, batchSize, learningRate }: Hyperparameters,
): Promise<Peer | undefined> {
  const python = await findPython(library);
  if (python === undefined) return undefined;
  const process = new Deno.Command(python, {
    args: [
      projectPath("lib", "bench", "epoch.py"),
      library,
      `${folder}/images`,
      `${folder}/labels`,
      layers.join(","),
      String(activation),
      String(batchSize),
      String(learningRate),
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const input = process.stdin.getWriter();
  let text = "";
  const line = async (): Promise<string> => {
    while (!text.includes("\n")) {
      const { value, done } = await output.read();
      if (done) throw new Error(`${library} ended early, with ${JSON.stringify(text)}`);
      text += value;
    }
    const end = text.indexOf("\n");
    const first = text.slice(0, end);
    text = text.slice(end + 1);
    return first;
  };
  const name = await line();
  return {
    name,
    async epoch() {
      await input.write(new TextEncoder().encode("\n"));
      return Number(await line());
    },
    async stop() {
      await input.close();
      await output.cancel();
      await process.status;
    },
  };
}

/** The first Python that can import a library. */
async function findPython(library: string): Promise<string | undefined> {
  for (const python of PYTHONS) {
    try {
      const args = ["-c", `import numpy, ${library}`];
      const { success } = await new Deno.Command(python, { args, stderr: "null" }).output();
      if (success) return python;
    } catch {
      // No such Python; there may be another.
    }
  }
}

/** Writes the training images and labels where peers read them. */
export async function writeImages(folder: string, { train }: Dataset): Promise<void> {
  const write = async (name: string, format: (samples: Samples) => Uint8Array) =>
    await Deno.writeFile(`${folder}/${name}`, format(train));
  await write("images", formatIdxImages);
  await write("labels", formatIdxLabels);
}
