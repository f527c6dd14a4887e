/** `deno task kernel`: makes the project's kernel known to the user's other Jupyters. */
import { usageError } from "../base/user_error.ts";
import { installKernel, uninstallKernel } from "../notebook/install_kernel.ts";
import { findJupyter } from "../notebook/jupyter.ts";
import { defineCommand, flag, main } from "./command.ts";
import { agreement, yesOption } from "./install_option.ts";

/** `deno task kernel` */
export const kernel = defineCommand({
  name: "kernel",
  summary: "Make the project's kernel known to every Jupyter of yours, under the name Descent.",
  options: {
    install: flag("install it; your other kernels are not changed"),
    uninstall: flag("remove it again"),
    yes: yesOption,
  },
  examples: ["kernel --install", "kernel --uninstall"],
  async run({ options: { install, uninstall, yes }, say, note }) {
    if (install === uninstall) throw usageError("expected either --install or --uninstall");
    const jupyter = await findJupyter("client", { note, agree: agreement(yes) });
    if (install) {
      const folder = await installKernel(jupyter);
      say(`installed ${folder}: choose the kernel Descent in Jupyter, or in VS Code`);
      return { installed: folder };
    }
    const removed = await uninstallKernel(jupyter);
    say(removed === undefined ? "it is not installed" : `removed ${removed}`);
    return { removed: removed ?? null };
  },
});

if (import.meta.main) await main(kernel);
