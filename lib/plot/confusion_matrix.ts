import { accuracyText, countText } from "../base/number_text.ts";
import { max, sum } from "../base/statistics.ts";
import { escapeXml, type Figure, figure } from "./figure.ts";
import { SERIES, THEME } from "./theme.ts";

/**
 * Draws a confusion matrix: a row for each true class, a column for each predicted class. Correct
 * predictions are blue, errors orange, darker for a larger share of their row. The few errors have their
 * own scale.
 *
 * @param matrix counts, `matrix[actual][predicted]`
 * @param classes names of the rows and columns
 */
export function confusionMatrix(
  matrix: readonly ArrayLike<number>[],
  classes: readonly string[],
): Figure {
  const counts = matrix.map((row) => Array.from(row));
  const totals = counts.map((row) => sum(row));
  const right = sum(counts, (row, i) => row[i]);
  const all = sum(totals);
  const share = (i: number, j: number) => counts[i][j] / Math.max(totals[i], 1);
  const places = counts.flatMap((row, i) => row.map((_, j) => [i, j] as const));
  const worst = max(places, ([i, j]) => i === j ? 0 : share(i, j)) ?? 0;
  const left = 40 + 7 * (max(classes, (name) => name.length) ?? 0);
  const cell = 46;
  const cells = places.map(([i, j]) => {
    const opacity = i === j ? share(i, j) : 0.85 * Math.sqrt(share(i, j) / (worst || 1));
    return matrixCell(left + j * cell, 40 + i * cell, cell, counts[i][j], opacity, i === j);
  });
  const size = counts.length * cell;
  const names = classes.flatMap((name, i) => [
    label(left - 10, 40 + (i + 0.5) * cell + 4, name, "end"),
    label(left + (i + 0.5) * cell, 32, name, "middle"),
  ]);
  const axes = [
    label(left + size / 2, 12, "predicted", "middle"),
    `<g transform="translate(12,${40 + size / 2}) rotate(-90)">${
      label(0, 0, "true", "middle")
    }</g>`,
  ];
  return figure({
    title: "Which class is taken for which",
    subtitle: `${countText(right)} of ${countText(all)} right ` +
      `(${accuracyText(right / Math.max(all, 1))})`,
  }, [{
    width: left + size,
    height: 40 + size,
    body: [...cells, ...names, ...axes].join("\n"),
  }]);
}

function matrixCell(
  x: number,
  y: number,
  size: number,
  count: number,
  opacity: number,
  right: boolean,
): string {
  const color = SERIES[right ? 0 : 1].light;
  // On a strong colour the page's background colour is readable, on light and on dark pages.
  const ink = opacity > 0.6 ? THEME.background : count === 0 ? THEME.grid : THEME.text;
  return `<rect x="${x + 1}" y="${y + 1}" width="${size - 2}" height="${size - 2}" ` +
    `fill="${color}" fill-opacity="${opacity.toFixed(3)}"/>` +
    `<text x="${x + size / 2}" y="${y + size / 2 + 4}" text-anchor="middle" ` +
    `fill="${ink.light}">${count}</text>`;
}

function label(x: number, y: number, text: string, anchor: "middle" | "end"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${THEME.muted.light}">` +
    `${escapeXml(text)}</text>`;
}
