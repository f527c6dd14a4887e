import { join } from "node:path";
import type sharp from "sharp";
import { reason, unwritable } from "../base/atomic_file.ts";
import { unreadable } from "../base/unreadable.ts";
import { UserError } from "../base/user_error.ts";
import { visible } from "../base/visible.ts";
import { DIGITS, emptySamples, imageAt, type Samples } from "./dataset.ts";
import { greyPixels } from "../picture/grey_pixels.ts";
import { loadSharp, MOST_PIXELS, openPicture, PICTURE_NAME } from "../picture/picture_file.ts";
import type { Progress } from "./progress.ts";

/** Number of images decoded in parallel; more are not faster. */
const AT_ONCE = 8;

/** Maximum bytes of a folder's images: 1.25 million of 28×28 pixels. */
const MOST_BYTES = 1e9;

/** Options of {@linkcode readImageFolder}. */
export interface ImageFolderOptions {
  /** Size to scale all images to; without it they must have the same size. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Called with the number of images read. */
  readonly onProgress?: Progress;
}

/** Contents of an image folder. */
export interface FolderImages {
  readonly samples: Samples;
  /** Names of the classes by label; control characters in a folder's name are escaped. */
  readonly classes: readonly string[];
}

/**
 * Reads images from a folder with a folder for each class: `ROOT/LABEL/*.png` (JPEG, WebP, GIF, TIFF
 * or AVIF). They are converted to grey; transparent parts become black.
 *
 * If all class names are whole numbers up to 255, they are the labels; other names are numbered in
 * alphabetical order. Images are ordered by class, then by the code units of their names. Hidden files and
 * files without an image's extension are skipped.
 *
 * @throws {UserError} naming the folder without images, the file that is not an image, or the first image
 * of a different size
 */
export async function readImageFolder(
  root: string,
  options: ImageFolderOptions = {},
): Promise<FolderImages> {
  const folders = await classFolders(root);
  const labels = [...folders.keys()], numbered = isNumbered(labels);
  const classes = classNames(labels);
  const files = [...folders].flatMap(([folder, names]) => {
    const label = classes.indexOf(numbered ? String(Number(folder)) : folder);
    return names.map((name) => ({ path: join(root, folder, name), label }));
  });
  if (files.length === 0) {
    throw new UserError(`${root}: no images; expected ${root}/LABEL/*.png (or .jpg, …)`);
  }
  const first = await openPicture(files[0].path);
  const { width, height } = options.size ?? first;
  if (files.length * width * height > MOST_BYTES) {
    throw new UserError(
      `${root}: ${files.length} images of ${width}×${height} pixels take more than 1 GB; ` +
        `scale them to a smaller size (deno task convert … --size 28x28)`,
    );
  }
  const samples = emptySamples(files.length, width, height);
  const decode = pixelBudget(MOST_PIXELS);
  let done = 0;
  await inParallel(files, async ({ path, label }, i) => {
    const picture = await openPicture(path);
    if (!options.size && (picture.width !== width || picture.height !== height)) {
      throw new UserError(
        `${picture.name}: ${picture.width}×${picture.height} pixels, but ${first.name} has ` +
          `${width}×${height}; set a size to scale all of them`,
      );
    }
    const pixels = picture.width * picture.height;
    imageAt(samples, i).set(await decode(pixels, () => greyPixels(picture, options.size)));
    samples.labels[i] = label;
    options.onProgress?.(++done, files.length, "images");
  });
  return { samples, classes: classes.map(visible) };
}

/**
 * Returns a function that runs work when the total pixels of the running work are at most `most`: small
 * pictures are decoded in parallel, large ones alone.
 */
function pixelBudget(most: number): <T>(pixels: number, work: () => Promise<T>) => Promise<T> {
  let taken = 0;
  const waiting: (() => void)[] = [];
  return async (pixels, work) => {
    while (taken > 0 && taken + pixels > most) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    taken += pixels;
    try {
      return await work();
    } finally {
      taken -= pixels;
      waiting.splice(0).forEach((resume) => resume());
    }
  };
}

/** Returns `true` if the root contains a folder with images. */
export async function isImageFolder(root: string): Promise<boolean> {
  for (const folder of await list(root, "isDirectory").catch(() => [])) {
    if ((await imageFiles(join(root, folder))).length > 0) return true;
  }
  return false;
}

/** Lists the folders with images below the root, in the order of their labels, and their images. */
async function classFolders(root: string): Promise<Map<string, readonly string[]>> {
  const found: [string, readonly string[]][] = [];
  for (const folder of await list(root, "isDirectory")) {
    const images = await imageFiles(join(root, folder));
    if (images.length > 0) found.push([folder, images]);
  }
  const numbered = isNumbered(found.map(([folder]) => folder));
  return new Map(numbered ? found.sort(([a], [b]) => Number(a) - Number(b)) : found);
}

