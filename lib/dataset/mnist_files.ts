import { sha256 } from "../base/sha256.ts";

/** A file of MNIST as published. */
export interface MnistFile {
  /** Name without `.gz`. */
  readonly name: string;
  /** SHA-256 of the unpacked bytes. */
  readonly sha256: string;
  /** Number of unpacked bytes. */
  readonly length: number;
  /** Number of bytes of the gzip file on the mirrors, for the progress. */
  readonly packed: number;
}

/** The four files, in the order train images, train labels, test images, test labels. */
export const MNIST_FILES: readonly MnistFile[] = [
  {
    name: "train-images-idx3-ubyte",
    sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    length: 47040016,
    packed: 9912422,
  },
  {
    name: "train-labels-idx1-ubyte",
    sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    length: 60008,
    packed: 28881,
  },
  {
    name: "t10k-images-idx3-ubyte",
    sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    length: 7840016,
    packed: 1648877,
  },
  {
    name: "t10k-labels-idx1-ubyte",
    sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    length: 10008,
    packed: 4542,
  },
];

/** URLs of the files, to be followed by a file's name and `.gz`. */
export const MNIST_MIRRORS: readonly string[] = [
  "https://ossci-datasets.s3.amazonaws.com/mnist/",
  "https://storage.googleapis.com/cvdf-datasets/mnist/",
];

/** Returns `true` if the unpacked bytes are those of the published file. */
export function isGenuine(bytes: Uint8Array, file: Pick<MnistFile, "sha256" | "length">): boolean {
  return bytes.length === file.length && sha256(bytes) === file.sha256;
}
