import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { projectPath } from "../base/project.ts";
import type { Verdict } from "./check.ts";
import { type Cell, parseNotebook } from "./notebook_file.ts";
import { mnistIsMissing } from "../dataset/testing_mnist.ts";

/**
 * The notebooks with exercises, the cells whose names their exercises use, whether these need MNIST, and how
 * many exercises there are; defaults to 3.
 */
const LESSON = [
  { name: "08-optimizers", cells: ["load"], mnist: true },
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

/** A notebook's wrong answers: the exercise, what a student writes, and the words that this must get. */
const MISTAKES: Record<string, [number: number, code: string, words: RegExp][]> = {
  "10-one-neuron": [
    [1, "const answer1 = 2 * 2 - 3;", /the input is missing/],
    [2, "const answer2 = 1 / 2;", /to and fro/],
    [3, slopesOf("sigmoidSlopes", "(sigmoid(2 * w[0] + w[1]) - 1) * x", "[2, 1]"), /activation is/],
    [3, slopesOf("sigmoidSlopes", "0 * x + h", "[2, 1]"), /stops with an error: h is not/],
  ],
  "11-backprop-by-hand": [
    [1, "const answer1 = delta1 * w6 * aH2 * (1 - aH2) * i1;", /through o1 only/],
    [1, "const answer1 = (delta1 * w6 + delta2 * w8) * aH2 * i1;", /two factors/],
    [1, "const answer1 = (delta1 * w6 + delta2 * w8) / 2 * aH2 * (1 - aH2) * i1;", /not averaged/],
    [2, "const answer2 = delta2 * aH2;", /along the bias comes 1/],
    [4, "const answer4 = [0.0003, NaN, 0.0004, 0.0008];", /gradient of w2 is still open/],
    [4, "const answer4 = [0.0003, 0.0007];", /here are 2/],
    [5, "const answer5 = 1 / 0.83;", /other way round/],
  ],
  "12-backprop-on-a-digit": [
    [1, "const answer1 = 16 * image.inputs[0].filter((x) => x === 0).length;", /silent unit's are/],
    [2, "const answer2 = 1;", /the targets have one too/],
    [3, slopesOf("deltas", "x - 1", "softmax(w)"), /only the right class/],
    [3, slopesOf("deltas", "k === 2 ? x - 1 : 0", "softmax(w)"), /the other scores count too/],
  ],
  "13-why-it-sometimes-fails": [
    [1, "const answer1 = 0.25 ** 9;", /ten slopes/],
    [3, slopesOf("slopesWithL2", "x + 2 * lambda * w[k]", "slopes(w)"), /the ½ in/],
    [3, slopesOf("slopesWithL2", "x + lambda / 2 * w[k] ** 2", "slopes(w)"), /penalty itself/],
    [3, slopesOf("slopesWithL2", "x - lambda * w[k]", "slopes(w)"), /mind the sign/i],
  ],
  "14-matrices-and-graphs": [
    [1, "const answer1 = 32 - 784;", /that is X/i],
    [3, "const answer3 = -0.3;", /that is sgd/i],
    [3, "const answer3 = -0.2125;", /an average/],
    [4, "const answer4 = 1 - Math.SQRT2;", /not by one less/],
  ],
};

/** A student's function of a list of numbers, which makes a slope of each x of `list`. */
function slopesOf(name: string, formula: string, list: string): string {
  return `function ${name}(w: number[]): number[] {\n  return ${list}.map((x, k) => ${formula});\n}`;
}

/** An exercise's cell with a student's code instead of the open answer, its verdict exported. */
function answered(exercise: string, code: string, number: number): string {
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

  /** Runs the cells that the exercises use and then these, whose exports it returns. */
  const run = async (
    makeCells: (cell: (id: string) => string) => string[],
  ): Promise<Record<string, Verdict>> => {
    const notebook = parseNotebook(await Deno.readTextFile(path), name);
    const cell = (id: string) => {
      const found = notebook.cells.find((cell) => cell.id === id);
      assert.ok(found, `${name} has no cell ${id}`);
      return text(found);
    };
    const module = await Deno.makeTempFile({ suffix: ".ts" });
    try {
      const door = pathToFileURL(projectPath("lib", "mod.ts")).href;
      const code = [...cells.map(cell), ...makeCells(cell)].join("\n;\n");
      await Deno.writeTextFile(module, code.replace("../lib/mod.ts", door));
      return await import(pathToFileURL(module).href);
    } finally {
      await Deno.remove(module);
    }
  };

  Deno.test({
    name: `${name}: the folded solutions are right${mnist ? " (needs MNIST)" : ""}`,
    ignore: mnist && mnistIsMissing,
    async fn() {
      const verdicts = await run((cell) =>
        numbers.map((number) =>
          answered(
            cell(`exercise-${number}`),
            /```ts\n([^]*?)```/.exec(cell(`solution-${number}`))?.[1] ?? "",
            number,
          )
        )
      );
      for (const number of numbers) {
        const { status, message } = verdicts[`verdict${number}`];
        assert.equal(status, "right", `exercise ${number}: ${message}`);
      }
    },
  });

  for (const [number, code, words] of MISTAKES[name] ?? []) {
    Deno.test({
      name: `${name}, exercise ${number}: ${words.source}${mnist ? " (needs MNIST)" : ""}`,
      ignore: mnist && mnistIsMissing,
      async fn() {
        const verdicts = await run((cell) => [answered(cell(`exercise-${number}`), code, number)]);
        const { status, message } = verdicts[`verdict${number}`];
        assert.equal(status, "wrong");
        assert.match(message, words);
      },
    });
  }
}
