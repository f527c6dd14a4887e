import { usageError } from "../base/user_error.ts";

/** A value that is drawn anew for each image, uniform from `from` to `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** How images are distorted; what is absent is left as it is. */
export interface Augmentation {
  /** Rotation by an angle uniform in ±degrees. */
  readonly rotation?: number;
  /** Horizontal shear by an angle uniform in ±degrees: its tangent is the shift per row. */
  readonly shear?: number;
  /** Rotation or horizontal shear, by the toss of a coin, by an angle uniform in ±degrees. */
  readonly tilt?: {
    readonly degrees: number;
    /** For the classes 1 and 7, which a larger angle would make alike. */
    readonly degreesOf1And7: number;
  };
  /** Width and height each times a factor uniform in 1 ± percent/100. */
  readonly scaling?: number;
  /** A shift uniform in ±pixels, to the side and up or down. */
  readonly translation?: number;
  /** Smooth random displacements: see {@linkcode elasticField}. */
  readonly elastic?: {
    /** Standard deviation of the smoothing Gaussian, in pixels. */
    readonly sigma: Range;
    /** The factor on the smoothed displacements. */
    readonly alpha: Range;
  };
}

/**
 * The distortions of Simard, Steinkraus & Platt, "Best Practices for Convolutional Neural Networks
 * Applied to Visual Document Analysis" (2003): elastic with σ = 4 and α = 34. The paper pads MNIST to
 * 29×29 without scaling it, so σ and α, which are in pixels, hold for 28×28 as they are.
 */
export const SIMARD_ELASTIC = "elastic(4, 34)";

/**
 * Affine distortions in the place of Simard's: the paper names translation, rotation and skew but no
 * amounts, so these are a choice of this project.
 */
export const SIMARD_AFFINE = "rotation(10) + shear(10) + scaling(10) + translation(1)";

/**
 * The distortions of Cireşan, Meier, Gambardella & Schmidhuber, "Deep, Big, Simple Neural Nets for
 * Handwritten Digit Recognition" (2010): rotation or shear by ±15° (±7.5° for 1 and 7), scaling by
 * ±15 to 20 %, elastic with σ from 5 to 6 and α from 36 to 38.
 */
export const CIRESAN = "tilt(15, 7.5) + scaling(17.5) + elastic(5..6, 36..38)";

/** The words of a specification: how many numbers each takes and its largest ones. */
const TERMS: Record<string, readonly { name: string; below: number; range?: true }[]> = {
  rotation: [{ name: "degrees", below: 180 }],
  shear: [{ name: "degrees", below: 80 }],
  tilt: [{ name: "degrees", below: 80 }, { name: "degrees of 1 and 7", below: 80 }],
  scaling: [{ name: "percent", below: 90 }],
  translation: [{ name: "pixels", below: 1000 }],
  elastic: [
    { name: "sigma", below: 100, range: true },
    { name: "alpha", below: 10_000, range: true },
  ],
};

const USAGE = "expected none, or some of rotation(degrees), shear(degrees), " +
  "tilt(degrees, degrees of 1 and 7), scaling(percent), translation(pixels) and " +
  "elastic(sigma, alpha), joined by +";

/**
 * Reads a specification of distortions, a hyperparameter: `none`, or terms joined by `+`, each at
 * most once: `rotation(15) + scaling(15) + elastic(4, 34)`. σ and α may be ranges, `elastic(5..6,
 * 36..38)`. Spaces mean nothing; the order of the terms neither.
 *
 * @throws {UserError} naming the term that cannot be read
 *
 * @example
 * ```ts
 * import { parseAugmentation } from "./augmentation.ts";
 * console.assert(parseAugmentation("rotation(15)").rotation === 15);
 * ```
 */
export function parseAugmentation(specification: string): Augmentation {
  const text = specification.replaceAll(/\s+/g, "");
  if (text === "none") return {};
  const found: Record<string, Range[]> = {};
  for (const term of text.split("+")) {
    const [, word, inside] = /^([a-z]+)\((.*)\)$/.exec(term) ?? [];
    if (!Object.hasOwn(TERMS, word ?? "")) {
      throw usageError(`augmentation "${specification}": cannot read "${term}"; ${USAGE}`);
    }
    if (found[word]) throw usageError(`augmentation "${specification}": ${word} stands twice`);
    const numbers = inside.split(",");
    if (numbers.length !== TERMS[word].length) {
      const names = TERMS[word].map(({ name }) => name).join(", ");
      throw usageError(`augmentation "${specification}": ${word} takes (${names}), got "${term}"`);
    }
    found[word] = TERMS[word].map((parameter, i) =>
      parseRange(numbers[i], parameter, `augmentation "${specification}": ${word}'s`)
    );
  }
  return fromTerms(found, specification);
}

/** A number, or two joined by `..` where a range may stand. */
function parseRange(
  text: string,
  { name, below, range }: { name: string; below: number; range?: true },
  where: string,
): Range {
  const parts = range ? text.split("..") : [text];
  const [from, to = from] = parts.map((part) => /^\d+(\.\d+)?$/.test(part) ? Number(part) : NaN);
  if (parts.length > 2 || !(from >= 0 && from <= to && to < below)) {
    throw usageError(
      `${where} ${name} must be a number from 0 to below ${below}` +
        `${range ? " or a range a..b of them" : ""}, got "${text}"`,
    );
  }
  return { from, to };
}

function fromTerms(terms: Record<string, Range[]>, specification: string): Augmentation {
  const { rotation, shear, tilt, scaling, translation, elastic } = terms;
  if (elastic && elastic[0].from < 1) {
    throw usageError(
      `augmentation "${specification}": elastic's sigma must be 1 or more: below, the field is noise`,
    );
  }
  return {
    ...(rotation && { rotation: rotation[0].to }),
    ...(shear && { shear: shear[0].to }),
    ...(tilt && { tilt: { degrees: tilt[0].to, degreesOf1And7: tilt[1].to } }),
    ...(scaling && { scaling: scaling[0].to }),
    ...(translation && { translation: translation[0].to }),
    ...(elastic && { elastic: { sigma: elastic[0], alpha: elastic[1] } }),
  };
}
