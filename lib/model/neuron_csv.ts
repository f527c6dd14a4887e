/**
 * A network as a pair of CSV files, neuron by neuron, in the format of the project
 * "ANN-Handwritten-Digit-Rec" (which lists loading as a to-do).
 *
 * Biases: columns `B0,B1,…,,BG0,BG1,…`, a row per neuron index; layer 0 is the inputs, whose biases
 * are never used; BG are gradients. Weights: columns `W0,W1,…,,WG0,WG1,…`; for each neuron index as
 * many rows as the largest target layer has neurons, which start with the neuron's outgoing
 * weights, then an empty row. The last layer has no weights. An empty cell is ten spaces.
 * @module
 */

import { formatCells, parseCells } from "../base/csv.ts";
import { UserError } from "../base/user_error.ts";
import type { LayerParameters } from "../network/architecture.ts";
import { decimal, fitsFloat32, parseDecimal } from "./decimal.ts";
import { checkSizes, type Layers } from "./named_arrays.ts";

/** An empty cell: ten spaces. */
const EMPTY = " ".repeat(10);

/** A file's path, for errors, and its text. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** The contents of a pair of files. */
export interface NeuronCsv extends Layers {
  /** The gradients, if the files have them, laid out like the parameters. */
  readonly gradients?: readonly LayerParameters[];
  /** JSON that this project adds for networks other than the original project's. */
  readonly description?: string;
}

/** Detects by the first column which file of a pair this is; `undefined` if neither. */
export function neuronCsvKind(text: string): "biases" | "weights" | undefined {
  return /^\uFEFF?B0,/.test(text) ? "biases" : /^\uFEFF?W0,/.test(text) ? "weights" : undefined;
}

/**
 * Reads a pair of files, as float32 when that holds all their numbers exactly, else as float64.
 *
 * @throws {UserError} naming file, column and line when a cell is not a number, or a neuron does
 * not have one weight per neuron of the next layer
 */
export function readNeuronCsv(biases: TextFile, weights: TextFile): NeuronCsv {
  const tables = { biases: readTable(biases, "B"), weights: readTable(weights, "W") };
  const layers = biasColumns(tables.biases, "B").map((column) => column.length);
  if (layers.length < 2) {
    throw new UserError(`${biases.path}: expected columns B0 and B1 at least`);
  }
  const hasGradients = tables.biases.runs.get("BG0")?.length &&
    tables.weights.runs.get("WG0")?.length;
  return {
    layers,
    parameters: readLayers(tables, layers, ""),
    gradients: hasGradients ? readLayers(tables, layers, "G") : undefined,
    description: tables.biases.description,
  };
}

/**
 * Writes a pair of files as the original Python program does: `\r\n`, a float in every cell.
 *
 * The inputs' biases are 0. Without `gradients` the gradient columns are 0, as before the first
 * backward pass.
 *
 * @param description JSON for an additional column of the biases, `architecture`; without it the
 * files have the original format
 * @throws {UserError} when the sizes of parameters or gradients do not match the layers
 */
export function writeNeuronCsv(
  model: Layers,
  gradients?: readonly LayerParameters[],
  description?: string,
): { biases: string; weights: string } {
  const { layers, parameters } = model;
  checkSizes(model);
  if (gradients !== undefined) checkSizes({ layers, parameters: gradients });
  const neurons = range(Math.max(...layers));
  const targets = range(Math.max(...layers.slice(1)));
  const biasRows = [
    row(layers, (k, G) => `B${G}${k}`, ""),
    ...neurons.map((neuron) =>
      row(layers, (k, G) => {
        if (neuron >= layers[k]) return EMPTY;
        return decimal((G ? gradients : parameters)?.[k - 1]?.biases[neuron] ?? 0);
      })
    ),
  ];
  const weightRows = [
    row(layers, (k, G) => `W${G}${k}`, ""),
    ...neurons.flatMap((neuron) => [
      ...targets.map((target) =>
        row(layers, (k, G) => {
          if (neuron >= layers[k] || !(target < layers[k + 1])) return EMPTY;
          const weights = (G ? gradients : parameters)?.[k].weights;
          return decimal(weights?.[neuron * layers[k + 1] + target] ?? 0);
        })
      ),
      row(layers, () => EMPTY),
    ]),
  ];
  if (description !== undefined) {
    biasRows.forEach((cells, line) =>
      cells.push(...[["", "architecture"], [EMPTY, description]][line] ?? [EMPTY, EMPTY])
    );
  }
  return { biases: formatCells(biasRows), weights: formatCells(weightRows) };
}

/**
 * Formats a row: a cell per layer for the parameters, a gap, and a cell per layer for the gradients
 * ("G").
 */
