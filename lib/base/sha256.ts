import { createHash } from "node:crypto";

/**
 * The SHA-256 (FIPS 180-4) of the concatenated pieces, in lower-case hexadecimal.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sha256 } from "./sha256.ts";
 * assert(sha256("abc").startsWith("ba7816bf"));
 * ```
 */
export function sha256(...pieces: (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}
