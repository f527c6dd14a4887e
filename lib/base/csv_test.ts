import assert from "node:assert/strict";
import fc from "fast-check";
import { type Cell, formatCsv, parseCsv } from "./csv.ts";

Deno.test("a table has column names and rows; null is an empty cell", () => {
  const rows = [{ a: 0.1, b: true, c: "x" }, { a: 1e-9, b: null, c: 'say "hi", twice\nor more' }];
  const text = 'a,b,c\n0.1,true,x\n1e-9,,"say ""hi"", twice\nor more"\n';
  assert.equal(formatCsv(rows, ["a", "b", "c"]), text);
  assert.deepEqual(parseCsv(text, "t.csv"), [
    { a: "0.1", b: "true", c: "x" },
    { a: "1e-9", b: null, c: 'say "hi", twice\nor more' },
  ]);
  assert.deepEqual(
    parseCsv(text.replaceAll(/\n(?!or)/g, "\r\n"), "t.csv"),
    parseCsv(text, "t.csv"),
  );
});

Deno.test("any table round-trips", () => {
  const cell: fc.Arbitrary<Cell> = fc.oneof(
    fc.string(),
    fc.double({ noNaN: true }),
    fc.constant(null),
  );
  const rows = fc.array(fc.record({ one: cell, two: cell, three: cell }));
  fc.assert(fc.property(rows, (rows) => {
    const text = formatCsv(rows, ["one", "two", "three"]);
    const shown = (value: Cell) => value === null || value === "" ? null : String(value);
    assert.deepEqual(
      parseCsv(text, "t.csv"),
      rows.map(({ one, two, three }) => ({
        one: shown(one),
        two: shown(two),
        three: shown(three),
      })),
    );
  }));
});

Deno.test("a table of one column keeps its empty cells", () => {
  const rows = [{ a: "x" }, { a: null }, { a: null }];
  assert.deepEqual(parseCsv(formatCsv(rows, ["a"]), "t.csv"), rows);
});

Deno.test("errors name the line", () => {
  assert.throws(() => parseCsv("a,b\n1,2\n3\n", "t.csv"), {
    name: "UserError",
    message: "t.csv, line 3: 1 cells, expected 2 as in line 1",
  });
  assert.throws(() => parseCsv("", "t.csv"), { message: "t.csv: an empty table" });
  assert.throws(() => parseCsv("a,a\n", "t.csv"), {
    message: "t.csv, line 1: two columns named a",
  });
  assert.throws(
    () => parseCsv('a,b\n"1,2\n', "t.csv"),
    /^UserError: t\.csv, line 2: unterminated quote$/,
  );
  assert.throws(
    () => parseCsv('a,b\n"1"2,3\n', "t.csv"),
    /^UserError: t\.csv, line 2: text after a closing quote$/,
  );
});
