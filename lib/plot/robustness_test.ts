import assert from "node:assert/strict";
import { robustnessFigure } from "./robustness.ts";

Deno.test("every kind of photo has its dot, its interval and its number", () => {
  const row = { images: 100, right: 90, notFound: 0, accuracy: 0.9, low: 0.83, high: 0.94 };
  const rows = [{ ...row, photo: "grain" }, { ...row, photo: "ruled lines", accuracy: 0.975 }];
  const { svg } = robustnessFigure(rows, "mnist", "784-10");
  assert.equal([...svg.matchAll(/<circle /g)].length, 2);
  for (const text of ["grain", "ruled lines", "90.00 %", "97.50 %", "goal: 95 %", "784-10"]) {
    assert.ok(svg.includes(`>${text}<`) || svg.includes(text), text);
  }
  // The axis includes the lowest interval.
  assert.match(svg, />82</);
  assert.doesNotMatch(svg, /NaN/);
});
