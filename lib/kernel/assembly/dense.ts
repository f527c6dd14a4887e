// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types.
// deno-lint-ignore-file
//
// Dense products. Every output element is one sum from zero in the order of the inner index; the
// four lanes of a vector lie across neighbouring output columns. Row lengths in memory (strides) are
// multiples of four numbers, so a vector never needs a tail; what lies beyond a matrix's last
// column is never summed into a real one.

/** Bytes of a vector. */
const V: usize = 16;

// @ts-ignore: decorator

function mulAdd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** alpha · sum + beta · old, rounded after each operation; old is not read when beta is 0. */
// @ts-ignore: decorator

export function blend(alpha: v128, sum: v128, beta: f32, at: usize): void {
  const scaled = f32x4.mul(alpha, sum);
  v128.store(
    at,
    beta == 0 ? scaled : f32x4.add(scaled, f32x4.mul(f32x4.splat(beta), v128.load(at))),
  );
}

/**
 * Four rows by eight columns of out = a·panel. `panel` holds the columns' numbers, `step` bytes from
 * one inner index to the next; `a` likewise: row r, index k at a + r·aRow + k·aStep.
 */
// @ts-ignore: decorator

function block4x8(
  a: usize,
  aRow: usize,
  aStep: usize,
  panel: usize,
  step: usize,
  inner: i32,
  out: usize,
  outRow: usize,
  alpha: v128,
  beta: f32,
  plain: bool,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00;
  let s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
  for (let k = 0; k < inner; k++) {
    const b0 = v128.load(panel), b1 = v128.load(panel, 16);
    let x = v128.load32_splat(a);
    s00 = mulAdd(s00, x, b0);
    s01 = mulAdd(s01, x, b1);
    x = v128.load32_splat(a1);
    s10 = mulAdd(s10, x, b0);
    s11 = mulAdd(s11, x, b1);
    x = v128.load32_splat(a2);
    s20 = mulAdd(s20, x, b0);
    s21 = mulAdd(s21, x, b1);
    x = v128.load32_splat(a3);
    s30 = mulAdd(s30, x, b0);
    s31 = mulAdd(s31, x, b1);
    a += aStep;
    a1 += aStep;
    a2 += aStep;
    a3 += aStep;
    panel += step;
  }
  if (plain) {
    v128.store(out, s00);
    v128.store(out, s01, 16);
    v128.store(out + outRow, s10);
    v128.store(out + outRow, s11, 16);
    v128.store(out + 2 * outRow, s20);
    v128.store(out + 2 * outRow, s21, 16);
    v128.store(out + 3 * outRow, s30);
    v128.store(out + 3 * outRow, s31, 16);
  } else {
    blend(alpha, s00, beta, out);
    blend(alpha, s01, beta, out + V);
    blend(alpha, s10, beta, out + outRow);
    blend(alpha, s11, beta, out + outRow + V);
    blend(alpha, s20, beta, out + 2 * outRow);
    blend(alpha, s21, beta, out + 2 * outRow + V);
    blend(alpha, s30, beta, out + 3 * outRow);
    blend(alpha, s31, beta, out + 3 * outRow + V);
  }
}

/** Four rows by four columns. */
// @ts-ignore: decorator

function block4x4(
  a: usize,
  aRow: usize,
  aStep: usize,
  panel: usize,
  step: usize,
  inner: i32,
  out: usize,
  outRow: usize,
  alpha: v128,
  beta: f32,
  plain: bool,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
  for (let k = 0; k < inner; k++) {
    const b = v128.load(panel);
    s0 = mulAdd(s0, v128.load32_splat(a), b);
    s1 = mulAdd(s1, v128.load32_splat(a1), b);
    s2 = mulAdd(s2, v128.load32_splat(a2), b);
    s3 = mulAdd(s3, v128.load32_splat(a3), b);
    a += aStep;
    a1 += aStep;
    a2 += aStep;
    a3 += aStep;
    panel += step;
  }
  if (plain) {
    v128.store(out, s0);
    v128.store(out + outRow, s1);
    v128.store(out + 2 * outRow, s2);
    v128.store(out + 3 * outRow, s3);
  } else {
    blend(alpha, s0, beta, out);
    blend(alpha, s1, beta, out + outRow);
    blend(alpha, s2, beta, out + 2 * outRow);
    blend(alpha, s3, beta, out + 3 * outRow);
  }
}

/** One row by four columns. */
// @ts-ignore: decorator

function block1x4(
  a: usize,
  aStep: usize,
  panel: usize,
  step: usize,
  inner: i32,
  out: usize,
  alpha: v128,
  beta: f32,
  plain: bool,
): void {
  let s = f32x4.splat(0);
  for (let k = 0; k < inner; k++) {
    s = mulAdd(s, v128.load32_splat(a), v128.load(panel));
    a += aStep;
    panel += step;
  }
  if (plain) v128.store(out, s);
  else blend(alpha, s, beta, out);
}

/** One row by 32 columns: eight sums at once hide the latency of an addition. */
// @ts-ignore: decorator

