import { centralDifference } from "../base/central_difference.ts";
import { numberText } from "../base/number_text.ts";
import { escapeXml, jupyterDisplay } from "../plot/figure.ts";

/** The verdict on an answer, which displays itself as a cell's value. */
export interface Verdict {
  /** `open` if there is no answer yet. */
  readonly status: "right" | "wrong" | "open";
  readonly message: string;
  [jupyterDisplay](): Record<string, string>;
}

/** Feedback of an exercise. */
export interface Exercise {
  /** A hint for a wrong answer, without the solution. */
  readonly hint?: string;
  /** The comment on a right answer: what the number means. */
  readonly praise?: string;
}

/** Feedback of an exercise with a numeric answer. */
export interface NumberExercise extends Exercise {
  /** Known wrong answers and the hint for each. */
  readonly mistakes?: readonly (readonly [value: number, hint: string])[];
  /** The largest relative error that counts as right; defaults to 0.001. */
  readonly tolerance?: number;
}

/** Feedback of an exercise whose answer is a gradient. */
export interface GradientExercise extends Exercise {
  /** Names of the parameters, such as w1; default to "slope 0", "slope 1", …. */
  readonly names?: readonly string[];
  /** Known wrong gradients and the hint for each. */
  readonly mistakes?: readonly (readonly [slopes: Slopes, hint: string])[];
}

/** A function of some parameters. */
export type Loss = (parameters: number[]) => number;

/** A gradient: one slope per parameter. `NaN` means "not answered yet". */
export type Slopes = (parameters: number[]) => number[];

/** Checks of the exercises' answers, with hints. */
export const check = { value, gradient, that };

/**
 * Checks that the answer is the expected number.
 *
 * @param answer NaN if there is none yet
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { check } from "./check.ts";
 * const { status, message } = check.value(-6, 6, { mistakes: [[-6, "mind the sign"]] });
 * assert(status === "wrong" && message.includes("Mind the sign"));
 * ```
 */
function value(answer: number, expected: number, exercise: NumberExercise = {}): Verdict {
  const { mistakes = [], tolerance = 1e-3, hint } = exercise;
  if (typeof answer !== "number") {
    return verdict("wrong", { hint: notANumber("the answer", answer) });
  }
  if (Number.isNaN(answer)) return verdict("open", exercise);
  if (isNear(answer, expected, tolerance)) return verdict("right", exercise);
  const mistake = mistakes.find(([wrong]) => isNear(answer, wrong, tolerance))?.[1];
  return verdict("wrong", { hint: mistake ?? familiarMistake(answer, expected) ?? hint });
}

/**
 * Checks that `slopes` returns the gradient of `loss`, by comparison with central differences at
 * each of the places.
 *
 * @param places parameters at which to compare
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { check } from "./check.ts";
 * const loss = ([w]: number[]) => (w - 3) ** 2;
 * assert(check.gradient(([w]) => [2 * (w - 3)], loss, [[0], [5]]).status === "right");
 * assert(check.gradient(([w]) => [w - 3], loss, [[0], [5]]).status === "wrong");
 * ```
 */
function gradient(
  slopes: Slopes,
  loss: Loss,
  places: readonly (readonly number[])[],
  exercise: GradientExercise = {},
): Verdict {
  const { mistakes = [] } = exercise;
  for (const place of places) {
    const { answers, fault } = answersAt(slopes, place, exercise);
    if (fault !== undefined) return verdict("wrong", { hint: fault });
    const differences = place.map((x, i) =>
      centralDifference((moved) => loss(place.with(i, moved)), x)
    );
    const missing = answers.flatMap((answer, i) => Number.isNaN(answer) ? [i] : []);
    const wrong = answers.findIndex((answer, i) =>
      !Number.isNaN(answer) && !isNear(answer, differences[i], 1e-4)
    );
    if (missing.length === answers.length && /\bNaN\b/.test(String(slopes))) {
      return verdict("open", exercise);
    }
    if (wrong >= 0) {
      const which = nameOf(wrong, place.length, exercise.names);
      const said = `at (${
        place.map((parameter) => numberText(parameter, 6)).join(", ")
      }) ${which} ` +
        `is ${numberText(differences[wrong], 6)} by central difference, yours ` +
        `${numberText(answers[wrong], 6)}`;
      // What is still open does not hide a mistake in the rest.
      const given = (numbers: readonly number[]) =>
        numbers.filter((_, i) => !Number.isNaN(answers[i]));
      const known = mistakes.find(([mistaken]) =>
        areNear(given(answers), given(mistaken([...place])))
      )?.[1];
      const hint = known ?? mistakeOfAll(given(answers), given(differences)) ??
        familiarMistake(answers[wrong], differences[wrong]) ?? exercise.hint;
      return verdict("wrong", { hint: hint === undefined ? said : `${said}; ${hint}` });
    }
    if (missing.length > 0) {
      return verdict("wrong", { hint: unfinished(missing, slopes, exercise) });
    }
  }
  return verdict("right", exercise);
}

