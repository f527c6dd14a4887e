/** The program that opens an address in the browser, by operating system. */
const OPENERS: Partial<Record<typeof Deno.build.os, readonly string[]>> = {
  linux: ["xdg-open"],
  darwin: ["open"],
  windows: ["explorer"],
};

/** Milliseconds after which a program that has not failed is assumed to show the page. */
const PATIENCE = 3000;

/**
 * Opens an address in the user's browser, and says whether it is there.
 *
 * @param noOpen says only where to look
 */
export async function showInBrowser(
  address: string,
  noOpen: boolean,
  say: (line: string) => void,
  note: (line: string) => void,
): Promise<void> {
  const problem = noOpen ? undefined : await openBrowser(address);
  if (problem !== undefined) note(`no browser could be opened: ${problem}`);
  say(noOpen || problem ? `open ${address} yourself` : `${address} is in your browser`);
}

/**
 * Opens an address in the user's browser.
 *
 * @returns the reason in a few words if it failed, else `undefined`
 */
async function openBrowser(address: string): Promise<string | undefined> {
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
    // The permission to run a program is missing if it did not exist when this process started.
    const missing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotCapable;
    if (missing) return `there is no ${program} on this machine`;
    throw error;
  }
  // If the browser was not running, the program may run as long as the browser does.
  child.unref();
  const patience = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE));
  const ended = await Promise.race([child.status, patience]);
  // Windows's explorer exits with 1 even on success.
  const failed = ended !== undefined && !ended.success && Deno.build.os !== "windows";
  return failed ? `${program} failed (exit status ${ended.code})` : undefined;
}
