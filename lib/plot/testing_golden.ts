/**
 * Every kind of figure on small data, for {@link ./golden_test.ts}. Each has a committed picture,
 * `lib/plot/golden/NAME.svg`; `deno task golden` writes them again.
 * @module
 */
import { projectPath } from "../base/project.ts";
import { DIGITS, emptySamples, imageAt, type Samples } from "../dataset/dataset.ts";
import { MAZUR_BATCH, MAZUR_MODEL } from "../training/mazur.ts";
import { traceStep } from "../training/trace.ts";
import { preprocess } from "../picture/preprocess.ts";
import { REPORTED_FIGURES } from "../sweep/reported/reported_figures.ts";
import { rowNotRun } from "../sweep/reported/reported_row.ts";
import type { TrialRow } from "../sweep/row.ts";
import { choice, logUniform, wholeNumbers } from "../sweep/distribution.ts";
import { quasiRandom } from "../sweep/search.ts";
import { drawnSpaces, type Space } from "../sweep/space.ts";
import { variedFactors } from "../sweep/settings.ts";
import { barChart } from "./bar_chart.ts";
import { classCountBars } from "./class_counts.ts";
import { confusionMatrix } from "./confusion_matrix.ts";
import { digitGrid, meanImages } from "./digits.ts";
import { accuracyByEpoch, type HistoryRow, lossByEpoch } from "./history.ts";
import { interactiveFigure } from "./interactive.ts";
import { accuracyByIteration, type IterationRow, lossByIteration } from "./iterations.ts";
import { lineChart } from "./line_chart.ts";
import { lossContour } from "./loss_contour.ts";
import { networkDrawings } from "./network_drawing.ts";
import { pixelMaps } from "./pixel_maps.ts";
import { predictionGrid } from "./prediction_grid.ts";
import { recognitionStrip } from "./recognition_strip.ts";
import { reportedFiguresPlot } from "./reported_figures.ts";
import { robustnessFigure } from "./robustness.ts";
import { speedCurvesFigure } from "./speed_curves.ts";
import { surfaceRows } from "./surface_rows.ts";
import { contour, lossBy, lossByLearningRate, slices, sweepFigure } from "./sweep_figure.ts";
import { describeTrials, type SweepFigureOptions } from "./sweep_view.ts";
import { tableFigure } from "./table_figure.ts";
import type { Table } from "./table_rows.ts";
import { sweepRows, tableOf } from "./testing_rows.ts";
import { complete } from "../training/hyperparameters.ts";
import type { RangeRun } from "../training/range_test.ts";
import { suggestRates } from "../training/suggest_rate.ts";
import { rangeTestFigure } from "./range_test.ts";
import { weightMaps } from "./weight_maps.ts";
import { zeroPixels } from "./zero_pixels.ts";

/** The folder of the committed pictures. */
export const GOLDEN = projectPath("lib", "plot", "golden");

/** Returns the files of the folder, each with a function that creates its text. */
export function goldenFiles(): ReadonlyMap<string, () => string> {
  return new Map([
    ...sweeps(),
    ...rangeTests(),
    ...courses(),
    ...surfaces(),
    ...images(),
    ...tables(),
    ...networks(),
  ]);
}

type Files = [name: string, text: () => string][];

const none = { trainLoss: null, testLoss: null, testAccuracy: null } as const;

/** Rows of a sweep in which some trials diverged and one failed, all at the largest learning rate. */
function endedRows(space: Space): TrialRow[] {
  return sweepRows(space).map((row, i) => {
    if (row.learningRate < 1 || i % 5 === 0) return row;
    return { ...row, ...none, status: i % 4 === 0 ? "failed" : "diverged" };
  });
}

/** The rows of a search. */
function drawnRows(): TrialRow[] {
  const space: Space = {
    learningRate: logUniform(0.001, 3),
    batchSize: wholeNumbers(1, 100),
    optimizer: choice("sgd", "momentum(uniform(0.5, 0.99))"),
    activation: choice("relu", "tanh"),
  };
  return [...drawnSpaces(space, quasiRandom(30))].flatMap((point) => sweepRows(point));
}

