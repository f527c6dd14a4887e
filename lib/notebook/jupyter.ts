import { join } from "node:path";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { projectPath } from "../base/project.ts";
import { UserError } from "../base/user_error.ts";
import { v8Flags } from "../kernel/flags.ts";

const OWN_PYTHON = projectPath(".venv", "bin", "python3");
const SYSTEM_PYTHON = "/usr/bin/python3";
const APT = "/usr/bin/apt-get";

/** What is wanted of Jupyter: to run notebooks, to open JupyterLab, or all that the tests call. */
export type JupyterPart = "client" | "lab" | "tests";

/** A Python that has the part, and the environment in which it knows the project's kernel. */
export interface Jupyter {
  /** Its path, or its name where it is found by PATH. */
  readonly python: string;
  /** Environment variables to set for it. */
  readonly env: Readonly<Record<string, string>>;
}

const CLIENT = ["jupyter_client", "nbformat"] as const;

/** The modules of each part. Debian has no JupyterLab, but its forerunner, the classic Notebook. */
const PARTS = {
  client: { modules: CLIENT, debian: CLIENT },
  lab: { modules: ["jupyterlab"], debian: ["notebook"] },
  tests: {
    modules: ["jupyterlab", ...CLIENT, "numpy"],
    debian: ["notebook", ...CLIENT, "numpy"],
  },
} as const;

const DEBIAN_PACKAGES = {
  notebook: "jupyter-notebook",
  jupyter_client: "python3-jupyter-client",
  nbformat: "python3-nbformat",
  numpy: "python3-numpy",
} as const;

/** How to install what is missing. */
export interface Installing {
  /** Receives a line before each step that takes time. */
  readonly note: (line: string) => void;
  /** Whether the user agrees to a command that changes the system rather than the project. */
  readonly agree: (command: string) => boolean;
}

/**
 * A Python that has Jupyter: the project's own in `.venv`, else the one on PATH, else the system's,
 * else one for which it is installed now: into `.venv` with pip, or, where pip cannot, this is root on
 * Debian and the user agrees, with apt-get.
 *
 * @throws {UserError} when there is none and none can be installed, with the commands to run
 */
export async function findJupyter(part: JupyterPart, installing: Installing): Promise<Jupyter> {
  const failures: string[] = [];
  for (const install of [undefined, installWithPip, installWithApt]) {
    const failure = await install?.(part, installing);
    if (failure !== undefined) failures.push(failure);
    const found = await lookForJupyter(part);
    if (found) return found;
  }
  throw new UserError(
    `no Python here has ${namesOf(part)}, and it could not be installed:\n` +
      failures.map((failure) => `  ${failure}\n`).join("") +
      `install it yourself (python3 -m pip install -r lib/notebook/requirements.txt, or Debian's ` +
      `${packagesOf(part).join(" and ")}) and run this again`,
  );
}

/** The same among what is installed already; `undefined` where there is none. */
export async function lookForJupyter(part: JupyterPart): Promise<Jupyter | undefined> {
  const { modules, debian } = PARTS[part];
  const places = [
    [OWN_PYTHON, modules],
    ["python3", modules],
    [SYSTEM_PYTHON, modules],
    [SYSTEM_PYTHON, debian],
  ] as const;
  for (const [python, wanted] of places) {
    if (await canImport(python, wanted)) {
      return { python, env: { JUPYTER_PATH: await writeKernelspec() } };
    }
  }
}

/** Whether a Python is there and has the modules. */
export async function canImport(python: string, modules: readonly string[]): Promise<boolean> {
  return (await attempt(python, ["-c", `import ${modules.join(", ")}`])).success;
}

function namesOf(part: JupyterPart): string {
  return `Jupyter (${PARTS[part].modules.join(", ")})`;
}

function packagesOf(part: JupyterPart): string[] {
  return PARTS[part].debian.map((module) => DEBIAN_PACKAGES[module]);
}

