import { UserError } from "../base/user_error.ts";
import { type ActivationName, ACTIVATIONS } from "./activations.ts";
import { checkedKernel } from "./checked_kernel.ts";
import { chooseModule } from "./choose_module.ts";
import type { Kernel, Matrix } from "./kernel.ts";
import * as modules from "./module.js";

const compiled = await chooseModule(modules, noteOnce);

/** What `assembly/index.ts` exports; pointers and sizes are whole numbers, sizes in bytes. */
interface Exports {
  heapBase: WebAssembly.Global;
  indexImages(...args: number[]): number;
  scaleRows(...args: number[]): void;
  indexPixels(...args: number[]): void;
  product(...args: number[]): void;
  productTN(...args: number[]): void;
  productNT(...args: number[]): void;
  sparseProduct(...args: number[]): void;
  sparseRankOne(...args: number[]): void;
  columnSums(...args: number[]): void;
  addRow(...args: number[]): void;
  combine(...args: number[]): void;
  softmax(...args: number[]): void;
  crossEntropy(...args: number[]): number;
  squaredError(...args: number[]): number;
}

/** A batch of images as bytes, and where those that are not zero lie; see `assembly/sparse.ts`. */
interface SparseIndex {
  readonly pixels: number;
  readonly byImage: SparseMatrix;
  readonly byPixel: SparseMatrix;
  /** Whether skipping zeros pays for the batch that is loaded. */
  worthwhile: boolean;
  /** Whether the index by pixel of the batch that is loaded has been made. */
  hasPixels: boolean;
}

/** Places of an index's two parts. */
interface SparseMatrix {
  readonly starts: number;
  readonly entries: number;
}

/** Columns of an index's tile, and bytes of a group's sums, as in `assembly/sparse.ts`. */
const TILE = 128, GROUP_SUMS = 64 * 64 * 4;

interface SimdMatrix extends Matrix {
  /** The memory of the kernel that has made it. */
  readonly memory: Uint8Array;
  /** Place of the first number in the memory. */
  readonly pointer: number;
  /** Bytes of a row. */
  readonly rowBytes: number;
  /** Made by the first loadPixels; shared with views. */
  readonly images: { index?: SparseIndex; rows: number };
}

/** Above this part of non-zero pixels the dense product is faster. */
const SPARSE_LIMIT = 0.6;

/**
 * The kernel to run: WebAssembly with 128-bit SIMD and fused multiply-add, in 32 bits. The same bits on
 * every machine, and the same as `plainKernel(32)`; where the engine has no fused multiply-add it is
 * emulated, which one line on stderr says. Each has 512 MiB of address space of its own, of which it uses
 * what its matrices need.
 *
 * A product with a zero pixel is left out of its sum, as a sparse matrix library does: with an infinite
 * weight it would have been NaN, with a finite one nothing.
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

/** Room for intermediate results: so many places for threads, each of so many bytes. */
export interface Scratch {
  readonly places: number;
  bytes: number;
}

