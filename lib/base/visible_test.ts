import assert from "node:assert/strict";
import fc from "fast-check";
import { legible, visible, visibleJson, visibleLines } from "./visible.ts";

/** Text with many control characters in it. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.string({ minLength: 1, maxLength: 1 }),
    fc.constantFrom(
      "\x1b",
      "\n",
      "\r",
      "\x7f",
      "\x9b",
      "\u202e",
      "\u2066",
      "\u2028",
      "\ud800",
      "\\",
    ),
  ),
});

Deno.test("no control character is left", () => {
  fc.assert(fc.property(hostile, (text) => {
    assert.match(visible(text), /^[^\p{Cc}\p{Bidi_Control}\p{Cs}\u2028\u2029]*$/u);
    assert.equal(visible(visible(text)), visible(text));
    assert.equal(visibleLines(text).split("\n").length, text.split("\n").length);
  }));
});

Deno.test("letters of any script, accents, emoji and right-to-left text stay as they are", () => {
  for (const text of ["fünf.png", "数字", "ספרה", "ستة", "👩‍🔬.png", "a\u0301"]) {
    assert.equal(visible(text), text);
  }
});

Deno.test("escaped JSON has the same value", () => {
  fc.assert(fc.property(fc.dictionary(hostile, hostile), (value) => {
    const json = visibleJson(JSON.stringify(value, null, 2));
    assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(value)));
    assert.match(json, /^[^\x7f-\x9f\p{Bidi_Control}]*$/u);
  }));
});

Deno.test("long messages are shortened", () => {
  fc.assert(fc.property(fc.array(hostile, { maxLength: 100 }), fc.nat(5000), (lines, times) => {
    const message = legible(lines.join("\n") + "\x1b".repeat(times));
    assert(message.split("\n").length <= 41);
    assert(message.split("\n").every((line) => line.length <= 1000));
    assert.equal(legible(message).split("\n")[0], message.split("\n")[0]);
  }));
});
