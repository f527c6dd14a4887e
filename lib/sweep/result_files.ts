import { basename, dirname, extname, join, relative } from "node:path";
import { writeFileAtomically } from "../base/atomic_file.ts";
import { sha256 } from "../base/sha256.ts";
import { usageError, UserError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";
import type { SweepFiles } from "./files.ts";
import type { TrialRow } from "./row.ts";
import { outsideOf, type Space } from "./space.ts";
import { formatTable, readTable } from "./table.ts";

/**
 * Checks that a sweep contains every row of the table that it would replace. More values are no
 * reason to ask; another space or other data are.
 *
 * @param advice what to do instead, the end of the error's sentence
 * @throws {UserError} when it does not, saying what would be replaced
 */
export async function checkContainsFormer(
  files: SweepFiles,
  space: Space,
  dataset: Dataset,
  advice: string,
): Promise<void> {
  if (await readIfThere(files.table) === undefined) return;
  const path = relative(Deno.cwd(), files.table);
  const rows = await readTable(files.table).catch((error) => {
    if (!(error instanceof UserError)) throw error;
    throw usageError(`${path} would be replaced, and it is no table of a sweep; ${advice}`);
  });
  const outside = outsideOf(space);
  /** What of a row is not in the sweep. */
  const misfits = (row: TrialRow) => [
    ...outside(row).map((name) => `${name} ${row[name]}`),
    ...(row.dataset === dataset.name ? [] : [`dataset ${row.dataset}`]),
  ];
  const others = rows.filter((row) => misfits(row).length > 0);
  if (others.length === 0) return;
  throw usageError(
    `${path} would be replaced: ${others.length} of its ${rows.length} rows are not in this sweep, ` +
      `the first with ${misfits(others[0]).join(", ")}; ${advice}`,
  );
}

/**
 * Writes a table and its figure. A former table with lines that the new one does not have is kept, with
 * its figure, in the journal's folder.
 *
 * @returns a sentence that says what was kept, `undefined` where there was nothing to keep
 */
export async function writeResultFiles(
  files: SweepFiles,
  table: string,
  figure: string,
): Promise<string | undefined> {
  const kept = await keepFormer(files, table);
  await writeFileAtomically(files.table, table);
  await writeFileAtomically(files.figure, figure);
  return kept;
}

async function keepFormer(files: SweepFiles, table: string): Promise<string | undefined> {
  const former = await readIfThere(files.table);
  if (former === undefined) return undefined;
  const lines = new Set(table.split("\n"));
  const [, ...rows] = (await inPresentForm(files.table, former)).split("\n");
  const gone = rows.filter((line) => !lines.has(line)).length;
  if (gone === 0) return undefined;
  // The same table is kept once.
  const digest = sha256(former).slice(0, 8);
  const place = (path: string) => {
    const end = extname(path);
    return join(dirname(files.journal), `${basename(path, end)}-${digest}${end}`);
  };
  await writeFileAtomically(place(files.table), former);
  const figure = await readIfThere(files.figure);
  if (figure !== undefined) await writeFileAtomically(place(files.figure), figure);
  const [path, keptAs] = [files.table, place(files.table)].map((p) => relative(Deno.cwd(), p));
  return `${gone} of ${rows.length - 1} rows of the former ${path} are not in the new one: ` +
    `it is kept as ${keptAs}`;
}

/** A table of a sweep with the columns that it would have now; any other text as it is. */
async function inPresentForm(path: string, text: string): Promise<string> {
  try {
    return formatTable(await readTable(path));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return text;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new UserError(`${path}: cannot be read (${(error as Error).message})`);
  }
}
