import { projectPath } from "../base/project.ts";
import { UserError } from "../base/user_error.ts";
import { writeKernelspec } from "./kernelspec.ts";

const OWN_PYTHON = projectPath(".venv", "bin", "python3");
const SYSTEM_PYTHON = "/usr/bin/python3";
const APT = "/usr/bin/apt-get";

/**
 * The part of Jupyter needed: to run notebooks, to open JupyterLab, or everything for the tests.
 */
export type JupyterPart = "client" | "lab" | "tests";

/** A Python with the part installed, and the environment that registers the project's kernel. */
export interface Jupyter {
  /** Its path, or its name if it is on PATH. */
  readonly python: string;
  /** Its absolute path. */
  readonly executable: string;
  /** Environment variables to set for it. */
  readonly env: Readonly<Record<string, string>>;
}

const CLIENT = ["nbclient"] as const;

/** The modules of each part. Debian has the classic Notebook instead of JupyterLab. */
const PARTS = {
  client: { modules: CLIENT, debian: CLIENT },
  lab: { modules: ["jupyterlab"], debian: ["notebook"] },
  tests: {
    modules: ["jupyterlab", "notebook", ...CLIENT, "numpy", "jupyter_kernel_test"],
    debian: ["notebook", ...CLIENT, "numpy"],
  },
} as const;

const DEBIAN_PACKAGES = {
  notebook: "jupyter-notebook",
  nbclient: "python3-nbclient",
  numpy: "python3-numpy",
} as const;

/** Options for installing missing packages. */
export interface Installing {
  /** Called with a line before each step that takes time. */
  readonly note: (line: string) => void;
  /** Reports whether the user agrees to a command that changes the system. */
  readonly agree: (command: string) => boolean;
}

/**
 * Finds a Python with Jupyter: in `.venv`, on PATH, or the system's. If there is none, installs
 * Jupyter: into `.venv` with pip or, if that fails, with apt-get if this is root on Debian and the
 * user agrees.
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
    `no Python with ${namesOf(part)} was found, and it could not be installed:\n` +
      failures.map((failure) => `  ${failure}\n`).join("") +
      `install it yourself (python3 -m pip install -r lib/notebook/requirements.txt, or Debian's ` +
      `${packagesOf(part).join(" and ")}) and run this again`,
  );
}

/** Finds a Python with Jupyter already installed; `undefined` if there is none. */
export async function lookForJupyter(part: JupyterPart): Promise<Jupyter | undefined> {
  const { modules, debian } = PARTS[part];
  const places = [
    [OWN_PYTHON, modules],
    ["python3", modules],
    [SYSTEM_PYTHON, modules],
    [SYSTEM_PYTHON, debian],
  ] as const;
  for (const [python, wanted] of places) {
    const executable = await executableWith(python, wanted);
    if (executable !== undefined) {
      return { python, executable, env: { JUPYTER_PATH: await writeKernelspec(executable) } };
    }
  }
}

/** Reports whether a Python exists and has the modules. */
export async function canImport(python: string, modules: readonly string[]): Promise<boolean> {
  return await executableWith(python, modules) !== undefined;
}

/** The absolute path of a Python; `undefined` if it does not exist or lacks a module. */
async function executableWith(
  python: string,
  modules: readonly string[],
): Promise<string | undefined> {
  // Finds them without importing them, which takes seconds.
  const code = `import sys; from importlib.util import find_spec
sys.exit(1) if not all(map(find_spec, ${JSON.stringify(modules)})) else print(sys.executable)`;
  const { success, lastLine } = await attempt(python, ["-c", code]);
  return success ? lastLine : undefined;
}

function namesOf(part: JupyterPart): string {
  return `Jupyter (${PARTS[part].modules.join(", ")})`;
}

function packagesOf(part: JupyterPart): string[] {
  return PARTS[part].debian.map((module) => DEBIAN_PACKAGES[module]);
}

/** Creates `.venv` and installs the pinned packages; returns the reason if it fails. */
async function installWithPip(
  part: JupyterPart,
  { note }: Installing,
): Promise<string | undefined> {
  note(
    `no ${namesOf(part)} found: installing it into .venv, once (a minute or two)…`,
  );
  const venv = await attempt("python3", ["-m", "venv", projectPath(".venv")]);
  if (!venv.success) return `python3 -m venv .venv: ${venv.lastLine}`;
  const pip = await attempt(OWN_PYTHON, [
    ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check"],
    ...["-r", projectPath("lib", "notebook", "requirements.txt")],
  ]);
  if (!pip.success) return `pip install -r lib/notebook/requirements.txt: ${pip.lastLine}`;
}

/** Installs Debian's packages if the user agrees; returns the reason if it fails. */
async function installWithApt(
  part: JupyterPart,
  { note, agree }: Installing,
): Promise<string | undefined> {
  const install = ["install", "--yes", "--no-install-recommends", ...packagesOf(part)];
  const command = `apt-get ${install.join(" ")}`;
  if (!await exists(APT)) return undefined;
  if (Deno.uid() !== 0) return `${command}: needs root`;
  if (!agree(command)) return `${command}: changes the system, so it was not run without consent`;
  note(`${command}…`);
  await attempt(APT, ["update"]);
  const apt = await attempt(APT, install);
  if (!apt.success) return `${command}: ${apt.lastLine}`;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Runs a program to its end; never throws. The last line is that of stdout or, if it failed, of stderr. */
async function attempt(
  program: string,
  args: readonly string[],
): Promise<{ success: boolean; lastLine: string }> {
  try {
    const command = new Deno.Command(program, {
      args: [...args],
      stdout: "piped",
      stderr: "piped",
    });
    const { success, stdout, stderr } = await command.output();
    const said = new TextDecoder().decode(stderr.length > 0 && !success ? stderr : stdout);
    return { success, lastLine: said.trim().split("\n").at(-1) ?? "" };
  } catch (error) {
    // The permission is missing for a program that is not on PATH.
    const missing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotCapable;
    if (missing) return { success: false, lastLine: "not found" };
    throw error;
  }
}

/**
 * Never called. The kernel itself cannot install packages: `deno jupyter` has no flag for it. The
 * commands that start a kernel can: Deno installs the packages that it sees imported here.
 */
export const packagesOfNotebooks = () => [
  import("../mod.ts"),
  import("@resvg/resvg-js"),
  import("esbuild"),
  import("mathjax"),
  import("ml-matrix"),
  import("sharp"),
];

// `deno task test` begins with this, so that no test is skipped because a Python package is
// missing.
if (import.meta.main) {
  try {
    await findJupyter("tests", {
      note: console.error,
      agree: (command) => Deno.stdin.isTerminal() && confirm(`Jupyter is missing. Run ${command}?`),
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(
      `${error.message}\nTests that need them will be ignored or fail.`,
    );
  }
}