function row(
  layers: readonly number[],
  cell: (layer: number, gradient: "" | "G") => string,
  gap = EMPTY,
): string[] {
  return [...layers.map((_, k) => cell(k, "")), gap, ...layers.map((_, k) => cell(k, "G"))];
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Consecutive cells of a column that are not empty. */
interface Run {
  /** Line of the first cell. */
  readonly line: number;
  readonly numbers: readonly number[];
}

interface Table {
  readonly path: string;
  /** By column, top to bottom. */
  readonly runs: ReadonlyMap<string, readonly Run[]>;
  readonly description?: string;
}

/** A file's columns as runs of numbers, separated by any number of empty cells. */
function readTable({ path, text }: TextFile, letter: "B" | "W"): Table {
  const [header = [], ...rows] = readCells(path, text);
  const runs = new Map<string, Run[]>();
  let description: string | undefined;
  header.forEach((name, column) => {
    if (name === "") return;
    if (name === "architecture") {
      description = rows.map((cells) => cells[column]).find((cell) => cell !== "");
    } else if (!new RegExp(`^${letter}G?\\d+$`).test(name) || runs.has(name)) {
      throw new UserError(
        `${path}: column ${name}, expected ${letter}0, …, ${letter}G0, …, once each`,
      );
    } else {
      runs.set(name, columnRuns(rows.map((cells) => cells[column]), `${path}, column ${name}`));
    }
  });
  return { path, runs, description };
}

function readCells(path: string, text: string): string[][] {
  // Python on Windows turns the "\r\n" of its csv module into "\r\r\n".
  const lines = text.replaceAll("\r", "\n").replaceAll(/\n+/g, "\n");
  return parseCells(lines, path).map((cells) => cells.map((cell) => cell.trim()));
}

function columnRuns(cells: readonly string[], where: string): Run[] {
  const runs: { line: number; numbers: number[] }[] = [];
  cells.forEach((cell, i) => {
    if (cell === "") return;
    const x = parseDecimal(cell);
    if (x === undefined) {
      throw new UserError(`${where}, line ${i + 2}: ${cell.slice(0, 40)}, expected a number`);
    }
    if (i === 0 || cells[i - 1] === "") runs.push({ line: i + 2, numbers: [] });
    runs.at(-1)!.numbers.push(x);
  });
  return runs;
}

/** The columns B0, B1, … (or BG0, BG1, …), each one run from the top. */
function biasColumns({ path, runs }: Table, name: "B" | "BG"): (readonly number[])[] {
  const columns: (readonly number[])[] = [];
  for (let k = 0; runs.has(`${name}${k}`); k++) {
    const [run, gap] = runs.get(`${name}${k}`)!;
    if (run?.line !== 2 || gap !== undefined) {
      throw new UserError(
        `${path}, column ${name}${k}: expected numbers from line 2 on without a gap`,
      );
    }
    columns.push(run.numbers);
  }
  return columns;
}

/** The parameters (gradient "") or their gradients ("G"). */
function readLayers(
  { biases, weights }: { biases: Table; weights: Table },
  layers: readonly number[],
  gradient: "" | "G",
): LayerParameters[] {
  const columns = biasColumns(biases, `B${gradient}`);
  const read = layers.slice(1).map((outputs, k) => {
    const column = columns[k + 1] ?? [];
    if (column.length !== outputs) {
      throw new UserError(
        `${biases.path}, column B${gradient}${
          k + 1
        }: ${column.length} numbers, expected ${outputs}`,
      );
    }
    return {
      weights: outgoingWeights(weights, `W${gradient}${k}`, layers[k], outputs),
      biases: column,
    };
  });
  if (weights.runs.get(`W${gradient}${layers.length - 1}`)?.length) {
    throw new UserError(
      `${weights.path}, column W${gradient}${layers.length - 1}: expected to be empty, ` +
        `as ${biases.path} has ${layers.length} layers and the last has no weights`,
    );
  }
  const exact = read.every((layer) => fitsFloat32(layer.weights) && fitsFloat32(layer.biases));
  const array = (numbers: readonly number[]) =>
    exact ? Float32Array.from(numbers) : Float64Array.from(numbers);
  return read.map((layer) => ({ weights: array(layer.weights), biases: array(layer.biases) }));
}

/** The weights from each neuron of a layer to each of the next, neuron by neuron: inputs × outputs. */
function outgoingWeights(table: Table, name: string, inputs: number, outputs: number): number[] {
  const runs = table.runs.get(name) ?? [];
  const where = `${table.path}, column ${name}`;
  for (const { line, numbers } of runs) {
    if (numbers.length !== outputs) {
      throw new UserError(
        `${where}, line ${line}: ${numbers.length} weights of one neuron, expected ${outputs}, ` +
          `one for each neuron of the next layer`,
      );
    }
  }
  if (runs.length !== inputs) {
    throw new UserError(`${where}: weights of ${runs.length} neurons, expected ${inputs}`);
  }
  return runs.flatMap(({ numbers }) => numbers as number[]);
}
