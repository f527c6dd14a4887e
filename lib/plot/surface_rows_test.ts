import assert from "node:assert/strict";
import { formatCsv } from "../base/csv.ts";
import { surfaceOf, surfaceRows } from "./surface_rows.ts";
import { parseAnyTable } from "./table_rows.ts";

const SURFACE = { xs: [-1, 0.1, 2], ys: [0, 1], losses: [[1, 2, 3], [4, 5, 6e-7]] };
const PATHS = [
  { label: "rate 1", points: [{ x: 0, y: 0, loss: 9 }, { x: 5, y: -1, loss: 8 }] },
  { label: "rate 2", points: [{ x: 0, y: 0.5, loss: 7 }] },
];
const COLUMNS = ["series", "x", "y", "loss"];
const tableOf = (rows: ReturnType<typeof surfaceRows>) =>
  parseAnyTable(formatCsv(rows.map((row) => ({ ...row })), COLUMNS), "surface.csv");

Deno.test("a surface and its paths come back from their table, in whatever order the lines are", () => {
  const rows = surfaceRows(SURFACE, PATHS);
  assert.equal(rows.length, 9);
  const expected = { kind: "surface", surface: SURFACE, paths: PATHS };
  assert.deepEqual(tableOf(rows), expected);
  assert.deepEqual(tableOf([...rows.slice(3), ...rows.slice(0, 3)]), expected);
});

Deno.test("points that are not a lattice are no surface: the table is shown as any other", () => {
  const rows = surfaceRows(SURFACE, PATHS);
  assert.equal(surfaceOf(rows.slice(1)), undefined);
  assert.equal(surfaceOf([rows[0], ...rows]), undefined);
  assert.equal(surfaceOf(rows.slice(6)), undefined);
  assert.equal(tableOf(rows.slice(1)).kind, "other");
});
