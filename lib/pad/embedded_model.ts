import type {
  Architecture,
  ImageKind,
  LayerParameters,
  Model,
  NormalizerParameters,
} from "../network/architecture.ts";

/** A model as text to embed in a page: JSON with the numbers in base64. */
interface EmbeddedModel {
  readonly architecture: Architecture;
  readonly images?: ImageKind;
  readonly precision: 32 | 64;
  readonly parameters: readonly LayerOf<string>[];
}

type Numbers = LayerParameters["weights"];

/** Encodes a model as text without `<`, safe in a page; {@linkcode decodeModel} reads it. */
export function encodeModel({ architecture, images, parameters }: Model): string {
  const wide = parameters.some(({ weights }) => weights instanceof Float64Array);
  const toBase64 = (numbers: Numbers) => {
    const typed = wide ? Float64Array.from(numbers) : Float32Array.from(numbers);
    return new Uint8Array(typed.buffer).toBase64();
  };
  const embedded: EmbeddedModel = {
    architecture,
    images,
    precision: wide ? 64 : 32,
    parameters: parameters.map((layer) => mapArrays(layer, toBase64)),
  };
  // A class may have any name.
  return JSON.stringify(embedded).replaceAll("<", "\\u003c");
}

/** Decodes the text of {@linkcode encodeModel}, exact to the bit. */
export function decodeModel(text: string): Model {
  const { architecture, images, precision, parameters }: EmbeddedModel = JSON.parse(text);
  const numbers = (base64: string) => {
    // Uint8Array.fromBase64 is too new for many phones.
    const { buffer } = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return precision === 64 ? new Float64Array(buffer) : new Float32Array(buffer);
  };
  return {
    architecture,
    ...(images && { images }),
    parameters: parameters.map((layer) => mapArrays(layer, numbers)),
  };
}

/** The parameters of a layer, each array as a `T`. */
interface LayerOf<T> {
  readonly weights: T;
  readonly biases: T;
  readonly normalizer?: { readonly [Name in keyof NormalizerParameters]: T };
}

function mapArrays<From, To>(
  { weights, biases, normalizer }: LayerOf<From>,
  convert: (array: From) => To,
): LayerOf<To> {
  return {
    weights: convert(weights),
    biases: convert(biases),
    ...(normalizer && {
      normalizer: {
        scales: convert(normalizer.scales),
        mean: convert(normalizer.mean),
        variance: convert(normalizer.variance),
      },
    }),
  };
}
