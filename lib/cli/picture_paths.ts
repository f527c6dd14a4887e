import { join } from "node:path";
import { UserError } from "../base/user_error.ts";
import { PICTURE_NAME } from "../picture/picture_file.ts";

/**
 * The pictures that paths denote: a file itself, a folder all pictures in it and its subfolders,
 * sorted by name; hidden files are skipped.
 *
 * @throws {UserError} when a folder contains no pictures or cannot be read
 */
export async function picturePaths(path: string): Promise<string[]> {
  const info = await Deno.stat(path).catch(() => undefined);
  // A missing file is reported when it is read, like other unreadable pictures.
  if (!info?.isDirectory) return [path];
  const found = await picturesIn(path);
  if (found.length > 0) return found;
  throw new UserError(
    `${path}: a folder without pictures; expected .png, .jpg, .webp, .gif, .tif or .avif`,
  );
}

async function picturesIn(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch((error) => {
    throw new UserError(`${folder}: cannot be read (${error.message})`);
  });
  const visible = entries.filter(({ name }) => !name.startsWith("."));
  visible.sort((a, b) => a.name < b.name ? -1 : 1);
  const paths = visible.map(({ name, isDirectory }) => {
    const path = join(folder, name);
    return isDirectory ? picturesIn(path) : PICTURE_NAME.test(name) ? [path] : [];
  });
  return (await Promise.all(paths)).flat();
}
