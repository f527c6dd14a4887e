/** Most columns of a line, less those by which the help is indented. */
const WIDTH = 98;

/**
 * A line of `--help` for each call that a flag takes, such as `step(0.5, 26)`; a longer one continues
 * on lines of its own.
 *
 * @param calls may have line breaks in their help, which are kept
 */
export function callLines(
  calls: Readonly<Record<string, { readonly form: string; readonly help: string }>>,
): string[] {
  return Object.values(calls)
    .flatMap(({ form, help }) => `  ${form}: ${help}`.split("\n").map(broken));
}

/** Breaks a line before the last word that does not fit, and indents the rest. */
function broken(line: string): string {
  if (line.length <= WIDTH) return line;
  const end = line.lastIndexOf(" ", WIDTH);
  return `${line.slice(0, end)}\n${broken(`    ${line.slice(end + 1)}`)}`;
}
