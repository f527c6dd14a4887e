import assert from "node:assert/strict";
import fc from "fast-check";
import { axisOf, curvePanel, linearTicks, logTicks, summarize } from "./curves.ts";

Deno.test("a mean is between the minimum and the maximum, and no repeat is lost", () => {
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

Deno.test("logarithmic ticks are 1, 2 and 5, or powers of ten if these are many", () => {
  assert.deepEqual(logTicks(0.004, 0.3), [0.005, 0.01, 0.02, 0.05, 0.1, 0.2]);
  assert.deepEqual(logTicks(1e-4, 100), [1e-4, 1e-3, 0.01, 0.1, 1, 10, 100]);
  assert.deepEqual(logTicks(0.3, 0.7), [0.3, 0.4, 0.5, 0.6, 0.7]);
  assert.deepEqual(logTicks(0.5, 1e20), [1, 1e3, 1e6, 1e9, 1e12, 1e15, 1e18]);
});

Deno.test("every tick of a logarithmic axis has a label", () => {
  const points = [0.001, 1].map((x) => ({ series: "a", x, y: 1 }));
  const axis = { label: "rate", scale: "log" } as const;
  const { body } = curvePanel(points, { x: axis, y: axis });
  for (const tick of logTicks(0.001, 1)) assert.match(body, new RegExp(`>${tick}</text>`));
});

Deno.test("no points, one point, and values up to 0 still give axes", () => {
  const axis = { label: "v", scale: "log" } as const;
  for (const values of [[], [0.5], [0, 1], [-3]]) {
    const points = values.map((value) => ({ series: "a", x: value, y: value }));
    const { body } = curvePanel(points, { x: axis, y: axis });
    assert.doesNotMatch(body, /NaN|Infinity|undefined/);
    assert.match(body, />v<\/text>/);
  }
});

Deno.test("the values decide the kind of a logarithmic axis", () => {
  const typeOf = (values: number[]) => axisOf({ label: "v", scale: "log" }, values).scale.type;
  assert.equal(typeOf([0.1, 10]), "log");
  assert.equal(typeOf([0, 0.1, 10]), "symlog");
  assert.equal(typeOf([-1, 0.1, 10]), "linear");
  assert.equal(typeOf([0, 1e-300, 1]), "linear");
});

Deno.test("ticks of any range are few, within it and increasing", () => {
  const size = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE / 2, noNaN: true });
  const value = fc.oneof(size, size.map((value) => -value), fc.constant(0));
  const check = (ticks: readonly number[], low: number, high: number) => {
    assert.ok(ticks.length <= 30, `${ticks.length} ticks from ${low} to ${high}`);
    ticks.forEach((tick, i) => {
      assert.ok(tick >= low && tick <= high && (i === 0 || tick > ticks[i - 1]), `${ticks}`);
    });
  };
  fc.assert(fc.property(value, value, (a, b) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    check(linearTicks(low, high), low, high);
    // Adjacent numbers: no round number is between them.
    check(linearTicks(low, low + Math.abs(low) * 3e-16), low, low + Math.abs(low) * 3e-16);
    if (low > 0) check(logTicks(low, high), low, high);
  }));
});

Deno.test("ranges from one end of the numbers to the other are drawn, on both kinds of axes", () => {
  const ranges = [
    [1e-300, 1e300],
    [1e150, 1e150],
    [1e150, 1e150 * (1 + 2 ** -52)],
    [-1e300, 1e300],
    [-Number.MAX_VALUE, Number.MAX_VALUE],
    [Number.MIN_VALUE, Number.MAX_VALUE],
    [0, 1e300],
    [Number.MIN_VALUE],
    [NaN, Infinity, 1],
  ];
  for (const scale of ["linear", "log"] as const) {
    const axis = { label: "v", scale };
    for (const values of ranges) {
      const points = values.map((value) => ({ series: "a", x: value, y: value }));
      const { body } = curvePanel(points, { x: axis, y: axis });
      assert.doesNotMatch(body, /NaN|Infinity/, `${scale} ${values}`);
      assert.match(body, />v<\/text>/);
    }
  }
});

Deno.test("200,000 repeats and as many places are drawn", () => {
  const axis = { label: "v", scale: "linear" } as const;
  const repeats = Array.from({ length: 200_000 }, (_, i) => ({ series: "a", x: 1, y: i }));
  const [{ min, max, count }] = summarize(repeats);
  assert.deepEqual([min, max, count], [0, 199_999, 200_000]);
  const places = repeats.map(({ series, y }) => ({ series, x: y, y }));
  assert.match(curvePanel(places, { x: axis, y: axis }).body, /<path /);
});
