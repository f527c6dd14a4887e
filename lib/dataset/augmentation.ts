import {
  type Kind,
  type Kinds,
  type Made,
  makeFrom,
  splitOutsideBrackets,
} from "../base/call_syntax.ts";
import { usageError } from "../base/user_error.ts";

/** A value drawn for each image, uniform from `from` to `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The distortions of images; absent ones are not applied. */
export interface Augmentation {
  /** Rotation by an angle uniform in ±degrees. */
  readonly rotation?: number;
  /** Horizontal shear by an angle uniform in ±degrees: its tangent is the shift per row. */
  readonly shear?: number;
  /** Rotation or horizontal shear with equal probability, by an angle uniform in ±degrees. */
  readonly tilt?: {
    readonly degrees: number;
    /** For the classes 1 and 7, which a larger angle would make too similar. */
    readonly degreesOf1And7: number;
  };
  /** Width and height, each scaled by a factor uniform in 1 ± percent/100. */
  readonly scaling?: number;
  /** A shift uniform in ±pixels, horizontally and vertically. */
  readonly translation?: number;
  /** Smooth random displacements: see {@linkcode elasticField}. */
  readonly elastic?: {
    /** Standard deviation of the smoothing Gaussian, in pixels. */
    readonly sigma: Range;
    /** Factor on the smoothed displacements. */
    readonly alpha: Range;
  };
}

/**
 * The distortions of Simard, Steinkraus & Platt, "Best Practices for Convolutional Neural Networks
 * Applied to Visual Document Analysis" (2003): elastic with σ = 4 and α = 34. The paper pads MNIST to
 * 29×29 without scaling, so σ and α, which are in pixels, also apply to 28×28.
 */
export const SIMARD_ELASTIC = "elastic(4, 34)";

/**
 * Affine distortions in place of Simard's: the paper names translation, rotation and skew but gives no
 * amounts, so this project chose them.
 */
export const SIMARD_AFFINE = "rotation(10) + shear(10) + scaling(10) + translation(1)";

/**
 * The distortions of Cireşan, Meier, Gambardella & Schmidhuber, "Deep, Big, Simple Neural Nets for
 * Handwritten Digit Recognition" (2010): rotation or shear by ±15° (±7.5° for 1 and 7), scaling by
 * ±15 to 20 %, elastic with σ from 5 to 6 and α from 36 to 38.
 */
export const CIRESAN = "tilt(15, 7.5) + scaling(17.5) + elastic(5, 6, 36, 38)";

const only = (more: readonly number[], holds: boolean) => more.length === 0 && holds || undefined;

/** A distortion with non-negative numbers. */
const distortion = (
  form: string,
  help: string,
  make: (args: readonly number[]) => Augmentation | undefined,
  source?: string,
): Kind<Augmentation> => ({
  form,
  help,
  source,
  make: (...args) => args.every((arg) => arg >= 0) ? make(args) : undefined,
});

const SIMARD =
  "Simard, Steinkraus & Platt 2003, Best Practices for Convolutional Neural Networks, " +
  "section 2";

/** The distortions, by the name of their field in {@linkcode Augmentation}. */
export const DISTORTIONS: Kinds<Augmentation> = {
  none: { form: "none", help: "images as they are", make: (...more) => only(more, true) && {} },
  rotation: distortion(
    "rotation(degrees)",
    "by an angle in ±degrees, below 180",
    ([degrees, ...more]) => only(more, degrees < 180) && { rotation: degrees },
    SIMARD,
  ),
  shear: distortion(
    "shear(degrees)",
    "sideways by an angle in ±degrees, below 80",
    ([degrees, ...more]) => only(more, degrees < 80) && { shear: degrees },
    SIMARD,
  ),
  tilt: distortion(
    "tilt(degrees, degrees of 1 and 7)",
    "rotation or shear in ±degrees, below 80",
    ([degrees, degreesOf1And7, ...more]) =>
      only(more, degrees < 80 && degreesOf1And7 < 80) && { tilt: { degrees, degreesOf1And7 } },
    "Cireşan, Meier, Gambardella & Schmidhuber 2010, Deep, Big, Simple Neural Nets, section 3",
  ),
  scaling: distortion(
    "scaling(percent)",
    "width and height each by ±percent, below 90",
    ([percent, ...more]) => only(more, percent < 90) && { scaling: percent },
    "Cireşan et al. 2010, section 3",
  ),
  translation: distortion(
    "translation(pixels)",
    "by ±pixels, below 1000, each way",
    ([pixels, ...more]) => only(more, pixels < 1000) && { translation: pixels },
    SIMARD,
  ),
  elastic: distortion(
    "elastic(σ, α)",
    "smooth, σ from 1 to 50; ranges: elastic(σ from, to, α from, to)",
    (args) => {
      const [from, to, alphaFrom, alphaTo, ...more] = args.length === 2
        ? [args[0], args[0], args[1], args[1]]
        : args;
      return only(more, 1 <= from && from <= to && to <= 50 && alphaFrom <= alphaTo) &&
        { elastic: { sigma: { from, to }, alpha: { from: alphaFrom, to: alphaTo } } };
    },
    SIMARD,
  ),
};

/**
 * Parses a specification of distortions: `none`, or terms joined by `+`, each at most once:
 * `rotation(15) + scaling(15) + elastic(4, 34)`. σ and α may be ranges: `elastic(5, 6, 36, 38)` draws σ
 * from 5 to 6 and α from 36 to 38. The order of the terms does not matter.
 *
 * @throws {UserError} naming the invalid term
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseAugmentation } from "./augmentation.ts";
 * assert(parseAugmentation("rotation(15)").value.rotation === 15);
 * ```
 */
export function parseAugmentation(
  specification: string,
): Pick<Made<Augmentation>, "text" | "value"> {
  const order = Object.keys(DISTORTIONS);
  const terms = splitOutsideBrackets(specification, "+")
    .map((term) => makeFrom("augment", DISTORTIONS, term))
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const repeated = terms.find(({ name }, i) =>
    i > 0 && (name === terms[i - 1].name || terms[0].name === "none")
  );
  if (repeated !== undefined) {
    throw usageError(
      `augment must have each distortion once, and none by itself, got ` +
        JSON.stringify(specification),
    );
  }
  return {
    text: terms.map(({ text }) => text).join(" + "),
    value: Object.assign({}, ...terms.map(({ value }) => value)),
  };
}
