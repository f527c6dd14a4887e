// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// Products with many images for a layer of at most sixteen units. Its weights, or the sums of its
// gradient, fit into the nearest caches as they are. So an image's entries are read from the first to the
// last, without tiles, and the index by pixel is not needed: the gradient's sums stay in memory and take
// one image after another, which is the order of that index.

import { combine, storeSum } from "./combine";
import { multiplyAdd } from "./multiply_add";
import { entryAt, rowOf } from "./sparse";

/** Bytes of sixteen numbers. */
const WIDE: usize = 64;

/**
 * out = x·matrix with x by image, `tiles` tiles each. `scratch` holds the sums of two images. A sum is a
 * chain of multiply-adds that wait for each other, so two images are taken at a time.
 */
export function narrowProduct(
  starts: usize, tiles: i32, entries: usize, images: i32, matrix: usize, matrixRow: usize,
  out: usize, outRow: usize, columns: i32, scratch: usize,
): void {
  const image = <usize> tiles << 2, bytes = <usize> columns << 2;
  for (; images > 0; images -= 2) {
    const from = entryAt(entries, starts), middle = entryAt(entries, starts + image);
    const end = images > 1 ? entryAt(entries, starts + 2 * image) : middle;
    twoSums(from, middle, end, matrix, matrixRow, scratch);
    store16(scratch, out, bytes);
    if (images > 1) store16(scratch + WIDE, out + outRow, bytes);
    starts += 2 * image;
    out += 2 * outRow;
  }
}

@inline
function store16(sums: usize, out: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) storeSum(out + at, v128.load(sums + at));
}

/** The sums of one image, whose entries end at `middle`, and of the next. */
function twoSums(
  first: usize, middle: usize, end: usize, matrix: usize, row: usize, sums: usize,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  let second = middle;
  for (; first < middle && second < end; first += 8, second += 8) {
    const a = rowOf(first, matrix, row), x = v128.load32_splat(first, 4);
    const b = rowOf(second, matrix, row), y = v128.load32_splat(second, 4);
    s0 = multiplyAdd(x, v128.load(a), s0);
    s1 = multiplyAdd(x, v128.load(a, 16), s1);
    s2 = multiplyAdd(x, v128.load(a, 32), s2);
    s3 = multiplyAdd(x, v128.load(a, 48), s3);
    t0 = multiplyAdd(y, v128.load(b), t0);
    t1 = multiplyAdd(y, v128.load(b, 16), t1);
    t2 = multiplyAdd(y, v128.load(b, 32), t2);
    t3 = multiplyAdd(y, v128.load(b, 48), t3);
  }
  for (; first < middle; first += 8) {
    const a = rowOf(first, matrix, row), x = v128.load32_splat(first, 4);
    s0 = multiplyAdd(x, v128.load(a), s0);
    s1 = multiplyAdd(x, v128.load(a, 16), s1);
    s2 = multiplyAdd(x, v128.load(a, 32), s2);
    s3 = multiplyAdd(x, v128.load(a, 48), s3);
  }
  for (; second < end; second += 8) {
    const b = rowOf(second, matrix, row), y = v128.load32_splat(second, 4);
    t0 = multiplyAdd(y, v128.load(b), t0);
    t1 = multiplyAdd(y, v128.load(b, 16), t1);
    t2 = multiplyAdd(y, v128.load(b, 32), t2);
    t3 = multiplyAdd(y, v128.load(b, 48), t3);
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, t0, 64);
  v128.store(sums, t1, 80);
  v128.store(sums, t2, 96);
  v128.store(sums, t3, 112);
}

/**
 * out = alpha · xᵀ·delta + beta · out with x by image. `sums` holds sixteen numbers for each of the
 * `pixels` rows of `out`.
 */
export function narrowProductTN(
  alpha: f32, starts: usize, tiles: i32, entries: usize, images: i32, pixels: i32,
  delta: usize, deltaRow: usize, beta: f32, out: usize, outRow: usize, columns: i32, sums: usize,
): void {
  const image = <usize> tiles << 2, bytes = <usize> columns << 2;
  memory.fill(sums, 0, <usize> pixels * WIDE);
  for (let r = 0; r < images; r++) {
    addImage(entryAt(entries, starts), entryAt(entries, starts + image), delta, sums);
    starts += image;
    delta += deltaRow;
  }
  for (let p = 0; p < pixels; p++, sums += WIDE, out += outRow) {
    // A pixel without entries leaves the output alone, unless that is to be scaled.
    if (beta == 1 && isZero(sums)) continue;
    combine(alpha, sums, beta, out, bytes);
  }
}

/** Whether sixteen numbers are 0. */
@inline
function isZero(sums: usize): bool {
  const first = v128.or(v128.load(sums), v128.load(sums, 16));
  return !v128.any_true(v128.or(first, v128.or(v128.load(sums, 32), v128.load(sums, 48))));
}

/** Adds an image's pixels times its row of delta to the pixels' sums. */
function addImage(entry: usize, end: usize, delta: usize, sums: usize): void {
  const d0 = v128.load(delta), d1 = v128.load(delta, 16);
  const d2 = v128.load(delta, 32), d3 = v128.load(delta, 48);
  for (; entry < end; entry += 8) {
    const to = rowOf(entry, sums, WIDE), x = v128.load32_splat(entry, 4);
    const s0 = multiplyAdd(x, d0, v128.load(to)), s1 = multiplyAdd(x, d1, v128.load(to, 16));
    const s2 = multiplyAdd(x, d2, v128.load(to, 32)), s3 = multiplyAdd(x, d3, v128.load(to, 48));
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
}
