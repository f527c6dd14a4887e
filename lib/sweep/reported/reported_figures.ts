import { usageError } from "../../base/user_error.ts";
import { LITERATURE_FIGURES } from "./literature.ts";
import { MAZUR_FIGURES } from "./mazur_figures.ts";
import { PROJECT_FIGURES } from "./projects.ts";
import type { ReportedFigure } from "./reported_figure.ts";

/** All reported figures, in the order of the table. */
export const REPORTED_FIGURES: readonly ReportedFigure[] = [
  ...PROJECT_FIGURES,
  ...LITERATURE_FIGURES,
  ...MAZUR_FIGURES,
];

/** The figures with the given ids, in the order of the table. */
export function reportedFigures(ids: readonly string[]): ReportedFigure[] {
  const unknown = ids.find((id) => !REPORTED_FIGURES.some((figure) => figure.id === id));
  if (unknown !== undefined) {
    const known = REPORTED_FIGURES.map(({ id }) => id).join(", ");
    throw usageError(`there is no reported figure ${unknown}; there are ${known}`);
  }
  return REPORTED_FIGURES.filter(({ id }) => ids.includes(id));
}
