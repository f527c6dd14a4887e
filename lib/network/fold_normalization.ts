import type { LayerParameters, Model } from "./architecture.ts";
import { type BatchNormalization, parseNormalization } from "./normalization.ts";

/**
 * Returns the model with its batch normalisations folded into weights and biases: W·γ/√(variance + ε) and
 * β − mean·γ/√(variance + ε). It gives the same outputs up to rounding: the numbers are computed in 64 bits
 * and rounded to the model's precision. A model without normalisation is returned as it is.
 */
export function foldNormalization(model: Model): Model {
  const { normalizations, ...architecture } = model.architecture;
  if (normalizations === undefined) return model;
  const parameters = model.parameters.map((layer, l): LayerParameters => {
    const { value } = parseNormalization(normalizations[l]);
    return value === null ? layer : foldLayer(layer, value);
  });
  return { ...model, architecture, parameters };
}

function foldLayer(
  { weights, biases, normalizer }: LayerParameters,
  { epsilon }: BatchNormalization,
): LayerParameters {
  const { scales, mean, variance } = normalizer!;
  const units = biases.length;
  const factor = (unit: number) => scales[unit] / Math.sqrt(variance[unit] + epsilon);
  return {
    weights: weights.map((weight, i) => weight * factor(i % units)) as typeof weights,
    biases: biases.map((bias, unit) => bias - mean[unit] * factor(unit)) as typeof biases,
  };
}
