// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// Norms of columns, in 64 bits: the sum of a column's squares is one sum, from the first row to the last.

/** Two numbers as doubles. */
@inline
function pair(from: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(from));
}

/** The sums of the columns' squares, as doubles, to `sums`, which is zeros as far as the rows' ends. */
function addSquares(a: usize, rows: i32, rowBytes: usize, sums: usize): void {
  memory.fill(sums, 0, rowBytes << 1);
  for (let r = 0; r < rows; r++) {
    for (let at: usize = 0; at < rowBytes; at += 8) {
      const x = pair(a + at), sum = sums + (at << 1);
      v128.store(sum, f64x2.add(v128.load(sum), f64x2.mul(x, x)));
    }
    a += rowBytes;
  }
}

/** The sum of all squares: column by column, and then the columns' sums. */
export function sumOfSquares(a: usize, rows: i32, columns: i32, rowBytes: usize, scratch: usize): f64 {
  addSquares(a, rows, rowBytes, scratch);
  let sum: f64 = 0;
  for (let c = 0; c < columns; c++) sum += load<f64>(scratch + (<usize> c << 3));
  return sum;
}

/** Scales every column whose norm is above `most` down to it. */
export function limitColumns(
  most: f64, a: usize, rows: i32, rowBytes: usize, scratch: usize,
): void {
  addSquares(a, rows, rowBytes, scratch);
  // The factors take the place of the sums.
  for (let at: usize = 0; at < rowBytes; at += 4) {
    const norm = sqrt<f64>(load<f64>(scratch + (at << 1)));
    store<f32>(scratch + at, norm > most ? <f32> (most / (norm + 1e-7)) : 1);
  }
  for (let r = 0; r < rows; r++) {
    for (let at: usize = 0; at < rowBytes; at += 16) {
      v128.store(a + at, f32x4.mul(v128.load(a + at), v128.load(scratch + at)));
    }
    a += rowBytes;
  }
}
