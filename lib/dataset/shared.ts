import type { Dataset, Samples } from "./dataset.ts";

/** A view of shared memory as a message can carry it. */
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
 * A dataset as a message to a worker thread. Deno's `node:worker_threads` takes a typed array in a
 * message apart into one object per number (2 GB for MNIST); a bare `SharedArrayBuffer` it hands over.
 */
export type SharedDataset = Omit<Dataset, "train" | "test"> & {
  readonly train: SharedSamples;
  readonly test: SharedSamples;
};

/** Takes a dataset apart into shared buffers; no byte is copied. */
export function toShared({ train, test, ...rest }: Dataset): SharedDataset {
  return { ...rest, train: shareSamples(train), test: shareSamples(test) };
}

/** Puts a dataset together again on the other side. */
export function fromShared({ train, test, ...rest }: SharedDataset): Dataset {
  return { ...rest, train: viewSamples(train), test: viewSamples(test) };
}

/** Takes samples apart into shared buffers. */
export function shareSamples(samples: Samples): SharedSamples {
  return { ...samples, pixels: shareBytes(samples.pixels), labels: shareBytes(samples.labels) };
}

/** Puts samples together again. */
export function viewSamples(samples: SharedSamples): Samples {
  return { ...samples, pixels: viewBytes(samples.pixels), labels: viewBytes(samples.labels) };
}

function shareBytes({ buffer, byteOffset, length }: Uint8Array<SharedArrayBuffer>): SharedBytes {
  return { buffer, byteOffset, length };
}

function viewBytes({ buffer, byteOffset, length }: SharedBytes): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, length);
}
