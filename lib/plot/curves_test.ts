import assert from "node:assert/strict";
import fc from "fast-check";
import { curvePanel, formatNumber, logTicks, summarize } from "./curves.ts";

Deno.test("a mean lies between the least and the greatest repeat, and none is lost", () => {
  const observation = fc.record({
    series: fc.constantFrom("a", "b"),
    x: fc.integer({ min: 0, max: 3 }),
    y: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  });
  fc.assert(fc.property(fc.array(observation), (observations) => {
    const summaries = summarize(observations);
    for (const { min, mean, max } of summaries) {
      assert.ok(min - 1e-9 <= mean && mean <= max + 1e-9);
    }
    const total = summaries.reduce((sum, { count }) => sum + count, 0);
    assert.equal(total, observations.length);
  }));
});

Deno.test("logarithmic ticks are 1, 2 and 5, or powers of ten where these are many", () => {
  assert.deepEqual(logTicks(0.004, 0.3), [0.005, 0.01, 0.02, 0.05, 0.1, 0.2]);
  assert.deepEqual(logTicks(1e-4, 100), [1e-4, 1e-3, 0.01, 0.1, 1, 10, 100]);
  assert.deepEqual(logTicks(0.3, 0.7), [0.3, 0.4, 0.5, 0.6, 0.7]);
  assert.deepEqual(logTicks(0.5, 1e20), [1, 1e3, 1e6, 1e9, 1e12, 1e15, 1e18]);
});

Deno.test("numbers are written short", () => {
  assert.equal(formatNumber(0.0017782794100389228), "0.001778");
  assert.equal(formatNumber(60000), "60,000");
  assert.equal(formatNumber(97), "97");
  assert.equal(formatNumber(1e9), "10⁹");
  assert.equal(formatNumber(-0.00000025), "-2.5·10⁻⁷");
  assert.equal(formatNumber(0), "0");
});

Deno.test("every tick of a logarithmic axis is written", () => {
  const points = [0.001, 1].map((x) => ({ series: "a", x, y: 1 }));
  const axis = { label: "rate", scale: "log" } as const;
  const { body } = curvePanel(points, { x: axis, y: axis });
  for (const tick of logTicks(0.001, 1)) assert.match(body, new RegExp(`>${tick}</text>`));
});

Deno.test("nothing to draw, one point, and values that are not above 0 still give axes", () => {
  const axis = { label: "v", scale: "log" } as const;
  for (const values of [[], [0.5], [0, 1], [-3]]) {
    const points = values.map((value) => ({ series: "a", x: value, y: value }));
    const { body } = curvePanel(points, { x: axis, y: axis });
    assert.doesNotMatch(body, /NaN|Infinity|undefined/);
    assert.match(body, />v<\/text>/);
  }
});