function block1x32(
  a: usize,
  aStep: usize,
  panel: usize,
  step: usize,
  inner: i32,
  out: usize,
  alpha: v128,
  beta: f32,
  plain: bool,
): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  for (let k = 0; k < inner; k++) {
    const x = v128.load32_splat(a);
    s0 = mulAdd(s0, x, v128.load(panel));
    s1 = mulAdd(s1, x, v128.load(panel, 16));
    s2 = mulAdd(s2, x, v128.load(panel, 32));
    s3 = mulAdd(s3, x, v128.load(panel, 48));
    s4 = mulAdd(s4, x, v128.load(panel, 64));
    s5 = mulAdd(s5, x, v128.load(panel, 80));
    s6 = mulAdd(s6, x, v128.load(panel, 96));
    s7 = mulAdd(s7, x, v128.load(panel, 112));
    a += aStep;
    panel += step;
  }
  if (plain) {
    v128.store(out, s0);
    v128.store(out, s1, 16);
    v128.store(out, s2, 32);
    v128.store(out, s3, 48);
    v128.store(out, s4, 64);
    v128.store(out, s5, 80);
    v128.store(out, s6, 96);
    v128.store(out, s7, 112);
  } else {
    blend(alpha, s0, beta, out);
    blend(alpha, s1, beta, out + V);
    blend(alpha, s2, beta, out + 2 * V);
    blend(alpha, s3, beta, out + 3 * V);
    blend(alpha, s4, beta, out + 4 * V);
    blend(alpha, s5, beta, out + 5 * V);
    blend(alpha, s6, beta, out + 6 * V);
    blend(alpha, s7, beta, out + 7 * V);
  }
}

/** Copies `width` (8 or 4) columns of b into `panel`, one inner index after another. */
// @ts-ignore: decorator

function pack(b: usize, bRow: usize, inner: i32, panel: usize, wide: bool): void {
  for (let k = 0; k < inner; k++) {
    v128.store(panel, v128.load(b));
    if (wide) v128.store(panel, v128.load(b, 16), 16);
    b += bRow;
    panel += wide ? 2 * V : V;
  }
}

/** From how many rows on it pays to copy a panel of b into one piece first. */
const PACK_ROWS = 16;

/** All rows of a against the panel of eight or four columns. */
// @ts-ignore: decorator

function rowsByPanel(
  a: usize,
  aRow: usize,
  aStep: usize,
  rows: i32,
  panel: usize,
  step: usize,
  inner: i32,
  out: usize,
  outRow: usize,
  wide: bool,
  alpha: v128,
  beta: f32,
  plain: bool,
): void {
  let r = 0;
  for (; r + 4 <= rows; r += 4) {
    if (wide) block4x8(a, aRow, aStep, panel, step, inner, out, outRow, alpha, beta, plain);
    else block4x4(a, aRow, aStep, panel, step, inner, out, outRow, alpha, beta, plain);
    a += 4 * aRow;
    out += 4 * outRow;
  }
  for (; r < rows; r++) {
    block1x4(a, aStep, panel, step, inner, out, alpha, beta, plain);
    if (wide) block1x4(a, aStep, panel + V, step, inner, out + V, alpha, beta, plain);
    a += aRow;
    out += outRow;
  }
}

/** out = a·b. Strides in bytes; `columns` rounded up to a multiple of four; `scratch` holds a panel. */
export function product(
  a: usize,
  aRow: usize,
  b: usize,
  bRow: usize,
  out: usize,
  outRow: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  scratch: usize,
): void {
  const one = f32x4.splat(1);
  let c = 0;
  if (rows < 4) {
    for (; c + 32 <= columns; c += 32) {
      const at = (<usize> c) << 2;
      for (let r = 0; r < rows; r++) {
        block1x32(
          a + <usize> r * aRow,
          4,
          b + at,
          bRow,
          inner,
          out + <usize> r * outRow + at,
          one,
          0,
          true,
        );
      }
    }
  }
  const packed = rows >= PACK_ROWS;
  for (; c < columns; c += 8) {
    const at = (<usize> c) << 2;
    const wide = c + 8 <= columns;
    let panel = b + at, step = bRow;
    if (packed) {
      pack(panel, bRow, inner, scratch, wide);
      panel = scratch;
      step = wide ? 2 * V : V;
    }
    if (wide) {
      rowsByPanel(a, aRow, 4, rows, panel, step, inner, out + at, outRow, true, one, 0, true);
    } else rowsByPanel(a, aRow, 4, rows, panel, step, inner, out + at, outRow, false, one, 0, true);
  }
}

/** out = alpha · aᵀ·b + beta · out; `rows` of out are columns of a, `inner` is the rows of both. */
export function productTN(
  alpha: f32,
  a: usize,
  aRow: usize,
  b: usize,
  bRow: usize,
  beta: f32,
  out: usize,
  outRow: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  scratch: usize,
): void {
  const factor = f32x4.splat(alpha);
  if (inner == 1) return rankOne(factor, a, b, beta, out, outRow, rows, columns);
  const packed = rows >= PACK_ROWS;
  for (let c = 0; c < columns; c += 8) {
    const at = (<usize> c) << 2;
    const wide = c + 8 <= columns;
    let panel = b + at, step = bRow;
    if (packed) {
      pack(panel, bRow, inner, scratch, wide);
      panel = scratch;
      step = wide ? 2 * V : V;
    }
    if (wide) {
      rowsByPanel(
        a,
        4,
        aRow,
        rows,
        panel,
        step,
        inner,
        out + at,
        outRow,
        true,
        factor,
        beta,
        false,
      );
    } else {rowsByPanel(
        a,
        4,
        aRow,
        rows,
        panel,
        step,
        inner,
        out + at,
        outRow,
        false,
        factor,
        beta,
        false,
      );}
  }
}