function isNumbered(folders: readonly string[]): boolean {
  return folders.every((name) => /^\d+$/.test(name) && Number(name) < 256);
}

function classNames(folders: readonly string[]): readonly string[] {
  if (!isNumbered(folders)) {
    if (folders.length > 256) {
      throw new UserError(`${folders.length} classes, at most 256 are supported`);
    }
    return folders;
  }
  const count = Math.max(10, ...folders.map((name) => Number(name) + 1));
  return count === 10 ? DIGITS : Array.from({ length: count }, (_, i) => String(i));
}

async function imageFiles(folder: string): Promise<string[]> {
  return (await list(folder, "isFile")).filter((name) => PICTURE_NAME.test(name));
}

/** Lists the folders or files in a folder, sorted, following links, without hidden ones. */
async function list(folder: string, kind: "isFile" | "isDirectory"): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.name.startsWith(".")) continue;
      const info = entry.isSymlink ? await linked(join(folder, entry.name)) : entry;
      if (info[kind]) names.push(entry.name);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw error instanceof Deno.errors.NotFound
      ? new UserError(`${folder}: no such folder`)
      : unreadable(folder, error);
  }
  return names.sort();
}

/** Returns the target of a link. */
async function linked(path: string): Promise<Deno.FileInfo> {
  return await Deno.stat(path).catch((error) => {
    throw new UserError(`${path}: a broken link (${reason(error)}); remove or fix it`);
  });
}

/**
 * Writes images to a new folder, `ROOT/LABEL/00000.png`, …, numbered in the order of the samples. PNG is
 * lossless; JPEG (quality 95) is not.
 *
 * All are first written to `ROOT.PID.partial`, which is then renamed.
 *
 * @throws {UserError} if `root` exists and is not an empty folder, or cannot be written
 */
export async function writeImageFolder(
  root: string,
  { samples, classes }: FolderImages,
  format: "png" | "jpeg" = "png",
  onProgress?: Progress,
): Promise<void> {
  const partial = `${root.replace(/[\\/]+$/, "")}.${Deno.pid}.partial`;
  await refuseOccupied(root);
  const encode = encoder(await loadSharp(), samples, format);
  try {
    const folders = folderNames(classes);
    for (const label of new Set(samples.labels)) {
      await Deno.mkdir(join(partial, folders[label]), { recursive: true });
    }
    const digits = Math.max(5, String(samples.count - 1).length);
    const indices = Array.from({ length: samples.count }, (_, i) => i);
    let done = 0;
    await inParallel(indices, async (i) => {
      const name = `${String(i).padStart(digits, "0")}.${format === "png" ? "png" : "jpg"}`;
      await Deno.writeFile(join(partial, folders[samples.labels[i]], name), await encode(i));
      onProgress?.(++done, samples.count, "images");
    });
    await Deno.rename(partial, root);
  } catch (error) {
    await Deno.remove(partial, { recursive: true }).catch(() => {});
    unwritable(root)(error);
  }
}

/** Folder names of the classes; numbers if some file systems would not distinguish them (`A` and `a`). */
function folderNames(classes: readonly string[]): readonly string[] {
  const distinct = new Set(classes.map((name) => name.toLowerCase())).size === classes.length;
  return distinct ? classes : classes.map((_, label) => String(label));
}

function encoder(
  library: typeof sharp,
  { pixels, width, height }: Samples,
  format: "png" | "jpeg",
): (index: number) => Promise<Uint8Array> {
  const size = width * height;
  return (index) => {
    // A copy, because sharp does not accept shared memory.
    const bytes = pixels.slice(index * size, (index + 1) * size);
    const image = library(new Uint8Array(bytes), { raw: { width, height, channels: 1 } });
    return (format === "png" ? image.png() : image.jpeg({ quality: 95 })).toBuffer();
  };
}

/** Throws unless the folder is empty or missing: anything else belongs to the user. */
async function refuseOccupied(root: string): Promise<void> {
  try {
    for await (const _ of Deno.readDir(root)) {
      throw new UserError(`${root}: the folder is not empty; remove it or choose another name`);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error instanceof UserError ? error : unreadable(root, error);
  }
}

/**
 * Calls a function for every item, several at a time. Throws the error of the first item in the list that
 * fails.
 */
async function inParallel<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const errors = new Map<number, unknown>();
  const worker = async () => {
    while (next < items.length && errors.size === 0) {
      const index = next++;
      await work(items[index], index).catch((error) => errors.set(index, error));
    }
  };
  // Wait for all, so that nothing is still being written when an error is thrown.
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (errors.size > 0) throw errors.get(Math.min(...errors.keys()));
}
