import assert from "node:assert/strict";
import { type Bracket, halvingRungs, hyperbandBrackets } from "./brackets.ts";

/** Rungs as the paper prints them: nᵢ and rᵢ. */
const printed = (bracket: Bracket) => bracket.map(({ settings, epochs }) => [settings, epochs]);

Deno.test("the brackets for R = 81 and η = 3 are those of the paper's table 1", () => {
  assert.deepEqual(hyperbandBrackets(81, 3).map(printed), [
    [[81, 1], [27, 3], [9, 9], [3, 27], [1, 81]],
    [[34, 3], [11, 9], [3, 27], [1, 81]],
    [[15, 9], [5, 27], [1, 81]],
    [[8, 27], [2, 81]],
    [[5, 81]],
  ]);
});

Deno.test("no bracket trains more than its budget of B = (s_max + 1) R, up to rounding", () => {
  for (const [epochs, eta] of [[81, 3], [27, 3], [16, 4], [20, 3], [100, 2], [3, 3], [1, 3]]) {
    const brackets = hyperbandBrackets(epochs, eta);
    assert.equal(brackets.length, Math.floor(Math.log(epochs) / Math.log(eta) + 1e-9) + 1);
    for (const bracket of brackets) {
      assert.equal(bracket.at(-1)!.epochs, epochs);
      const work = bracket.reduce((sum, rung) => sum + rung.settings * rung.epochs, 0);
      // Rounding up the settings adds one at most; rounding epochs half an epoch each.
      const rounding = bracket.length * epochs +
        bracket.reduce((sum, { settings }) => sum + settings / 2, 0);
      assert(work <= brackets.length * epochs + rounding, `${epochs}, ${eta}: ${work}`);
    }
  }
});

Deno.test("an η that is no whole number loses no setting and no rung to rounding", () => {
  // 121 / 2.2 = 55 and 121 / 2.2² = 25.
  assert.deepEqual(printed(halvingRungs(121, 4, 2.2)), [[121, 2], [55, 4]]);
  assert.deepEqual(printed(halvingRungs(121, 10, 2.2)), [[121, 2], [55, 5], [25, 10]]);
  const root = Math.sqrt(10);
  assert.deepEqual(hyperbandBrackets(10, root).map(([first]) => printed([first])[0]), [
    [10, 1],
    [5, 3],
    [3, 10],
  ]);
});

Deno.test("halving begins with all settings and ends with all epochs", () => {
  assert.deepEqual(printed(halvingRungs(27, 27, 3)), [[27, 1], [9, 3], [3, 9], [1, 27]]);
  assert.deepEqual(printed(halvingRungs(13, 20, 3)), [[13, 2], [4, 7], [1, 20]]);
  // Few settings: fewer rungs, so that one is left in the last.
  assert.deepEqual(printed(halvingRungs(4, 27, 3)), [[4, 9], [1, 27]]);
  assert.deepEqual(printed(halvingRungs(2, 27, 3)), [[2, 27]]);
  assert.deepEqual(printed(halvingRungs(9, 1, 3)), [[9, 1]]);
});
