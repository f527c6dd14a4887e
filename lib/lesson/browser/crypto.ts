/**
 * What takes the place of `node:crypto` in a page: browsers have no SHA-256 that answers at once.
 * @module
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** The part of Node's `createHash` that the project uses; SHA-256 is the only algorithm. */
export function createHash(_algorithm: "sha256") {
  const hash = sha256.create();
  return {
    update: (piece: string | Uint8Array) =>
      void hash.update(typeof piece === "string" ? utf8ToBytes(piece) : piece),
    digest: (_encoding: "hex") => bytesToHex(hash.digest()),
  };
}