/** The rows of successive halving with two seeds: 9 settings, of which 3 and then 1 go on. */
function halvedRows(): TrialRow[] {
  const learningRate = Array.from({ length: 9 }, (_, i) => 0.001 * 2 ** i);
  return sweepRows({ learningRate, epochs: 9, validation: 5000, seed: [1, 2] }).map((row, i) => {
    const setting = Math.floor(i / 2);
    const { testLoss: validationLoss, testAccuracy: validationAccuracy } = row;
    return {
      ...row,
      ...{ validationLoss, validationAccuracy, testLoss: null, testAccuracy: null },
      stopAfter: setting === 6 ? "all" : setting > 5 ? 3 : 1,
    };
  });
}

const halvedCurves = {
  of: ({ stopAfter, validationLoss, learningRate }: TrialRow) =>
    Array.from({ length: stopAfter === "all" ? 9 : stopAfter }, (_, e) => ({
      epoch: e + 1,
      trainLoss: 1,
      validationLoss: validationLoss! / (1 + e * (0.2 + learningRate)),
    })),
};

/** The rows of a sweep with a validation set. */
function heldOutRows(space: Space): TrialRow[] {
  return sweepRows({ ...space, validation: 0.1 }).map((row) => ({
    ...row,
    ...{ validationLoss: row.testLoss, validationAccuracy: row.testAccuracy },
    ...{ testLoss: null, testAccuracy: null },
  }));
}

/** Range tests whose suggestions are in the right or the left half, and one that found none. */
function rangeTests(): Files {
  const runOf = (seed: number, lowest: number): RangeRun => {
    const points = Array.from({ length: 80 }, (_, i) => {
      const distance = Math.log10(1e-7 * 10 ** (i / 10) / lowest) + seed / 10;
      const smoothedLoss = 0.5 + 1.8 / (1 + Math.exp(5 + 4 * distance)) +
        (distance > 0 ? 3 * distance ** 2 : 0);
      return { step: i + 1, learningRate: 1e-7 * 10 ** (i / 10), loss: smoothedLoss, smoothedLoss };
    });
    return { seed, points, exploded: seed > 1, suggestions: suggestRates(points) };
  };
  const hyperparameters = { ...complete({ layers: [784, 16, 10] }) };
  const of = (runs: readonly RangeRun[], suggestions = runs[0].suggestions) => () =>
    rangeTestFigure({ hyperparameters, dataset: "mnist", runs, suggestions }).svg;
  const right = [1, 2, 3].map((seed) => runOf(seed, 0.2));
  const early = [1, 2].map((seed) => runOf(seed, 0.0001));
  const none = [{ ...runOf(2, 0.2), suggestions: undefined }];
  return [["range-test", of(right)], ["range-test-low", of(early)], ["range-test-none", of(none)]]
    .map(([name, text]) => [`${name}.svg`, text as () => string]);
}

