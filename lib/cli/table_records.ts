import { reason } from "../base/atomic_file.ts";
import { parseCsv } from "../base/csv.ts";
import { UserError } from "../base/user_error.ts";

/**
 * The rows of any table of the project, each cell by the name of its column.
 *
 * @throws {UserError} when the file cannot be read or has no rows
 */
export async function readRecords(path: string): Promise<Record<string, string | null>[]> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw new UserError(`${path}: cannot be read (${reason(error)})`);
  });
  const records = parseCsv(text, path);
  if (records.length === 0) throw new UserError(`${path}: the table has no rows`);
  return records;
}
