import type { Place } from "./deferred_steps.ts";
import type { Images, Matrix } from "./kernel.ts";
import { strideOf } from "./vectors.ts";

/** A batch of images as bytes, and an index of its non-zero pixels; see `assembly/sparse.ts`. */
export interface SparseIndex {
  readonly pixels: number;
  /** Numbers of the images, where they are kept. */
  readonly order: number;
  readonly byImage: SparseMatrix;
  readonly byPixel: SparseMatrix;
  /** `true` if skipping zeros is faster for the loaded batch. */
  worthwhile: boolean;
  /** Images of the loaded batch in the index by pixel: 0 until it has been built, fewer than all by a view. */
  pixelImages: number;
}

/** Pointers to the two parts of an index. */
export interface SparseMatrix {
  readonly starts: number;
  readonly ends: number;
  readonly entries: number;
}

/** A matrix or images. Its numbers and their address are up to date: deferred steps are made first. */
export class SimdMatrix implements Matrix {
  readonly stride: number;
  /** Bytes per row. */
  readonly rowBytes: number;
  readonly #numbers: Float32Array;

  /**
   * @param memory of the kernel that created it
   * @param index of images, not of matrices; shared with views
   */
  constructor(
    readonly memory: Uint8Array<ArrayBuffer>,
    readonly place: Place,
    readonly rows: number,
    readonly columns: number,
    readonly index?: SparseIndex,
  ) {
    this.stride = strideOf(columns);
    this.rowBytes = this.stride * 4;
    this.#numbers = new Float32Array(memory.buffer, place.address, rows * this.stride);
  }

  /** Whether a kernel with this memory created the matrix. */
  static isOf(memory: Uint8Array, matrix: object): boolean {
    return #numbers in matrix && matrix.memory === memory &&
      matrix.rows * matrix.stride <= matrix.#numbers.length;
  }

  get data(): Float32Array {
    this.place.deferred?.settle();
    return this.#numbers;
  }

  /** Address of the first number. */
  get pointer(): number {
    this.place.deferred?.settle();
    return this.place.address;
  }
}

/** Images in the kernel's memory. */
export class SimdImages extends SimdMatrix implements Images {
  readonly holds = "images";
  declare readonly index: SparseIndex;
}
