import type { Dataset, Samples } from "./dataset.ts";

/** A view of shared memory, for messages. */
export interface SharedBytes {
  readonly buffer: SharedArrayBuffer;
  readonly byteOffset: number;
  readonly length: number;
}

/** Samples as a message to a worker thread. */
export type SharedSamples = Omit<Samples, "pixels" | "labels"> & {
  readonly pixels: SharedBytes;
  readonly labels: SharedBytes;
};

/**
 * A dataset as a message to a worker thread. Deno's `node:worker_threads` serializes a typed array as one
 * object per number (2 GB for MNIST), but passes a bare `SharedArrayBuffer` without copying.
 */
export type SharedDataset = Omit<Dataset, "train" | "test"> & {
  readonly train: SharedSamples;
  readonly test: SharedSamples;
};

/** Converts a dataset to shared buffers without copying. */
export function toShared({ train, test, ...rest }: Dataset): SharedDataset {
  return { ...rest, train: shareSamples(train), test: shareSamples(test) };
}

/** Converts a message back to a dataset. */
export function fromShared({ train, test, ...rest }: SharedDataset): Dataset {
  return { ...rest, train: viewSamples(train), test: viewSamples(test) };
}

/** Converts samples to shared buffers without copying. */
export function shareSamples(samples: Samples): SharedSamples {
  return { ...samples, pixels: shareBytes(samples.pixels), labels: shareBytes(samples.labels) };
}

/** Converts a message back to samples. */
export function viewSamples(samples: SharedSamples): Samples {
  return { ...samples, pixels: viewBytes(samples.pixels), labels: viewBytes(samples.labels) };
}

function shareBytes({ buffer, byteOffset, length }: Uint8Array<SharedArrayBuffer>): SharedBytes {
  return { buffer, byteOffset, length };
}

function viewBytes({ buffer, byteOffset, length }: SharedBytes): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, length);
}
