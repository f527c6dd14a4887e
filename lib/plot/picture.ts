import { encode } from "fast-png";
import { max } from "../base/statistics.ts";
import { escapeXml, type Panel } from "./figure.ts";
import { THEME } from "./theme.ts";

/** A small picture, to be drawn enlarged without interpolation. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Row by row: one byte per pixel for grey, three for red, green and blue. */
  readonly pixels: Uint8Array;
}

/** A picture in a grid, and its caption. */
export interface Tile {
  readonly picture: Picture;
  readonly caption?: string;
  /** A light colour of the theme for the caption; defaults to the colour of text. */
  readonly color?: string;
}

/** Layout of a grid of pictures. */
export interface TileOptions {
  /** Pictures per row; defaults to 10 or fewer. */
  readonly columns?: number;
  /** Pixels of the figure per pixel of a picture; defaults to 2. */
  readonly scale?: number;
}

/**
 * Creates a picture of ink, given as bytes of a dataset (0 background, 255 full ink): dark on light pages,
 * inverted on dark ones.
 */
export function inkPicture(width: number, height: number, ink: ArrayLike<number>): Picture {
  return { width, height, pixels: Uint8Array.from(ink, (value) => 255 - value) };
}

/** Draws pictures in rows, with centred captions. */
export function tilePanel(tiles: readonly Tile[], options: TileOptions = {}): Panel {
  const { columns = Math.min(10, tiles.length), scale = 2 } = options;
  const gap = 8;
  const line = tiles.some(({ caption }) => caption !== undefined) ? 16 : 0;
  const inside = Math.max(
    (max(tiles, ({ picture }) => picture.width) ?? 0) * scale,
    // Cells are wide enough for their captions.
    7 * (max(tiles, ({ caption }) => caption?.length ?? 0) ?? 0) - gap,
  );
  const cellWidth = inside + gap;
  const cellHeight = (max(tiles, ({ picture }) => picture.height) ?? 0) * scale + gap + line;
  const body = tiles.map(({ picture, caption, color = THEME.text.light }, i) => {
    const width = picture.width * scale;
    const x = (i % columns) * cellWidth + Math.max(inside - width, 0) / 2;
    const y = Math.floor(i / columns) * cellHeight;
    const middle = x + width / 2;
    const below = y + picture.height * scale + 14;
    return imageElement(picture, x, y, scale) + (caption === undefined ? "" : (
      `<text x="${middle}" y="${below}" text-anchor="middle" fill="${color}">` +
      `${escapeXml(caption)}</text>`
    ));
  }).join("\n");
  return {
    width: Math.max(columns * cellWidth - gap, 0),
    height: Math.max(Math.ceil(tiles.length / columns) * cellHeight - gap, 0),
    body,
  };
}

/** Returns the picture as an SVG element, with a thin frame. */
export function imageElement(picture: Picture, x: number, y: number, scale: number): string {
  const grey = picture.pixels.length === picture.width * picture.height;
  const width = picture.width * scale;
  const height = picture.height * scale;
  const place = `x="${x}" y="${y}" width="${width}" height="${height}"`;
  const png = encode({
    width: picture.width,
    height: picture.height,
    data: picture.pixels,
    channels: grey ? 1 : 3,
    depth: 8,
  });
  // resvg supports only "optimizeSpeed", browsers only "pixelated", which is in the figure's style sheet.
  return `<image ${grey ? `class="ink" ` : ""}${place} image-rendering="optimizeSpeed" ` +
    `href="data:image/png;base64,${png.toBase64()}"/>` +
    `<rect ${place} fill="none" stroke="${THEME.grid.light}"/>`;
}
