import { dirname } from "node:path";
import { UserError } from "./user_error.ts";

/**
 * Writes a file so that a reader finds the old content or the new, never a half: the content goes
 * to `PATH.PID.partial` in the same folder, to the disk, and is then renamed. Missing folders are made.
 *
 * @throws {UserError} when the place cannot be written (no permission, disk full, a folder of that name)
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  const partial = `${path}.${Deno.pid}.partial`;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    const file = await Deno.open(partial, {
      write: true,
      create: true,
      truncate: true,
    });
    try {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      for (let done = 0; done < bytes.length;) {
        done += await file.write(bytes.subarray(done));
      }
      await file.syncData();
    } finally {
      file.close();
    }
    await Deno.rename(partial, path);
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    throw new UserError(
      `${path}: cannot be written (${reason(error)}); ` +
        `check the folder's permissions and the free space, then run again`,
    );
  }
}

/** What went wrong, in the system's own words, without Deno's prefix and path. */
export function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(
    /:? ?(open|rename|mkdir|writefile|readfile|stat|readdir)? '[^']*'.*$/,
    "",
  );
}
