import assert from "node:assert/strict";
import { Resvg } from "@resvg/resvg-js";
import sharp from "sharp";
import { imageAt } from "../dataset/dataset.ts";
import { decodeImage } from "./decode.ts";
import { readIdxBytes } from "../dataset/idx.ts";
import { BOX, CENTRE, SIDE } from "./mnist_frame.ts";
import { preprocess, type RasterImage } from "./preprocess.ts";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { mnistTest } from "../dataset/testing_mnist.ts";

/** A five of 200 × 200 in SVG, independent of the project's own drawing. */
const FIVE = "M 140 40 L 70 45 L 62 95 C 110 70 150 110 130 150 C 115 180 70 180 50 160";

function five(color: string, width: number, transform = ""): string {
  return `<path d="${FIVE}" fill="none" stroke="${color}" stroke-width="${width}" ` +
    `stroke-linecap="round" stroke-linejoin="round" transform="${transform}"/>`;
}

function svg(width: number, height: number, ...parts: string[]): Uint8Array {
  const size = `width="${width}" height="${height}"`;
  const text = `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${parts.join("")}</svg>`;
  return new Resvg(text).render().asPng();
}

const paper = (color: string) => `<rect width="100%" height="100%" fill="${color}"/>`;

function lines(
  count: number,
  width: number,
  height: number,
  stroke: string,
  thick: number,
): string {
  return Array.from({ length: count }, (_, i) => {
    const y = (i + 0.5) * height / count;
    return `<line x2="${width}" y1="${y}" y2="${y}" stroke="${stroke}" stroke-width="${thick}"/>`;
  }).join("");
}

const radial = (inner: string, outer: string) =>
  `<defs><radialGradient id="light"><stop offset="0" stop-color="${inner}"/>` +
  `<stop offset="1" stop-color="${outer}"/></radialGradient></defs>${paper("url(#light)")}`;

async function preprocessFile(file: Uint8Array) {
  return preprocess(await decodeImage(file));
}

