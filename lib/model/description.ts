/**
 * The architecture stored in a model file: activations and loss. This project writes it into every
 * file; files from other programs lack it, and then options or reported assumptions fill in.
 * @module
 */

import { formsOf } from "../base/call_syntax.ts";
import { UserError } from "../base/user_error.ts";
import { className } from "../dataset/classes.ts";
import { type Activation, ACTIVATIONS, parseActivation } from "../kernel/activations.ts";
import type { Architecture, ImageKind, Model } from "../network/architecture.ts";
import { type Loss, LOSSES } from "../network/loss.ts";
import {
  type Normalization,
  NORMALIZATIONS,
  parseNormalization,
} from "../network/normalization.ts";
import { type Orientation, ORIENTATIONS } from "./named_arrays.ts";

/** Properties that a file may not specify. They take precedence over the file. */
export interface ModelOptions {
  /** The activation of the hidden layers, or a list with one per hidden layer. */
  readonly activation?: Activation | readonly Activation[];
  /** The activation of the output scores, before softmax. */
  readonly outputActivation?: Activation;
  readonly loss?: Loss;
  /** The orientation of W, where the shapes are ambiguous. */
  readonly orientation?: Orientation;
}

/** An architecture as stored in a file, with the file's orientation of W. */
export interface Description extends Architecture {
  readonly orientation?: Orientation;
  /** The images that it is for. */
  readonly images?: ImageKind;
}

/** The activations assumed where neither the file nor the options specify them. */
export interface Assumptions {
  readonly activation: Activation;
  readonly outputActivation: Activation;
}

/** Formats the description as one line of JSON. */
export function writeDescription(
  { architecture, images }: Pick<Model, "architecture" | "images">,
  orientation?: Orientation,
): string {
  const { layers, activations, loss, normalizations } = architecture;
  return JSON.stringify({ layers, activations, loss, normalizations, orientation, images });
}

/**
 * Parses a description.
 *
 * @param where its location for errors, e.g. `model.npz, architecture`
 * @throws {UserError} naming the field that is missing or invalid
 */
export function readDescription(text: string, where: string): Description {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  if (typeof parsed !== "object" || parsed === null) {
    throw new UserError(`${where}: expected a JSON object, got ${text.slice(0, 100)}`);
  }
  const fields = parsed as Record<string, unknown>;
  const { layers, activations, leakySlope, loss, normalizations, orientation, images } = fields;
  const check = (field: string, value: unknown, valid: boolean, expected: string) => {
    if (valid) return;
    throw new UserError(`${where}: ${field} must be ${expected}, got ${JSON.stringify(value)}`);
  };
  const isSize = (size: unknown) => Number.isInteger(size) && (size as number) > 0;
  const sizes = Array.isArray(layers) && layers.length > 1 && layers.every(isSize);
  check("layers", layers, sizes, "two or more whole numbers above 0");
  const functions = activationsIn(activations, leakySlope);
  const fit = functions?.length === (layers as number[]).length - 1;
  check("activations", activations, fit, `one of ${formsOf(ACTIVATIONS)} per layer`);
  const knownLoss = typeof loss === "string" && Object.hasOwn(LOSSES, loss);
  check("loss", loss, knownLoss, `one of ${Object.keys(LOSSES).join(", ")}`);
  const normalized = normalizations === undefined ? undefined : normalizationsIn(normalizations);
  const normalizes = normalizations === undefined ||
    normalized?.length === (layers as number[]).length - 1;
  check(
    "normalizations",
    normalizations,
    normalizes,
    `one of ${formsOf(NORMALIZATIONS)} per layer`,
  );
  const oriented = orientation === undefined || ORIENTATIONS.includes(orientation as Orientation);
  check("orientation", orientation, oriented, `one of ${ORIENTATIONS.join(", ")}`);
  const kind = imageKindIn(images, layers as number[]);
  check(
    "images",
    images,
    images === undefined || kind !== undefined,
    "width, height, framed and the names of the classes, as many as the layers have units",
  );
  return {
    ...(kind && { images: kind }),
    layers: layers as number[],
    activations: functions!,
    loss: loss as Loss,
    ...(normalized && { normalizations: normalized }),
    ...(orientation !== undefined && { orientation: orientation as Orientation }),
  };
}

