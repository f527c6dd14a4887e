// @ts-nocheck This is AssemblyScript: TypeScript's syntax with WebAssembly's types. Deno's tools leave
// it alone (`exclude` in deno.json): the formatter would take the @inline away.
//
// The masks of dropout (`lib/kernel/masks.ts`), four places at a time.

/** Mixes the bits of four numbers. */
@inline
function mix(x: v128): v128 {
  x = v128.xor(x, i32x4.shr_u(x, 16));
  x = i32x4.mul(x, i32x4.splat(0x7feb352d));
  x = v128.xor(x, i32x4.shr_u(x, 15));
  x = i32x4.mul(x, i32x4.splat(0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/** All bits of the lanes whose places are kept. */
@inline
function kept(places: v128, first: v128, second: v128, threshold: v128): v128 {
  return i32x4.ge_u(mix(i32x4.add(mix(v128.xor(places, first)), second)), threshold);
}

/** out = a · scale where a number is kept, and 0 where it is dropped. */
export function dropOut(
  a: usize,
  aRow: usize,
  first: i32,
  second: i32,
  threshold: u32,
  scale: f32,
  out: usize,
  outRow: usize,
  rows: i32,
  columns: i32,
): void {
  const key0 = i32x4.splat(first), key1 = i32x4.splat(second), least = i32x4.splat(threshold);
  const factor = f32x4.splat(scale), lanes = i32x4(0, 1, 2, 3);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c += 4) {
      const at = <usize> c << 2;
      const places = i32x4.add(i32x4.splat(r * columns + c), lanes);
      const scaled = f32x4.mul(v128.load(a + at), factor);
      v128.store(out + at, v128.and(scaled, kept(places, key0, key1, least)));
    }
    a += aRow;
    out += outRow;
  }
}

/**
 * The same for images that are held as an index by image (`sparse.ts`, `tiles` being the tiles of a row):
 * copies the entries that are kept, scaled.
 */
export function dropEntries(
  starts: usize,
  entries: usize,
  first: i32,
  second: i32,
  threshold: u32,
  scale: f32,
  outStarts: usize,
  outEntries: usize,
  rows: i32,
  columns: i32,
  tiles: i32,
): void {
  const key0 = i32x4.splat(first), key1 = i32x4.splat(second), least = i32x4.splat(threshold);
  let entry = entries, to = outEntries;
  for (let r = 0; r < rows; r++) {
    for (let t = 0; t < tiles; t++) {
      store<u32>(outStarts, <u32> (to - outEntries) >> 3);
      const end = entries + (<usize> load<u32>(starts, 4) << 3);
      for (; entry < end; entry += 8) {
        const column = load<u32>(entry), value = load<f32>(entry, 4);
        const place = i32x4.splat(r * columns + <i32> column);
        // Written in any case; the next one goes to the same place if this one is dropped.
        store<u32>(to, column);
        store<f32>(to, value * scale, 4);
        to += i32x4.extract_lane(kept(place, key0, key1, least), 0) & 8;
      }
      starts += 4;
      outStarts += 4;
    }
  }
  store<u32>(outStarts, <u32> (to - outEntries) >> 3);
}
