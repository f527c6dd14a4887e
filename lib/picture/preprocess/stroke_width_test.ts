import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyPlane, mapPlane, type Plane } from "./plane.ts";
import { moveEdge, signedDistance, strokeWidth } from "./stroke_width.ts";

/** The definition: the nearest pixel of the other kind, by brute force. */
function distanceByTrying({ width, height, values }: Plane): number[] {
  return Array.from(values, (value, i) => {
    const inside = value >= 0.5;
    let least = (width + height) ** 2;
    values.forEach((other, k) => {
      if (other >= 0.5 === inside) return;
      const dx = i % width - k % width;
      const dy = Math.floor(i / width) - Math.floor(k / width);
      least = Math.min(least, dx * dx + dy * dy);
    });
    return inside ? Math.sqrt(least) - 0.5 : 0.5 - Math.sqrt(least);
  });
}

Deno.test("the distance to the edge is the nearest of all", () => {
  const planes = fc.record({
    width: fc.integer({ min: 1, max: 12 }),
    height: fc.integer({ min: 1, max: 12 }),
  })
    .chain(({ width, height }) =>
      fc.array(fc.constantFrom(0, 0, 1), { minLength: width * height, maxLength: width * height })
        .map((values): Plane => ({ width, height, values: Float32Array.from(values) }))
    );
  fc.assert(fc.property(planes, (plane) => {
    const expected = distanceByTrying(plane);
    signedDistance(plane).values.forEach((distance, i) =>
      assert.ok(Math.abs(distance - expected[i]) < 1e-5, `${i}: ${distance}, ${expected[i]}`)
    );
  }));
});

/** A vertical bar in the middle of 60 × 60 pixels. */
const bar = (width: number) =>
  mapPlane(emptyPlane(60, 60), (_, i) => Math.abs(i % 60 + 0.5 - 30) < width / 2 ? 1 : 0);

Deno.test("the width of a bar is measured, and changed by twice the growth", () => {
  for (const width of [6, 10, 20]) {
    assert.ok(Math.abs(strokeWidth(bar(width)) - width) < 0.1, `${strokeWidth(bar(width))}`);
  }
  for (const growth of [-2, -1, 3]) {
    const moved = moveEdge(signedDistance(bar(10)), growth);
    const width = moved.values.subarray(0, 60).reduce((sum, ink) => sum + ink, 0);
    assert.ok(Math.abs(width - (10 + 2 * growth)) < 0.01, `${growth}: ${width}`);
  }
});
