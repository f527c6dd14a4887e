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
  if (Number.isNaN(answer)) return verdict("open", exercise);
  if (isNear(answer, expected, tolerance)) return verdict("right", exercise);
  const mistake = mistakes.find(([wrong]) => isNear(answer, wrong, tolerance))?.[1];
  return verdict("wrong", { hint: mistake ?? hint ?? familiarMistake(answer, expected) });
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
  exercise: Exercise = {},
): Verdict {
  for (const place of places) {
    const answers = slopes([...place]);
    if (answers.some(Number.isNaN)) return verdict("open", exercise);
    if (answers.length !== place.length) {
      const hint = `the gradient has one slope for each of the ${place.length} parameters, ` +
        `yours has ${answers.length}`;
      return verdict("wrong", { hint });
    }
    const differences = place.map((x, i) =>
      centralDifference((moved) => loss(place.with(i, moved)), x)
    );
    const i = answers.findIndex((answer, i) => !isNear(answer, differences[i], 1e-4));
    if (i < 0) continue;
    const where = `at (${place.map((parameter) => numberText(parameter, 6)).join(", ")}) `;
    const which = place.length === 1 ? "the slope" : `slope ${i}`;
    const said =
      `${where}${which} is ${numberText(differences[i], 6)} by central difference, yours ` +
      `${numberText(answers[i], 6)}`;
    const hint = familiarMistake(answers[i], differences[i]) ?? exercise.hint;
    return verdict("wrong", { hint: hint === undefined ? said : `${said}; ${hint}` });
  }
  return verdict("right", exercise);
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

/** Common mistakes in derivatives, recognised by the ratio of the answer to the result. */
function familiarMistake(answer: number, expected: number): string | undefined {
  const factors: [number, string][] = [
    [-1, "the sign is turned round"],
    [2, "yours is twice as large: is there a ½, or an average, to take into account?"],
    [0.5, "yours is half as large: what does the derivative of a square bring down?"],
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
  return text[0].toUpperCase() + text.slice(1) + (/[.?!…]$/.test(text) ? "" : ".");
}
