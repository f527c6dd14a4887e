import * as Plot from "@observablehq/plot";
import type { Panel } from "./figure.ts";
import { imageElement, type Picture } from "./picture.ts";
import { THEME } from "./theme.ts";

/** Maps a value to red, green and blue, 0 to 255 each. */
export type ColorScale = (value: number) => readonly [number, number, number];

/** Scale from dark blue to yellow with uniform lightness steps: cividis, designed for colour blindness. */
export function sequentialScale(low: number, high: number): ColorScale {
  return fromPlot({ type: "linear", domain: [low, high], scheme: "cividis", clamp: true });
}

/** Scale with red for negative values, white for 0, blue for positive ones; darkest at −limit and limit. */
export function divergingScale(limit: number): ColorScale {
  return fromPlot({
    type: "diverging",
    domain: [-(limit || 1), limit || 1],
    scheme: "RdBu",
    clamp: true,
  });
}

function fromPlot(color: Plot.ScaleOptions): ColorScale {
  const scale = Plot.scale({ color });
  return (value) => parseRgb(String(scale.apply(value)));
}

/** Parses `rgb(1, 2, 3)` or `#010203`. */
function parseRgb(text: string): [number, number, number] {
  const hex = /^#(..)(..)(..)$/.exec(text)?.slice(1).map((digits) => parseInt(digits, 16));
  const [red, green, blue] = hex ?? (text.match(/\d+/g) ?? []).map(Number);
  return [red, green, blue];
}

/** Creates a picture of numbers in the colours of a scale. */
export function coloredPicture(
  width: number,
  height: number,
  values: ArrayLike<number>,
  color: ColorScale,
): Picture {
  return { width, height, pixels: Uint8Array.from(Array.from(values, color).flat()) };
}

/** Draws a strip of the scale's colours with labels below, evenly spaced from end to end. */
export function scaleLegend(
  color: ColorScale,
  low: number,
  high: number,
  labels: readonly string[],
): Panel {
  const steps = 64;
  const strip = Array.from({ length: steps }, (_, i) => low + (high - low) * i / (steps - 1));
  const width = 192;
  const texts = labels.map((label, i) => {
    const x = width * i / Math.max(labels.length - 1, 1);
    const anchor = i === 0 ? "start" : i === labels.length - 1 ? "end" : "middle";
    return `<text x="${x}" y="28" text-anchor="${anchor}" fill="${THEME.muted.light}">${label}</text>`;
  });
  const picture = coloredPicture(steps, 4, [strip, strip, strip, strip].flat(), color);
  return { width, height: 32, body: imageElement(picture, 0, 0, 3) + texts.join("") };
}

/** Places one panel above another. */
export function stack(above: Panel, below: Panel, gap = 12): Panel {
  return {
    width: Math.max(above.width, below.width),
    height: above.height + gap + below.height,
    body: `${above.body}<g transform="translate(0,${above.height + gap})">${below.body}</g>`,
  };
}
