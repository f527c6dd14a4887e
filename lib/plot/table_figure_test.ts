import assert from "node:assert/strict";
import { evenly } from "./table_figure.ts";

Deno.test("the rows that are drawn of many are spread over the table, with no period of it", () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => i);
  const drawn = evenly(rows, 1000);
  const counts = (group: (row: number) => number) =>
    [...Map.groupBy(drawn, group).values()].map((some) => some.length);
  for (const [name, group] of [["tenth", 1000], ["seed", 0]] as const) {
    const found = counts((row) => group === 0 ? row % 10 : Math.floor(row / group));
    assert.equal(found.length, 10);
    for (const count of found) assert.ok(Math.abs(count - 100) <= 10, `each ${name}: ${found}`);
  }
  assert.deepEqual(drawn, [...drawn].sort((a, b) => a - b));
  assert.equal(evenly(rows, 10_000), rows);
});