function sweeps(): Files {
  const seed = [1, 2, 3], learningRate = [0.01, 0.1, 1];
  const activation = ["relu", "tanh", "sigmoid"] as const;
  const batchSize = [1, 32, "full"] as const;
  const layers = [8, 16, 32, 64, 128, 256, 512].map((units) => [784, units, 10]);
  const of = (rows: TrialRow[], options?: SweepFigureOptions) => () => {
    return sweepFigure(rows, options).svg;
  };
  const two = endedRows({ learningRate, activation });
  const three = endedRows({ learningRate, batchSize, activation: ["relu", "tanh"], seed: [1, 2] });
  const many = Array.from({ length: 30 }, (_, i) => Number((0.001 * 1.25 ** i).toPrecision(3)));
  return [
    ["sweep-rate", of(endedRows({ learningRate, seed }))],
    ["sweep-rate-accuracy", of(endedRows({ learningRate, seed }), { metric: "testAccuracy" })],
    ["sweep-rate-train", of(sweepRows({ learningRate, seed }), { metric: "trainLoss" })],
    ["sweep-held-out", of(heldOutRows({ learningRate, seed }))],
    ["sweep-held-out-names", of(heldOutRows({ activation, batchSize, l2: [0, 0.001] }))],
    ["sweep-full", of(sweepRows({ batchSize: [1, 8, 64, "full"], seed }))],
    ["sweep-zero", of(sweepRows({ l2: [0, 0.0001, 0.001, 0.01], seed: [1, 2] }))],
    ["sweep-epochs", of(sweepRows({ epochs: [1, 2, 4] }))],
    ["sweep-names", of(endedRows({ activation, learningRate: 1, seed: [1, 2, 3, 4] }))],
    [
      "sweep-schedules",
      of(sweepRows({
        ...{ schedule: ["constant", "warmup(500) + cosine"], optimizer: "momentum(0.9)", seed },
      })),
    ],
    ["sweep-names-accuracy", of(sweepRows({ activation, seed }), { metric: "testAccuracy" })],
    [
      "sweep-many-names",
      of(sweepRows({
        layers: Array.from({ length: 102 }, (_, i) => [784, 8 + i, 10]),
      })),
    ],
    ["sweep-one-setting", of(sweepRows({ seed }))],
    ["sweep-rate-and-name", of(endedRows({ learningRate, activation, seed }))],
    ["sweep-multiples", of(endedRows({ learningRate, layers }))],
    ["sweep-two-numbers", of(endedRows({ learningRate, batchSize, seed }))],
    [
      "sweep-two-names",
      of(sweepRows({ activation, shuffle: [true, false] }), {
        metric: "testAccuracy",
      }),
    ],
    ["sweep-many-numbers", of(sweepRows({ learningRate: many, batchSize: [1, 32] }))],
    ["sweep-three", of(three)],
    ["sweep-three-accuracy", of(three, { metric: "testAccuracy" })],
    ["sweep-drawn", of(drawnRows())],
    [
      "sweep-drawn-ended",
      of(drawnRows().map((row, i) => i % 5 === 0 ? { ...row, ...none, status: "diverged" } : row)),
    ],
    ["sweep-rungs", () => sweepFigure(halvedRows(), { curves: halvedCurves }).svg],
    ["sweep-slices", () => slices(three).svg],
    ["sweep-contour", () => contour("learningRate", "batchSize", drawnRows()).svg],
    [
      "sweep-contour-ended",
      () => contour("batchSize", "learningRate", three, { metric: "testAccuracy" }).svg,
    ],
    ["sweep-losses", of(sweepRows({ learningRate, loss: ["crossEntropy", "meanSquareError"] }))],
    ["sweep-diverged", of(endedRows({ learningRate: [1, 2], seed: 1 }).slice(1))],
    ["sweep-none", of([])],
    ["sweep-along", () => lossBy("batchSize", sweepRows({ batchSize, activation })).svg],
    ["sweep-along-rate", () => lossByLearningRate(two).svg],
    ...[endedRows({ learningRate, seed }), two, endedRows({ activation, learningRate: 1 }), three]
      .map((rows, i): Files[number] => [
        `sweep-pointer-${i + 1}`,
        of(rows, { describe: describeTrials(variedFactors(rows)) }),
      ]),
  ].map(([name, text]) => [`${name}.svg`, text] as Files[number]);
}

