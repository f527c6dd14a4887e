import { projectPath } from "./project.ts";

/**
 * For tests: runs Deno to its end, without colours.
 *
 * @param args its arguments, e.g. `"eval", "--no-check", code`
 * @param options the working directory, defaults to the project's root; further environment variables
 */
export async function runDeno(
  args: readonly string[],
  { cwd = projectPath(), env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
