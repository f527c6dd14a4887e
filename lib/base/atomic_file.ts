import { dirname } from "node:path";
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
  const partial = `${path}.${Deno.pid}.partial`;
  const asUserError = (error: unknown) => {
    throw new UserError(
      `${path}: cannot be written (${reason(error)}); ` +
        `check the folder's permissions and the free space, then run again`,
    );
  };
  try {
    await Deno.mkdir(dirname(path), { recursive: true }).catch(asUserError);
    const file = await Deno.open(partial, { write: true, create: true, truncate: true })
      .catch(asUserError);
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

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

/** What went wrong, in the system's own words, without Deno's prefix and path. */
export function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(
    /:? ?(open|rename|mkdir|writefile|readfile|stat|readdir)? '[^']*'.*$/,
    "",
  );
}
