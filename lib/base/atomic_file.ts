import { dirname } from "node:path";
import { missingPermission } from "./permission.ts";
import { projectPath } from "./project.ts";
import { UserError } from "./user_error.ts";

/** The whole content of a file, or a stream of chunks. */
export type Content = string | Uint8Array | AsyncIterable<Uint8Array>;

/**
 * Writes a file atomically: a reader sees either the old content or the new. The content is written
 * to `PATH.PID.partial` in the same folder, flushed to disk and renamed. Missing folders are
 * created.
 *
 * @throws {UserError} when the file cannot be written (no permission, disk full, a folder of that
 * name); errors thrown by `content` are passed through
 */
export async function writeFileAtomically(path: string, content: Content): Promise<void> {
  await writeFilesAtomically(new Map([[path, content]]));
}

/**
 * Writes files that belong together, each atomically. None is replaced or removed before all are on
 * disk: a full disk does not leave some new files beside old ones.
 *
 * @param files contents by path; a file whose content is `undefined` is removed, if it is there
 * @throws {UserError} as {@linkcode writeFileAtomically}
 */
export async function writeFilesAtomically(
  files: ReadonlyMap<string, Content | undefined>,
): Promise<void> {
  try {
    for (const [path, content] of files) {
      if (content !== undefined) await writePartial(path, content);
    }
    for (const [path, content] of files) {
      const done = content === undefined ? removeIfThere(path) : Deno.rename(partialOf(path), path);
      await done.catch(unwritable(path));
    }
  } catch (error) {
    for (const path of files.keys()) await Deno.remove(partialOf(path)).catch(() => {});
    throw error;
  }
}

async function removeIfThere(path: string): Promise<void> {
  await Deno.remove(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

/** Writes the partial file of a path and flushes it to disk. */
async function writePartial(path: string, content: Content): Promise<void> {
  const pieces = typeof content === "string"
    ? [new TextEncoder().encode(content)]
    : content instanceof Uint8Array
    ? [content]
    : content;
  const asUserError = unwritable(path);
  const file = await openPartial(path).catch(asUserError);
  try {
    for await (const bytes of pieces) await writeAll(file, bytes).catch(asUserError);
    await file.syncData().catch(asUserError);
  } finally {
    file.close();
  }
}

/**
 * Checks that {@linkcode writeFileAtomically} can write to a path, before the content is computed.
 *
 * @throws {UserError} when it cannot: no permission, or a folder of that name exists
 */
export async function checkWritable(path: string): Promise<void> {
  const isFolder = await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false);
  if (isFolder) throw new UserError(`${path}: is a folder, expected the name of a file to write`);
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

/**
 * Returns a handler that rethrows an error as a {@linkcode UserError} about a file that cannot be
 * written.
 */
export function unwritable(path: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof UserError) throw error;
    if (error instanceof Deno.errors.NotCapable) {
      throw new UserError(
        `${path}: this command has no permission to write there. It may write below the folder in which ` +
          `you start it, in results, data and /tmp, and never to the project's own code. To write ` +
          `elsewhere, go to that folder, start it there with ` +
          `deno task --config ${projectPath("deno.json")} …, and give the file's absolute path`,
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
 * The system's message for an error, without Deno's prefix and path. A missing permission is named,
 * with what to do.
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
