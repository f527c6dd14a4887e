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

/**
 * Returns the figures with the given ids, in the order of the table. A name that is not an id selects
 * all ids that start with it and a dash: `mazur` selects `mazur-w1` and the others.
 *
 * @throws {UserError} for a name that matches no figure
 */
export function reportedFigures(names: readonly string[]): ReportedFigure[] {
  const known = new Set(REPORTED_FIGURES.map(({ id }) => id));
  const isMeant = (id: string, name: string) =>
    known.has(name) ? id === name : id.startsWith(`${name}-`);
  const unknown = names.find((name) => !REPORTED_FIGURES.some(({ id }) => isMeant(id, name)));
  if (unknown !== undefined) {
    throw usageError(`there is no reported figure ${unknown}; there are ${[...known].join(", ")}`);
  }
  return REPORTED_FIGURES.filter(({ id }) => names.some((name) => isMeant(id, name)));
}
