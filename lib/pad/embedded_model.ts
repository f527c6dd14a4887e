import type { Architecture, ImageKind, LayerParameters, Model } from "../network/architecture.ts";

/** A model as text to embed in a page: JSON with the numbers in base64. */
interface EmbeddedModel {
  readonly architecture: Architecture;
  readonly images?: ImageKind;
  readonly precision: 32 | 64;
  readonly parameters: readonly { readonly weights: string; readonly biases: string }[];
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
    parameters: parameters.map(({ weights, biases }) => ({
      weights: toBase64(weights),
      biases: toBase64(biases),
    })),
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
    parameters: parameters.map(({ weights, biases }) => ({
      weights: numbers(weights),
      biases: numbers(biases),
    })),
  };
}
