/**
 * Says, in the first cell that imports the library on Deno's own kernel, how to get the project's.
 * @module
 */
import { inNotebook } from "../base/interrupt.ts";

if (inNotebook() && Deno.env.get("DESCENT_KERNEL") === undefined) {
  console.warn(
    "This is Deno's own kernel. The project's also shows syntax errors, stops a cell without losing " +
      "its variables, keeps outputs in order and shows documentation: `deno task lab`, or for this " +
      "Jupyter `deno task kernel --install`.",
  );
}
