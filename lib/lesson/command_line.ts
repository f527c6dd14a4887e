import type { Dataset } from "../dataset/dataset.ts";
import { DEFAULTS, entryOf, HYPERPARAMETERS, type Settings } from "../training/hyperparameters.ts";

/** The folder into which `deno task lesson --digits` writes the page's digits in its example. */
export const DIGITS_FOLDER = "lesson-digits";

/**
 * Returns the command that repeats a training, with the settings that differ from the defaults.
 *
 * @param dataset the dataset's name: `mnist`, or another for the digits of the page
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { commandLine } from "./command_line.ts";
 * assert.equal(
 *   commandLine({ optimizer: "adam", learningRate: 0.001, batchSize: 32 }, "mnist"),
 *   'deno task train --dataset mnist --optimizer adam --learning-rate 0.001',
 * );
 * ```
 */
export function commandLine(settings: Partial<Settings>, dataset: string): string {
  const flags = HYPERPARAMETERS.flatMap((name) => {
    const { value } = entryOf(name);
    if (!(name in settings)) return [];
    const text = String(value.cell(settings[name])), usual = String(value.cell(DEFAULTS[name]));
    if (text === usual) return [];
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return [`--${flag} ${/^[\w.,-]+$/.test(text) ? text : `"${text}"`}`];
  });
  return ["deno task train", `--dataset ${dataset}`, ...flags].join(" ");
}

/** What `--dataset` takes for the digits that the page trains on: MNIST itself, or the page's folder. */
export function datasetWord({ name, train }: Dataset): string {
  return name === "mnist" && train.count === 60_000 ? "mnist" : DIGITS_FOLDER;
}
