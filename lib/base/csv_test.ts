import assert from "node:assert/strict";
import fc from "fast-check";
import { projectPath } from "./project.ts";
import { type Cell, formatCells, formatCsv, parseCells, parseCsv, parseTable } from "./csv.ts";
import { UserError } from "./user_error.ts";

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

Deno.test("a large table has a line for each row, in order", () => {
  const rows = Array.from({ length: 2500 }, (_, i) => ({ i }));
  assert.equal(formatCsv(rows, ["i"]), ["i", ...rows.keys()].map((cell) => `${cell}\n`).join(""));
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

Deno.test("the committed tables are written with the same bytes", () => {
  const folder = projectPath("results");
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(".csv"));
  assert.ok(names.length >= 5);
  for (const name of names) {
    const text = Deno.readTextFileSync(`${folder}/${name}`);
    const [columns] = parseCells(text, name);
    assert.ok(formatCsv(parseCsv(text, name), columns) === text, name);
  }
});

Deno.test("lines of cells end in CRLF and are quoted where they must be", () => {
  assert.equal(
    formatCells([["a,b", 'c"d', "e\r"], ["1", " ", "x"]]),
    '"a,b","c""d","e\r"\r\n1, ,x\r\n',
  );
});

Deno.test("cells have the types of their columns; errors name the line, column and type", () => {
  const columns = {
    name: "text",
    note: "text or empty",
    count: "number",
    loss: "number or empty",
    right: "boolean",
    status: ["done", "failed"],
  } as const;
  const format = { name: "a test's table", columns, untyped: ["more"], advice: "write it again" };
  const header = "name,note,count,loss,right,status,more\n";
  const parse = (row: string) => parseTable(header + row, "t.csv", format);
  assert.deepEqual(parse("x,,1e3,,true,done,y\nz,n,-1,0.5,false,failed,\n"), [
    { name: "x", note: null, count: 1000, loss: null, right: true, status: "done" },
    { name: "z", note: "n", count: -1, loss: 0.5, right: false, status: "failed" },
  ]);
  const refused = (row: string, message: string) =>
    assert.throws(() => parse(row), { name: "UserError", message });
  const at = (column: string) => `t.csv, line 2, column ${column}: expected `;
  refused(",,1,,true,done,\n", at("name") + 'a text, got ""; write it again');
  refused("x,,,,true,done,\n", at("count") + 'a number, got ""; write it again');
  refused("x,,0x1,,true,done,\n", at("count") + 'a number, got "0x1"; write it again');
  refused("x,,1,a,true,done,\n", at("loss") + 'a number, got "a"; write it again');
  refused("x,,1,,yes,done,\n", at("right") + 'true or false, got "yes"; write it again');
  refused("x,,1,,true,,\n", at("status") + 'one of done, failed, got ""; write it again');
  const missing = (without: string) =>
    assert.throws(
      () =>
        parseTable(header.replace(`${without}`, "other") + "x,,1,,true,done,\n", "t.csv", format),
      { message: `t.csv, line 1: there is no column ${without}; is it a test's table?` },
    );
  missing("more");
  missing("status");
  assert.deepEqual(parseTable("a\n", "t.csv", format), []);
});

Deno.test("an error in the conversion of a row gets its line", () => {
  const convert = () => {
    throw new UserError("too large");
  };
  const format = { name: "a table", columns: {} };
  assert.throws(() => parseTable("a\n1\n", "t.csv", format, convert), {
    name: "UserError",
    message: "t.csv, line 2: too large",
  });
});
