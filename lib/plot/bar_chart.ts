import { numberText } from "../base/number_text.ts";
import { max, min } from "../base/statistics.ts";
import { imageAt, type Samples } from "../dataset/dataset.ts";
import { escapeXml, type Figure, figure, type Heading, type Panel } from "./figure.ts";
import { inkPicture, tilePanel } from "./picture.ts";
import { SERIES, THEME } from "./theme.ts";

/** A column of bars, one per number. */
export interface Bars {
  /** Line above the column. */
  readonly title: string;
  readonly values: readonly number[];
  /**
   * Numbers that the scale must include, such as the smallest and the largest of another column to compare
   * with; defaults to none.
   */
  readonly range?: readonly number[];
  /** Labels left of the bars; default to their indices from 0. */
  readonly labels?: readonly string[];
  /** Text shown by a page for the bar under the pointer. */
  readonly details?: readonly string[];
  /** Indices of emphasised labels. */
  readonly marked?: readonly number[];
}

/** Options of {@linkcode barChart}. */
export interface BarChartOptions extends Heading {
  /** Image drawn left of the bars. */
  readonly image?: { readonly samples: Samples; readonly index: number };
}

const BAR = { width: 120, height: 17, labels: 22, numbers: 58, top: 24 };

/**
 * Draws columns of horizontal bars with their numbers, blue above 0 and orange below. Each column has its
 * own scale, from its largest number to 0 or to its smallest, unless `range` extends it.
 */
export function barChart(columns: readonly Bars[], options: BarChartOptions): Figure {
  const image = options.image === undefined ? [] : [imagePanel(options.image)];
  return figure(options, [...image, ...columns.map(barPanel)]);
}

function imagePanel({ samples, index }: NonNullable<BarChartOptions["image"]>): Panel {
  const picture = inkPicture(samples.width, samples.height, imageAt(samples, index));
  return tilePanel([{ picture, caption: String(samples.labels[index]) }], { scale: 4 });
}

function barPanel({ title, values, range = [], labels, details, marked = [] }: Bars): Panel {
  const names = labels ?? values.map((_, i) => String(i));
  const left = Math.max(BAR.labels, max(names, (name) => 7 * name.length + 8) ?? 0);
  const all = [...values, ...range];
  const low = Math.min(0, min(all) ?? 0), high = Math.max(0, max(all) ?? 0);
  const span = high - low || 1;
  const at = (value: number) => left + BAR.width * (value - low) / span;
  const rows = values.map((value, i) => {
    const y = BAR.top + i * BAR.height;
    // A missing number has a bar of length 0.
    const end = Number.isFinite(value) ? at(value) : at(0);
    const x = Math.min(at(0), end);
    const width = Math.abs(end - at(0));
    const standsOut = marked.includes(i);
    return `<text x="${left - 6}" y="${y + 12}" text-anchor="end" ` +
      `fill="${standsOut ? THEME.text.light : THEME.muted.light}"` +
      `${standsOut ? ` font-weight="700"` : ""}>${escapeXml(names[i])}</text>` +
      `<rect x="${x.toFixed(2)}" y="${y + 2}" width="${width.toFixed(2)}" ` +
      `height="${BAR.height - 4}" fill="${SERIES[value < 0 ? 1 : 0].light}"` +
      `${details ? ` aria-label="${escapeXml(details[i])}"` : ""}/>` +
      `<text x="${left + BAR.width + 6}" y="${y + 12}">${
        Number.isFinite(value) ? numberText(value, 3) : "–"
      }</text>`;
  });
  const bottom = BAR.top + values.length * BAR.height;
  return {
    width: Math.max(left + BAR.width + BAR.numbers, 6.8 * title.length),
    height: bottom,
    body: `<text x="0" y="12" font-weight="600">${escapeXml(title)}</text>` +
      `<line x1="${at(0).toFixed(2)}" x2="${at(0).toFixed(2)}" y1="${BAR.top}" y2="${bottom}" ` +
      `stroke="${THEME.muted.light}"/>${rows.join("\n")}`,
  };
}
