import { join } from "node:path";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { projectPath } from "../base/project.ts";
import { UserError } from "../base/user_error.ts";

/** The programs of Jupyter that this project runs. */
export type JupyterProgram = "jupyter-nbconvert" | "jupyter-lab";

/** A program of Jupyter, and the environment in which it knows the project's kernel. */
export interface Jupyter {
  /** Its path, or its name where it is found by PATH. */
  readonly program: string;
  /** Environment variables to set for it. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A program of Jupyter that works: the project's own in `.venv`, else one on PATH, else one that is
 * installed now, into `.venv` with pip, or, where pip cannot and this is root on Debian, with apt-get.
 *
 * @param note is told in a line what takes its time
 * @throws {UserError} when there is none and none can be installed
 */
export async function findJupyter(
  program: JupyterProgram,
  note: (line: string) => void,
): Promise<Jupyter> {
  const env = { JUPYTER_PATH: await writeKernelspec() };
  const own = projectPath(".venv", "bin", program);
  for (const candidate of [own, program]) {
    if ((await attempt(candidate, ["--version"])).success) return { program: candidate, env };
  }
  const failures: string[] = [];
  for (const install of [installWithPip, installWithApt]) {
    const failure = await install(program, note);
    if (failure !== undefined) failures.push(failure);
    for (const candidate of [own, program]) {
      if ((await attempt(candidate, ["--version"])).success) return { program: candidate, env };
    }
  }
  throw new UserError(
    `${program} was not found in .venv or on PATH and could not be installed:\n` +
      failures.map((failure) => `  ${failure}\n`).join("") +
      `install Jupyter yourself (python3 -m pip install -r lib/notebook/requirements.txt, ` +
      `or Debian's jupyter-nbconvert) and run this again`,
  );
}

/**
 * Describes the project's Deno kernel to Jupyter, in the project: the user's own kernels stay as
 * they are. The kernel is this very Deno. It has all permissions, which `deno jupyter` always gives.
 *
 * @returns the folder for JUPYTER_PATH, any that was set before after it
 */
export async function writeKernelspec(): Promise<string> {
  const folder = projectPath(".jupyter");
  const kernelspec = {
    argv: [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"],
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
  program: JupyterProgram,
  note: (line: string) => void,
): Promise<string | undefined> {
  note(`${program} not found: installing Jupyter into .venv, once (a minute or two)…`);
  const venv = await attempt("python3", ["-m", "venv", projectPath(".venv")]);
  if (!venv.success) return `python3 -m venv .venv: ${venv.reason}`;
  const pip = await attempt(projectPath(".venv", "bin", "python3"), [
    ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check"],
    ...["-r", projectPath("lib", "notebook", "requirements.txt")],
  ]);
  if (!pip.success) return `pip install -r lib/notebook/requirements.txt: ${pip.reason}`;
}

/** Installs Debian's package; gives the reason where it cannot. */
async function installWithApt(
  program: JupyterProgram,
  note: (line: string) => void,
): Promise<string | undefined> {
  const packages = program === "jupyter-lab"
    ? ["jupyterlab"]
    : ["jupyter-nbconvert", "python3-ipykernel"];
  const install = ["install", "--yes", "--no-install-recommends", ...packages];
  if (Deno.uid() !== 0) return `apt-get ${install.join(" ")}: needs root`;
  note(`pip could not: installing ${packages.join(" and ")} with apt-get…`);
  await attempt("apt-get", ["update"]);
  const apt = await attempt("apt-get", install);
  if (!apt.success) return `apt-get ${install.join(" ")}: ${apt.reason}`;
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
    if (error instanceof Deno.errors.NotFound) return { success: false, reason: "not found" };
    throw error;
  }
}
