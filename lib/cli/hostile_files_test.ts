import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import sharp from "sharp";
import { costOf } from "../base/testing_memory.ts";

/** The most MB that reading a small file may take, including about 100 for the process itself. */
const MOST_MEMORY = 700;
const MB = 2 ** 20;

const MODEL = import.meta.resolve("../model/model_file.ts");
const IMAGES = import.meta.resolve("../dataset/convert.ts");
const PICTURE = import.meta.resolve("../picture/decode.ts");

/** A file to read and the expected error. */
interface Hostile {
  readonly name: string;
  /** Writes it to a folder. */
  readonly write: (folder: string) => Promise<unknown> | unknown;
  readonly module: string;
  /** The call, with `@` for the folder's path. */
  readonly call: string;
  readonly message: RegExp;
}

/** Zeros under a header. */
function zerosBehind(header: Uint8Array, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(header);
  return bytes;
}

function idxHeader(...sizes: number[]): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * sizes.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0800 + sizes.length);
  sizes.forEach((size, i) => view.setUint32(4 + 4 * i, size));
  return bytes;
}

function npyHeader(shape: string): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': True, 'shape': (${shape}), }`;
  const start = Math.ceil((11 + text.length) / 64) * 64;
  const bytes = new Uint8Array(start).fill(32);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (start - 10) & 255, (start - 10) >> 8]);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[start - 1] = 10;
  return bytes;
}

/** A ZIP archive of deflated entries, whose directory may state a wrong size. */
function zip(entries: readonly { name: string; content: Uint8Array; size?: number }[]): Uint8Array {
  const parts: Uint8Array[] = [], lines: Uint8Array[] = [];
  let at = 0;
  for (const { name, content, size = content.length } of entries) {
    const data = deflateRawSync(content);
    const file = new TextEncoder().encode(name);
    const line = new DataView(new ArrayBuffer(46));
    line.setUint32(0, 0x02014b50, true);
    line.setUint16(10, 8, true);
    line.setUint32(16, crc32(content), true);
    line.setUint32(20, data.length, true);
    line.setUint32(24, size, true);
    line.setUint16(28, file.length, true);
    line.setUint32(42, at, true);
    const local = new DataView(new ArrayBuffer(30));
    local.setUint32(0, 0x04034b50, true);
    local.setUint16(8, 8, true);
    local.setUint32(14, crc32(content), true);
    local.setUint32(18, data.length, true);
    local.setUint32(22, size, true);
    local.setUint16(26, file.length, true);
    parts.push(new Uint8Array(local.buffer), file, data);
    lines.push(new Uint8Array(line.buffer), file);
    at += 30 + file.length + data.length;
  }
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, entries.length, true);
  end.setUint16(10, entries.length, true);
  end.setUint32(12, lines.reduce((sum, { length }) => sum + length, 0), true);
  end.setUint32(16, at, true);
  return new Uint8Array(Buffer.concat([...parts, ...lines, new Uint8Array(end.buffer)]));
}

/** A white PNG of the given size: a megabyte for 250 megapixels. */
async function blankPng(width: number, height: number): Promise<Uint8Array> {
  const create = { width, height, channels: 3 as const, background: "white" };
  return await sharp({ create, limitInputPixels: false }).png({ compressionLevel: 9 }).toBuffer();
}

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
  `width="1000" height="1000"><defs><filter id="f"><feTurbulence baseFrequency="0.9" ` +
  `numOctaves="200"/><feGaussianBlur stdDeviation="90"/></filter></defs>` +
  `<rect width="1000" height="1000" filter="url(#f)"/></svg>`;

