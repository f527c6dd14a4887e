/**
 * The framework of all commands: flags, `--help`, `--json`, exit status, errors, Ctrl-C.
 *
 * A command is a plain value created by {@linkcode defineCommand}; {@linkcode main} runs it with
 * the process's arguments, {@linkcode runCommand} with any, for tests.
 *
 * - A flag is an option's name in kebab case: `learningRate` is `--learning-rate`.
 * - The value that `run` returns is the result: with `--json` it is printed to stdout as one JSON
 *   document and everything else goes to stderr.
 * - The exit status is 0 for done, 1 for failed work, 2 for wrong usage, 130 after Ctrl-C.
 * - A {@linkcode UserError} is one line on stderr, `error: …`; any other error is a bug
 *   and is printed with its stack.
 *
 * @example
 * ```ts
 * import { defineCommand, flag, main, option, wholeNumber } from "./command.ts";
 *
 * const command = defineCommand({
 *   name: "squares",
 *   summary: "Print square numbers.",
 *   arguments: { title: "the heading above the numbers" },
 *   options: {
 *     maxBase: option("<n>", "the last number to square", wholeNumber(1, 1000), "3"),
 *     reverse: flag("largest first"),
 *   },
 *   examples: ["squares Numbers --max-base 5"],
 *   async run({ arguments: { title }, options, say, note, onInterrupt }) {
 *     onInterrupt(() => "nothing was written"); // printed after Ctrl-C
 *     note("counting…"); // stderr, always
 *     const squares = Array.from({ length: options.maxBase }, (_, i) => (i + 1) ** 2);
 *     if (options.reverse) squares.reverse();
 *     say(`${title}: ${squares.join(" ")}`); // stdout; with --json stderr
 *     return await Promise.resolve({ squares }); // printed only with --json
 *   },
 * });
 *
 * if (import.meta.main) await main(command);
 * ```
 * @module
 */
import {
  Command,
  CommanderError,
  InvalidArgumentError,
  Option as CommanderOption,
} from "commander";
import { reason } from "../base/atomic_file.ts";
import { decimalNumber } from "../base/number.ts";
import { missingPermission } from "../base/permission.ts";
import { projectPath } from "../base/project.ts";
import { usageError, UserError } from "../base/user_error.ts";
import { legible, visible, visibleJson, visibleLines } from "../base/visible.ts";

/** One option of a command: `--name <placeholder>`, or a switch when there is no placeholder. */
export interface Option<T> {
  readonly placeholder?: string;
  readonly description: string;
  /** Parses the text on the command line; throws a {@linkcode UserError} if it is invalid. */
  readonly parse: (text: string) => T;
  /** The default, as written on the command line. */
  readonly default?: string;
}

/** An option with a value, e.g. `--epochs <n>`, that has a default. */
export function option<T>(
  placeholder: string,
  description: string,
  parse: (text: string) => T,
  byDefault: string,
): Option<T>;
/** An option with a value that defaults to `undefined`. */
export function option<T>(
  placeholder: string,
  description: string,
  parse: (text: string) => T,
): Option<T | undefined>;
export function option<T>(
  placeholder: string,
  description: string,
  parse: (text: string) => T,
  byDefault?: string,
): Option<T> {
  return { placeholder, description, parse, default: byDefault };
}

/** A switch, e.g. `--quiet`, that defaults to false. */
export function flag(description: string): Option<boolean> {
  return { description, parse: () => true };
}

/** Parser of an option whose value is any text but an empty one. */
export function text(value: string): string {
  if (value === "") throw usageError("expected a text that is not empty");
  return value;
}

/** Parser of a whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = decimalNumber(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw usageError(`expected a whole number from ${least} to ${most}`);
    }
    return value;
  };
}

/** Parser of a file name that ends in one of `endings`, such as `.svg`, in upper or lower case. */
export function fileName(...endings: readonly string[]): (text: string) => string {
  return (path) => {
    if (endings.some((ending) => path.toLowerCase().endsWith(ending))) return path;
    throw usageError(`expected a name that ends in ${endings.join(" or ")}`);
  };
}

/** Parser of one of the given words. */
export function oneOf<const T extends string>(words: readonly T[]): (text: string) => T {
  return (text) => {
    const word = words.find((word) => word === text);
    if (word === undefined) throw usageError(`expected one of ${words.join(", ")}`);
    return word;
  };
}

type OptionMap = Readonly<Record<string, Option<unknown>>>;
type OptionValues<O extends OptionMap> = {
  readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};

/** Tidies up after Ctrl-C and returns a sentence on what was kept. */
export type InterruptHandler = () => string | Promise<string>;

