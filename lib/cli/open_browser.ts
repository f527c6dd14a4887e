/** The program of each system that opens an address in the user's browser. */
const OPENERS: Partial<Record<typeof Deno.build.os, readonly string[]>> = {
  linux: ["xdg-open"],
  darwin: ["open"],
  windows: ["explorer"],
};

/** Milliseconds after which a program that has not failed is taken to show the page. */
const PATIENCE = 3000;

/**
 * Opens an address in the user's browser.
 *
 * @returns why it could not, in a few words, or `undefined` when it has
 */
export async function openBrowser(address: string): Promise<string | undefined> {
  const [program, ...args] = OPENERS[Deno.build.os] ?? ["xdg-open"];
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args: [...args, address],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  } catch (error) {
    // A program that is not there when this one starts is not among those that it may run.
    const missing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotCapable;
    if (missing) return `there is no ${program} on this machine`;
    throw error;
  }
  // Where the browser was not running yet, the program may last as long as the browser does.
  child.unref();
  const patience = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE));
  const ended = await Promise.race([child.status, patience]);
  // Windows's explorer ends with 1 even when all is well.
  const failed = ended !== undefined && !ended.success && Deno.build.os !== "windows";
  return failed ? `${program} failed (exit status ${ended.code})` : undefined;
}
