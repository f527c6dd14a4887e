/**
 * Parameters as JSON: `{"W1": [[…], …], "b1": …}`, as Python's `json.dump({name: array.tolist() for
 * name, array in params.items()}, file)` writes.
 * @module
 */

import { UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";
import { decimal, fitsFloat32 } from "./decimal.ts";
import { MOST_DIMENSIONS, type NdArray, type NpyValue, valueOrError } from "./npy.ts";

/**
 * Reads named arrays from JSON, as float32 if all numbers are exact in it, else as float64.
 *
 * @returns by name: an array, a text (an object becomes its JSON), or an error for any other value
 * @throws {UserError} when the text is not a JSON object
 */
export function readParametersJson(
  text: string,
  path: string,
): Map<string, NpyValue | UserError> {
  const values = new Map<string, NpyValue | UserError>();
  for (const [key, value] of Object.entries(parseObject(text, path))) {
    const name = visible(key);
    values.set(name, valueOrError(() => namedValue(value, `${path}, ${name}`)));
  }
  const arrays = [...values].filter((pair): pair is [string, NdArray] => isArray(pair[1]));
  if (arrays.every(([, { data }]) => fitsFloat32(data))) {
    for (const [name, { shape, data }] of arrays) {
      values.set(name, { shape, data: Float32Array.from(data) });
    }
  }
  return values;
}

/**
 * Writes named arrays as JSON, a line per row of a matrix, with digits that round-trip.
 *
 * @param description a JSON object, put first under the name `architecture`
 * @throws {UserError} for NaN or an infinity, which JSON cannot represent
 */
export function writeParametersJson(
  arrays: ReadonlyMap<string, NdArray>,
  description: string,
  path: string,
): string {
  const lines = [`"architecture": ${description}`];
  for (const [name, { shape, data }] of arrays) {
    const infinite = data.findIndex((x) => !Number.isFinite(x));
    if (infinite >= 0) {
      throw new UserError(
        `${path}: ${name} contains ${
          data[infinite]
        } (number ${infinite}), which JSON cannot represent; ` +
          `save as .npz instead`,
      );
    }
    lines.push(`"${name}": ${nested(shape, data)}`);
  }
  return `{\n${lines.join(",\n")}\n}\n`;
}

function parseObject(text: string, path: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const hint = /\b(NaN|Infinity)\b/.test(text)
      ? "; it contains NaN or Infinity, which Python writes but JSON does not allow; use np.savez instead"
      : "";
    throw new UserError(`${path}: not valid JSON (${(error as Error).message})${hint}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new UserError(`${path}: expected an object {"W1": [[…]], "b1": […], …}`);
  }
  return parsed as Record<string, unknown>;
}

function namedValue(value: unknown, where: string): NpyValue {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return asJson(value, where);
  }
  const shape: number[] = [];
  for (let inner = value; Array.isArray(inner); inner = inner[0]) {
    if (shape.push(inner.length) > MOST_DIMENSIONS) {
      throw new UserError(
        `${where}: lists nested more than ${MOST_DIMENSIONS} deep, expected a matrix`,
      );
    }
  }
  const data: number[] = [];
  flatten(value, shape, where, data);
  return { shape, data: Float64Array.from(data) };
}

function asJson(value: object, where: string): string {
  try {
    return JSON.stringify(value);
  } catch {
    // The stack overflowed.
    throw new UserError(`${where}: objects nested too deeply`);
  }
}

/** Appends the numbers of nested lists, row by row, checking that all rows have the same length. */
function flatten(value: unknown, shape: readonly number[], where: string, out: number[]): void {
  if (shape.length === 0) {
    // JSON.parse gives Infinity for 1e999.
    if (!Number.isFinite(value)) {
      throw new UserError(`${where}: ${short(value)}, expected a finite number`);
    }
    out.push(value as number);
    return;
  }
  if (!Array.isArray(value) || value.length !== shape[0]) {
    const got = Array.isArray(value) ? `a list of ${value.length}` : short(value);
    throw new UserError(`${where}: ${got}, expected a list of ${shape[0]} as in its first row`);
  }
  value.forEach((item, i) => flatten(item, shape.slice(1), `${where}[${i}]`, out));
}

function isArray(value: NpyValue | UserError): value is NdArray {
  return typeof value !== "string" && !(value instanceof UserError);
}

function short(value: unknown): string {
  return typeof value === "number"
    ? String(value)
    : (Array.isArray(value) ? "a list" : JSON.stringify(value).slice(0, 40));
}

/** Formats a vector on one line, a matrix with a line per row. */
function nested(shape: readonly number[], data: Float32Array | Float64Array): string {
  const row = (start: number, length: number) =>
    `[${Array.from(data.subarray(start, start + length), decimal).join(", ")}]`;
  if (shape.length === 1) return row(0, shape[0]);
  const rows = Array.from({ length: shape[0] }, (_, i) => row(i * shape[1], shape[1]));
  return shape[1] === 1 ? `[${rows.join(", ")}]` : `[\n${rows.join(",\n")}\n]`;
}