const HOSTILE: readonly Hostile[] = [
  {
    name: "a gzip file whose IDX header declares a few images and which unpacks to 600 MB",
    write: (folder) =>
      Deno.writeFile(
        `${folder}/a-images-idx3-ubyte.gz`,
        gzipSync(zerosBehind(idxHeader(10, 28, 28), 600 * MB)),
      ),
    module: IMAGES,
    call: `m.readImages("@/a-images-idx3-ubyte.gz")`,
    message: /a-images-idx3-ubyte\.gz: 10 images of 28×28 pixels take 7840 bytes, but more follow/,
  },
  {
    name: "a gzip file whose IDX header declares the 600 MB that it unpacks to",
    write: (folder) =>
      Deno.writeFile(
        `${folder}/a-images-idx3-ubyte.gz`,
        gzipSync(zerosBehind(idxHeader(750 * 1024, 28, 28), 16 + 750 * 1024 * 784)),
      ),
    module: IMAGES,
    call: `m.readImages("@/a-images-idx3-ubyte.gz")`,
    message: /unpacks to more than 64 MiB, far more than data of its size contain/,
  },
  {
    name: "a few bytes that declare four thousand million images",
    write: (folder) =>
      Deno.writeFile(`${folder}/a-images-idx3-ubyte`, idxHeader(2 ** 32 - 1, 2 ** 16, 2 ** 16)),
    module: IMAGES,
    call: `m.readImages("@/a-images-idx3-ubyte")`,
    message: /4294967295 images of 65536×65536 pixels .* too early/,
  },
  {
    name: "a gigabyte on disk, nearly all of it a hole, under a header of ten images",
    write: async (folder) => {
      await Deno.writeFile(`${folder}/a-images-idx3-ubyte`, idxHeader(10, 28, 28));
      await Deno.truncate(`${folder}/a-images-idx3-ubyte`, 2000 * MB);
    },
    module: IMAGES,
    call: `m.readImages("@/a-images-idx3-ubyte")`,
    message: /take 7840 bytes, but more follow/,
  },
  {
    name: "a CSV of 150 megabytes in less than one of gzip",
    write: (folder) =>
      Deno.writeFile(`${folder}/a.csv.gz`, gzipSync(Buffer.alloc(150e6, "0,".repeat(784) + "0\n"))),
    module: IMAGES,
    call: `m.readImages("@/a.csv.gz")`,
    message: /a\.csv\.gz: unpacks to more than \d+ MiB/,
  },
  {
    name: "gzip within gzip",
    write: (folder) =>
      Deno.writeFile(`${folder}/a.csv.gz`, gzipSync(gzipSync(new Uint8Array(500 * MB)))),
    module: IMAGES,
    call: `m.readImages("@/a.csv.gz")`,
    message: /^UserError: .*a\.csv\.gz/,
  },
  {
    name: "an archive of 750 MB of zeros",
    write: (folder) => {
      const content = zerosBehind(
        npyHeader("1000, 62500"),
        npyHeader("1000, 62500").length + 2.5e8,
      );
      const entries = ["W1", "W2", "W3"].map((name) => ({ name: `${name}.npy`, content }));
      return Deno.writeFile(`${folder}/a.npz`, zip(entries));
    },
    module: MODEL,
    call: `m.loadModel("@/a.npz")`,
    message: /a\.npz: unpacks to 716 MiB, far more than weights in a file of its size/,
  },
  {
    name: "an archive whose directory says less than its entries hold",
    write: (folder) =>
      Deno.writeFile(
        `${folder}/a.npz`,
        zip([{ name: "W1.npy", content: new Uint8Array(600 * MB), size: 100 }]),
      ),
    module: MODEL,
    call: `m.loadModel("@/a.npz")`,
    message: /a\.npz: the ZIP archive is truncated or damaged/,
  },
  {
    name: "an archive with sixty thousand entries",
    write: (folder) =>
      Deno.writeFile(
        `${folder}/a.npz`,
        zip(Array.from({ length: 60_000 }, (_, i) => ({
          name: `W${i}.npy`,
          content: new Uint8Array(1),
        }))),
      ),
    module: MODEL,
    call: `m.loadModel("@/a.npz")`,
    message: /a\.npz: more than 10000 arrays, expected W1, b1/,
  },
  {
    name: "an archive with one entry twice",
    write: (folder) => {
      const entry = { name: "W1.npy", content: new Uint8Array(1) };
      return Deno.writeFile(`${folder}/a.npz`, zip([entry, entry]));
    },
    module: MODEL,
    call: `m.loadModel("@/a.npz")`,
    message: /a\.npz: contains W1 twice/,
  },
  {
    name: "an .npy file with a huge shape and nothing behind it",
    write: (folder) => Deno.writeFile(`${folder}/W1.npy`, npyHeader("1000000000, 1000000000")),
    module: MODEL,
    call: `m.loadModel("@/W1.npy")`,
    message: /W1\.npy: 0 bytes after the header, expected 4000000000000000000/,
  },
  {
    name: "an .npy file of thousands of dimensions",
    write: (folder) => {
      const header = npyHeader("1,".repeat(4000) + "1000000");
      return Deno.writeFile(`${folder}/W1.npy`, zerosBehind(header, header.length + 4e6));
    },
    module: MODEL,
    call: `m.loadModel("@/W1.npy")`,
    message: /W1\.npy: its header needs 'descr', 'fortran_order' and 'shape'/,
  },
  {
    name: "an .npy file of three gigabytes, nearly all of it a hole",
    write: async (folder) => {
      await Deno.writeFile(`${folder}/W1.npy`, npyHeader("2, 2"));
      await Deno.truncate(`${folder}/W1.npy`, 3000 * MB);
    },
    module: MODEL,
    call: `m.loadModel("@/W1.npy")`,
    message: /W1\.npy: 3146 MB, more than the 800 MB of the largest model/,
  },
  {
    name: "objects a hundred thousand deep in JSON",
    write: (folder) =>
      Deno.writeTextFile(
        `${folder}/a.json`,
        `{"x": ${'{"a":'.repeat(1e5)}1${"}".repeat(1e5)}}`,
      ),
    module: MODEL,
    call: `m.loadModel("@/a.json")`,
    message: /a\.json.*(W1 is missing|nested too deeply|not valid JSON)/,
  },
  {
    name: "lists a hundred thousand deep in JSON",
    write: (folder) =>
      Deno.writeTextFile(`${folder}/a.json`, `{"W1": ${"[".repeat(1e5)}1${"]".repeat(1e5)}}`),
    module: MODEL,
    call: `m.loadModel("@/a.json")`,
    message: /a\.json/,
  },
  {
    name: "a megabyte of carriage returns in a CSV file of weights",
    write: async (folder) => {
      await Deno.writeTextFile(`${folder}/a-biases.csv`, "B0,B1\n" + "\r".repeat(1e6) + "1");
      await Deno.writeTextFile(`${folder}/a-weights.csv`, "W0,W1\n" + "\r".repeat(1e6) + "1");
    },
    module: MODEL,
    call: `m.loadModel("@/a-biases.csv")`,
    message: /a-biases\.csv, line 2: 1 cells, expected 2/,
  },
  {
    name: "an SVG, which may take minutes to draw",
    write: (folder) => Deno.writeTextFile(`${folder}/a.svg`, SVG),
    module: PICTURE,
    call: `m.decodeImage("@/a.svg")`,
    message:
      /a\.svg: not a picture that can be read .* expected PNG, JPEG, WebP, GIF, TIFF or AVIF/,
  },
  {
    name: "eight PNGs of 250 megapixels as a data set",
    write: async (folder) => {
      const png = await blankPng(16_000, 16_000);
      await Deno.mkdir(`${folder}/7`);
      for (let i = 0; i < 8; i++) await Deno.writeFile(`${folder}/7/${i}.png`, png);
    },
    module: IMAGES,
    call: `m.readImages("@", { size: { width: 28, height: 28 } })`,
    message: /0\.png: 16000×16000 pixels are more than 50 megapixels/,
  },
  {
    name: "a data set of 24 PNGs of 49 megapixels, unscaled",
    write: async (folder) => {
      const png = await blankPng(7000, 7000);
      await Deno.mkdir(`${folder}/7`);
      for (let i = 0; i < 24; i++) await Deno.writeFile(`${folder}/7/${i}.png`, png);
    },
    module: IMAGES,
    call: `m.readImages("@")`,
    message: /24 images of 7000×7000 pixels take more than 1 GB; scale them/,
  },
];

for (const { name, write, module, call, message } of HOSTILE) {
  Deno.test(`rejected in one line, without much memory: ${name}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await write(folder);
      const cost = await costOf(module, call.replace("@", folder));
      if (Deno.env.get("SHOW_COST")) console.log(name, cost);
      assert.match(cost.error, message);
      assert.match(cost.error, /^UserError: /);
      assert(cost.peak < MOST_MEMORY, `${cost.peak} MB`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("pictures just within the limit are decoded one at a time", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const create = { width: 7000, height: 7000, channels: 4 as const, background: "white" };
    const png = await sharp({ create }).png({ compressionLevel: 9, progressive: true }).toBuffer();
    await Deno.mkdir(`${folder}/7`);
    for (let i = 0; i < 8; i++) await Deno.writeFile(`${folder}/7/${i}.png`, png);
    const call = `m.readImages(${JSON.stringify(folder)}, { size: { width: 28, height: 28 } })`;
    const cost = await costOf(IMAGES, call);
    if (Deno.env.get("SHOW_COST")) console.log("eight of 49 megapixels", cost);
    assert.equal(cost.error, "");
    assert(cost.peak < MOST_MEMORY, `${cost.peak} MB`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
