import { reason } from "./atomic_file.ts";
import { UserError } from "./user_error.ts";

/** The error for a file that cannot be read. */
export function unreadable(path: string, error: unknown): UserError {
  if (error instanceof Deno.errors.NotFound) return new UserError(`${path}: no such file`);
  // Deno guards system files such as /dev/stdin even with --allow-read.
  if (error instanceof Deno.errors.NotCapable) {
    return new UserError(`${path}: cannot be read (${reason(error)}), or save it as a file`);
  }
  return new UserError(`${path}: cannot be read (${reason(error)})`);
}
