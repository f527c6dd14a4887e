import { UserError } from "../base/user_error.ts";
import { unpack } from "./gzip.ts";
import { isGenuine } from "./mnist_files.ts";

/** A file to download: known by the bytes that must be in it, wherever they come from. */
export interface Download {
  /** Addresses, tried in turn. */
  readonly urls: readonly string[];
  /** SHA-256 of the unpacked bytes. */
  readonly sha256: string;
  /** How many bytes it has unpacked. */
  readonly length: number;
  /** How long a connection may give nothing before the next address is tried, in milliseconds. */
  readonly timeout: number;
  /** Told how many bytes have come from the address that is being tried. */
  readonly onBytes?: (bytes: number) => void;
}

/** A file that was downloaded and found to be right. */
export interface Downloaded {
  /** As it came: gzip or plain. */
  readonly packed: Uint8Array;
  readonly unpacked: Uint8Array;
}

/**
 * The first of the addresses that gives the right bytes, or why each of them did not.
 *
 * Nothing of a wrong file is kept. A body may not be longer than the unpacked file is.
 */
export async function download(file: Download): Promise<Downloaded | { failures: string[] }> {
  const failures: string[] = [];
  for (const url of file.urls) {
    try {
      const packed = await fetchBytes(url, file);
      const unpacked = await unpack(packed, url, file.length + 1);
      if (isGenuine(unpacked, file)) return { packed, unpacked };
      failures.push(`${url}: other bytes than expected (their SHA-256 differs)`);
    } catch (error) {
      failures.push(error instanceof UserError ? error.message : `${url}: ${networkReason(error)}`);
    }
  }
  return { failures };
}

/** The body of an address. */
async function fetchBytes(
  url: string,
  { timeout, length, onBytes }: Download,
): Promise<Uint8Array> {
  const pieces = await Array.fromAsync(fetchPieces(url, timeout, length, onBytes));
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

/**
 * The body of an address, piece by piece.
 *
 * @param timeout milliseconds without data until the connection is given up
 * @param length expected bytes, from which a body may differ by its packing
 */
export async function* fetchPieces(
  url: string,
  timeout: number,
  length: number,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const controller = new AbortController();
  const stalled = () => controller.abort(new Error(`no data for ${timeout / 1000} s`));
  let timer = setTimeout(stalled, timeout);
  try {
    const response = await fetch(url, { signal: controller.signal });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Error(`the server answered ${response.status} ${response.statusText}`);
    }
    let bytes = 0;
    for await (const piece of response.body) {
      clearTimeout(timer);
      timer = setTimeout(stalled, timeout);
      bytes += piece.length;
      if (bytes > length + 1024) throw new Error(`more than the expected ${length} bytes`);
      onBytes?.(bytes);
      yield piece;
    }
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

/** Why a request failed: what lies at the bottom of it, without the address, which stands before. */
export function networkReason(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  const message = deepest instanceof Error ? deepest.message : String(deepest);
  return message.replace(/^error sending request for url \(.*?\)(: )?/, "") || "no connection";
}
