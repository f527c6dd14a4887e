import { flag } from "./command.ts";

/** The switch of commands that may install system packages. */
export const yesOption = flag(
  "install Debian's packages with apt-get without asking, if pip fails",
);

/**
 * Asks on the terminal whether to run a command that changes the system.
 *
 * @param yes `true` if the user has agreed on the command line
 * @returns false if there is no terminal to ask on
 */
export function agreement(yes: boolean): (command: string) => boolean {
  return (command) =>
    yes || Deno.stdin.isTerminal() && confirm(`Jupyter is missing. Run ${command}?`);
}
