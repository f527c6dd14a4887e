import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { projectPath } from "../base/project.ts";
import type { Verdict } from "./check.ts";
import { type Cell, parseNotebook } from "./notebook_file.ts";
import { mnistIsMissing } from "../dataset/testing_mnist.ts";

/**
 * The lesson's notebooks, the cells whose names their exercises use, whether these need MNIST, and how
 * many exercises there are; defaults to 3.
 */
const LESSON = [
  { name: "10-one-neuron", cells: ["load", "neuron", "chain", "saturated-why"], mnist: false },
  {
    name: "11-backprop-by-hand",
    cells: ["load", "network", "step", "forward-net", "forward-out", "forward-outer", "loss"]
      .concat("delta-numbers"),
    mnist: false,
    exercises: 5,
  },
  { name: "12-backprop-on-a-digit", cells: ["load", "forward"], mnist: true },
  { name: "13-why-it-sometimes-fails", cells: ["load"], mnist: true },
  { name: "14-matrices-and-graphs", cells: ["load"], mnist: false, exercises: 4 },
];

const text = ({ source }: Cell) => typeof source === "string" ? source : source.join("");

/** An exercise's cell with the solution instead of the open answer, its verdict exported. */
function answered(exercise: string, solution: string, number: number): string {
  const code = /```ts\n([^]*?)```/.exec(solution)?.[1] ?? "";
  // The last expression is the answer; definitions may precede it.
  const name = [...code.matchAll(/^(?:const|function) (\w+)/gm)].at(-1)?.[1];
  const open = new RegExp(`^(?:const ${name}\\b.*|function ${name}\\b[^]*?^})$`, "m");
  assert.match(exercise, open, `exercise ${number} has no open ${name}`);
  return exercise.replace(open, () => code).replace(
    /^check\./m,
    `export const verdict${number} = check.`,
  );
}

for (const { name, cells, mnist, exercises: count = 3 } of LESSON) {
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const path = projectPath("notebooks", `${name}.ipynb`);

  Deno.test(`${name}: has ${count} exercises, all open`, async () => {
    const notebook = parseNotebook(await Deno.readTextFile(path), name);
    const exercises = notebook.cells.filter(({ id }) => id?.startsWith("exercise-"));
    assert.equal(exercises.length, count);
    for (const { outputs } of exercises) assert.match(JSON.stringify(outputs), /Your turn/);
  });

  Deno.test({
    name: `${name}: the folded solutions are right${mnist ? " (needs MNIST)" : ""}`,
    ignore: mnist && mnistIsMissing,
    async fn() {
      const notebook = parseNotebook(await Deno.readTextFile(path), name);
      const cell = (id: string) => {
        const found = notebook.cells.find((cell) => cell.id === id);
        assert.ok(found, `${name} has no cell ${id}`);
        return text(found);
      };
      const exercises = numbers.map((number) =>
        answered(cell(`exercise-${number}`), cell(`solution-${number}`), number)
      );
      const module = await Deno.makeTempFile({ suffix: ".ts" });
      try {
        const door = pathToFileURL(projectPath("lib", "mod.ts")).href;
        const code = [...cells.map(cell), ...exercises].join("\n;\n");
        await Deno.writeTextFile(module, code.replace("../lib/mod.ts", door));
        const verdicts: Record<string, Verdict> = await import(pathToFileURL(module).href);
        for (const number of numbers) {
          const { status, message } = verdicts[`verdict${number}`];
          assert.equal(status, "right", `exercise ${number}: ${message}`);
        }
      } finally {
        await Deno.remove(module);
      }
    },
  });
}
