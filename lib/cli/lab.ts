/** `deno task lab`: opens JupyterLab on the project's notebooks with the project's kernel. */
import { projectPath } from "../base/project.ts";
import { UserError } from "../base/user_error.ts";
import { canImport, findJupyter } from "../notebook/jupyter.ts";
import { defineCommand, flag, main, option, wholeNumber } from "./command.ts";
import { agreement, yesOption } from "./install_option.ts";

/** `deno task lab` */
export const lab = defineCommand({
  name: "lab",
  summary: "Open JupyterLab with the project's Deno kernel, reachable from this machine only.",
  options: {
    port: option("<n>", "the port to listen on, or the next free one", port, "8888"),
    noBrowser: flag("print the address instead of opening the browser"),
    types: flag("show errors of types before a cell runs, which takes seconds for each cell"),
    yes: yesOption,
  },
  examples: ["lab", "lab --port 9000 --no-browser"],
  async run({ options, note, onInterrupt }) {
    const jupyter = await findJupyter("lab", { note, agree: agreement(options.yes) });
    const lab = await canImport(jupyter.python, ["jupyterlab"]) ? "jupyterlab" : "notebook";
    if (lab === "notebook") {
      note(
        "JupyterLab was not found, only the classic Notebook; " +
          "for JupyterLab: python3 -m pip install -r lib/notebook/requirements.txt",
      );
    }
    // It ends when its standard input closes, for whatever reason this process ends.
    const process = new Deno.Command(jupyter.python, {
      args: [projectPath("lib", "notebook", "lab.py"), ...labArguments(lab, options)],
      env: { ...jupyter.env, ...(options.types && { DESCENT_TYPES: "1" }) },
      cwd: projectPath(),
      stdin: "piped",
    }).spawn();
    onInterrupt(async () => {
      await process.stdin.close();
      await process.status;
      return "Jupyter and its kernels have ended; what was saved is in the notebooks";
    });
    const { success, code } = await process.status;
    if (!success) throw new UserError(`Jupyter ended with status ${code}; see its messages above`);
  },
});

function port(text: string): number {
  return wholeNumber(1, 65535)(text);
}

/** The command line. The token in the address keeps out other users of this machine. */
function labArguments(
  lab: string,
  { port, noBrowser }: { port: number; noBrowser: boolean },
): string[] {
  return [
    ...[lab, "--ip=127.0.0.1", `--port=${port}`],
    "--MultiKernelManager.default_kernel_name=deno",
    // JupyterLab and the classic Notebook have different options.
    "--LabApp.default_url=/lab/tree/notebooks",
    "--NotebookApp.default_url=/tree/notebooks",
    ...(noBrowser ? ["--no-browser"] : []),
    // Jupyter requires this for root, which is often the only user in a container.
    ...(Deno.uid() === 0 ? ["--allow-root"] : []),
  ];
}

if (import.meta.main) await main(lab);
