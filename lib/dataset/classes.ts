import { usageError, UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";
import type { Samples } from "./dataset.ts";

/**
 * The classes of a dataset: their number, or their names in the order of the labels. If only the number is
 * given, the names are those in the data, otherwise the labels.
 */
export type Classes = number | readonly string[];

/** Maximum number of classes: a label is one byte. */
export const MOST_CLASSES = 256;
/** Maximum length of a class name, in characters. */
const LONGEST_NAME = 100;

/** Returns the default class names "0", "1", …. */
export function indexNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, label) => String(label));
}

/** Returns `true` if classes are named by their labels. */
export function areIndexNames(names: readonly string[]): boolean {
  return names.every((name, label) => name === String(label));
}

/**
 * Returns a class name for display: trimmed, with control characters escaped.
 *
 * @returns `undefined` if it is empty or longer than 100 characters
 */
export function className(text: string): string | undefined {
  const name = visible(text.trim());
  return name === "" || name.length > LONGEST_NAME ? undefined : name;
}

/**
 * Returns the names of classes.
 *
 * @throws {UserError} (wrong usage) if there are none or more than 256, or two have the same name
 */
export function classNames(classes: Classes): readonly string[] {
  const names = typeof classes === "number" ? undefined : classes.map((name) => className(name));
  const count = names?.length ?? classes as number;
  if (!(Number.isInteger(count) && count >= 1 && count <= MOST_CLASSES)) {
    throw usageError(`classes must be a number from 1 to ${MOST_CLASSES} or as many names`);
  }
  if (names === undefined) return indexNames(count);
  const wrong = names.findIndex((name, c) => name === undefined || names.indexOf(name) < c);
  if (wrong < 0) return names as string[];
  throw usageError(
    `classes: ${JSON.stringify((classes as readonly string[])[wrong])} in place ${wrong + 1}, ` +
      `expected different names of 1 to ${LONGEST_NAME} characters`,
  );
}

/** Formats a list of names for a message, shortened if it is long. */
export function listOf(names: readonly string[]): string {
  return names.length <= 30
    ? names.join(", ")
    : `${names.slice(0, 29).join(", ")}, … (${names.length})`;
}

/**
 * Returns the samples with labels that index another list of classes, matched by name.
 *
 * @param path name of the samples, for error messages
 * @throws {UserError} naming a class that is not in the other list
 */
export function relabel(
  path: string,
  samples: Samples,
  from: readonly string[],
  to: readonly string[],
): Samples {
  if (from.every((name, label) => name === to[label])) return samples;
  const places = from.map((name) => to.indexOf(name));
  const unknown = [...new Set(samples.labels)].find((label) => places[label] < 0);
  if (unknown !== undefined) {
    throw new UserError(
      `${path}: the class ${from[unknown]} is not among the classes ${listOf(to)}`,
    );
  }
  const labels = new Uint8Array(new SharedArrayBuffer(samples.count));
  labels.set(samples.labels.map((label) => places[label]));
  return { ...samples, labels };
}
