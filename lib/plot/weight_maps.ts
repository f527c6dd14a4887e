import { UserError } from "../base/user_error.ts";
import type { Model } from "../network/architecture.ts";
import type { Figure, Heading } from "./figure.ts";
import { pixelMaps } from "./pixel_maps.ts";
import type { TileOptions } from "./picture.ts";

/** Options of {@linkcode weightMaps}. */
export interface WeightMapOptions extends TileOptions, Partial<Heading> {
  /** Indices of the units; defaults to the first 40. */
  readonly units?: readonly number[];
  /** Weight with the darkest colour; defaults to the largest magnitude. */
  readonly limit?: number;
  /** Pixels per row of an image; defaults to that of a square. */
  readonly imageWidth?: number;
}

/**
 * Draws the weights of units of the first layer as pictures of the images' size: ink raises the unit's sum in
 * blue areas and lowers it in red ones. All share one colour scale.
 *
 * @throws {UserError} if the inputs do not form a rectangle of that width, or a unit does not exist
 */
export function weightMaps(model: Model, options: WeightMapOptions = {}): Figure {
  const [inputs, units] = model.architecture.layers;
  const chosen = options.units ?? Array.from({ length: Math.min(units, 40) }, (_, unit) => unit);
  const missing = chosen.find((unit) => !(Number.isInteger(unit) && unit >= 0 && unit < units));
  if (missing !== undefined) {
    throw new UserError(`the first layer has units 0 to ${units - 1}, not ${missing}`);
  }
  const { weights } = model.parameters[0];
  const columns = chosen.map((unit) =>
    Float64Array.from({ length: inputs }, (_, input) => weights[input * units + unit])
  );
  return pixelMaps(columns, {
    title: "Weights into the first layer's units",
    subtitle: "blue: ink here raises the unit's sum; red: it lowers it",
    captions: chosen.map(String),
    ...options,
  });
}
