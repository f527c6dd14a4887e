import { type Factor, isNumeric, settingsOf } from "../sweep/settings.ts";
import type { NumericHyperparameter } from "../training/hyperparameters.ts";
import type { SweepView } from "./sweep_view.ts";

/** The kind of drawing that shows a sweep, and what is on its axes. */
export type SweepChoice =
  | { readonly kind: "strip"; readonly factor: Factor | undefined }
  | { readonly kind: "curves"; readonly along: NumericHyperparameter }
  | { readonly kind: "heat map"; readonly across: Factor; readonly up: Factor }
  | { readonly kind: "slices" }
  | { readonly kind: "parallel" };

/** The most values of a name beside a number that have a panel each. */
const MOST_PANELS = 24;

/**
 * Chooses the kind of drawing by what the sweep varies, for pictures and for windows; the kinds are
 * listed at `sweepFigure`.
 */
export function chooseDrawing(view: SweepView): SweepChoice {
  const { factors, rows } = view;
  if (isScattered(view)) return { kind: "slices" };
  const numbers = factors.filter(isNumeric) as NumericHyperparameter[];
  const names = factors.filter((name) => !isNumeric(name));
  if (factors.length > 2) return { kind: "parallel" };
  if (numbers.length === 0 && names.length <= 1) return { kind: "strip", factor: names[0] };
  if (factors.length === 1) return { kind: "curves", along: numbers[0] };
  if (numbers.length !== 1) return { kind: "heat map", across: factors[0], up: factors[1] };
  const values = new Set(rows.map((row) => row[names[0]])).size;
  return values <= MOST_PANELS
    ? { kind: "curves", along: numbers[0] }
    : { kind: "heat map", across: numbers[0], up: names[0] };
}

/** Whether a search drew numbers: most settings have their own, so that no two factors make a grid. */
function isScattered({ rows, factors }: SweepView): boolean {
  const settings = settingsOf(rows).length;
  return factors.length > 1 &&
    factors.some((name) =>
      isNumeric(name) && name !== "stopAfter" &&
      new Set(rows.map((row) => row[name])).size > settings / 2
    );
}
