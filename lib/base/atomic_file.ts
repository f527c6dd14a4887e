import { dirname } from "node:path";
import { missingPermission } from "./permission.ts";
import { projectPath } from "./project.ts";
import { UserError } from "./user_error.ts";

/**
 * Writes a file so that a reader finds the old content or the new, never a half: the content goes
 * to `PATH.PID.partial` in the same folder, to the disk, and is then renamed. Missing folders are made.
 *
 * @param content all of it, or its pieces as they come
 * @throws {UserError} when the place cannot be written (no permission, disk full, a folder of that
 * name); what the content itself throws comes through as it is
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
): Promise<void> {
  const pieces = typeof content === "string"
    ? [new TextEncoder().encode(content)]
    : content instanceof Uint8Array
    ? [content]
    : content;
  const partial = partialOf(path);
  const asUserError = unwritable(path);
  try {
    const file = await openPartial(path).catch(asUserError);
    try {
      for await (const bytes of pieces) await writeAll(file, bytes).catch(asUserError);
      await file.syncData().catch(asUserError);
    } finally {
      file.close();
    }
    await Deno.rename(partial, path).catch(asUserError);
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    throw error;
  }
}

/**
 * Tries whether {@linkcode writeFileAtomically} would do, before the work that makes the content.
 *
 * @throws {UserError} when it would not: no permission, or there is a folder of that name
 */
export async function checkWritable(path: string): Promise<void> {
  const isFolder = await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);
  if (isFolder) throw new UserError(`${path}: a folder, expected the name of a file to write`);
  const file = await openPartial(path).catch(unwritable(path));
  file.close();
  await Deno.remove(partialOf(path));
}

function partialOf(path: string): string {
  return `${path}.${Deno.pid}.partial`;
}

async function openPartial(path: string): Promise<Deno.FsFile> {
  await Deno.mkdir(dirname(path), { recursive: true });
  return await Deno.open(partialOf(path), { write: true, create: true, truncate: true });
}

/** The error for a place that cannot be written. */
export function unwritable(path: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof UserError) throw error;
    if (error instanceof Deno.errors.NotCapable) {
      throw new UserError(
        `${path}: not a place that this command may write to. It may write below the folder in which ` +
          `you start it, in results, data and /tmp, and never to the project's own code. To write ` +
          `elsewhere, go to that folder, start it there with ` +
          `deno task --config ${projectPath("deno.json")} …, and give the file's whole path`,
      );
    }
    throw new UserError(
      `${path}: cannot be written (${reason(error)}); ` +
        `check the folder's permissions and the free space, then run again`,
    );
  };
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

/**
 * What went wrong, in the system's own words, without Deno's prefix and path. A permission that the
 * program was started without is named, with what to do.
 */
export function reason(error: unknown): string {
  const access = missingPermission(error);
  if (access !== undefined) return `permission denied: ${access}; run through \`deno task\``;
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(
    /:? ?(open|rename|mkdir|writefile|readfile|stat|readdir)? '[^']*'.*$/,
    "",
  );
}
