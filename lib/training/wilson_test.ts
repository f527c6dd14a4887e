import assert from "node:assert/strict";
import fc from "fast-check";
import { wilsonInterval } from "./wilson.ts";

Deno.test("Wilson's interval has the published values", () => {
  // Newcombe, "Two-Sided Confidence Intervals for the Single Proportion", Statistics in Medicine 17
  // (1998), table I, method 3.
  const published: [number, number, string, string][] = [
    [81, 263, "0.2553", "0.3662"],
    [15, 148, "0.0624", "0.1605"],
    [0, 20, "0.0000", "0.1611"],
    [1, 29, "0.0061", "0.1718"],
  ];
  for (const [successes, count, low, high] of published) {
    const interval = wilsonInterval(successes, count);
    assert.deepEqual([interval.low.toFixed(4), interval.high.toFixed(4)], [low, high]);
  }
});

Deno.test("all or none of the trials: the ends do not leave 0 to 1 by rounding", () => {
  for (let count = 1; count < 200; count++) {
    assert.ok(wilsonInterval(0, count).low >= 0, `0 of ${count}`);
    assert.ok(wilsonInterval(count, count).high <= 1, `${count} of ${count}`);
  }
});

Deno.test("the interval contains the proportion, is within 0 to 1 and narrows with the count", () => {
  const cases = fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 1000 }));
  fc.assert(fc.property(cases, ([some, count]) => {
    const successes = some % (count + 1);
    const { low, high } = wilsonInterval(successes, count);
    const part = successes / count;
    assert.ok(0 <= low && low <= part + 1e-12 && part - 1e-12 <= high && high <= 1);
    const wider = wilsonInterval(successes, count);
    const narrower = wilsonInterval(4 * successes, 4 * count);
    assert.ok(narrower.high - narrower.low < wider.high - wider.low);
  }));
});
