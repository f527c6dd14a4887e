import { UserError } from "../base/user_error.ts";
import { type ActivationName, ACTIVATIONS } from "./activations.ts";
import { checkedKernel } from "./checked_kernel.ts";
import { chooseModule } from "./choose_module.ts";
import {
  type DeferrableRule,
  type DeferredSteps,
  deferSteps,
  type Place,
} from "./deferred_steps.ts";
import type { Inputs, Kernel, Matrix } from "./kernel.ts";
import { dropThreshold, keptScale } from "./masks.ts";
import * as modules from "./module.js";
import { SimdImages, SimdMatrix, type SparseIndex } from "./simd_matrix.ts";
import { UPDATE_RULES, type UpdateCall, type UpdateRuleName } from "./update_rules.ts";
import { strideOf, wholeVectors } from "./vectors.ts";

const compiled = await chooseModule(modules, noteOnce);

/** Exports of `assembly/index.ts`; pointers and sizes are in bytes. */
interface Exports {
  heapBase: WebAssembly.Global;
  indexImages(...args: number[]): number;
  clearKept(...args: number[]): void;
  indexKept(...args: number[]): number;
  scaleRows(...args: number[]): void;
  indexPixels(...args: number[]): void;
  product(...args: number[]): void;
  productTN(...args: number[]): void;
  productNT(...args: number[]): void;
  sparseProduct(...args: number[]): void;
  sparseRankOne(...args: number[]): void;
  narrowProduct(...args: number[]): void;
  narrowProductTN(...args: number[]): void;
  catchUp(...args: number[]): void;
  settle(...args: number[]): void;
  followVelocity(...args: number[]): void;
  sparseMomentum(...args: number[]): void;
  sparseAdam(...args: number[]): void;
  columnSums(...args: number[]): void;
  addRow(...args: number[]): void;
  combine(...args: number[]): void;
  sumOfSquares(...args: number[]): number;
  limitColumns(...args: number[]): void;
  softmax(...args: number[]): void;
  crossEntropy(...args: number[]): number;
  squaredError(...args: number[]): number;
  binaryCrossEntropy(...args: number[]): number;
  dropOut(...args: number[]): void;
  dropEntries(...args: number[]): void;
  moments(...args: number[]): void;
  standardize(...args: number[]): void;
  scaleShift(...args: number[]): void;
  standardizeGradient(...args: number[]): void;
}

/** The store of the images that are loaded again and again; see `assembly/kept_images.ts`. */
interface KeptImages {
  readonly pixels: Uint8Array;
  readonly columns: number;
  readonly pointer: number;
  /** Image by image, 0 where its bytes have to be loaded. */
  readonly records: Uint32Array;
}

/** Columns of an index's tile, and bytes of a group's sums, as in `assembly/sparse.ts`. */
const TILE = 128, GROUP_SUMS = 64 * 64 * 4;

/** Scratch space of `softmax` in `assembly/elementwise.ts`: sixteen rows of doubles twice, and their sums. */
function softmaxBytes({ stride }: Matrix): number {
  return 16 * (16 * stride + 8);
}

/** Bytes of a gradient that `updateTN` computes at a time, and the least rows. */
const GRADIENT = 16 * 1024, MIN_ROWS = 16;

/** The dense product is faster above this fraction of non-zero pixels. */
const SPARSE_LIMIT = 0.6;

/**
 * The fast kernel: WebAssembly with 128-bit SIMD and fused multiply-add, in 32 bits. It gives the same bits
 * as `plainKernel(32)` on every machine. If the engine has no fused multiply-add, it is emulated, with a
 * one-line warning on stderr. Each kernel has its own memory of 512 MiB, whose pages are allocated on first
 * use.
 *
 * Products with a zero pixel are skipped, as in a sparse matrix library, and so is a penalty of 0. With an
 * infinite weight they would have been NaN; with finite weights the result is the same.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseActivation } from "./activations.ts";
 * import { simdKernel } from "./simd.ts";
 * const kernel = simdKernel();
 * const z = kernel.matrix(2, 3);
 * z.data.set([-1, 0, 1]);
 * kernel.activate(parseActivation("relu"), z, z);
 * assert(z.data[0] === 0 && z.data[2] === 1);
 * ```
 */