/**
 * Describes the project's Deno kernel to Jupyter, in the project: the user's own kernels stay as
 * they are. The kernel is this very Deno, with the flags that make the SIMD kernel fast, but for the one
 * that takes bounds checks away: cells run code of any origin. It has all permissions, which
 * `deno jupyter` always gives.
 *
 * @returns the folder for JUPYTER_PATH, any that was set before after it
 */
export async function writeKernelspec(): Promise<string> {
  const folder = projectPath(".jupyter");
  const kernelspec = {
    argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
    env: { DENO_V8_FLAGS: v8Flags({ boundsChecks: true }) },
    display_name: "Deno",
    language: "typescript",
  };
  const path = join(folder, "kernels", "deno", "kernel.json");
  const text = JSON.stringify(kernelspec, null, 2) + "\n";
  // Left alone where nothing changes: another Jupyter may be reading it.
  if (await Deno.readTextFile(path).catch(() => "") !== text) await writeFileAtomically(path, text);
  const before = Deno.env.get("JUPYTER_PATH");
  return before ? `${folder}:${before}` : folder;
}

/** Makes `.venv` and installs the pinned packages; gives the reason where it cannot. */
async function installWithPip(
  part: JupyterPart,
  { note }: Installing,
): Promise<string | undefined> {
  note(
    `no ${namesOf(part)} found: installing it into .venv, once (a minute or two)…`,
  );
  const venv = await attempt("python3", ["-m", "venv", projectPath(".venv")]);
  if (!venv.success) return `python3 -m venv .venv: ${venv.reason}`;
  const pip = await attempt(OWN_PYTHON, [
    ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check"],
    ...["-r", projectPath("lib", "notebook", "requirements.txt")],
  ]);
  if (!pip.success) return `pip install -r lib/notebook/requirements.txt: ${pip.reason}`;
}

/** Installs Debian's packages if the user agrees; gives the reason where it does not. */
async function installWithApt(
  part: JupyterPart,
  { note, agree }: Installing,
): Promise<string | undefined> {
  const install = ["install", "--yes", "--no-install-recommends", ...packagesOf(part)];
  const command = `apt-get ${install.join(" ")}`;
  if (!await exists(APT)) return undefined;
  if (Deno.uid() !== 0) return `${command}: needs root`;
  if (!agree(command)) return `${command}: changes the system, so it was not run unasked`;
  note(`${command}…`);
  await attempt(APT, ["update"]);
  const apt = await attempt(APT, install);
  if (!apt.success) return `${command}: ${apt.reason}`;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Runs a program to its end; never throws. The reason is the last line that it said. */
async function attempt(
  program: string,
  args: readonly string[],
): Promise<{ success: boolean; reason: string }> {
  try {
    const command = new Deno.Command(program, {
      args: [...args],
      stdout: "piped",
      stderr: "piped",
    });
    const { success, stdout, stderr } = await command.output();
    const said = new TextDecoder().decode(stderr.length > 0 ? stderr : stdout);
    return { success, reason: said.trim().split("\n").at(-1) ?? "" };
  } catch (error) {
    // A name that is not on PATH is not among the programs that a task may run.
    const missing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotCapable;
    if (missing) return { success: false, reason: "not found" };
    throw error;
  }
}

/**
 * Never called. The kernel itself cannot install packages: `deno jupyter` takes no flag for it. The
 * commands that start a kernel can, and Deno installs for them what it sees imported here.
 */
export const packagesOfNotebooks = () => [
  import("../mod.ts"),
  import("@resvg/resvg-js"),
  import("esbuild"),
  import("sharp"),
];

// `deno task test` begins with this, so that no test is left out for want of a Python package.
if (import.meta.main) {
  try {
    await findJupyter("tests", {
      note: console.error,
      agree: (command) => Deno.stdin.isTerminal() && confirm(`Jupyter is missing. Run ${command}?`),
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(
      `${error.message}\nThe tests that need them will say that they are ignored or fail.`,
    );
  }
}