/** The kernel of an instance of the module, or of functions that do the same as its exports. */
export function kernelOf(
  exports: WebAssembly.Exports,
  memory: WebAssembly.Memory,
  room: Scratch = { places: 1, bytes: 0 },
): Kernel {
  const wasm = exports as unknown as Exports;
  const activations = activationExports(exports);
  const bytes = new Uint8Array(memory.buffer);
  let top: number = align(wasm.heapBase.value);
  let scratchPointer = 0;

  /** The next `size` bytes of the memory, zeros. Nothing is ever given back: a kernel lives as long as a trial. */
  function allocate(size: number): number {
    const pointer = top;
    top = align(top + size);
    // A vector may read a little past the last row of a matrix, so the last page is never handed out.
    if (top + 65536 > bytes.length) {
      throw new UserError(
        `the network and its batches need more than the ${
          bytes.length >> 20
        } MiB of a kernel's memory; ` +
          `take fewer units or smaller batches`,
      );
    }
    return pointer;
  }

  /** The first of the places for intermediate numbers, each at least `size` bytes. */
  function scratch(size: number): number {
    if (size > room.bytes) {
      room.bytes = align(2 * size);
      scratchPointer = allocate(room.places * room.bytes);
    }
    return scratchPointer;
  }

  function view(rows: number, columns: number, pointer: number, images: SimdMatrix["images"]) {
    const stride = strideOf(columns);
    const data = new Float32Array(bytes.buffer, pointer, rows * stride);
    const matrix: SimdMatrix = {
      rows,
      columns,
      stride,
      data,
      memory: bytes,
      pointer,
      rowBytes: stride * 4,
      images,
    };
    return matrix;
  }

  function makeIndex(rows: number, columns: number): SparseIndex {
    const sparseMatrix = (rows: number, columns: number): SparseMatrix => ({
      starts: allocate((rows * Math.ceil(columns / TILE) + 2) * 4),
      // Up to three entries too many are written, to be written over.
      entries: allocate((rows * columns + 3) * 8),
    });
    return {
      pixels: allocate(rows * columns),
      byImage: sparseMatrix(rows, columns),
      byPixel: sparseMatrix(columns, rows),
      worthwhile: false,
      hasPixels: false,
    };
  }

  const kernel: Kernel = {
    precision: 32,

    matrix(rows, columns) {
      const pointer = allocate(rows * strideOf(columns) * 4);
      return view(rows, columns, pointer, { rows });
    },

    firstRows(matrix, rows) {
      const { columns, pointer, images } = matrix as SimdMatrix;
      return view(rows, columns, pointer, images);
    },

    loadPixels(x, pixels, order, start) {
      const { rows, columns, pointer, rowBytes, images } = x as SimdMatrix;
      const index = images.index ??= makeIndex(images.rows, columns);
      for (let r = 0; r < rows; r++) {
        const at = order[start + r] * columns;
        bytes.set(pixels.subarray(at, at + columns), index.pixels + r * columns);
      }
      const { starts, entries } = index.byImage;
      const filled = wasm.indexImages(index.pixels, rows, columns, starts, entries);
      index.worthwhile = filled <= SPARSE_LIMIT * rows * columns;
      index.hasPixels = false;
      if (!index.worthwhile) wasm.scaleRows(index.pixels, rows, columns, pointer, rowBytes);
    },

    product(a, b, out) {
      const [A, B, C] = [a, b, out] as SimdMatrix[];
      const index = A.images.index;
      if (index?.worthwhile) {
        const { starts, entries } = index.byImage;
        wasm.sparseProduct(
          1,
          starts,
          entries,
          A.rows,
          A.columns,
          B.pointer,
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
          B.pointer,
          B.rowBytes,
          C.pointer,
          C.rowBytes,
          A.rows,
          B.rows,
          wholeVectors(C.columns),
          scratch(256 + (A.rows === 1 ? 0 : 256 * B.rows)),
        );
      }
    },

    productTN(alpha, a, b, beta, out) {
      const [A, B, C] = [a, b, out] as SimdMatrix[];
      const index = A.images.index;
      if (!index?.worthwhile) {
        wasm.productTN(
          alpha,
          A.pointer,
          A.rowBytes,
          B.pointer,
          B.rowBytes,
          beta,
          C.pointer,
          C.rowBytes,
          A.columns,
          A.rows,
          wholeVectors(C.columns),
          scratch(256 + 16 * A.rows + 4 * A.rows * (B.columns + 15)),
        );
        return;
      }
      const { byImage, byPixel } = index;
      if (A.rows === 1 && beta === 1) {
        wasm.sparseRankOne(
          alpha,
          byImage.starts,
          byImage.entries,
          A.columns,
          B.pointer,
          C.pointer,
          C.rowBytes,
        );
        return;
      }
      if (!index.hasPixels) {
        wasm.indexPixels(
          byImage.starts,
          byImage.entries,
          A.rows,
          A.columns,
          byPixel.starts,
          byPixel.entries,
        );
        index.hasPixels = true;
      }
      wasm.sparseProduct(
        alpha,
        byPixel.starts,
        byPixel.entries,
        A.columns,
        A.rows,
        B.pointer,
        B.rowBytes,
        beta,
        C.pointer,
        C.rowBytes,
        wholeVectors(C.columns),
        scratch(GROUP_SUMS),
      );
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
        scratch(256 + 64 * B.stride),
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
      wasm.softmax(S.pointer, C.pointer, S.rows, S.columns, S.rowBytes, scratch(S.stride * 8));
    },

    crossEntropy(scores, targets, scale, delta) {
      const [S, T, D] = [scores, targets, delta] as SimdMatrix[];
      return wasm.crossEntropy(
        S.pointer,
        T.pointer,
        scale,
        D.pointer,
        S.rows,
        S.columns,
        S.rowBytes,
        scratch(S.stride * 8),
      );
    },

    squaredError(outputs, targets, scale, delta) {
      const [O, T, D] = [outputs, targets, delta] as SimdMatrix[];
      return wasm.squaredError(
        O.pointer,
        T.pointer,
        scale,
        D.pointer,
        O.rows,
        O.columns,
        O.rowBytes,
      );
    },
  };
  return checkedKernel(kernel, (matrix) => (matrix as SimdMatrix).memory === bytes);
}

/** Writes a line to stderr: once a process, not once a worker, and not in a browser. */
function noteOnce(line: string): void {
  const isWorker = "WorkerGlobalScope" in globalThis;
  if (!isWorker && "Deno" in globalThis) console.error(line);
}

/**
 * The module's function and slope of every activation.
 *
 * @param names the activations to look for
 * @throws {Error} naming the one that `assembly/activations.ts` lacks
 */
export function activationExports(
  exports: WebAssembly.Exports,
  names: readonly string[] = Object.keys(ACTIVATIONS),
): Record<ActivationName, Record<"value" | "slope", (...args: number[]) => void>> {
  const pairs = names.map((name) => {
    const [value, slope] = [exports[name], exports[`${name}Slope`]];
    if (typeof value !== "function" || typeof slope !== "function") {
      throw new Error(
        `the compiled kernel lacks the activation ${name}: write ${name} and ${name}Slope in ` +
          `lib/kernel/assembly/activations.ts and run deno task build`,
      );
    }
    return [name, { value, slope }];
  });
  return Object.fromEntries(pairs);
}

/** The length of a row that ends with a whole vector of four numbers. */
function wholeVectors(columns: number): number {
  return Math.ceil(columns / 4) * 4;
}

/**
 * The length of a row in memory. Rows that lie a multiple of 512 bytes apart would share a few places
 * of the first-level cache, so such are made longer by a cache line.
 */
function strideOf(columns: number): number {
  const stride = wholeVectors(columns);
  return stride % 128 === 0 ? stride + 16 : stride;
}

/** The next multiple of 64, the length of a cache line. */
function align(address: number): number {
  return Math.ceil(address / 64) * 64;
}
