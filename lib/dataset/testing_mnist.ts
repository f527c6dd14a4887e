/** For tests: MNIST, if it is on this machine. @module */

import { join } from "node:path";
import { mnistFolders } from "./mnist.ts";
import { isGenuine, MNIST_FILES } from "./mnist_files.ts";
import { readIdxBytes } from "./idx.ts";

/** Finds MNIST's files in a folder, gzip or plain, in the order of {@linkcode MNIST_FILES}. */
async function filesIn(folder: string): Promise<string[] | undefined> {
  const paths: string[] = [];
  for (const { name } of MNIST_FILES) {
    for (const path of [join(folder, `${name}.gz`), join(folder, name)]) {
      if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) {
        paths.push(path);
        break;
      }
    }
  }
  if (paths.length < MNIST_FILES.length) return undefined;
  // Fashion-MNIST and others have the same names. The smallest file distinguishes them.
  const labels = await readIdxBytes(paths[3]).catch(() => new Uint8Array());
  return isGenuine(labels, MNIST_FILES[3]) ? paths : undefined;
}

/** Location of MNIST: a folder and its files in the order of {@linkcode MNIST_FILES}. */
export interface MnistPlace {
  readonly folder: string;
  readonly files: readonly string[];
}

/** Finds MNIST in the first folder, in the commands' search order, that has it. */
export async function findMnist(
  folders: readonly string[] = mnistFolders(),
): Promise<MnistPlace | undefined> {
  for (const folder of folders) {
    const files = await filesIn(folder);
    if (files) return { folder, files };
  }
}

const place = await findMnist();

/** `true` if tests that need MNIST are ignored. */
export const mnistIsMissing = place === undefined;

/** Registers a test that needs MNIST; without MNIST it is ignored, and its name says what to do. */
export function mnistTest(name: string, fn: (mnist: MnistPlace) => void | Promise<void>): void {
  Deno.test({
    name: name +
      (place ? "" : " (needs MNIST: set MNIST_DIR to its folder or put it in data/mnist)"),
    ignore: place === undefined,
    fn: () => fn(place!),
  });
}
