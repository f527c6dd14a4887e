import { usageError, UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";
import type { Samples } from "./dataset.ts";

/**
 * The classes of a dataset: how many there are, or their names in the order of the labels. Where only
 * the number is given, a class is called by its label, unless the data have names of their own.
 */
export type Classes = number | readonly string[];

/** The most classes: a label is one byte. */
export const MOST_CLASSES = 256;
/** The longest name of a class, in characters. */
const LONGEST_NAME = 100;

/** The names "0", "1", … of classes that have no other. */
export function indexNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, label) => String(label));
}

/** Whether classes are called by their labels. */
export function areIndexNames(names: readonly string[]): boolean {
  return names.every((name, label) => name === String(label));
}

/**
 * The name of a class as tables and pages show it: without spaces around it, control characters written
 * out.
 *
 * @returns `undefined` where it is empty or longer than 100 characters
 */
export function className(text: string): string | undefined {
  const name = visible(text.trim());
  return name === "" || name.length > LONGEST_NAME ? undefined : name;
}

/**
 * The names of classes.
 *
 * @throws {UserError} (wrong usage) when there are none or more than 256, or two have the same name
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

/** A list of names for a message, shortened where it is long. */
export function listOf(names: readonly string[]): string {
  return names.length <= 30
    ? names.join(", ")
    : `${names.slice(0, 29).join(", ")}, … (${names.length})`;
}

/**
 * Samples whose labels are indices into another list of classes, found by their names.
 *
 * @param path what errors call the samples
 * @throws {UserError} naming a class of the samples that is not in the other list
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
