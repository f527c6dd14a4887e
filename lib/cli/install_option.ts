import { flag } from "./command.ts";

/** The switch of commands that may install what they need into the system. */
export const yesOption = flag("install Debian's packages with apt-get, where pip cannot, unasked");

/**
 * Asks on the terminal whether to run a command that changes the system.
 *
 * @param yes whether the user has agreed on the command line
 * @returns false where there is no terminal to ask on
 */
export function agreement(yes: boolean): (command: string) => boolean {
  return (command) =>
    yes || Deno.stdin.isTerminal() && confirm(`Jupyter is missing. Run ${command}?`);
}