/** Histories of trainings, and other curves. */
function courses(): Files {
  const history = ["full", "mini <b>"].flatMap((series, s) =>
    [1, 2, 3].flatMap((epoch) =>
      [0, 1].map((seed): HistoryRow => ({
        ...{ series, epoch, loss: "crossEntropy" },
        trainLoss: (1 + s + 0.1 * seed) / epoch,
        testLoss: (1.2 + s + 0.2 * seed) / epoch,
        testAccuracy: 0.9 + 0.02 * epoch - 0.01 * s,
      }))
    )
  );
  const mixed = history.map((row): HistoryRow => ({
    ...row,
    loss: row.series === "full" ? "crossEntropy" : "meanSquareError",
  }));
  const steps = ["full batch", "mini-batch"].flatMap((series, s) =>
    [1, 10, 100].map((iteration): IterationRow => ({
      ...{ series, iteration, images: iteration * [60000, 512][s] },
      ...{ trainLoss: (2 + s) / iteration, testLoss: (2.1 + s) / iteration },
      ...{ trainAccuracy: 0.5 + 0.1 * s, testAccuracy: 0.6 + 0.001 * iteration },
    }))
  );
  const parabola = [-2, -1, 0, 1, 2].map((x) => ({ series: "x²", x, y: x * x }));
  const many = Array.from(
    { length: 8 },
    (_, s) => [1, 10].map((x) => ({ series: `series ${s + 1}`, x, y: 1e-6 * (s + x) })),
  ).flat();
  const times = ["own", "NumPy", "PyTorch"].flatMap((library, l) =>
    ["units", "depth", "batch"].flatMap((dimension) =>
      [1, 2, 4].map((value) => ({ dimension, value, library, seconds: (1 + l) * value }))
    )
  );
  return [
    ["loss-by-epoch.svg", () => lossByEpoch(history).svg],
    ["loss-by-epoch-one.svg", () => lossByEpoch(history.map(({ series: _, ...row }) => row)).svg],
    ["loss-by-epoch-mixed.svg", () => lossByEpoch(mixed).svg],
    ["accuracy-by-epoch.svg", () => accuracyByEpoch(history).svg],
    ["loss-by-iteration.svg", () => lossByIteration(steps, "iteration").svg],
    ["loss-by-work.svg", () => lossByIteration(steps, "images").svg],
    ["accuracy-by-iteration.svg", () => accuracyByIteration(steps, "iteration").svg],
    ["accuracy-by-work.svg", () => accuracyByIteration(steps, "images").svg],
    ["line-chart.svg", () =>
      lineChart(parabola, {
        ...{ title: "A parabola", subtitle: "and a path", width: 400, height: 240 },
        x: { label: "x", scale: "linear" },
        y: { label: "y", scale: "linear" },
        path: { label: "steps", points: [{ x: -1.5, y: 2.25 }, { x: 1, y: 1 }, { x: 0.2, y: 0 }] },
      }).svg],
    ["line-chart-many.svg", () =>
      lineChart(many, {
        title: "Eight series",
        x: { label: "x", scale: "log" },
        y: { label: "tiny numbers", scale: "log" },
      }).svg],
    ["speed.svg", () => speedCurvesFigure(times, "own").svg],
  ];
}

/** A bowl with a path down and one that leaves it, a plain, and what a window gets of them. */
function surfaces(): Files {
  const lattice = (low: number, high: number, steps: number) =>
    Array.from({ length: steps }, (_, i) => low + (high - low) * i / (steps - 1));
  const xs = lattice(-2, 4, 13), ys = lattice(-1, 1, 9);
  const bowl = { xs, ys, losses: ys.map((y) => xs.map((x) => 0.2 + 0.1 * x * x + y * y)) };
  const down = (rate: number) =>
    Array.from({ length: 6 }, (_, i) => {
      const x = 3 * (1 - rate) ** i, y = 0.8 * (1 - 1.8 * rate) ** i;
      return { x, y, loss: 0.2 + 0.1 * x * x + y * y };
    });
  const paths = [
    { label: "rate 0.2", points: down(0.2) },
    { label: "rate 1.2 <", points: down(1.2) },
  ];
  const plain = { xs: [0, 1], ys: [0, 1], losses: [[1, 1], [1, 1.01]] };
  const ended = { ...plain, losses: [[0, 1], [2, Infinity]] };
  const window = () => {
    const table = tableOf(surfaceRows(bowl, paths));
    return `${JSON.stringify(interactiveFigure("bowl.csv", table), null, 1)}\n`;
  };
  return [
    [
      "loss-contour.svg",
      () =>
        lossContour(bowl, { title: "A bowl", subtitle: "and two paths", x: "across", paths }).svg,
    ],
    ["loss-contour-plain.svg", () => lossContour(plain, { title: "A plain" }).svg],
    ["loss-contour-ended.svg", () => lossContour(ended, { title: "Zero and infinity" }).svg],
    ["window-surface.json", window],
  ];
}

