/**
 * For tests: runs a function with a new temporary folder and deletes it afterwards.
 *
 * @param run receives the folder, and a function from a name to its path in the folder
 */
export async function inFolder(
  run: (folder: string, at: (name: string) => string) => void | Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder, (name) => `${folder}/${name}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
