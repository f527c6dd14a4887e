import { join } from "node:path";
import { projectPath } from "../base/project.ts";
import { UserError } from "../base/user_error.ts";
import type { Jupyter } from "./jupyter.ts";
import { type Kernelspec, kernelspec, writeSpec } from "./kernelspec.ts";

/** The name under which the user's other Jupyters know the kernel; `deno` is Deno's own there. */
const NAME = "descent";

/**
 * Installs the kernel for all of the user's Jupyters, beside the kernels that they have.
 *
 * @returns the folder of its description
 * @throws {UserError} when another kernel has its name
 */
export async function installKernel(jupyter: Jupyter): Promise<string> {
  await installed(jupyter);
  const source = projectPath(".jupyter", NAME);
  await writeSpec(source, kernelspec(jupyter.executable, "Descent"));
  await kernelspecApp(jupyter, "install", source, "--user", `--name=${NAME}`, "--log-level=ERROR");
  const folder = await installed(jupyter);
  if (folder === undefined) throw new UserError("the kernel was installed but is not found");
  return folder;
}

/**
 * Removes the kernel again.
 *
 * @returns the folder that was removed; `undefined` if the kernel was not installed
 * @throws {UserError} when another kernel has its name
 */
export async function uninstallKernel(jupyter: Jupyter): Promise<string | undefined> {
  const folder = await installed(jupyter);
  if (folder !== undefined) await kernelspecApp(jupyter, "remove", "-f", NAME);
  return folder;
}

/** The folder of the installed description; `undefined` if there is none. */
async function installed(jupyter: Jupyter): Promise<string | undefined> {
  const { kernelspecs } = JSON.parse(await kernelspecApp(jupyter, "list", "--json"));
  const found: { resource_dir: string; spec: Kernelspec } | undefined = kernelspecs[NAME];
  if (found === undefined) return undefined;
  if (!found.spec.argv.some((argument) => argument.endsWith(join("lib", "notebook", "kernel")))) {
    throw new UserError(
      `${found.resource_dir} is a kernel of another origin with the same name; rename its folder`,
    );
  }
  return found.resource_dir;
}

/** Runs Jupyter's program for the descriptions of kernels, and returns its output. */
async function kernelspecApp({ python, env }: Jupyter, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(python, {
    args: ["-m", "jupyter_client.kernelspecapp", ...args],
    env,
    stdin: "null",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (success) return decode(stdout);
  throw new UserError(`jupyter kernelspec ${args[0]}: ${decode(stderr).trim().split("\n").at(-1)}`);
}