/** Three images of 4×4 pixels. */
function samples(): Samples {
  const made = emptySamples(3, 4, 4);
  for (let i = 0; i < 3; i++) {
    imageAt(made, i).set(Array.from({ length: 16 }, (_, p) => (p * (i + 3)) % 7 < 3 ? 0 : 16 * p));
  }
  made.labels.set([7, 1, 1]);
  return made;
}

function images(): Files {
  const three = samples();
  const sparse = emptySamples(2, 4, 4);
  sparse.pixels[0] = 255;
  const predictions = [
    { index: 0, actual: 7, predicted: 7, probability: 0.999 },
    { index: 1, actual: 1, predicted: 9, probability: 0.5 },
  ];
  const model = {
    architecture: { layers: [16, 3], activations: ["identity"], loss: "crossEntropy" },
    parameters: [{
      weights: Float32Array.from({ length: 48 }, (_, i) => ((i * 5) % 11 - 5) / 4),
      biases: new Float32Array(3),
    }],
  } as const;
  const matrix = [[8, 2, 0], [1, 9, 0], [0, 4, 1200]];
  return [
    [
      "digit-grid.svg",
      () =>
        digitGrid(three, [2, 0, 1], { captions: ["a < b", "", "c"], marked: [2], columns: 2 }).svg,
    ],
    ["digit-grid-labels.svg", () => digitGrid(three, [0, 1], { title: "Two", scale: 4 }).svg],
    ["mean-images.svg", () => meanImages(three, DIGITS).svg],
    ["prediction-grid.svg", () => predictionGrid(three, predictions).svg],
    [
      "class-counts.svg",
      () => classCountBars({ name: "tiny", classes: DIGITS, train: three, test: three }).svg,
    ],
    ["confusion-matrix.svg", () => confusionMatrix(matrix, ["cat", "dog", "elephant"]).svg],
    ["zero-pixels.svg", () => zeroPixels(three).svg],
    ["zero-pixels-sparse.svg", () => zeroPixels(sparse).svg],
    ["weight-maps.svg", () => weightMaps(model).svg],
    ["pixel-maps.svg", () =>
      pixelMaps([[0, 0.5, -1, 0.25, 0, 2]], {
        ...{ title: "Six numbers", imageWidth: 3, captions: ["one"], scale: 10, limit: 1 },
      }).svg],
    ["recognition-one.svg", () => recognitionStrip([recognition("a/one.png", 60)]).svg],
    [
      "recognition-two.svg",
      () => recognitionStrip([recognition("-", 60), recognition("b\\large.png", 400)]).svg,
    ],
  ];
}

/** A red bar on a transparent page, recognised as a 1. */
function recognition(path: string, height: number) {
  const width = height / 2, rgba = new Uint8Array(4 * width * height);
  for (let y = height / 6; y < height * 5 / 6; y++) {
    for (let x = 0.4 * width; x < 0.6 * width; x++) {
      rgba.set([255, 0, 0, 255], 4 * (Math.floor(y) * width + Math.floor(x)));
    }
  }
  const image = { width, height, rgba };
  const probabilities = [0, 0.9, 0, 0.05, 0, 0, 0, 0.05, 1e-6, 0];
  const stages = preprocess(image)!;
  return {
    ...{ path, image, label: 1, className: "1", probability: 0.9, probabilities, hidden: [] },
    images: { width: 28, height: 28, classes: DIGITS, framed: true },
    stages,
    pixels: stages.digit,
  };
}