/** A batch of one: out = alpha · (0 + aᵀ·b) + beta · out. */
function rankOne(
  alpha: v128,
  a: usize,
  b: usize,
  beta: f32,
  out: usize,
  outRow: usize,
  rows: i32,
  columns: i32,
): void {
  const zero = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    rankOneRow(alpha, v128.load32_splat(a + (<usize> r << 2)), b, beta, out, columns, zero);
    out += outRow;
  }
}

/** One row of the above: out = alpha · (0 + x·b) + beta · out. */
// @ts-ignore: decorator

export function rankOneRow(
  alpha: v128,
  x: v128,
  b: usize,
  beta: f32,
  out: usize,
  columns: i32,
  zero: v128,
): void {
  const end = out + ((<usize> columns) << 2);
  if (beta == 1) {
    for (; out < end; out += V, b += V) {
      const sum = mulAdd(zero, x, v128.load(b));
      v128.store(out, f32x4.add(f32x4.mul(alpha, sum), v128.load(out)));
    }
  } else {
    for (; out < end; out += V, b += V) blend(alpha, mulAdd(zero, x, v128.load(b)), beta, out);
  }
}

/** Four rows of four numbers each, turned: lane i of row j goes to lane j of row i. */
// @ts-ignore: decorator

function storeTransposed(
  r0: v128,
  r1: v128,
  r2: v128,
  r3: v128,
  to: usize,
  step: usize,
): void {
  const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(t0, t1, 0, 1, 4, 5));
  v128.store(to + step, v128.shuffle<f32>(t0, t1, 2, 3, 6, 7));
  v128.store(to + 2 * step, v128.shuffle<f32>(t2, t3, 0, 1, 4, 5));
  v128.store(to + 3 * step, v128.shuffle<f32>(t2, t3, 2, 3, 6, 7));
}

/** Four rows of b, `inner` numbers each, turned into one panel of four columns, `step` bytes a row. */
// @ts-ignore: decorator

function packTransposed(
  b: usize,
  bRow: usize,
  rows: i32,
  inner: i32,
  panel: usize,
  step: usize,
): void {
  // Rows that b does not have are taken as copies of its last one; their results land in the padding.
  const b1 = b + (rows > 1 ? bRow : 0),
    b2 = b1 + (rows > 2 ? bRow : 0),
    b3 = b2 + (rows > 3 ? bRow : 0);
  // Strides are multiples of four, so reading up to the next multiple stays inside the rows.
  for (let k = 0; k < inner; k += 4) {
    const at = (<usize> k) << 2;
    storeTransposed(
      v128.load(b + at),
      v128.load(b1 + at),
      v128.load(b2 + at),
      v128.load(b3 + at),
      panel,
      step,
    );
    panel += 4 * step;
  }
}

/** out = a·bᵀ: b's rows are turned into panels, then it is an ordinary product. */
export function productNT(
  a: usize,
  aRow: usize,
  b: usize,
  bRow: usize,
  out: usize,
  outRow: usize,
  rows: i32,
  inner: i32,
  columns: i32,
  scratch: usize,
): void {
  const one = f32x4.splat(1);
  let c = 0;
  if (rows < 4) {
    for (; c + 32 <= columns; c += 32) {
      const at = (<usize> c) << 2;
      for (let i = 0; i < 8; i++) {
        packTransposed(
          b + <usize> (c + 4 * i) * bRow,
          bRow,
          4,
          inner,
          scratch + <usize> i * V,
          8 * V,
        );
      }
      for (let r = 0; r < rows; r++) {
        block1x32(
          a + <usize> r * aRow,
          4,
          scratch,
          8 * V,
          inner,
          out + <usize> r * outRow + at,
          one,
          0,
          true,
        );
      }
    }
  }
  for (; c < columns; c += 8) {
    const at = (<usize> c) << 2;
    const wide = columns - c > 4;
    const step: usize = wide ? 2 * V : V;
    packTransposed(b + <usize> c * bRow, bRow, min(4, columns - c), inner, scratch, step);
    if (wide) {
      packTransposed(
        b + <usize> (c + 4) * bRow,
        bRow,
        min(4, columns - c - 4),
        inner,
        scratch + V,
        step,
      );
    }
    if (wide) {
      rowsByPanel(a, aRow, 4, rows, scratch, step, inner, out + at, outRow, true, one, 0, true);
    } else {rowsByPanel(
        a,
        aRow,
        4,
        rows,
        scratch,
        step,
        inner,
        out + at,
        outRow,
        false,
        one,
        0,
        true,
      );}
  }
}