/** The images that a description names, or `undefined` where they do not fit the layers. */
function imageKindIn(images: unknown, layers: readonly number[]): ImageKind | undefined {
  const { width, height, classes, framed } = (images ?? {}) as Record<string, unknown>;
  if (!Number.isInteger(width) || !Number.isInteger(height) || !Array.isArray(classes)) return;
  const size = { width: width as number, height: height as number };
  const names = classes.map((name) => typeof name === "string" ? className(name) : undefined);
  const fits = size.width >= 1 && size.width * size.height === layers[0] &&
    names.length === layers[layers.length - 1] && typeof framed === "boolean" &&
    (!framed || size.width === 28 && size.height === 28) &&
    names.every((name, label) => name !== undefined && names.indexOf(name) === label);
  return fits ? { ...size, classes: names as string[], framed } : undefined;
}

/**
 * Activations in canonical form, or `undefined` when one is invalid.
 *
 * @param leakySlope the slope that older files store separately rather than as `leakyRelu(0.1)`
 */
function activationsIn(activations: unknown, leakySlope: unknown): Activation[] | undefined {
  return textsIn(activations, (text) =>
    parseActivation(
      text === "leakyRelu" && leakySlope !== undefined ? `leakyRelu(${leakySlope})` : text,
    ).text);
}

/** Normalisations in canonical form, or `undefined` when one is invalid. */
function normalizationsIn(normalizations: unknown): Normalization[] | undefined {
  return textsIn(normalizations, (text) => parseNormalization(text).text);
}

/** A list of texts in canonical form, or `undefined` when one is invalid. */
function textsIn<T>(list: unknown, parse: (text: string) => T): T[] | undefined {
  if (!Array.isArray(list)) return undefined;
  try {
    return list.map((text) => parse(String(text)));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/**
 * Determines the architecture from the options, else the file, else the assumptions. Every
 * difference and every assumption is returned as a notice to display.
 *
 * @param layers units per layer, from the shapes of the arrays
 * @throws {UserError} when the file's description or the options do not match the arrays
 */
export function resolveArchitecture(
  path: string,
  layers: readonly number[],
  description: Description | undefined,
  options: ModelOptions,
  assumed: Assumptions,
): { architecture: Architecture; notices: string[] } {
  if (description !== undefined && description.layers.join() !== layers.join()) {
    throw new UserError(
      `${path}: its architecture has layers ${description.layers.join("-")}, but its arrays are ` +
        `those of ${layers.join("-")}; are some of them from another model?`,
    );
  }
  const base: Architecture = description ?? {
    layers,
    activations: activationsOf(layers, assumed.activation, assumed.outputActivation),
    loss: "crossEntropy",
  };
  const said = options.activation;
  if (said !== undefined && typeof said !== "string" && said.length !== layers.length - 2) {
    throw new UserError(
      `${path}: ${said.length} hidden activations given, but ${layers.join("-")} has ` +
        `${layers.length - 2} hidden layers`,
    );
  }
  const architecture: Architecture = {
    layers,
    activations: activationsOf(
      layers,
      said ?? base.activations.slice(0, -1),
      options.outputActivation ?? base.activations.at(-1)!,
    ),
    loss: options.loss ?? base.loss,
    ...(base.normalizations && { normalizations: base.normalizations }),
  };
  const notice = description === undefined
    ? assumptionNotice(path, architecture, options)
    : differenceNotice(path, description, architecture);
  return { architecture, notices: notice === undefined ? [] : [notice] };
}

function activationsOf(
  layers: readonly number[],
  hidden: Activation | readonly Activation[],
  output: Activation,
): Activation[] {
  const list = typeof hidden === "string"
    ? new Array<Activation>(layers.length - 2).fill(hidden)
    : hidden;
  return [...list, output].map((text) => parseActivation(text).text);
}

/** Names the assumptions; `undefined` when the options specify everything. */
function assumptionNotice(
  path: string,
  { activations, loss }: Architecture,
  options: ModelOptions,
): string | undefined {
  const assumed: string[] = [];
  const [hidden, output] = [activations.slice(0, -1), activations.at(-1)];
  if (options.activation === undefined && hidden.length > 0) {
    assumed.push(`${hidden[0]} in the hidden layers (--activation)`);
  }
  if (options.outputActivation === undefined) {
    assumed.push(`${output} on the output scores (--output-activation)`);
  }
  if (options.loss === undefined) assumed.push(`the loss ${loss} (--loss)`);
  return assumed.length === 0
    ? undefined
    : `${path} does not specify its activations or loss; assumed: ${assumed.join(", ")}`;
}

/** Names the options that differ from the file. */
function differenceNotice(
  path: string,
  description: Description,
  architecture: Architecture,
): string | undefined {
  const fields = ["activations", "loss"] as const;
  const differences = fields
    .filter((field) => String(description[field]) !== String(architecture[field]))
    .map((field) => `${field} ${architecture[field]} instead of ${description[field]}`);
  return differences.length === 0
    ? undefined
    : `${path}: overridden by options: ${differences.join("; ")}`;
}