/** The argument of a command's `run`. */
export interface Invocation<A extends string, O extends OptionMap> {
  readonly arguments: Readonly<Record<A, string>>;
  /** The arguments after the required ones: one or more if the command has a `rest`, else none. */
  readonly rest: readonly string[];
  readonly options: OptionValues<O>;
  /** `true` if `--json` was given. */
  readonly json: boolean;
  /** Prints a line of the report: to stdout, or with `--json` to stderr. */
  readonly say: (line: string) => void;
  /** Prints a line about progress to stderr. */
  readonly note: (line: string) => void;
  /**
   * Makes the command end with this error and status 1 after it has finished and printed its
   * result.
   */
  readonly fail: (message: string) => void;
  /**
   * Sets the handler for Ctrl-C (or SIGTERM, SIGHUP) that runs before the process ends, replacing
   * the previous one.
   */
  readonly onInterrupt: (handler: InterruptHandler) => void;
}

/** A command, see the example at the top of this module. */
export interface CommandDefinition<A extends string, O extends OptionMap> {
  /** The task's name, as in `deno task NAME`. */
  readonly name: string;
  /** A description in a sentence or two. */
  readonly summary: string;
  /** The required arguments, in order, each with its description. */
  readonly arguments?: Readonly<Record<A, string>>;
  /** A last argument that may be repeated. */
  readonly rest?: {
    readonly name: string;
    readonly description: string;
    /** `true` if it may be omitted. */
    readonly optional?: boolean;
  };
  readonly options?: O;
  /** Command lines without the leading `deno task`; a comment may follow after `#`. */
  readonly examples: readonly string[];
  readonly run: (invocation: Invocation<A, O>) => unknown;
}

/** Returns the definition unchanged; it lets TypeScript infer the types of the options. */
export function defineCommand<
  A extends string = never,
  O extends OptionMap = Record<never, never>,
>(definition: CommandDefinition<A, O>): CommandDefinition<A, O> {
  return definition;
}

/** The destinations of a command's output. */
export interface Output {
  readonly stdout: (text: string) => unknown;
  readonly stderr: (text: string) => unknown;
}

/** Runs a command with the process's own arguments and ends the process with its status. */
export async function main<A extends string, O extends OptionMap>(
  command: CommandDefinition<A, O>,
): Promise<never> {
  let interrupted: InterruptHandler = () => "";
  let stoppedAt: number | undefined;
  const output = {
    // Once stopped, ignore the command's output: its errors are only a consequence.
    stdout: (text: string) => stoppedAt ?? write(Deno.stdout, text),
    stderr: (text: string) => stoppedAt ?? write(Deno.stderr, text),
  };
  const stop = async (status: number) => {
    if (stoppedAt !== undefined) {
      // `deno task` forwards a signal that the terminal has also sent; only a later one is a second
      // Ctrl-C.
      if (performance.now() - stoppedAt > 1000) Deno.exit(status);
      return;
    }
    stoppedAt = performance.now();
    const kept = await Promise.resolve().then(interrupted).catch(reason);
    try {
      write(Deno.stderr, `\nstopped${kept && `: ${legible(kept)}`}\n`);
    } finally {
      // The terminal may be closed.
      Deno.exit(status);
    }
  };
  Deno.addSignalListener("SIGINT", () => stop(130));
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", () => stop(143));
    Deno.addSignalListener("SIGHUP", () => stop(129));
  }
  // An error that escapes from `run`, thrown by a callback that nothing awaits.
  const escaped = (event: ErrorEvent | PromiseRejectionEvent) => {
    event.preventDefault();
    const status = reportError("error" in event ? event.error : event.reason, command.name, output);
    if (stoppedAt === undefined) Deno.exit(status);
  };
  globalThis.addEventListener("error", escaped);
  globalThis.addEventListener("unhandledrejection", escaped);
  enterUserFolder();
  const status = await runCommand(command, Deno.args, output, (handler) => {
    interrupted = handler;
  });
  // The handler ends the process when it is done.
  if (stoppedAt !== undefined) await new Promise(() => {});
  Deno.exit(status);
}

/**
 * Changes to the folder in which the user typed the command, so that relative paths resolve there:
 * `deno task` starts every command in the project's folder and passes the user's as INIT_CWD. A
 * folder outside the project was passed to another program, which started this one.
 */
function enterUserFolder(): void {
  const folder = Deno.env.get("INIT_CWD");
  if (folder?.startsWith(projectPath())) Deno.chdir(folder);
}

/**
 * Runs a command and returns its exit status; it never throws and never ends the process.
 *
 * @param args the command line without the program's name, e.g. `["a.csv", "--json"]`
 * @param onInterrupt receives the handler for Ctrl-C
 */
