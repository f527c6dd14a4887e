/** `deno task lab`: opens JupyterLab on the project's notebooks with the project's kernel. */
import { projectPath } from "../base/project.ts";
import { UserError } from "../base/user_error.ts";
import { findJupyter } from "../notebook/jupyter.ts";
import { defineCommand, flag, main, option, wholeNumber } from "./command.ts";

export const lab = defineCommand({
  name: "lab",
  summary: "Open JupyterLab with the project's Deno kernel, reachable from this machine only.",
  options: {
    port: option("<n>", "where it listens; the next free one where it is taken", port, "8888"),
    noBrowser: flag("print the address instead of opening the browser"),
  },
  examples: ["lab", "lab --port 9000 --no-browser"],
  async run({ options, note, onInterrupt }) {
    const jupyter = await findJupyter("lab", note);
    const process = new Deno.Command(jupyter.python, {
      args: labArguments(options.port, options.noBrowser, Deno.uid() === 0),
      env: { ...jupyter.env },
      cwd: projectPath(),
      stdin: "null",
    }).spawn();
    onInterrupt(async () => {
      process.kill("SIGTERM");
      await process.status;
      return "JupyterLab has ended; what was saved is in the notebooks";
    });
    const { success, code } = await process.status;
    if (!success) throw new UserError(`JupyterLab ended with status ${code}; it says why above`);
  },
});

function port(text: string): number {
  return wholeNumber(1, 65535)(text);
}

/** JupyterLab's command line. The token in its address keeps other users of this machine out. */
export function labArguments(port: number, noBrowser: boolean, root: boolean): string[] {
  return [
    "-m",
    "jupyterlab",
    "--ip=127.0.0.1",
    `--port=${port}`,
    "--MultiKernelManager.default_kernel_name=deno",
    "--LabApp.default_url=/lab/tree/notebooks",
    ...(noBrowser ? ["--no-browser"] : []),
    // Jupyter asks root to say it: in a container there is often no one else.
    ...(root ? ["--allow-root"] : []),
  ];
}

if (import.meta.main) await main(lab);
