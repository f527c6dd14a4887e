import * as Plot from "@observablehq/plot";
import { shareText } from "../base/number_text.ts";
import { mean } from "../base/statistics.ts";
import { imageAt, type Samples } from "../dataset/dataset.ts";
import { coloredPicture, scaleLegend, sequentialScale, stack } from "./color_scale.ts";
import { type Figure, figure, plotPanel } from "./figure.ts";
import { tilePanel } from "./picture.ts";
import { SERIES, THEME } from "./theme.ts";

/**
 * Draws how many pixels are exactly zero: on the left how often each position has ink, on the right a
 * histogram of the fraction of zero pixels per image.
 */
export function zeroPixels(samples: Samples): Figure {
  const size = samples.width * samples.height;
  const inked = new Float64Array(size);
  const parts = new Float64Array(samples.count);
  for (let i = 0; i < samples.count; i++) {
    let zeros = 0;
    imageAt(samples, i).forEach((value, place) => {
      if (value === 0) zeros++;
      else inked[place]++;
    });
    parts[i] = zeros / size;
  }
  const zero = mean(parts) ?? 0;
  const never = inked.filter((count) => count === 0).length;
  return figure({
    title: `${shareText(zero)} of all pixels are zero`,
    subtitle: [
      `left: how often each place holds ink; ${never} of ${size} places never do`,
      `right: images by the part of their pixels that is zero`,
    ],
  }, [inkMap(samples, inked.map((count) => count / Math.max(samples.count, 1))), histogram(parts)]);
}

/** Colours each position of the image by how often it has ink. */
function inkMap(samples: Samples, frequency: Float64Array) {
  const color = sequentialScale(0, 1);
  const picture = coloredPicture(samples.width, samples.height, frequency, color);
  const map = tilePanel([{ picture }], { scale: Math.max(1, Math.floor(224 / samples.width)) });
  return stack(map, scaleLegend(color, 0, 1, ["never", "always"]));
}

/** Histogram of images by their fraction of zero pixels, in steps of 2 %. */
function histogram(parts: Float64Array) {
  return plotPanel({
    width: 440,
    height: 272,
    marginTop: 8,
    marginLeft: 60,
    marginBottom: 44,
    y: { nice: true },
    marks: [
      Plot.gridY({ stroke: THEME.grid.light, strokeOpacity: 1, ticks: 5 }),
      Plot.rectY(bins(parts), { x1: "from", x2: "to", y: "count", fill: SERIES[0].light }),
      Plot.axisX({
        tickSize: 0,
        fontSize: 12,
        ticks: 6,
        text: (part: number) => String(Math.round(part * 100)),
        label: "zero pixels (% of an image)",
        labelAnchor: "center",
        labelArrow: "none",
        fill: THEME.muted.light,
      }),
      Plot.axisY({
        tickSize: 0,
        fontSize: 12,
        ticks: 5,
        label: "images",
        labelAnchor: "center",
        labelArrow: "none",
        fill: THEME.muted.light,
      }),
    ],
  });
}

/** Counts the fractions in each fiftieth of 0 to 1. */
function bins(parts: Float64Array) {
  const bars = Array.from({ length: 50 }, (_, i) => ({ from: i / 50, to: (i + 1) / 50, count: 0 }));
  for (const part of parts) bars[Math.min(49, Math.floor(part * 50))].count++;
  const first = bars.findIndex(({ count }) => count > 0);
  return bars.slice(Math.max(first, 0));
}
