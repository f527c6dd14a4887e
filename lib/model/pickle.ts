/**
 * Python's pickle, recognised and refused. A pickle is a program that its reader runs; nothing from a
 * file is run here.
 * @module
 */

import { UserError } from "../base/user_error.ts";

/**
 * How pickles begin. Protocols 2 to 5: the byte 0x80 and the protocol. Protocols 0 and 1 have no such
 * mark: a dict, list or tuple under construction, or the import of a function that NumPy's arrays,
 * PyTorch's tensors and Python's own classes are rebuilt with.
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

/** Do these bytes begin as a Python pickle does (protocols 0 to 5)? */
export function isPickle(bytes: Uint8Array): boolean {
  return STARTS.test(String.fromCharCode(...bytes.subarray(0, 100)));
}

/**
 * The error for a pickle: what it is, why it is refused, and the two lines of Python that turn a
 * pickled dict of arrays into an `.npz`.
 *
 * @param path the file
 * @param entry the object array's name, where the file is an archive that holds it
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
    }: a Python pickle, which runs code when it is opened, so it is refused here. ` +
      `If you trust where it comes from and it holds a dict of arrays (W1, b1, …), ` +
      `these two lines of Python turn it into .npz:\n` +
      `  import numpy as np, pickle\n` +
      `  np.savez(${target}, **${dict})`,
  );
}