/** Figures of tables, as pictures and for the window. */
function tables(): Files {
  const photo = { images: 100, right: 90, notFound: 0, accuracy: 0.9, low: 0.83, high: 0.94 };
  const photos = [
    { ...photo, photo: "grain" },
    { ...photo, photo: "ruled lines", accuracy: 0.975, low: 0.96, high: 0.981 },
  ];
  const verdicts = [
    ...["holds", "exceeded", "not reached", "architecture reaches it"],
    "architecture does not reach it",
  ] as const;
  const judged = REPORTED_FIGURES.slice(0, 8).map(rowNotRun).map((row, i) => {
    if (i >= verdicts.length) return row;
    return {
      ...row,
      ...{ mean: 90 + i, min: 89 + i, max: 91 + i, predictedLow: 88, predictedHigh: 100 },
      ...{ asGood: [0.43, 0.999, 0.001, 1, 0][i], verdict: verdicts[i] },
      measure: i === 1 ? "error rate" as const : "accuracy" as const,
    };
  });
  const sweep = endedRows({ learningRate: [0.01, 0.1, 1], seed: [1, 2] })
    .map(({ learningRate, seed, status, trainLoss, testLoss }) => ({
      learningRate,
      seed,
      layers: seed === 1 ? "784-10" : "a",
      status,
      trainLoss,
      testLoss,
    }));
  const history = [1, 2, 3].map((epoch) => ({
    learningRate: 0.1,
    epochs: 3,
    epoch,
    trainLoss: 1 / epoch,
    testLoss: 2 / epoch,
  }));
  const other = [
    { kind: "noise & <i>", seconds: 0.9, images: 100 },
    { kind: "plain", seconds: 0.95, images: null },
  ];
  const long = Array.from({ length: 70 }, (_, i) => ({ a: i, b: 70 - i }));
  const bars = [
    { title: "a <", values: [2, 0, -1, NaN], marked: [1], details: ["w", "x", "y", "z"] },
    { title: "a long title of a column with small bars", values: [0.00001], labels: ["name"] },
  ];
  const figures = [
    ["curves", sweep],
    ["history", history],
    ["reported", judged],
    ["bars", other],
    ["rows", long],
  ] as const;
  const rates = { learningRate: [0.01, 0.1, 1], seed: [1, 2] };
  const sweeps = [
    ["sweep-rate", endedRows(rates)],
    ["sweep-full", sweepRows({ batchSize: [1, "full"], seed: [1, 2] })],
    ["sweep-names", endedRows({ ...rates, learningRate: 1, activation: ["relu", "tanh"] })],
    ["sweep-map", endedRows({ ...rates, batchSize: [1, 32] })],
    ["sweep-three", endedRows({ ...rates, batchSize: [1, 32], activation: ["relu", "tanh"] })],
  ] as const;
  return [
    [
      "bars.svg",
      () => barChart(bars, { title: "Bars", image: { samples: samples(), index: 1 } }).svg,
    ],
    ["robustness.svg", () => robustnessFigure(photos, "mnist", "784-10").svg],
    ["reported.svg", () => reportedFiguresPlot(judged).svg],
    ...figures.map(([name, records]): Files[number] => [
      `table-${name}.svg`,
      () => tableFigure(`${name}.csv`, tableOf(records) as Table).svg,
    ]),
    ...[...figures, ...sweeps].map(([name, records]): Files[number] => [
      `window-${name}.json`,
      () => `${JSON.stringify(interactiveFigure(`${name}.csv`, tableOf(records)), null, 1)}\n`,
    ]),
  ];
}

/** Each picture of Mazur's step. */
function networks(): Files {
  const trace = traceStep(MAZUR_MODEL, MAZUR_BATCH, { learningRate: 0.5, updateBiases: false });
  const names = [["i1", "i2"], ["h1", "h2"], ["o1", "o2"]];
  const drawings = networkDrawings(trace, { names });
  return drawings.map(({ svg }, i) => [`network-${String(i + 1).padStart(2, "0")}.svg`, () => svg]);
}
