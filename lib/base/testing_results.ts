import { projectPath } from "./project.ts";

/** Removes all that sweeps whose name starts with a prefix left in `results` and its journals. */
export async function removeResults(prefix: string): Promise<void> {
  for (const place of [projectPath("results"), projectPath("results", ".journal")]) {
    for await (const { name } of Deno.readDir(place)) {
      if (name.startsWith(prefix)) await Deno.remove(`${place}/${name}`, { recursive: true });
    }
  }
}