/** Cosine of the angle between two images. */
function likeness(a: Uint8Array, b: Uint8Array): number {
  const product = (u: Uint8Array, v: Uint8Array) => u.reduce((sum, ink, i) => sum + ink * v[i], 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

/** Bounding box of at least half ink, and centre of mass, in pixel indices. */
function extent(digit: Uint8Array) {
  const inked = [...digit.keys()].filter((i) => digit[i] >= 128);
  const xs = inked.map((i) => i % SIDE), ys = inked.map((i) => Math.floor(i / SIDE));
  const mass = digit.reduce((sum, ink) => sum + ink, 0);
  return {
    width: Math.max(...xs) - Math.min(...xs) + 1,
    height: Math.max(...ys) - Math.min(...ys) + 1,
    centreX: digit.reduce((sum, ink, i) => sum + ink * (i % SIDE), 0) / mass,
    centreY: digit.reduce((sum, ink, i) => sum + ink * Math.floor(i / SIDE), 0) / mass,
  };
}

const plain = (await preprocessFile(svg(200, 200, paper("white"), five("black", 14))))!.digit;

Deno.test("a plain drawing is framed as in MNIST", () => {
  const { width, height, centreX, centreY } = extent(plain);
  assert.ok(height >= BOX - 1 && height <= BOX, `height ${height}`);
  // The drawing is 104 wide and 150 high, strokes included.
  assert.ok(Math.abs(width - 20 * 104 / 150) <= 1, `width ${width}`);
  assert.ok(Math.abs(centreX - CENTRE) < 0.1 && Math.abs(centreY - CENTRE) < 0.1);
  assert.equal(Math.max(...plain), 255);
});

const tight = await sharp(svg(200, 200, paper("white"), five("black", 14)))
  .extract({ left: 43, top: 33, width: 104, height: 145 }).png().toBuffer();
const tiny = await sharp(svg(200, 200, paper("white"), five("black", 14)))
  .resize(24, 24).png().toBuffer();

const PICTURES: Record<string, Uint8Array> = {
  "light on dark": svg(200, 200, paper("#234"), five("#eee", 14)),
  "yellow ink": svg(200, 200, paper("white"), five("#fe0", 14)),
  "blue ink on grey": svg(300, 300, paper("#ccc"), five("#24c", 12, "scale(1.5)")),
  "pencil": svg(400, 400, paper("#eee"), five("#aaa", 12, "scale(2)")),
  "transparent, dark ink": svg(200, 200, five("black", 14)),
  "transparent, light ink": svg(200, 200, five("white", 14)),
  "a light in the middle": svg(400, 400, radial("#fff", "#666"), five("#222", 13, "scale(2)")),
  "a shadow in the middle": svg(400, 400, radial("#888", "#fff"), five("#222", 13, "scale(2)")),
  "ruled lines": svg(
    400,
    400,
    paper("white"),
    lines(9, 400, 400, "#9cf", 2),
    five("#13a", 13, "scale(2)"),
  ),
  "squared paper": svg(
    400,
    400,
    paper("white"),
    lines(12, 400, 400, "#bcd", 2),
    `<g transform="rotate(90 200 200)">${lines(12, 400, 400, "#bcd", 2)}</g>`,
    five("#123", 13, "scale(2)"),
  ),
  "lines aslant": svg(
    400,
    400,
    paper("white"),
    `<g transform="rotate(7 200 200) translate(-100 0)">${lines(9, 600, 400, "#9cf", 2)}</g>`,
    five("#13a", 13, "scale(2)"),
  ),
  "specks": svg(
    400,
    400,
    paper("white"),
    five("black", 13, "scale(2)"),
    `<circle cx="30" cy="30" r="4"/><circle cx="370" cy="350" r="5"/><circle cx="20" cy="380" r="3"/>`,
  ),
  "paper on a dark table": svg(
    400,
    400,
    paper("#432"),
    `<rect x="40" y="30" width="330" height="350" fill="#eee" transform="rotate(4 200 200)"/>`,
    five("#222", 13, "translate(60 60) scale(1.4)"),
  ),
  "dark corners, left by a turn": svg(
    400,
    400,
    paper("black"),
    `<rect x="4" y="4" width="392" height="392" fill="white" transform="rotate(10 200 200)"/>`,
    five("#222", 13, "scale(2)"),
  ),
  "a small digit on a large page": svg(
    2100,
    2970,
    paper("#f4f0e8"),
    lines(34, 2100, 2970, "#9bd", 3),
    five("#223", 14, "translate(1200 500) scale(0.7)"),
  ),
  "cut close": tight,
  "24 pixels": tiny,
};

for (const [name, file] of Object.entries(PICTURES)) {
  Deno.test(`the digit is the same: ${name}`, async () => {
    const found = await preprocessFile(file);
    assert.ok(found);
    const like = likeness(found.digit, plain);
    assert.ok(like > (name === "24 pixels" ? 0.9 : 0.96), `likeness ${like}`);
  });
}

Deno.test("strokes too thin or too wide for MNIST are adjusted to its width", async () => {
  const pixelsPerUnit = (digit: Uint8Array) => digit.reduce((sum, ink) => sum + ink, 0) / 255;
  const hair = await preprocessFile(
    svg(500, 500, paper("white"), five("black", 0.5, "scale(2.4)")),
  );
  const brush = await preprocessFile(
    svg(260, 260, paper("white"), five("black", 48, "translate(30 30)")),
  );
  const thin = pixelsPerUnit(hair!.digit), usual = pixelsPerUnit(plain);
  const wide = pixelsPerUnit(brush!.digit);
  // The path is about 50 pixels long in the frame, each 1.3 to 4.8 pixels wide.
  assert.ok(thin > 50 && thin < usual, `thin ${thin}, usual ${usual}`);
  assert.ok(wide < 260 && wide > usual, `wide ${wide}, usual ${usual}`);
});

for (
  const [name, file] of Object.entries({
    "a white page": svg(200, 200, paper("white")),
    "a black page": svg(200, 200, paper("black")),
    "all transparent": svg(200, 200),
    "ruled lines alone": svg(400, 400, paper("#f8f8f8"), lines(9, 400, 400, "#9cf", 2)),
    "uneven light alone": svg(400, 400, radial("#fff", "#555")),
    "a blot": svg(200, 200, paper("white"), `<circle cx="90" cy="110" r="50"/>`),
    "grain alone": await sharp({
      create: {
        width: 200,
        height: 200,
        channels: 3,
        background: "#888",
        noise: { type: "gaussian", mean: 128, sigma: 12 },
      },
    }).png().toBuffer(),
  })
) {
  Deno.test(`no digit is found: ${name}`, async () => {
    assert.ok(await preprocessFile(file) === undefined);
  });
}

/** A grey picture of 28×28. */
function raster(bytes: Uint8Array): RasterImage {
  const rgba = new Uint8Array(4 * bytes.length).fill(255);
  bytes.forEach((value, i) => rgba.fill(value, 4 * i, 4 * i + 3));
  return { width: SIDE, height: SIDE, rgba };
}

function assertUnharmed(images: Iterable<Uint8Array>): void {
  for (const image of images) {
    assert.deepEqual(preprocess(raster(image))?.digit, image);
    assert.deepEqual(preprocess(raster(image.map((value) => 255 - value)))?.digit, image);
  }
}

Deno.test("a synthetic digit is not changed, to the byte, on black and on white", () => {
  const { train } = syntheticDigits({ train: 500, test: 0 });
  assertUnharmed(Array.from({ length: 500 }, (_, i) => Uint8Array.from(imageAt(train, i))));
});

mnistTest("MNIST's test images are not changed, to the byte", async ({ files }) => {
  const bytes = (await readIdxBytes(files[2])).subarray(16);
  const image = (i: number) => Uint8Array.from(bytes.subarray(784 * i, 784 * (i + 1)));
  assertUnharmed(Array.from({ length: 10_000 }, (_, i) => image(i)));
});

Deno.test("a 28×28 picture that is not framed as in MNIST is framed", () => {
  const corner = new Uint8Array(784);
  for (let y = 1; y < 13; y++) corner.fill(255, 28 * y + 3, 28 * y + 6);
  const found = preprocess(raster(corner));
  const { height, centreX, centreY } = extent(found!.digit);
  assert.ok(height >= BOX - 1 && height <= BOX + 1, `height ${height}`);
  assert.ok(Math.abs(centreX - CENTRE) < 0.2 && Math.abs(centreY - CENTRE) < 0.2);
});

Deno.test("the stages have the picture's proportions", async () => {
  const found =
    (await preprocessFile(svg(300, 150, paper("white"), five("black", 8, "scale(0.7)"))))!;
  assert.deepEqual([found.grey.width, found.grey.height], [300, 150]);
  assert.deepEqual([found.ink.width, found.ink.height], [300, 150]);
  assert.ok(found.cropped.width < 100 && found.cropped.height < 120);
  for (const { width, height, values } of [found.grey, found.ink, found.cropped]) {
    assert.equal(values.length, width * height);
    assert.ok(values.every((value) => value >= 0 && value <= 1));
  }
});

Deno.test("the bundle for browsers, without Deno or Node.js, gives the same bytes", async () => {
  const { build, stop } = await import("esbuild");
  try {
    const { outputFiles } = await build({
      entryPoints: [new URL("preprocess.ts", import.meta.url).pathname],
      bundle: true,
      write: false,
      platform: "browser",
      format: "esm",
      minify: true,
    });
    const code = outputFiles[0].text;
    assert.ok(!/\bDeno\b|\bnode:|\bprocess\./.test(code));
    const bundled = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    const image = await decodeImage(PICTURES["ruled lines"]);
    assert.deepEqual(bundled.preprocess(image).digit, preprocess(image)!.digit);
  } finally {
    await stop();
  }
});
