import { shareText } from "../base/number_text.ts";
import { visible } from "../base/visible.ts";
import type { Plane, RasterImage } from "../picture/preprocess.ts";
import type { Recognition } from "../recognition/recognize.ts";
import { mostProbable } from "../recognition/runner_up.ts";
import { stack } from "./color_scale.ts";
import { escapeXml, type Figure, figure, type Panel } from "./figure.ts";
import { imageElement, inkPicture, type Picture } from "./picture.ts";
import { SERIES, THEME } from "./theme.ts";

/** Side of the square into which each picture is fitted. */
const BOX = 140;
const GAP = 14;
/** Height of the line below each picture. */
const LINE = 20;

/**
 * Draws the stages of recognition, a row per picture: the picture; for handwriting also grey, ink and
 * cropped; the network's input; and up to ten probabilities, the largest.
 */
export function recognitionStrip(recognitions: readonly Recognition[]): Figure {
  const [first] = recognitions;
  const title = recognitions.length === 1
    ? `${nameOf(first)}: ${verdict(first)}`
    : `${recognitions.length} pictures and what was seen in them`;
  const rows = recognitions.map((recognition) => {
    const row = stripPanel(recognition);
    return recognitions.length === 1 ? row : stack(lineOf(recognition), row, 4);
  });
  return figure({ title }, [rows.reduce((above, below) => stack(above, below, 20))]);
}

function verdict({ className, probability }: Recognition): string {
  return `${/^\d$/.test(className) ? "a " : ""}${className} (${shareText(probability)})`;
}

/** Returns a file's name without its folder. */
function nameOf({ path }: Recognition): string {
  return path === "-" ? "standard input" : visible(path.split(/[\\/]/).at(-1)!);
}

function lineOf(recognition: Recognition): Panel {
  const text = `${nameOf(recognition)}: ${verdict(recognition)}`;
  const body = `<text y="13" font-size="13" font-weight="600">${escapeXml(text)}</text>`;
  return { width: text.length * 7, height: 18, body };
}

function stripPanel(recognition: Recognition): Panel {
  const { image, stages, pixels, images } = recognition;
  const prepared: [Picture, string][] = stages
    ? [
      [thumbnail(stages.grey, greyAt(stages.grey)), "grey"],
      [inkThumbnail(stages.ink), "ink"],
      [inkThumbnail(stages.cropped), "cropped"],
    ]
    : [];
  const pictures: [Picture, string][] = [
    [thumbnail(image, colourAt(image)), `${image.width}×${image.height} pixels`],
    ...prepared,
    [inkPicture(images.width, images.height, pixels), "what the network sees"],
  ];
  const body = pictures.map(([picture, caption], i) => {
    const x = i * (BOX + GAP);
    return fitted(picture, x) +
      `<text x="${x + BOX / 2}" y="${BOX + 15}" text-anchor="middle">${caption}</text>`;
  });
  const bars = probabilityBars(recognition);
  const x = pictures.length * (BOX + GAP);
  return {
    width: x + bars.width,
    height: BOX + LINE,
    body: `${body.join("\n")}<g transform="translate(${x},0)">${bars.body}</g>`,
  };
}

/** Draws a picture centred in its box. */
function fitted(picture: Picture, left: number): string {
  const scale = BOX / Math.max(picture.width, picture.height);
  const x = left + (BOX - picture.width * scale) / 2, y = (BOX - picture.height * scale) / 2;
  return imageElement(picture, x, y, scale);
}

/** Maximum characters of a class name. */
const NAME = 12;

/** Draws a bar per class with its probability. */
function probabilityBars({ probabilities, label, images: { classes } }: Recognition): Panel {
  const length = 110, step = BOX / 10;
  const shown = mostProbable(probabilities);
  const names = shown.map((c) => shortName(classes[c]));
  const longest = Math.max(...names.map((name) => [...name].length));
  // A single digit takes 20 pixels, including space.
  const left = longest === 1 ? 20 : 12 + 8 * longest;
  const body = shown.map((c, place) => {
    const y = place * step, middle = y + step / 2 + 4;
    const color = c === label ? SERIES[0].light : THEME.muted.light;
    const weight = c === label ? ` font-weight="700"` : "";
    const width = Math.max(1, length * probabilities[c]).toFixed(1);
    const [at, anchor] = longest === 1 ? [8, "middle"] : [left - 6, "end"];
    return `<text x="${at}" y="${middle}" text-anchor="${anchor}"${weight}>` +
      `${escapeXml(names[place])}</text>` +
      `<rect x="${left}" y="${y + 2}" width="${width}" height="${step - 4}" fill="${color}"/>` +
      `<text x="${left + Number(width) + 6}" y="${middle}"${weight}>` +
      `${escapeXml(shareText(probabilities[c]))}</text>`;
  }).join("\n");
  return { width: left + length + 56, height: BOX, body };
}

function shortName(name: string): string {
  const characters = [...name];
  return characters.length > NAME ? `${characters.slice(0, NAME - 1).join("")}…` : name;
}

/** Averages factor × factor pixels, so that a side has at most two per pixel of the figure. */
function thumbnail(
  { width, height }: { width: number; height: number },
  at: (i: number, channel: number) => number,
): Picture {
  const factor = Math.ceil(Math.max(width, height) / (2 * BOX));
  const small = { width: Math.ceil(width / factor), height: Math.ceil(height / factor) };
  const pixels = new Uint8Array(3 * small.width * small.height);
  for (let v = 0, to = 0; v < small.height; v++) {
    for (let u = 0; u < small.width; u++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0, count = 0;
        for (let y = v * factor; y < Math.min(height, (v + 1) * factor); y++) {
          for (let x = u * factor; x < Math.min(width, (u + 1) * factor); x++, count++) {
            sum += at(y * width + x, channel);
          }
        }
        pixels[to++] = sum / count + 0.5;
      }
    }
  }
  return { ...small, pixels };
}

/** Returns a channel of a pixel, 0 to 255, on white paper. */
function colourAt({ rgba }: RasterImage): (i: number, channel: number) => number {
  return (i, channel) => {
    const opacity = rgba[4 * i + 3] / 255;
    return rgba[4 * i + channel] * opacity + 255 * (1 - opacity);
  };
}

function greyAt({ values }: Plane): (i: number) => number {
  return (i) => 255 * Math.max(0, Math.min(1, values[i]));
}

/** Draws ink dark on light pages and light on dark ones. */
function inkThumbnail(plane: Plane): Picture {
  const { width, height, pixels } = thumbnail(plane, greyAt(plane));
  return inkPicture(width, height, pixels.filter((_, i) => i % 3 === 0));
}
