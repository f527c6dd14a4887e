import assert from "node:assert/strict";
import fc from "fast-check";
import { type Random, randomStream } from "../base/random.ts";
import { sha256 } from "../base/sha256.ts";
import { augmenter } from "./augment.ts";
import { CIRESAN, parseAugmentation, SIMARD_AFFINE, SIMARD_ELASTIC } from "./augmentation.ts";
import { imageAt } from "./dataset.ts";
import { syntheticDigits } from "./synthetic.ts";

const SIDE = 28;
const { train } = syntheticDigits({ train: 100, test: 0, seed: 3 });

/** A stream of one constant: 1 is the upper end of every range, 0.5 its middle. */
const always = (value: number): Random => ({
  uniform: () => value,
  integer: () => 0,
  normal: () => 0,
});

/** Position of one inked pixel, or of its brightest copy, after a distortion. */
function follow(specification: string, random: Random, x: number, y: number, label = 0) {
  const source = new Uint8Array(SIDE * SIDE), target = new Uint8Array(SIDE * SIDE);
  source[y * SIDE + x] = 200;
  augmenter(specification, random)(source, target, label);
  const brightest = target.indexOf(Math.max(...target));
  return { x: brightest % SIDE, y: Math.floor(brightest / SIDE), ink: target[brightest] };
}

Deno.test("the largest shift, rotation, scaling and shear are as specified", () => {
  assert.deepEqual(follow("translation(3)", always(1), 10, 12), { x: 7, y: 9, ink: 200 });
  // The centre is at (14, 14); a quarter turn moves 5 to the right to 5 above or below.
  assert.deepEqual(follow("rotation(90)", always(1), 19, 14), { x: 14, y: 9, ink: 200 });
  assert.deepEqual(follow("rotation(90)", always(0), 19, 14), { x: 14, y: 19, ink: 200 });
  assert.deepEqual(follow("scaling(50)", always(1), 18, 12), { x: 20, y: 11, ink: 200 });
  // 45 degrees: a row is shifted by its distance from the centre.
  assert.deepEqual(follow("shear(45)", always(0), 14, 9), { x: 9, y: 9, ink: 200 });
  assert.deepEqual(follow("rotation(90) + scaling(50)", always(0.5), 20, 3), {
    x: 20,
    y: 3,
    ink: 200,
  });
});

Deno.test("tilt spares 1 and 7, as Cireşan et al. do", () => {
  assert.deepEqual(
    follow("tilt(45, 0)", always(0), 14, 9, 3),
    follow("rotation(45)", always(0), 14, 9),
  );
  assert.deepEqual(follow("tilt(45, 0)", always(0), 14, 9, 1), { x: 14, y: 9, ink: 200 });
  assert.deepEqual(follow("tilt(45, 0)", always(0), 14, 9, 7), { x: 14, y: 9, ink: 200 });
});

Deno.test("none, and distortions of size zero, change no byte", () => {
  for (const nothing of ["none", "rotation(0) + shear(0) + scaling(0)", "elastic(4, 0)"]) {
    const target = new Uint8Array(SIDE * SIDE);
    augmenter(nothing, randomStream(1, "augment"))(imageAt(train, 0), target, 0);
    assert.deepEqual(target, Uint8Array.from(imageAt(train, 0)), nothing);
  }
});

Deno.test("the same stream gives the same bits, pinned", () => {
  const expected = {
    [SIMARD_AFFINE]: "d1734112c57d5d272f09e19ba465b1673349feaeeeac4b7f5806e3367898418b",
    [SIMARD_ELASTIC]: "237e7209cb3629b221acfd545eff2bd48daa0199fb77eaf39bb9b62660474ca2",
    [CIRESAN]: "79b7192b6dd577c44bc35e01418d575d74102260afd3113ec76d9b48d46e9338",
  };
  const actual = Object.fromEntries(
    Object.keys(expected).map((specification) => {
      const distort = augmenter(specification, randomStream(1, "augment"));
      const targets = new Uint8Array(train.pixels.length);
      for (let i = 0; i < train.count; i++) {
        distort(imageAt(train, i), targets.subarray(i * 784, (i + 1) * 784), train.labels[i]);
      }
      return [specification, sha256(targets)];
    }),
  );
  assert.deepEqual(actual, expected);
});

