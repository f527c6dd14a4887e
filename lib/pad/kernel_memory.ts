import { UserError } from "../base/user_error.ts";
import type { Architecture } from "../network/architecture.ts";

/** Bytes per page of WebAssembly memory. */
const PAGE = 65536;
/** The id of a module's memory section. */
const MEMORY_SECTION = 5;

/**
 * The pages of memory that a kernel needs to classify one image at a time with a network.
 *
 * A number per weight; per unit its sum, activation, error, batch normalisation, and a product's buffer
 * for one row (below 220 bytes). 2 MiB and an eighth more than cover the rest, such as padding rows to whole
 * vectors.
 */
export function pagesFor({ layers }: Architecture): number {
  let bytes = 0;
  for (let l = 1; l < layers.length; l++) bytes += 4 * layers[l - 1] * (layers[l] + 3);
  for (const units of layers) bytes += 256 * units;
  return Math.ceil((1.125 * bytes + 2 * 1024 * 1024) / PAGE);
}

/**
 * Changes the memory of the kernel's module: training reserves half a gigabyte, which a phone's
 * browser may refuse.
 *
 * @param wasm a module whose memory has a maximum (WebAssembly core specification, 5.5.8)
 * @throws {UserError} when the network needs more pages than the module has
 */
export function withMemory(wasm: Uint8Array, pages: number): Uint8Array<ArrayBuffer> {
  const changed = new Uint8Array(wasm);
  let at = 8; // after the magic number and the version
  while (changed[at] !== MEMORY_SECTION) {
    const { value, next } = readUnsigned(changed, at + 1);
    at = next + value;
    if (at >= changed.length) throw new Error("the kernel's module has no memory section");
  }
  // The section: id, size, one memory, the flag for "has a maximum", minimum, maximum.
  const { next: start } = readUnsigned(changed, at + 1);
  const least = readUnsigned(changed, start + 2), most = readUnsigned(changed, least.next);
  if (pages > least.value) {
    throw new UserError(
      `the network is too large for a drawing pad: it needs ${
        Math.ceil(pages * PAGE / 2 ** 20)
      } MiB`,
    );
  }
  writeUnsigned(changed, start + 2, least.next, pages);
  writeUnsigned(changed, least.next, most.next, pages);
  return changed;
}

/**
 * Reads a LEB128 number: seven bits per byte, lowest first, with the high bit set on all but the
 * last.
 */
function readUnsigned(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0;; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next: at };
  }
}

/** Writes a LEB128 number, padded with zeros to exactly the given length. */
function writeUnsigned(bytes: Uint8Array, start: number, end: number, value: number): void {
  for (let at = start; at < end; at++, value >>>= 7) {
    bytes[at] = (value & 0x7f) | (at < end - 1 ? 0x80 : 0);
  }
}
