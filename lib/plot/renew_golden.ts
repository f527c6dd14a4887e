/** `deno task golden`: writes the pictures that lib/plot/golden_test.ts compares with. Look at each change. */
import { join } from "node:path";
import { GOLDEN, goldenFiles } from "./testing_golden.ts";

await Deno.remove(GOLDEN, { recursive: true }).catch((error) => {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
});
await Deno.mkdir(GOLDEN);
for (const [name, text] of goldenFiles()) await Deno.writeTextFile(join(GOLDEN, name), text());
console.info(`wrote lib/plot/golden; look at each change: git diff lib/plot/golden`);
