/**
 * Tables of this project by kind, for figures in the browser and in a window.
 * @module
 */
import { type Columns, parseTable, type TextRow } from "../base/csv.ts";
import { decimalNumber } from "../base/number.ts";
import { numberText } from "../base/number_text.ts";
import { min } from "../base/statistics.ts";
import { UserError } from "../base/user_error.ts";
import type { TrialRow } from "../sweep/row.ts";
import { isSweepTable, parseTrialRows } from "../sweep/table.ts";
import { NUMERIC_HYPERPARAMETERS } from "../training/hyperparameters.ts";
import type { LossSurface } from "../training/loss_surface.ts";
import { surfaceOf, type SurfacePath, type SurfaceRow } from "./surface_rows.ts";

/** A cell: a number if all cells of its column are numbers, `null` if it is empty. */
export type Cell = string | number | null;
/** A line of a table, by column. */
export type Row = Readonly<Record<string, Cell>>;

/** A sweep's table, a surface's, or any other. */
export type AnyTable = SweepTable | SurfaceTable | Table;

/** The table of a loss surface. */
export interface SurfaceTable {
  readonly kind: "surface";
  readonly surface: LossSurface;
  readonly paths: readonly SurfacePath[];
}

/** The table of a sweep. */
export interface SweepTable {
  readonly kind: "sweep";
  readonly rows: readonly TrialRow[];
}

/** A table of losses along a column of numbers, of reported figures, or of anything else. */
export type Table = Curves | { readonly kind: "reported" | "other"; readonly rows: readonly Row[] };

/** A table of losses along a column of numbers. */
export interface Curves {
  readonly kind: "curves";
  readonly rows: readonly Row[];
  /** The column on the x axis. */
  readonly along: string;
  /** The columns of losses. */
  readonly losses: readonly string[];
  /** The columns, except `along` and the seed, that differ between rows. */
  readonly settings: readonly string[];
}

/** Columns with results, not settings. */
const MEASURED = new Set([
  ...["status", "steps", "images", "weightsDigest"],
  ...["trainLoss", "validationLoss", "testLoss"],
  ...["trainAccuracy", "validationAccuracy", "testAccuracy"],
]);
/** The result columns that are displayed. */
const OUTCOME = [
  ...["status", "trainLoss", "validationLoss", "testLoss"],
  ...["trainAccuracy", "validationAccuracy", "testAccuracy"],
];
/** Columns of a table of reported figures that are too long to display beside the pointer. */
const UNSAID = new Set([
  ...["settings", "dataset", "measure", "remark"],
  ...["standardDeviation", "intervalLow", "intervalHigh"],
]);
/** Possible columns of the x axis, in order of preference. */
const ALONG = ["iteration", "epoch"];

/** Columns that identify a table of reported figures. */
const REPORTED = {
  row: "text",
  measure: "text",
  reported: "number",
  mean: "number or empty",
  min: "number or empty",
  max: "number or empty",
  verdict: "text",
} as const satisfies Columns;

/** Columns of a table of a loss surface. */
const SURFACE_TYPES = {
  ...{ series: "text", x: "number", y: "number", loss: "number" },
} as const satisfies Columns;

/**
 * Parses any table of this project.
 *
 * @param file the file name for errors
 * @throws {UserError} as `parseTable`; if the table has no rows
 */
export function parseAnyTable(text: string, file: string): AnyTable {
  const texts = parseTable(text, file, { name: "a table", columns: {} }, (_, texts) => texts);
  if (texts.length === 0) throw new UserError(`${file}: the table has no rows`);
  const columns = Object.keys(texts[0]);
  if (isSweepTable(columns)) return { kind: "sweep", rows: parseTrialRows(text, file) };
  const rows = guessedRows(texts);
  const typed = (name: string, types: Columns) => {
    const cells = parseTable(text, file, { name, columns: types });
    return rows.map((row, i): Row => ({ ...row, ...cells[i] as Row }));
  };
  if (Object.keys(SURFACE_TYPES).join() === columns.join()) {
    const points = parseTable(text, file, { name: "a loss surface", columns: SURFACE_TYPES });
    const found = surfaceOf(points as readonly SurfaceRow[]);
    if (found !== undefined) return { kind: "surface", ...found };
  }
  if (Object.keys(REPORTED).every((name) => columns.includes(name))) {
    return { kind: "reported", rows: typed("a table of reported figures", REPORTED) };
  }
  const along = ALONG.find((column) => columns.includes(column)) ??
    (columns.includes("testLoss") ? sweptColumn(rows) : undefined);
  const losses = LOSSES.filter((column) => columns.includes(column));
  if (along === undefined || losses.length === 0) return { kind: "other", rows };
  const types = losses.map((column) => [column, "number or empty"] as const);
  const curves = typed("a table of losses", Object.fromEntries(types));
  const shown = losses.filter((column) => isNumeric(curves, column));
  if (!isNumeric(rows, along) || shown.length === 0) return { kind: "other", rows };
  const settings = columns.filter((column) =>
    column !== along && column !== "seed" && !MEASURED.has(column) && differs(rows, column)
  );
  return { kind: "curves", rows: curves, along, losses: shown, settings };
}