/** What a function answers at a place, or why that is no list of numbers. */
function answersAt(
  slopes: Slopes,
  place: readonly number[],
  { names }: GradientExercise,
): { answers: number[]; fault?: string } {
  let answers: unknown;
  try {
    answers = slopes([...place]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { answers: [], fault: `your function stops with an error: ${message}` };
  }
  return { answers: answers as number[], fault: faultOfForm(answers, place.length, names) };
}

/** A fault of the list of slopes itself: not returned, of the wrong length, not of numbers. */
function faultOfForm(
  answers: unknown,
  count: number,
  names?: readonly string[],
): string | undefined {
  if (answers === undefined) return "your function returns nothing: is there a `return`?";
  if (!Array.isArray(answers)) {
    return `your function returns ${kindOf(answers)}, not a list of ${count} slopes: [ … ]`;
  }
  if (answers.length !== count) {
    return `the gradient has one slope for each of the ${count} parameters, yours has ${answers.length}`;
  }
  const i = answers.findIndex((answer) => typeof answer !== "number");
  return i < 0 ? undefined : notANumber(nameOf(i, count, names), answers[i]);
}

/** The words for slopes that are NaN although the others are right. */
function unfinished(
  missing: readonly number[],
  slopes: Slopes,
  { names }: GradientExercise,
): string {
  const which = missing.map((i) => nameOf(i, Infinity, names)).join(", ");
  return /\bNaN\b/.test(String(slopes))
    ? `what is there is right; still open: ${which}`
    : `${which}: NaN, which is not a number: a function of a number out of its range, 0 / 0, or ` +
      `something undefined on the way`;
}

function nameOf(i: number, count: number, names?: readonly string[]): string {
  const name = names?.[i];
  if (name !== undefined) return `the slope of ${name}`;
  return count === 1 ? "the slope" : `slope ${i}`;
}

function notANumber(what: string, value: unknown): string {
  return value === undefined
    ? `${what} is undefined: a forgotten \`return\`, or a name that is not there?`
    : `${what} is ${kindOf(value)}, not a number`;
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

/**
 * Checks that a condition holds.
 *
 * @param condition undefined if there is no answer yet
 */
function that(condition: boolean | undefined, exercise: Exercise = {}): Verdict {
  if (condition === undefined) return verdict("open", exercise);
  return verdict(condition ? "right" : "wrong", exercise);
}

function isNear(answer: number, expected: number, tolerance: number): boolean {
  const distance = Math.abs(answer - expected);
  return distance <= tolerance * Math.abs(expected) || (expected === 0 && distance <= tolerance) ||
    // Central differences of a slope near 0 have rounding errors.
    distance < 1e-9;
}

function areNear(answers: readonly number[], others: readonly number[]): boolean {
  return answers.every((answer, i) => isNear(answer, others[i], 1e-3));
}

/** Common mistakes that change all slopes: their order, their sign, their number of examples. */
function mistakeOfAll(answers: readonly number[], expected: readonly number[]): string | undefined {
  const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
  if (answers.length > 1 && areNear(sorted(answers), sorted(expected))) {
    return "the right numbers in another order: are rows and columns transposed?";
  }
  const all = (factor: number) => areNear(answers, expected.map((slope) => factor * slope));
  if (all(-1)) return "all signs are turned round: output minus target, or target minus output?";
  for (let count = 3; count <= 1000 && answers.length > 1; count++) {
    if (all(1 / count)) return `all are ${count} times too small: a mean instead of a sum?`;
    if (all(count)) return `all are ${count} times too large: a sum instead of a mean?`;
  }
}

/** Common mistakes in derivatives, recognised by the ratio of the answer to the result. */
function familiarMistake(answer: number, expected: number): string | undefined {
  const factors: [number, string][] = [
    [-1, "the sign is turned round"],
    [2, "yours is twice as large: is there a ½, or an average, to take into account?"],
    [0.5, "yours is half as large: a ½ too many, or a mean instead of a sum?"],
  ];
  return factors.find(([factor]) => expected !== 0 && isNear(answer, factor * expected, 1e-3))?.[1];
}

const SIGNS = { right: "✔ Right.", wrong: "✘ Not yet.", open: "✎ Your turn." } as const;

function verdict(status: Verdict["status"], { hint, praise }: Exercise): Verdict {
  const more = status === "right" ? praise : status === "wrong" ? hint : undefined;
  const message = more === undefined ? SIGNS[status] : `${SIGNS[status]} ${sentence(more)}`;
  return {
    status,
    message,
    [jupyterDisplay]: () => ({
      "text/html": `<p>${escapeXml(message)}</p>`,
      "text/plain": message,
    }),
  };
}

function sentence(text: string): string {
  // A name such as w7 or β stays as it is.
  const isWord = /^[a-z][^\d]/.test(text);
  return (isWord ? text[0].toUpperCase() + text.slice(1) : text) +
    (/[.?!…]$/.test(text) ? "" : ".");
}