export async function runCommand<A extends string, O extends OptionMap>(
  command: CommandDefinition<A, O>,
  args: readonly string[],
  destination: Output,
  onInterrupt: (handler: InterruptHandler) => void = () => {},
): Promise<number> {
  const output = forTerminal(destination, args);
  try {
    const program = commanderProgram(command, output);
    program.parse([...args], { from: "user" });
    // Such as a variable of the shell that is not set.
    if (program.args.includes("")) throw usageError("an argument is empty");
    const { json, ...options } = program.opts();
    let failure: string | undefined;
    const result = await command.run({
      arguments: namedArguments(command, program.args),
      rest: program.args.slice(Object.keys(command.arguments ?? {}).length),
      options: optionValues(command, options),
      json: json === true,
      say: (line) => (json ? output.stderr : output.stdout)(`${line}\n`),
      note: (line) => output.stderr(`${legible(line)}\n`),
      fail: (message) => failure = message,
      onInterrupt,
    });
    if (json) output.stdout(`${visibleJson(JSON.stringify(result ?? null, null, 2))}\n`);
    if (failure !== undefined) throw new UserError(failure);
    return 0;
  } catch (error) {
    return reportError(error, command.name, output);
  }
}

/**
 * Escapes control characters in everything that a command prints. The program's own line breaks are
 * kept; those in names from arguments are escaped.
 */
function forTerminal({ stdout, stderr }: Output, args: readonly string[]): Output {
  const names = args.flatMap((arg) => arg.split(/[,/\\]/)).filter((name) => name.includes("\n"));
  const fit = (text: string) =>
    names.reduce(
      (text, name) => text.replaceAll(visibleLines(name), visible(name)),
      visibleLines(text),
    );
  return { stdout: (text) => stdout(fit(text)), stderr: (text) => stderr(fit(text)) };
}

/** Prints the error and returns the exit status. */
function reportError(error: unknown, name: string, output: Output): number {
  // Commander has already printed its message or the help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UserError) {
    output.stderr(`error: ${error.message}\n`);
    if (error.status === 2) output.stderr(`\`deno task ${name} --help\` lists the options\n`);
    return error.status;
  }
  const access = missingPermission(error);
  if (access !== undefined) {
    output.stderr(`error: permission denied: ${access}; run through \`deno task ${name}\`\n`);
    return 1;
  }
  const stack = error instanceof Error ? error.stack ?? error.message : String(error);
  output.stderr(
    `${stack}\nThis is a bug in the program, not a mistake of yours; ` +
      `please report it with the lines above and the command you ran.\n`,
  );
  return 1;
}

/** The command for commander, configured to throw instead of ending the process. */
function commanderProgram<A extends string, O extends OptionMap>(
  command: CommandDefinition<A, O>,
  output: Output,
): Command {
  const program = new Command(`deno task ${command.name}`)
    .description(command.summary)
    .exitOverride()
    .configureOutput({
      writeOut: output.stdout,
      writeErr: output.stderr,
      // By default read from the environment, which would need a permission.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .helpOption("--help", "print this text")
    .showHelpAfterError(`\`deno task ${command.name} --help\` lists the options`);
  for (const [name, description] of Object.entries<string>(command.arguments ?? {})) {
    program.argument(`<${name}>`, description);
  }
  if (command.rest) {
    const { name, description, optional } = command.rest;
    program.argument(optional ? `[${name}...]` : `<${name}...>`, description);
  }
  for (const [name, option] of Object.entries(command.options ?? {})) {
    program.addOption(commanderOption(name, option));
  }
  program.option("--json", "print the result as one JSON document, everything else to stderr");
  const examples = command.examples.map((example) => `  deno task ${example}\n`).join("");
  return program.addHelpText("after", `\nExamples:\n${examples.trimEnd()}`);
}

/** The option for commander. */
function commanderOption(name: string, option: Option<unknown>): CommanderOption {
  const long = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const made = new CommanderOption(
    option.placeholder ? `${long} ${option.placeholder}` : long,
    option.description,
  );
  if (!option.placeholder) return made;
  if (option.default !== undefined) made.default(option.parse(option.default), option.default);
  return made.argParser((text) => {
    try {
      return option.parse(text);
    } catch (error) {
      // Commander puts the flag and the text before it.
      if (error instanceof UserError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  });
}

function namedArguments<A extends string, O extends OptionMap>(
  command: CommandDefinition<A, O>,
  values: readonly string[],
): Record<A, string> {
  const names = Object.keys(command.arguments ?? {});
  return Object.fromEntries(names.map((name, i) => [name, values[i]])) as Record<A, string>;
}

function optionValues<A extends string, O extends OptionMap>(
  command: CommandDefinition<A, O>,
  given: Record<string, unknown>,
): OptionValues<O> {
  const entries = Object.entries(command.options ?? {}).map(([name, option]) => [
    name,
    // Commander stores `--no-browser` as a `browser` that defaults to true.
    option.placeholder ? given[name] : given[name] === true || given[withoutNo(name)] === false,
  ]);
  return Object.fromEntries(entries) as OptionValues<O>;
}

function withoutNo(name: string): string {
  return name.replace(/^no([A-Z])/, (_, letter: string) => letter.toLowerCase());
}

/** Writes the whole text. If the reader has closed the pipe (`… | head`), the work continues. */
function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  try {
    const bytes = new TextEncoder().encode(text);
    for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return;
    throw new UserError(`the output cannot be written (${reason(error)})`);
  }
}
