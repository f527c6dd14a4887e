import { interruptible } from "../base/interrupt.ts";
import { UserError } from "../base/user_error.ts";
import { unpack } from "./gzip.ts";
import { isGenuine } from "./mnist_files.ts";

/** A file to download, identified by its content. */
export interface Download {
  /** Addresses, tried in turn. */
  readonly urls: readonly string[];
  /** SHA-256 of the unpacked bytes. */
  readonly sha256: string;
  /** Number of unpacked bytes. */
  readonly length: number;
  /** Milliseconds without data before the next address is tried. */
  readonly timeout: number;
  /** Called with the number of bytes received from the current address. */
  readonly onBytes?: (bytes: number) => void;
}

/** A downloaded and verified file. */
export interface Downloaded {
  /** As received: gzip or plain. */
  readonly packed: Uint8Array;
  readonly unpacked: Uint8Array;
}

/**
 * Downloads a file from the first address with the right content, or returns why each of them failed.
 *
 * Wrong files are discarded. A body must not be longer than the unpacked file.
 */
export async function download(file: Download): Promise<Downloaded | { failures: string[] }> {
  const failures: string[] = [];
  const signal = interruptible();
  for (const url of file.urls) {
    try {
      const packed = await fetchBytes(url, file);
      const unpacked = await unpack(packed, url, file.length + 1);
      if (isGenuine(unpacked, file)) return { packed, unpacked };
      failures.push(`${url}: unexpected content (its SHA-256 differs)`);
    } catch (error) {
      signal.throwIfAborted();
      failures.push(error instanceof UserError ? error.message : `${url}: ${networkReason(error)}`);
    }
  }
  return { failures };
}

/** Fetches the body of an address. */
async function fetchBytes(
  url: string,
  { timeout, length, onBytes }: Download,
): Promise<Uint8Array> {
  const pieces = await Array.fromAsync(fetchPieces(url, timeout, length, onBytes));
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

/**
 * Fetches the body of an address in chunks.
 *
 * @param timeout milliseconds without data before the connection is closed
 * @param length expected number of bytes; a compressed body may differ slightly
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
    const response = await fetch(url, { signal: interruptible(controller.signal) });
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

/** Returns the underlying reason of a failed request, without the address, which the caller adds. */
export function networkReason(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  const message = deepest instanceof Error ? deepest.message : String(deepest);
  return message.replace(/^error sending request for url \(.*?\)(: )?/, "") || "no connection";
}
