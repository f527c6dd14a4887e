import assert from "node:assert/strict";
import fc from "fast-check";
import { createDrawing, pictureOf, SIDE, type Stroke } from "./drawing.ts";

const point = fc.record({
  x: fc.double({ min: -20, max: SIDE + 20, noNaN: true }),
  y: fc.double({ min: -20, max: SIDE + 20, noNaN: true }),
});
const strokes = fc.array(fc.array(point, { minLength: 1, maxLength: 6 }), { maxLength: 4 });

function drawn(strokes: readonly Stroke[]) {
  const drawing = createDrawing();
  for (const [start, ...points] of strokes) {
    drawing.begin(start);
    for (const point of points) drawing.extend(point);
  }
  return drawing;
}

Deno.test("undoing a stroke leaves the pixels that were there before it", () => {
  fc.assert(fc.property(strokes, strokes, (kept, undone) => {
    const drawing = drawn([...kept, ...undone]);
    for (const _ of undone) drawing.undo();
    assert.deepEqual(drawing.ink, drawn(kept).ink);
    assert.deepEqual(drawing.strokes, kept);
  }));
});

Deno.test("a cleared drawing is white paper", () => {
  const drawing = drawn([[{ x: 50, y: 50 }, { x: 90, y: 90 }]]);
  assert.ok(pictureOf(drawing).rgba.some((value) => value === 0));
  drawing.clear();
  assert.ok(pictureOf(drawing).rgba.every((value) => value === 255));
});

Deno.test("a tap is a dot", () => {
  const { ink } = drawn([[{ x: 100, y: 60 }]]);
  assert.equal(ink[60 * SIDE + 100], 255);
  assert.equal(ink[60 * SIDE + 112], 0);
});