Deno.test("the source is not changed, and distortions keep most of the ink", () => {
  const distort = augmenter(CIRESAN, randomStream(1, "augment"));
  const target = new Uint8Array(SIDE * SIDE);
  let before = 0, after = 0;
  for (let i = 0; i < train.count; i++) {
    const source = imageAt(train, i), copy = source.slice();
    distort(source, target, train.labels[i]);
    assert.deepEqual(source, copy);
    before += source.reduce((sum, ink) => sum + ink, 0);
    after += target.reduce((sum, ink) => sum + ink, 0);
  }
  assert.ok(Math.abs(after / before - 1) < 0.1, `${after / before}`);
});

Deno.test("a specification may have any order and spaces", () => {
  assert.deepEqual(parseAugmentation("none").value, {});
  assert.deepEqual(parseAugmentation("elastic(4,34)+ rotation( 15 )").value, {
    rotation: 15,
    elastic: { sigma: { from: 4, to: 4 }, alpha: { from: 34, to: 34 } },
  });
  assert.deepEqual(parseAugmentation(CIRESAN).value, {
    tilt: { degrees: 15, degreesOf1And7: 7.5 },
    scaling: 17.5,
    elastic: { sigma: { from: 5, to: 6 }, alpha: { from: 36, to: 38 } },
  });
  // In canonical form, so that equal distortions are the same trial.
  assert.equal(
    parseAugmentation("elastic(4,34)+ rotation( 1.5e+1 )").text,
    "rotation(15) + elastic(4, 34)",
  );
  assert.equal(parseAugmentation(CIRESAN).text, CIRESAN);
  assert.equal(parseAugmentation(SIMARD_AFFINE).text, SIMARD_AFFINE);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1790 }), fc.integer({ min: 0, max: 890 }), (a, b) => {
      assert.deepEqual(parseAugmentation(`scaling(${b / 10}) + rotation(${a / 10})`).value, {
        rotation: a / 10,
        scaling: b / 10,
      });
    }),
  );
});

Deno.test("invalid terms are named", () => {
  for (
    const [specification, message] of [
      ["", /^augment must be one of none, rotation\(degrees\), .*, got ""$/],
      ["blur(3)", /one of .*, got "blur\(3\)"$/],
      ["toString(3)", /one of .*, got "toString\(3\)"$/],
      ["rotation", /^augment must be written rotation\(degrees\): .*, below 180; got "rotation"$/],
      [
        "rotation(1) + rotation(2)",
        /each distortion once, .* got "rotation\(1\) \+ rotation\(2\)"$/,
      ],
      ["rotation(180)", /below 180; got "rotation\(180\)"$/],
      ["rotation(1, 2)", /must be written rotation/],
      ["tilt(15)", /must be written tilt/],
      ["shear(5) + elastic(4)", /must be written elastic.* got "elastic\(4\)"$/],
      ["elastic(6, 5, 3, 3)", /must be written elastic/],
      ["elastic(5, 6, 3)", /must be written elastic/],
      ["elastic(0.5, 34)", /σ from 1 to 50/],
      ["scaling(-5)", /must be written scaling/],
      ["none + scaling(5)", /none by itself/],
    ] as const
  ) {
    assert.throws(() => parseAugmentation(specification), { name: "UserError", message });
  }
  fc.assert(fc.property(fc.string(), (text) => {
    try {
      parseAugmentation(text);
    } catch (error) {
      assert.equal((error as Error).name, "UserError");
    }
  }));
});
