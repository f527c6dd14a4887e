/**
 * The access that a command was denied, such as `read access to "/etc/hosts"`; `undefined` for an
 * error of another kind.
 *
 * Deno reports a missing permission as `Deno.errors.NotCapable`; its implementation of Node.js
 * reports some as a plain error with the same message.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { missingPermission } from "./permission.ts";
 * const error = new Deno.errors.NotCapable(
 *   'Requires read access to "/etc/hosts", run again with the --allow-read flag',
 * );
 * assert.equal(missingPermission(error), 'read access to "/etc/hosts"');
 * assert.equal(missingPermission(new Error("disk full")), undefined);
 * ```
 */
export function missingPermission(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : String(error);
  const access = /\bRequires (.*?), run again with the --allow-/s.exec(message)?.[1];
  if (access !== undefined) return access;
  return error instanceof Deno.errors.NotCapable ? message.split("\n")[0] : undefined;
}
