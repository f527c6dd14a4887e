import { projectPath } from "../base/project.ts";
import { UserError } from "../base/user_error.ts";

/** The version of Ray that is installed and tested. */
export const RAY = "2.60.0";

/** The Ray that the `python3` on PATH has. */
export const OWN = "python3's own";

/** The Python of the virtual environment that holds Ray. */
const PYTHON = projectPath(".venv-cluster", "bin", "python3");

/** The version of Ray that this project uses; `undefined` if there is none. */
export async function rayVersion(): Promise<string | undefined> {
  const code = "from importlib.metadata import version; print(version('ray'))";
  try {
    const command = new Deno.Command(PYTHON, { args: ["-c", code], stderr: "null" });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * The Python that has Ray.
 *
 * @throws {UserError} when Ray is not installed, with the command that installs it
 */
export async function rayPython(): Promise<string> {
  if (await rayVersion() !== undefined) return PYTHON;
  throw new UserError("Ray is not installed for this project; run deno task cluster --setup");
}

/**
 * Makes the virtual environment `.venv-cluster` with Ray in it.
 *
 * @param source a version, installed from PyPI, or the Ray that `python3` already has
 * @throws {UserError} naming the command that failed
 */
export async function installRay(source: typeof RAY | typeof OWN): Promise<void> {
  const venv = ["python3", "-m", "venv", "--clear", projectPath(".venv-cluster")];
  if (source === OWN) {
    await run(["python3", "-c", "import ray"]);
    await run([...venv, "--system-site-packages"]);
  } else {
    await run(venv);
    const pip = [PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check", "--retries=1"];
    await run([...pip, "install", `ray[default]==${source}`]);
  }
}

async function run([program, ...args]: string[]): Promise<void> {
  const command = new Deno.Command(program, {
    args,
    ...{ stdin: "null", stdout: "null", stderr: "piped" },
  });
  const { success, stderr } = await Promise.try(() => command.output()).catch((error) => ({
    success: false,
    stderr: new TextEncoder().encode(error instanceof Error ? error.message : String(error)),
  }));
  if (success) return;
  const last = new TextDecoder().decode(stderr).trim().split("\n").at(-1)!;
  throw new UserError(
    `Ray could not be installed: ${[program, ...args].join(" ")} failed: ${last.slice(0, 200)}`,
  );
}