/** The columns of losses, in drawing order. */
const LOSSES = ["validationLoss", "testLoss", "trainLoss"] as const;

/** Returns the name of the curve of a row and one of its losses: the settings that vary. */
export function curveName({ settings }: Curves, row: Row, loss: string): string {
  const words = settings.map((column) =>
    column === "series" ? String(row[column]) : `${column} ${row[column] ?? "–"}`
  );
  return [words.join(", "), loss].filter(Boolean).join(": ");
}

/** Reports whether the x axis is logarithmic: not for counts, nor for values up to 0. */
export function isLogarithmic({ rows, along }: Curves): boolean {
  const isCounted = along === "epoch" || along === "epochs";
  return !isCounted && (min(rows, (row) => row[along] as number | null) ?? 0) > 0;
}

/** A reported number and its reproduction as error rates in per cent; `null` if not run. */
export interface ReportedPoint {
  readonly row: string;
  /** Text beside the pointer. */
  readonly words: string;
  readonly reported: number;
  readonly mean: number | null;
  /** Error rates of the seeds with the smallest and the largest number. */
  readonly min: number | null;
  readonly max: number | null;
}

/** The axis of {@linkcode reportedPoints}. */
export const REPORTED_AXIS = "test images that are taken for another digit (%)";

/** Returns the accuracies and error rates of a table of reported figures. */
export function reportedPoints(table: Table): ReportedPoint[] {
  const words = rowWords(table);
  return table.rows.filter(({ measure }) => measure === "accuracy" || measure === "error rate")
    .map((row) => {
      const rate = (column: keyof typeof REPORTED) => {
        const value = row[column] as number | null;
        return value === null || row.measure === "error rate" ? value : 100 - value;
      };
      return {
        row: String(row.row),
        words: words(row),
        reported: rate("reported")!,
        mean: rate("mean"),
        min: rate("min"),
        max: rate("max"),
      };
    });
}

/** Returns the columns to draw of any other table: accuracies if there are any, otherwise all numbers. */
export function drawnColumns({ rows }: Table): string[] {
  const numeric = Object.keys(rows[0]).filter((column) => isNumeric(rows, column));
  return numeric.includes("accuracy") ? ["accuracy"] : numeric;
}

/** Returns the rows' names: their words that vary, or their numbers from 1. */
export function rowNames({ rows }: Table): string[] {
  const columns = Object.keys(rows[0])
    .filter((column) => !isNumeric(rows, column) && differs(rows, column));
  return rows.map((row, i) =>
    columns.map((column) => row[column]).filter((cell) => cell !== null).join(", ") || `${i + 1}`
  );
}

/**
 * Returns a function from a row to its text beside the pointer, a cell per line: the settings that vary and
 * the results, without digests.
 */
export function rowWords(table: Table): (row: Row) => string {
  const columns = table.kind === "curves"
    ? [table.along, "seed", ...table.settings, ...OUTCOME]
    : Object.keys(table.rows[0]).filter((column) =>
      !UNSAID.has(column) && differs(table.rows, column)
    );
  return (row) =>
    columns.filter((column) => row[column] !== undefined && row[column] !== null)
      .map((column) => `${column}: ${cellText(row[column]!)}`).join("\n");
}

/** Formats a cell; long numbers get four significant digits. */
function cellText(cell: string | number): string {
  const text = String(cell);
  return typeof cell === "string" || text.length <= 9 ? text : numberText(cell);
}

/** Reports whether the rows have more than one value in a column. */
function differs(rows: readonly Row[], column: string): boolean {
  return rows.some((row) => row[column] !== rows[0][column]);
}

/** Reports whether a column contains at least one number. */
function isNumeric(rows: readonly Row[], column: string): boolean {
  return rows.some((row) => typeof row[column] === "number");
}

/** Converts cells to numbers in columns of numbers. */
function guessedRows(texts: readonly TextRow[]): Row[] {
  const numeric = new Set(
    Object.keys(texts[0]).filter((column) =>
      texts.every(({ [column]: text }) => text === null || Number.isFinite(decimalNumber(text)))
    ),
  );
  return texts.map((cells) =>
    Object.fromEntries(
      Object.entries(cells).map(([column, text]) => [
        column,
        text !== null && numeric.has(column) ? decimalNumber(text) : text,
      ]),
    )
  );
}

function sweptColumn(rows: readonly Row[]): string | undefined {
  const columns = NUMERIC_HYPERPARAMETERS.filter((column) => isNumeric(rows, column));
  return columns.find((column) => differs(rows, column)) ?? columns[0];
}
