import { UserError } from "../base/user_error.ts";
import type { Model } from "../network/architecture.ts";
import type { Figure, Heading } from "./figure.ts";
import { pixelMaps } from "./pixel_maps.ts";
import type { TileOptions } from "./picture.ts";

/** Which units of the first layer are drawn, and how. */
export interface WeightMapOptions extends TileOptions, Partial<Heading> {
  /** The units; the first 40 unless given. */
  readonly units?: readonly number[];
  /** The weight with the darkest colour; the largest there is unless given. */
  readonly limit?: number;
  /** Pixels in a row of an image; the inputs are taken as a square unless given. */
  readonly imageWidth?: number;
}

/**
 * The weights into units of the first layer, each unit's as a picture of the size of the images:
 * where ink raises its sum (blue) and where it lowers it (red). All share one scale of colours.
 *
 * @throws {UserError} when the inputs are no rectangle of that width, or a unit does not exist
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
