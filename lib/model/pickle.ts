/**
 * Detects Python pickles, which are never opened: loading a pickle executes code from the file.
 * @module
 */

import { UserError } from "../base/user_error.ts";

/**
 * Start of a pickle. Protocols 2 to 5: the byte 0x80 and the protocol. Protocols 0 and 1 have no
 * signature: a dict, list or tuple, or the import of a function that reconstructs NumPy arrays,
 * PyTorch tensors and Python's own classes.
 */
const STARTS = new RegExp(
  [
    "\\x80[\\x00-\\x05]",
    "\\([dlt]p\\d+\\n",
    "[}\\])]q\\x00",
    "\\(c(numpy|copy_reg|__builtin__)",
    "c(__builtin__|builtins|copy_reg|copyreg|collections|_codecs|numpy[\\w.]*|torch[\\w.]*)\\n\\w+\\n",
  ].map((start) => `^${start}`).join("|"),
);

/** Reports whether the bytes start like a Python pickle (protocols 0 to 5). */
export function isPickle(bytes: Uint8Array): boolean {
  return STARTS.test(String.fromCharCode(...bytes.subarray(0, 100)));
}

/**
 * The error for a pickle: why it is not opened, and the two lines of Python that convert a pickled
 * dict of arrays to `.npz`.
 *
 * @param path the file
 * @param entry the object array's name, if the file is an archive that contains it
 */
export function pickleRefusal(path: string, entry?: string): UserError {
  const quoted = JSON.stringify(path);
  const dict = entry !== undefined
    ? `np.load(${quoted}, allow_pickle=True)[${JSON.stringify(entry)}].item()`
    : path.endsWith(".npy")
    ? `np.load(${quoted}, allow_pickle=True).item()`
    : `pickle.load(open(${quoted}, "rb"))`;
  const target = JSON.stringify(path.replace(/\.[^./\\]*$/, "") + "-arrays.npz");
  return new UserError(
    `${
      entry === undefined ? path : `${path}, ${entry}`
    }: a Python pickle, which is not opened because that would execute code. ` +
      `If you trust its source and it contains a dict of arrays (W1, b1, …), ` +
      `convert it to .npz with two lines of Python:\n` +
      `  import numpy as np, pickle\n` +
      `  np.savez(${target}, **${dict})`,
  );
}