export function simdKernel(): Kernel {
  const { exports } = new WebAssembly.Instance(compiled);
  return kernelOf(exports, exports.memory as WebAssembly.Memory);
}

/** Scratch space for intermediate results: one place per thread, each of `bytes` bytes. */
export interface Scratch {
  readonly places: number;
  bytes: number;
}

/** Creates a kernel from an instance of the module, or from functions equivalent to its exports. */
export function kernelOf(
  exports: WebAssembly.Exports,
  memory: WebAssembly.Memory,
  room: Scratch = { places: 1, bytes: 0 },
): Kernel {
  const wasm = exports as unknown as Exports;
  const activations = activationExports(exports), updates = updateExports(exports);
  const bytes = new Uint8Array(memory.buffer), words = new Uint32Array(memory.buffer);
  let top: number = align(wasm.heapBase.value);
  // Kept images take the upper half of the memory while nothing else needs it.
  let end = bytes.length;
  let steady: Uint8Array | undefined;
  let kept: KeptImages | undefined;
  let scratchPointer = 0, gradientPointer = 0, gradientBytes = 0;

  /** Allocates `size` zeroed bytes. They are never freed: a kernel exists for one trial. */
  function allocate(size: number): number {
    const pointer = top;
    top = align(top + size);
    // A vector may read a little past the last row of a matrix, so the last page is never handed out.
    if (top + 65536 > end) forgetImages();
    if (top + 65536 > end) {
      throw new UserError(
        `the network and its batches need more than the ${
          bytes.length >> 20
        } MiB of a kernel's memory; ` +
          `use fewer units or smaller batches`,
      );
    }
    return pointer;
  }

  /** Returns the address of the scratch space, whose places have at least `size` bytes each. */
  function scratch(size: number): number {
    if (size > room.bytes) {
      room.bytes = align(2 * size);
      scratchPointer = allocate(room.places * room.bytes);
    }
    return scratchPointer;
  }

  /** Room for rows of a gradient that is used up at once. */
  function gradientRoom(size: number): number {
    if (size > gradientBytes) {
      gradientPointer = allocate(size);
      gradientBytes = size;
    }
    return gradientPointer;
  }

  function forgetImages() {
    end = bytes.length;
    steady = kept = undefined;
  }

  /** The store of `pixels`, if they are to be kept and there is room. */
  function keptImages(pixels: Uint8Array, columns: number): KeptImages | undefined {
    if (pixels !== steady) return undefined;
    if (kept) return kept.columns === columns ? kept : undefined;
    const pointer = align(bytes.length / 2), images = Math.ceil(pixels.length / columns);
    const size = bytes.length - 65536 - pointer;
    if (top + 65536 > pointer || 4 * images + 12 > size) return undefined;
    wasm.clearKept(pointer, images, size);
    end = pointer;
    const records = new Uint32Array(bytes.buffer, pointer + 12, images);
    return kept = { pixels, columns, pointer, records };
  }

  /** Memory for a matrix of zeros. */
  const newPlace = (rows: number, columns: number): Place => ({
    address: allocate(4 * rows * strideOf(columns)),
    rows,
    deferred: undefined,
    log: 0,
  });

  function makeIndex(rows: number, columns: number): SparseIndex {
    const tileBytes = (rows: number, columns: number) => 4 * rows * Math.ceil(columns / TILE);
    const imageStarts = allocate(tileBytes(rows, columns) + 4);
    const pixelTiles = tileBytes(columns, rows);
    return {
      pixels: allocate(rows * columns),
      order: allocate(rows * 4),
      byImage: {
        starts: imageStarts,
        ends: imageStarts + 4,
        // Up to seven entries too many are written, to be written over.
        entries: allocate((rows * columns + 7) * 8),
      },
      byPixel: {
        starts: allocate(pixelTiles),
        ends: allocate(pixelTiles),
        entries: allocate(pixelTiles * Math.min(rows, TILE) * 2),
      },
      worthwhile: false,
      pixelImages: 0,
    };
  }

  /** The index by pixel of the images that `a` holds, which is made where it is first needed. */
  function byPixelOf(a: SimdMatrix, index: SparseIndex) {
    const { byImage, byPixel } = index;
    if (index.pixelImages !== a.rows) {
      wasm.indexPixels(
        byImage.starts,
        byImage.entries,
        a.rows,
        a.columns,
        byPixel.starts,
        byPixel.ends,
        byPixel.entries,
      );
      index.pixelImages = a.rows;
    }
    return byPixel;
  }

  /** The address of a factor whose rows with entries in `a` are up to date. */
  function rowsFor(a: SimdMatrix, index: SparseIndex, factor: SimdMatrix): number {
    const { deferred, address } = factor.place;
    if (!deferred?.isPending || a.rows > TILE) return factor.pointer;
    const { starts, ends } = byPixelOf(a, index);
    deferred.catchUp(starts, ends, factor.rows);
    return address;
  }

  /** Calls the function of an update rule. */
  function applyRule(
    name: UpdateRuleName,
    n: readonly number[],
    g: number,
    w: number,
    s: number,
    t: number,
    bytes: number,
  ): void {
    // To spread the numbers would take as long as a small update. Those that a rule lacks are ignored.
    updates[name](g, w, s, t, bytes, n[0], n[1], n[2], n[3], n[4], n[5]);
  }

  /** The log of the weights' deferred steps by a rule. */
  function stepsOf(
    rule: DeferrableRule,
    weights: SimdMatrix,
    kept: readonly SimdMatrix[],
  ): DeferredSteps {
    const { deferred } = weights.place;
    if (deferred?.isOf(weights, kept)) return deferred;
    for (const { place } of [weights, ...kept]) place.deferred?.settle();
    return deferSteps(wasm, words, allocate, rule, weights, kept);
  }

  /** `count` rows from `first` of alpha · aᵀ·b, to the rows of `rowBytes` bytes at `out`: see `productTN`. */
  function rowsOfProductTN(
    alpha: number,
    a: SimdMatrix,
    first: number,
    count: number,
    b: SimdMatrix,
    beta: number,
    out: number,
    rowBytes: number,
  ): void {
    const { index } = a;
    if (!index?.worthwhile) {
      wasm.productTN(
        alpha,
        a.pointer + 4 * first,
        a.rowBytes,
        b.pointer,
        b.rowBytes,
        beta,
        out,
        rowBytes,
        count,
        a.rows,
        wholeVectors(b.columns),
        scratch(448 + 72 * a.rows + 4 * a.rows * (b.columns + 15)),
      );
      return;
    }
    if (isNarrow(a, b)) {
      const { starts, entries } = index.byImage;
      wasm.narrowProductTN(
        alpha,
        starts,
        Math.ceil(a.columns / TILE),
        entries,
        a.rows,
        a.columns,
        b.pointer,
        b.rowBytes,
        beta,
        out,
        rowBytes,
        wholeVectors(b.columns),
        scratch(64 * a.columns),
      );
      return;
    }
    const { starts, ends, entries } = byPixelOf(a, index);
    const tiles = 4 * first * Math.ceil(a.rows / TILE);
    wasm.sparseProduct(
      alpha,
      starts + tiles,
      ends + tiles,
      entries,
      count,
      a.rows,
      b.pointer,
      b.rowBytes,
      beta,
      out,
      rowBytes,
      wholeVectors(b.columns),
      scratch(GROUP_SUMS),
    );
  }

  /** `updateTN` with images of one tile: the rows without entries make the step when they are needed. */
  function updateRows(
    rule: DeferrableRule,
    n: readonly number[],
    a: SimdMatrix,
    b: SimdMatrix,
    w: SimdMatrix,
    kept: readonly SimdMatrix[],
  ): void {
    const deferred = stepsOf(rule, w, kept);
    const { starts, ends, entries } = byPixelOf(a, a.index!);
    const step = deferred.add(starts, ends, w.rows);
    wasm[rule === "adam" ? "sparseAdam" : "sparseMomentum"](
      starts,
      ends,
      entries,
      a.columns,
      a.rows,
      b.pointer,
      b.rowBytes,
      w.place.address,
      kept[0].place.address,
      kept.length > 1 ? kept[1].place.address : 0,
      w.rowBytes,
      wholeVectors(w.columns),
      deferred.pointer,
      step,
      n[0],
      n[1],
      n[2],
      n[3],
      n[4],
      n[5],
    );
  }

  /** `updateTN` by momentum, without a gradient: v ← μ v + aᵀ·b; v ← v + λ w; w ← w − η v. */
  function updateVelocity(
    [rate, lambda, mu]: readonly number[],
    a: SimdMatrix,
    b: SimdMatrix,
    w: SimdMatrix,
    v: SimdMatrix,
  ): void {
    rowsOfProductTN(1, a, 0, w.rows, b, mu, v.pointer, v.rowBytes);
    wasm.followVelocity(w.pointer, v.pointer, w.rows * w.rowBytes, rate, lambda);
  }

  /** `updateTN` by any rule, by way of rows of the gradient. */
  function updateByGradient(
    { name, numbers }: UpdateCall,
    a: SimdMatrix,
    b: SimdMatrix,
    w: SimdMatrix,
    [s, t]: readonly SimdMatrix[],
  ): void {
    // Threads divide what is large; one alone keeps the rows of the gradient in its nearest cache.
    const isWhole = room.places > 1 || isNarrow(a, b);
    const rows = isWhole ? w.rows : Math.max(MIN_ROWS, Math.floor(GRADIENT / w.rowBytes));
    const isSparse = a.index?.worthwhile ?? false;
    const gradient = gradientRoom(Math.min(rows, w.rows) * w.rowBytes);
    for (let first = 0; first < w.rows; first += rows) {
      const count = Math.min(rows, w.rows - first), at = first * w.rowBytes;
      // Added to zeros, rows without images cost nothing.
      if (isSparse) bytes.fill(0, gradient, gradient + count * w.rowBytes);
      rowsOfProductTN(1, a, first, count, b, isSparse ? 1 : 0, gradient, w.rowBytes);
      const [toS, toT] = [s ? s.pointer + at : 0, t ? t.pointer + at : 0];
      applyRule(name, numbers, gradient, w.pointer + at, toS, toT, count * w.rowBytes);
    }
  }

  /** The verb of a loss; only the one with a softmax uses the scratch space. */
  function lossVerb(name: "crossEntropy" | "squaredError" | "binaryCrossEntropy") {
    return (outputs: Matrix, targets: Matrix, scale: number, delta: Matrix): number => {
      const [O, T, D] = [outputs, targets, delta] as SimdMatrix[];
      return wasm[name](
        O.pointer,
        T.pointer,
        scale,
        D.pointer,
        O.rows,
        O.columns,
        O.rowBytes,
        scratch(softmaxBytes(O)),
      );
    };
  }

  const kernel: Kernel = {
    precision: 32,

    matrix(rows, columns) {
      return new SimdMatrix(bytes, newPlace(rows, columns), rows, columns);
    },

    images(rows, columns) {
      const index = makeIndex(rows, columns);
      return new SimdImages(bytes, newPlace(rows, columns), rows, columns, index);
    },

    firstRows(matrix, rows) {
      const { place, columns, index } = matrix as Inputs as SimdMatrix;
      const View = index ? SimdImages : SimdMatrix;
      return new View(bytes, place, rows, columns, index) as Inputs as typeof matrix;
    },

    keepImages(pixels) {
      if (pixels === steady) return;
      forgetImages();
      steady = pixels;
    },

    loadPixels(x, pixels, order, start) {
      const { rows, columns, pointer, rowBytes, index } = x as Inputs as SimdImages;
      const store = keptImages(pixels, columns);
      for (let r = 0; r < rows; r++) {
        const image = order[start + r];
        words[index.order / 4 + r] = image;
        if (store && store.records[image] !== 0) continue;
        const at = image * columns;
        bytes.set(pixels.subarray(at, at + columns), index.pixels + r * columns);
      }
      const { starts, entries } = index.byImage;
      let filled: number;
      if (store) {
        filled = wasm.indexKept(
          store.pointer,
          index.order,
          index.pixels,
          rows,
          columns,
          starts,
          entries,
        );
      } else filled = wasm.indexImages(index.pixels, rows, columns, starts, entries);
      index.worthwhile = filled <= SPARSE_LIMIT * rows * columns;
      index.pixelImages = 0;
      if (index.worthwhile) return;
      if (store) {
        // Bytes are needed after all.
        forgetImages();
        kernel.loadPixels(x, pixels, order, start);
      } else wasm.scaleRows(index.pixels, rows, columns, pointer, rowBytes);
    },

    product(a, b, out) {
      const [A, B, C] = [a, b, out] as SimdMatrix[];
      const { index } = A;
      const factor = index?.worthwhile ? rowsFor(A, index, B) : B.pointer;
      if (index?.worthwhile && isNarrow(A, B)) {
        const { starts, entries } = index.byImage;
        wasm.narrowProduct(
          starts,
          Math.ceil(A.columns / TILE),
          entries,
          A.rows,
          factor,
          B.rowBytes,
          C.pointer,
          C.rowBytes,
          wholeVectors(C.columns),
          scratch(GROUP_SUMS),
        );
      } else if (index?.worthwhile) {
        const { starts, ends, entries } = index.byImage;
        // Tiles pay where images share them: a single image is taken as one tile.
        const tiles = A.rows === 1 ? Math.ceil(A.columns / TILE) : 1;
        wasm.sparseProduct(
          1,
          starts,
          ends + 4 * (tiles - 1),
          entries,
          A.rows,
          A.rows === 1 ? 1 : A.columns,
          factor,
          B.rowBytes,
          0,
          C.pointer,
          C.rowBytes,
          wholeVectors(C.columns),
          scratch(GROUP_SUMS),
        );
      } else {
        wasm.product(
          A.pointer,
          A.rowBytes,
          factor,
          B.rowBytes,
          C.pointer,
          C.rowBytes,
          A.rows,
          B.rows,
          wholeVectors(C.columns),
          scratch(64 * (A.rows + 3) + (A.rows === 1 ? 256 : 256 * B.rows)),
        );
      }
    },

    productTN(alpha, a, b, beta, out) {
      const [A, B, C] = [a, b, out] as SimdMatrix[];
      const { index } = A;
      if (index?.worthwhile && A.rows === 1 && beta === 1) {
        const { starts, entries } = index.byImage;
        wasm.sparseRankOne(
          alpha,
          starts,
          entries,
          A.columns,
          B.pointer,
          C.pointer,
          C.rowBytes,
        );
      } else rowsOfProductTN(alpha, A, 0, A.columns, B, beta, C.pointer, C.rowBytes);
    },

    productNT(a, b, out) {
      const [A, B, C] = [a, b, out] as SimdMatrix[];
      wasm.productNT(
        A.pointer,
        A.rowBytes,
        B.pointer,
        B.rowBytes,
        C.pointer,
        C.rowBytes,
        A.rows,
        B.columns,
        B.rows,
        scratch(4096 + 64 * (B.columns + 3) * Math.ceil(Math.min(A.rows, 128) / 16)),
      );
    },

    columnSums(alpha, a, beta, out) {
      const [A, C] = [a, out] as SimdMatrix[];
      wasm.columnSums(alpha, A.pointer, A.rows, A.rowBytes, beta, C.pointer);
    },

    addRow(bias, out) {
      const [A, C] = [bias, out] as SimdMatrix[];
      wasm.addRow(A.pointer, C.pointer, C.rows, C.rowBytes);
    },

    combine(alpha, a, beta, out) {
      const [A, C] = [a, out] as SimdMatrix[];
      wasm.combine(alpha, A.pointer, beta, C.pointer, C.rows * C.rowBytes);
    },

    update({ name, numbers }, g, w, state) {
      const [G, W, S, T] = [g, w, state[0], state[1]] as SimdMatrix[];
      applyRule(
        name,
        numbers,
        G.pointer,
        W.pointer,
        S?.pointer ?? 0,
        T?.pointer ?? 0,
        W.rows * W.rowBytes,
      );
    },

    updateTN(call, a, b, w, state) {
      const [A, B, W] = [a, b, w] as SimdMatrix[], kept = state as SimdMatrix[];
      const rule = withoutPenalty(call), isSparse = A.index?.worthwhile ?? false;
      if (rule && isSparse && A.rows <= TILE) updateRows(rule, call.numbers, A, B, W, kept);
      else if (hasMomentum(call) && !isSparse) updateVelocity(call.numbers, A, B, W, kept[0]);
      else updateByGradient(call, A, B, W, kept);
    },

    sumOfSquares(a) {
      const { pointer, rows, columns, rowBytes } = a as SimdMatrix;
      return wasm.sumOfSquares(pointer, rows, columns, rowBytes, scratch(2 * rowBytes));
    },

    limitColumns(most, out) {
      const { pointer, rows, rowBytes } = out as SimdMatrix;
      wasm.limitColumns(most, pointer, rows, rowBytes, scratch(2 * rowBytes));
    },

    activate({ name, parameter }, z, out) {
      const [Z, C] = [z, out] as SimdMatrix[];
      activations[name].value(Z.pointer, C.pointer, Z.rows * Z.rowBytes, parameter);
    },

    activationGradient({ name, parameter }, z, a, delta) {
      const [Z, A, C] = [z, a, delta] as SimdMatrix[];
      const bytes = Z.rows * Z.rowBytes;
      activations[name].slope(Z.pointer, A.pointer, C.pointer, bytes, parameter);
    },

    softmax(scores, out) {
      const [S, C] = [scores, out] as SimdMatrix[];
      const room = scratch(softmaxBytes(S));
      wasm.softmax(S.pointer, C.pointer, S.rows, S.columns, S.rowBytes, room);
    },

    crossEntropy: lossVerb("crossEntropy"),
    squaredError: lossVerb("squaredError"),
    binaryCrossEntropy: lossVerb("binaryCrossEntropy"),

    dropOut(mask, a, out) {
      const [A, C] = [a, out] as SimdMatrix[];
      const [first, second] = mask.key;
      const threshold = dropThreshold(mask), scale = keptScale(mask);
      const from = A.index, to = C.index;
      if (from?.worthwhile && to) {
        wasm.dropEntries(
          from.byImage.starts,
          from.byImage.entries,
          first,
          second,
          threshold,
          scale,
          to.byImage.starts,
          to.byImage.entries,
          A.rows,
          A.columns,
          Math.ceil(A.columns / TILE),
        );
        to.worthwhile = true;
        to.pixelImages = 0;
        return;
      }
      if (to) to.worthwhile = false;
      wasm.dropOut(
        A.pointer,
        A.rowBytes,
        first,
        second,
        threshold,
        scale,
        C.pointer,
        C.rowBytes,
        A.rows,
        A.columns,
      );
    },

    moments(a, mean, variance) {
      const [A, M, V] = [a, mean, variance] as SimdMatrix[];
      wasm.moments(A.pointer, A.rows, A.rowBytes, M.pointer, V.pointer);
    },

    standardize(a, mean, variance, epsilon, out) {
      const [A, M, V, C] = [a, mean, variance, out] as SimdMatrix[];
      wasm.standardize(A.pointer, M.pointer, V.pointer, epsilon, C.pointer, A.rows, A.rowBytes);
    },

    scaleShift(a, scales, shifts, out) {
      const [A, S, B, C] = [a, scales, shifts, out] as SimdMatrix[];
      wasm.scaleShift(A.pointer, S.pointer, B.pointer, C.pointer, A.rows, A.rowBytes);
    },

    standardizeGradient(normal, variance, epsilon, scales, delta, scaleGradient, shiftGradient) {
      const matrices = [normal, variance, scales, delta, scaleGradient, shiftGradient];
      const [N, V, S, D, G, B] = matrices as SimdMatrix[];
      wasm.standardizeGradient(
        N.pointer,
        V.pointer,
        epsilon,
        S.pointer,
        D.pointer,
        G.pointer,
        B.pointer,
        N.rows,
        N.rowBytes,
      );
    },
  };
  return checkedKernel(kernel, (matrix) => SimdMatrix.isOf(bytes, matrix));
}

