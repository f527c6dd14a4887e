import { type Dataset, emptySamples, type Samples } from "../dataset/dataset.ts";

/** Size of samples, in the header. */
type Size = Pick<Samples, "count" | "width" | "height">;

/** Header of a dataset's bytes: all of it but pixels and labels. */
type Header = Omit<Dataset, "train" | "test"> & { readonly train: Size; readonly test: Size };

/**
 * Formats a dataset as bytes: a line of JSON with names and sizes, then pixels and labels of the
 * training images, then those of the test images.
 */
export function formatDataset({ train, test, ...rest }: Dataset): Uint8Array[] {
  const header: Header = { ...rest, train: sizeOf(train), test: sizeOf(test) };
  const line = new TextEncoder().encode(JSON.stringify(header) + "\n");
  return [line, train.pixels, train.labels, test.pixels, test.labels];
}

/** Parses the bytes of {@linkcode formatDataset}; the caller compares the digest. */
export function parseDataset(bytes: Uint8Array): Dataset {
  const end = bytes.indexOf(10);
  const header: Header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  let at = end + 1;
  const take = (into: Uint8Array) => {
    into.set(bytes.subarray(at, at + into.length));
    at += into.length;
  };
  const samples = ({ count, width, height }: Size): Samples => {
    const empty = emptySamples(count, width, height);
    take(empty.pixels);
    take(empty.labels);
    return empty;
  };
  return { ...header, train: samples(header.train), test: samples(header.test) };
}

const sizeOf = ({ count, width, height }: Samples): Size => ({ count, width, height });
