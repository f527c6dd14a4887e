import assert from "node:assert/strict";
import { decode } from "fast-png";
import { figure } from "./figure.ts";
import { toPng } from "./png.ts";
import { THEME } from "./theme.ts";

const square = { width: 100, height: 100, body: "" };

/** Renders a figure with a title as PNG; returns the red, green and blue of its pixels. */
async function drawn(title: string) {
  const picture = figure({ title }, [square]);
  const png = decode(await toPng(picture, 2));
  const pixel = (i: number) => [...png.data.slice(i * png.channels, i * png.channels + 3)];
  return { ...picture, png, pixel };
}

Deno.test("a PNG has the figure's size and the light background", async () => {
  const { width, height, png, pixel } = await drawn("Loss");
  assert.deepEqual([png.width, png.height], [2 * width, 2 * height]);
  const hex = THEME.background.light;
  assert.deepEqual(pixel(0), [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
});

Deno.test("a PNG has letters, including Greek and mathematical ones", async () => {
  for (const title of ["Loss", "β", "∂", "₁"]) {
    const { png, pixel } = await drawn(title);
    const rows = Array.from({ length: 60 * png.width }, (_, i) => pixel(i));
    assert.ok(rows.some(([red]) => red < 80), `no ink at ${title}`);
  }
  const [beta, theta] = await Promise.all(["β", "θ"].map((letter) => drawn(letter)));
  assert.notDeepEqual(beta.png.data, theta.png.data, "the replacement glyph");
});