/** Writes a line to stderr: once per process, not per worker, and not in a browser. */
function noteOnce(line: string): void {
  const isWorker = "WorkerGlobalScope" in globalThis;
  if (!isWorker && "Deno" in globalThis) console.error(line);
}

/**
 * Returns the module's function and slope of every activation.
 *
 * @param names the required activations
 * @throws {Error} naming an activation that is missing in `assembly/activations.ts`
 */
export function activationExports(
  exports: WebAssembly.Exports,
  names: readonly string[] = Object.keys(ACTIVATIONS),
): Record<ActivationName, Record<"value" | "slope", (...args: number[]) => void>> {
  const pairs = names.map((name) => {
    const [value, slope] = [exports[name], exports[`${name}Slope`]];
    if (typeof value !== "function" || typeof slope !== "function") {
      throw new Error(
        `the compiled kernel lacks the activation ${name}: add ${name} and ${name}Slope to ` +
          `lib/kernel/assembly/activations.ts and run deno task build`,
      );
    }
    return [name, { value, slope }];
  });
  return Object.fromEntries(pairs);
}

/**
 * The module's function of every update rule.
 *
 * @param names the rules to look for
 * @throws {Error} naming the one that `assembly/update_rules.ts` lacks
 */
export function updateExports(
  exports: WebAssembly.Exports,
  names: readonly string[] = Object.keys(UPDATE_RULES),
): Record<UpdateRuleName, (...args: number[]) => void> {
  const pairs = names.map((name) => {
    if (typeof exports[name] !== "function") {
      throw new Error(
        `the compiled kernel lacks the update rule ${name}: write ${name} in ` +
          `lib/kernel/assembly/update_rules.ts and run deno task build`,
      );
    }
    return [name, exports[name]];
  });
  return Object.fromEntries(pairs);
}

/** The rule of a call, if without a penalty it has a way of its own to update by a product. */
function withoutPenalty({ name, numbers }: UpdateCall): DeferrableRule | undefined {
  return (name === "momentum" || name === "adam") && numbers[1] === 0 ? name : undefined;
}

/** Whether a rule is momentum, and its μ not 0: a product does not read what it multiplies by 0. */
function hasMomentum({ name, numbers }: UpdateCall): boolean {
  return name === "momentum" && Math.fround(numbers[2]) !== 0;
}

/** Whether a product of images takes the functions of `assembly/sparse_narrow.ts`. */
function isNarrow(images: Matrix, factor: Matrix): boolean {
  return factor.columns <= 16 && images.rows >= 64;
}

/** Rounds up to a multiple of 64, the size of a cache line. */
function align(address: number): number {
  return Math.ceil(address / 64) * 64;
}
