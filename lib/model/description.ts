/**
 * What a file of weights says beside its numbers: the functions between them. This project writes it
 * into every file; a file from elsewhere lacks it, and then it is asked for or assumed aloud.
 * @module
 */

import { formsOf } from "../base/call_syntax.ts";
import { UserError } from "../base/user_error.ts";
import { type Activation, ACTIVATIONS, parseActivation } from "../kernel/activations.ts";
import { type Architecture, type Loss, LOSSES } from "../network/architecture.ts";
import { type Orientation, ORIENTATIONS } from "./named_arrays.ts";

/** What a file may leave open, said by whoever reads it. It prevails over what the file says. */
export interface ModelOptions {
  /** The hidden layers' function, or a list with one per hidden layer. */
  readonly activation?: Activation | readonly Activation[];
  /** The function of the output scores, before softmax. */
  readonly outputActivation?: Activation;
  readonly loss?: Loss;
  /** Which index of W counts the inputs, where the shapes do not tell. */
  readonly orientation?: Orientation;
}

/** An architecture as a file states it, and how that file keeps W. */
export interface Description extends Architecture {
  readonly orientation?: Orientation;
}

/** The functions taken for granted where neither the file nor the reader says. */
export interface Assumptions {
  readonly activation: Activation;
  readonly outputActivation: Activation;
}

/** The description as JSON, one line. */
export function writeDescription(architecture: Architecture, orientation?: Orientation): string {
  const { layers, activations, loss } = architecture;
  return JSON.stringify({ layers, activations, loss, orientation });
}

/**
 * Reads a description.
 *
 * @param where how errors name its place, e.g. `model.npz, architecture`
 * @throws {UserError} naming the field that is missing or not what it should be
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
  const { layers, activations, leakySlope, loss, orientation } = parsed as Record<string, unknown>;
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
  check("loss", loss, LOSSES.includes(loss as Loss), `one of ${LOSSES.join(", ")}`);
  const oriented = orientation === undefined || ORIENTATIONS.includes(orientation as Orientation);
  check("orientation", orientation, oriented, `one of ${ORIENTATIONS.join(", ")}`);
  return {
    layers: layers as number[],
    activations: functions!,
    loss: loss as Loss,
    ...(orientation !== undefined && { orientation: orientation as Orientation }),
  };
}

/**
 * Activations in their one form, or `undefined` when one of them is none.
 *
 * @param leakySlope what older files have in place of the number in `leakyRelu(0.1)`
 */
function activationsIn(activations: unknown, leakySlope: unknown): Activation[] | undefined {
  if (!Array.isArray(activations)) return undefined;
  try {
    return activations.map((text) =>
      parseActivation(
        text === "leakyRelu" && leakySlope !== undefined
          ? `leakyRelu(${leakySlope})`
          : String(text),
      ).text
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/**
 * The architecture of a file's numbers: what the reader says, else what the file says, else what is
 * assumed. Every difference and every assumption comes back as a sentence to be shown.
 *
 * @param layers units per layer, as the numbers have them
 * @throws {UserError} when the file's description or the options do not fit the numbers
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
      `${path}: its architecture says layers ${
        description.layers.join("-")
      }, but its numbers are ` +
        `those of ${layers.join("-")}; are some of them left over from another model?`,
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

/** What was assumed, for a file that does not say; nothing when the reader said it all. */
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
    : `${path} does not say with which functions it was trained; assumed: ${assumed.join(", ")}`;
}

/** Where the reader overruled the file. */
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
    : `${path} says otherwise, but as asked: ${differences.join("; ")}`;
}
