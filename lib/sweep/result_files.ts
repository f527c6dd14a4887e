import { basename, dirname, extname, join, relative } from "node:path";
import { writeFileAtomically, writeFilesAtomically } from "../base/atomic_file.ts";
import { plural } from "../base/number_text.ts";
import { sha256 } from "../base/sha256.ts";
import { unreadable } from "../base/unreadable.ts";
import { usageError, UserError } from "../base/user_error.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { epochsFile } from "./epochs.ts";
import type { SweepFiles } from "./files.ts";
import type { TrialRow } from "./row.ts";
import { outsideOfRounds, roundsIn } from "./rounds.ts";
import type { Search } from "./search.ts";
import { outsideOf, type Space } from "./space.ts";
import type { SweepOptions } from "./sweep_options.ts";
import { parseTrialRows, readTable } from "./table.ts";

/**
 * Checks that a sweep contains every row of the table that it would replace. Additional values are
 * fine; a different space or dataset is an error.
 *
 * @param advice the end of the error message: what to do instead
 * @param chosen how the sweep chooses its points, and ends some of them early
 * @throws {UserError} if rows would be lost, saying which
 */
export async function checkContainsFormer(
  files: SweepFiles,
  space: Space,
  dataset: Dataset,
  advice: string,
  chosen: Pick<SweepOptions, "search" | "halving" | "rounds" | "metric"> = {},
): Promise<void> {
  const { search, halving } = chosen;
  if (await readIfThere(files.table) === undefined) return;
  const path = relative(Deno.cwd(), files.table);
  const rows = await readTable(files.table).catch((error) => {
    if (!(error instanceof UserError)) throw error;
    throw usageError(`${path} would be replaced, but it is not a sweep's table; ${advice}`);
  });
  const isHalved = halving !== undefined || search?.brackets !== undefined;
  /** The settings of a row that are not in a space; when a halving ends a trial depends on the others. */
  const outsideIn = (part: Space, points: Search | undefined) => {
    const outside = outsideOf(part, dataset, points);
    return (row: TrialRow) => outside(row).filter((name) => !(isHalved && name === "stopAfter"));
  };
  const rounds = roundsIn(space, chosen);
  const outside = rounds === undefined
    ? outsideIn(space, search)
    : outsideOfRounds(space, rounds, rows, outsideIn);
  /** The settings of a row that are not in the sweep. */
  const misfits = (row: TrialRow) => [
    ...outside(row).map((name) => `${name} ${row[name]}`),
    ...(row.dataset === dataset.name ? [] : [`dataset ${row.dataset}`]),
  ];
  const others = rows.filter((row) => misfits(row).length > 0);
  if (others.length === 0) return;
  throw usageError(
    `${path} would be replaced: ${others.length} of its ${plural(rows.length, "row")} ` +
      `${others.length === 1 ? "is" : "are"} not in this sweep, the first with ${
        misfits(others[0]).join(", ")
      }; ${advice}`,
  );
}

/**
 * Says why the part of a sweep that its budget allowed is not written: nothing is finished, or the table that
 * is there has more rows, as in a copy of the results without the journal.
 *
 * @param finished number of trials
 * @param replace whether the table may lose rows
 * @returns `undefined` if it is written
 */
export async function whyNotWritten(
  files: SweepFiles,
  finished: number,
  replace: boolean,
): Promise<string | undefined> {
  const former = replace ? undefined : await readIfThere(files.table);
  const rows = former === undefined ? 0 : comparableLines(files.table, former).length;
  if (finished > 0 && finished >= rows) return undefined;
  if (rows === 0) return "nothing was written";
  const path = relative(Deno.cwd(), files.table);
  return `nothing was written: ${path} has ${plural(rows, "row")}, more than are finished`;
}

/**
 * Writes a table, its figure and its learning curves, if there are any. If the previous table has rows
 * that the new one lacks, it is backed up with both in the journal's folder. The test results of trials
 * that the new table lacks go there too.
 *
 * @returns what was backed up, a line for each table; `undefined` if nothing was
 */
export async function writeResultFiles(
  files: SweepFiles,
  table: string,
  figure: string,
  epochs?: string,
): Promise<string | undefined> {
  const curves = epochsFile(files.table), tested = testedPath(files);
  const former = await keepFormer(files, table, [files.table, files.figure, curves]);
  const untrue = await keepFormer(files, table, [tested], withoutTest);
  await writeFilesAtomically(
    new Map([
      [files.table, table],
      [files.figure, figure],
      // Former curves and test results, of which a copy is kept, belong to none of the new rows.
      [curves, epochs],
      ...(untrue === undefined ? [] : [[tested, undefined] as const]),
    ]),
  );
  return [former, untrue].filter((line) => line !== undefined).join("\n") || undefined;
}

/** The name of the table with the test results of a sweep's best setting. */
export function testedFile(name: string): string {
  return `${name}-tested.csv`;
}

function testedPath({ table, name }: SweepFiles): string {
  return join(dirname(table), testedFile(name));
}

/**
 * Writes the table with the test results of a sweep's best setting beside the sweep's.
 *
 * @returns its path
 */
export async function writeTested(files: SweepFiles, text: string): Promise<string> {
  const path = testedPath(files);
  await writeFileAtomically(path, text);
  return path;
}

/** The row of a trial before the test images were read for it. */
function withoutTest(row: TrialRow): TrialRow {
  return { ...row, testLoss: null, testAccuracy: null };
}

/**
 * Copies a table, and the files beside it, to the journal's folder if it has rows that the new table lacks.
 *
 * @param compared what of a row is compared; defaults to all
 */
async function keepFormer(
  files: SweepFiles,
  table: string,
  [path, ...beside]: readonly string[],
  compared?: (row: TrialRow) => TrialRow,
): Promise<string | undefined> {
  const former = await readIfThere(path);
  if (former === undefined || former === table) return undefined;
  const lines = new Set(comparableLines(files.table, table, compared));
  const rows = comparableLines(path, former, compared);
  const gone = rows.filter((line) => !lines.has(line)).length;
  if (gone === 0) return undefined;
  // The digest in the name keeps one copy of the same table.
  const digest = sha256(former).slice(0, 8);
  const place = (path: string) => {
    const end = extname(path);
    return join(dirname(files.journal), `${basename(path, end)}-${digest}${end}`);
  };
  await writeFileAtomically(place(path), former);
  for (const one of beside) {
    const text = await readIfThere(one);
    if (text !== undefined) await writeFileAtomically(place(one), text);
  }
  const [from, to] = [path, place(path)].map((p) => relative(Deno.cwd(), p));
  return `${gone} of ${rows.length} rows of the previous ${from} are not in the new table: ` +
    `it was saved as ${to}`;
}

/** The rows of a sweep's table whatever columns it has; of any other table its lines below the first. */
function comparableLines(
  path: string,
  text: string,
  compared = (row: TrialRow) => row,
): string[] {
  try {
    return parseTrialRows(text, path).map((row) => JSON.stringify(compared(row)));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return text.trimEnd().split("\n").slice(1);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw unreadable(path, error);
  }
}
