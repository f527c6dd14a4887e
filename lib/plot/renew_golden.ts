/** `deno task golden`: writes the reference pictures of lib/plot/golden_test.ts. Review each change. */
import { join } from "node:path";
import { GOLDEN, goldenFiles } from "./testing_golden.ts";

await Deno.remove(GOLDEN, { recursive: true }).catch((error) => {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
});
await Deno.mkdir(GOLDEN);
for (const [name, text] of goldenFiles()) await Deno.writeTextFile(join(GOLDEN, name), text());
console.info(`wrote lib/plot/golden; review each change: git diff lib/plot/golden`);
