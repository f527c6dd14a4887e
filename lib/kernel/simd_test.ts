import assert from "node:assert/strict";
import fc from "fast-check";
import { randomStream } from "../base/random.ts";
import { ACTIVATIONS, parseActivation } from "./activations.ts";
import { buildKernel, MODULES } from "./build.ts";
import type { Kernel, Matrix } from "./kernel.ts";
import { plainKernel } from "./plain.ts";
import { activationExports, simdKernel, updateExports } from "./simd.ts";
import { UPDATE_RULES, type UpdateRule, type UpdateRuleName } from "./update_rules.ts";

/** Rows of numbers to put into a matrix of either kernel. */
type Numbers = number[][];

const simd = simdKernel();
const plain = plainKernel(32);

function fill(kernel: Kernel, numbers: Numbers): Matrix {
  const matrix = kernel.matrix(numbers.length, numbers[0].length);
  numbers.forEach((row, r) => matrix.data.set(row, r * matrix.stride));
  return matrix;
}

function read({ rows, columns, stride, data }: Matrix): Numbers {
  return Array.from(
    { length: rows },
    (_, r) => Array.from(data.subarray(r * stride, r * stride + columns)),
  );
}

function randomNumbers(rows: number, columns: number, seed: number): Numbers {
  const random = randomStream(seed, "data");
  return Array.from({ length: rows }, () => Array.from({ length: columns }, random.normal));
}

/** Runs an operation on both kernels and expects the same bits. */
function same(verb: (kernel: Kernel, make: (n: Numbers) => Matrix) => Matrix | number): void {
  const [a, b] = [plain, simd].map((kernel) => {
    const result = verb(kernel, (numbers) => fill(kernel, numbers));
    return typeof result === "number" ? result : read(result);
  });
  assert.deepEqual(b, a);
}

const size = fc.integer({ min: 1, max: 70 });
const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const factor = fc.constantFrom(0, 1, -0.1, 0.37);

Deno.test("products of any shape have the plain kernel's bits", () => {
  // Products of tiny numbers underflow, also to −0.
  const numbers = fc.tuple(seed, fc.constantFrom(1, 1e-25));
  fc.assert(
    fc.property(size, size, size, numbers, factor, factor, (m, k, n, [s, by], alpha, beta) => {
      const scaled = (rows: Numbers) => rows.map((row) => row.map((x) => x * by));
      const a = scaled(randomNumbers(m, k, s)),
        b = scaled(randomNumbers(k, n, s + 1)),
        old = randomNumbers(m, n, s);
      const turned = (x: Numbers) => x[0].map((_, c) => x.map((row) => row[c]));
      same((kernel, make) => {
        const out = kernel.matrix(m, n);
        kernel.product(make(a), make(b), out);
        return out;
      });
      same((kernel, make) => {
        const out = make(old);
        kernel.productTN(alpha, make(turned(a)), make(b), beta, out);
        return out;
      });
      same((kernel, make) => {
        const out = kernel.matrix(m, n);
        kernel.productNT(make(a), make(turned(b)), out);
        return out;
      });
    }),
    { numRuns: 60 },
  );
});

Deno.test("products of long sums and many rows, computed in parts, have the plain kernel's bits", () => {
  const shapes = [[5, 288, 17], [6, 289, 20], [3, 577, 9], [130, 300, 70], [145, 5, 33]] as const;
  for (const [m, k, n] of shapes) {
    const a = randomNumbers(m, k, 1), b = randomNumbers(k, n, 2);
    const turned = (x: Numbers) => x[0].map((_, c) => x.map((row) => row[c]));
    same((kernel, make) => {
      const out = kernel.matrix(m, n);
      kernel.product(make(a), make(b), out);
      return out;
    });
    same((kernel, make) => {
      const out = kernel.matrix(m, n);
      kernel.productTN(0.5, make(turned(a)), make(b), 0, out);
      return out;
    });
    same((kernel, make) => {
      const out = kernel.matrix(m, n);
      kernel.productNT(make(a), make(turned(b)), out);
      return out;
    });
  }
});

Deno.test("products of infinite, tiny and huge numbers and NaN have the plain kernel's bits", () => {
  // Without −0, as the sign of zero may differ (`productTN` of `Kernel`).
  const special = [0, 1, -1, 2 ** -149, -(2 ** -126), 3e38, Infinity, -Infinity, NaN];
  const width = fc.integer({ min: 1, max: 21 });
  fc.assert(
    fc.property(width, width, width, seed, factor, factor, (m, k, n, s, alpha, beta) => {
      const random = randomStream(s, "data");
      const mixed = (rows: number, columns: number) =>
        randomNumbers(rows, columns, s).map((row) =>
          row.map((x) => random.uniform() < 0.2 ? special[random.integer(special.length)] : x)
        );
      const a = mixed(m, k), b = mixed(k, n), c = mixed(m, n), row = mixed(1, n);
      same((kernel, make) => {
        const out = kernel.matrix(m, n);
        kernel.product(make(a), make(b), out);
        return out;
      });
      same((kernel, make) => {
        const out = make(b);
        kernel.productTN(alpha, make(a), make(c), beta, out);
        return out;
      });
      same((kernel, make) => {
        const out = kernel.matrix(m, k);
        kernel.productNT(make(c), make(b), out);
        return out;
      });
      same((kernel, make) => {
        const out = make(row);
        kernel.columnSums(alpha, make(c), beta, out);
        return out;
      });
      same((kernel, make) => {
        const out = make(c);
        kernel.combine(alpha, make(c), beta, out);
        kernel.addRow(make(row), out);
        return out;
      });
    }),
    { numRuns: 60 },
  );
});

Deno.test("a product equals one computed by hand", () => {
  for (const kernel of [plain, simd, plainKernel(64)]) {
    const out = kernel.matrix(2, 2);
    kernel.product(
      fill(kernel, [[1, 2, 3], [4, 5, 6]]),
      fill(kernel, [[7, 8], [9, 10], [11, 12]]),
      out,
    );
    assert.deepEqual(read(out), [[58, 64], [139, 154]]);
  }
});

/** Random images with the given fraction of zero pixels, and their order. */
function randomImages(rows: number, columns: number, zeros: number, s: number) {
  const random = randomStream(s, "data");
  const pixels = Uint8Array.from(
    { length: 2 * rows * columns },
    () => random.uniform() < zeros ? 0 : random.integer(256),
  );
  const order = Uint32Array.from({ length: rows + 3 }, () => random.integer(2 * rows));
  return { pixels, order };
}

Deno.test("products with images, sparse or dense, have the plain kernel's bits", () => {
  const zeros = fc.constantFrom(0, 0.5, 0.81, 0.99, 1);
  // Tiny numbers underflow to −0, which the skipped zeros would have turned into 0.
  const scale = fc.constantFrom(1, 1e-44);
  const numbers = fc.tuple(seed, zeros, scale);
  // Above 128 an index has more than one tile, above 64 a matrix more than one block of columns.
  const images = fc.oneof(size, fc.constantFrom(64, 128, 129, 140));
  const pixels = fc.oneof(size, fc.constantFrom(128, 256, 257, 300));
  const columns = fc.oneof(size, fc.constantFrom(16, 64, 80, 96, 104, 105, 130));
  const shape = fc.tuple(images, pixels, columns);
  fc.assert(
    fc.property(shape, numbers, factor, factor, ([m, k, n], [s, z, by], alpha, beta) => {
      const { pixels, order } = randomImages(m, k, z, s);
      const scaled = (rows: Numbers) => rows.map((row) => row.map((x) => x * by));
      const w = randomNumbers(k, n, s), delta = scaled(randomNumbers(m, n, s + 1));
      for (const rows of new Set([m, Math.ceil(m / 2), 1])) {
        same((kernel, make) => {
          const x = kernel.firstRows(kernel.images(m, k), rows), out = kernel.matrix(rows, n);
          kernel.loadPixels(x, pixels, order, 3);
          kernel.product(x, make(scaled(w)), out);
          return out;
        });
        same((kernel, make) => {
          const x = kernel.firstRows(kernel.images(m, k), rows), out = make(w);
          kernel.loadPixels(x, pixels, order, 0);
          kernel.productTN(alpha, x, make(delta.slice(0, rows)), beta, out);
          return out;
        });
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("images that are kept load like others, the first and every further time", () => {
  const shape = fc.tuple(fc.constantFrom(1, 5, 40, 130), fc.constantFrom(3, 60, 128, 300, 784));
  const zeros = fc.constantFrom(0, 0.5, 0.81, 1);
  fc.assert(
    fc.property(shape, zeros, seed, ([rows, columns], z, s) => {
      const { pixels } = randomImages(150, columns, z, s);
      const random = randomStream(s, "shuffle");
      // Now and then an image is loaded twice, at once or later.
      const order = Uint32Array.from({ length: 3 * rows }, () => random.integer(150));
      const weights = randomNumbers(columns, 20, s), deltas = randomNumbers(rows, 20, s + 1);
      // A kernel of its own: where matrices take half of the memory, nothing is kept.
      const [expected, result] = [plain, simdKernel()].map((kernel) => {
        const x = kernel.images(rows, columns), out = kernel.matrix(rows, 20);
        const w = fill(kernel, weights), delta = fill(kernel, deltas);
        kernel.keepImages(pixels);
        for (const start of [0, rows, 2 * rows, 0, rows]) {
          kernel.loadPixels(x, pixels, order, start);
          kernel.productTN(0.5, x, delta, 1, w);
          kernel.product(x, w, out);
        }
        return read(out);
      });
      assert.deepEqual(result, expected);
    }),
    { numRuns: 40 },
  );
});

Deno.test("other images, and matrices that need their memory, take the place of kept images", () => {
  const kept = randomImages(40, 784, 0.8, 1).pixels, others = randomImages(40, 784, 0.8, 2).pixels;
  const order = Uint32Array.from({ length: 40 }, (_, i) => i);
  const weights = randomNumbers(784, 16, 3);
  const run = (kernel: Kernel, matrices: number) => {
    const x = kernel.images(40, 784), w = fill(kernel, weights), out = kernel.matrix(40, 16);
    const results = [];
    kernel.keepImages(kept);
    for (const pixels of [kept, kept, others, kept]) {
      kernel.loadPixels(x, pixels, order, 0);
      kernel.product(x, w, out);
      results.push(read(out));
      // Most of the memory, written over where the kept images were.
      for (let m = 0; m < matrices; m++) kernel.matrix(1000, 16_000).data.fill(NaN);
      matrices = 0;
    }
    return results;
  };
  assert.deepEqual(run(simdKernel(), 6), run(plainKernel(32), 0));
});

Deno.test("activations and their slopes have the plain kernel's bits, also for large arguments", () => {
  const extremes = [0, -0, 1e-30, -1e-30, 0.0078, -0.0079, 88, -88, 104, -710, 710, 1e30, -1e38];
  const special = [NaN, Infinity, -Infinity];
  const others = ["leakyRelu(0.3)", "leakyRelu(0)", "elu(0.7)", "swish(2.5)"];
  for (const text of [...Object.keys(ACTIVATIONS), ...others]) {
    const activation = parseActivation(text);
    const z = [...randomNumbers(7, 16, 5), [...extremes, ...special]];
    same((kernel, make) => {
      const out = kernel.matrix(8, 16);
      kernel.activate(activation, make(z), out);
      return out;
    });
    same((kernel, make) => {
      const sums = make(z), a = kernel.matrix(8, 16), delta = make(randomNumbers(8, 16, 9));
      kernel.activate(activation, sums, a);
      kernel.activationGradient(activation, sums, a, delta);
      return delta;
    });
  }
});

Deno.test("an activation missing in the compiled module is named", () => {
  const incomplete: WebAssembly.Exports[] = [{}, { swoosh() {} }, { swooshSlope() {} }];
  for (const exports of incomplete) {
    assert.throws(
      () => activationExports(exports, ["swoosh"]),
      /lacks the activation swoosh: add swoosh and swooshSlope to .*activations\.ts/,
    );
  }
  activationExports({ swoosh: () => {}, swooshSlope: () => {} }, ["swoosh"]);
});

/** Numbers for a rule: most are shares, and ε is small. */
const SOME_NUMBERS = [0.01, 0.03, 0.1, 0.002, 1.7, 1e-8];
const RULES = Object.entries(UPDATE_RULES) as [UpdateRuleName, UpdateRule][];

Deno.test("every update rule has the plain kernel's bits, step after step", () => {
  const scale = fc.constantFrom(1, 1e-20, 1e-42, 1e15);
  const width = fc.integer({ min: 1, max: 40 });
  const lambda = fc.constantFrom(0, 0.03);
  fc.assert(
    fc.property(width, width, seed, scale, lambda, (m, n, s, by, l2) => {
      const w = randomNumbers(m, n, s), steps = [1, 2, 3].map((i) => randomNumbers(m, n, s + i));
      const scaled = (rows: Numbers) => rows.map((row) => row.map((x) => x * by));
      for (const [name, { numbers: names, states }] of RULES) {
        const numbers = names.map((name, i) => name === "λ" ? l2 : SOME_NUMBERS[i]);
        for (const shown of ["w", ...Array.from({ length: states }, (_, i) => i)] as const) {
          same((kernel, make) => {
            const out = make(w);
            const state = Array.from({ length: states }, () => kernel.matrix(m, n));
            for (const g of steps) kernel.update({ name, numbers }, make(scaled(g)), out, state);
            return shown === "w" ? out : state[shown];
          });
        }
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("an update by a product has the bits of one by the stored product", () => {
  const images = fc.oneof(size, fc.constantFrom(129, 140));
  const zeros = fc.constantFrom(0, 0.81, 1);
  const withState = RULES.filter(([, { states }]) => states > 0);
  const rules = fc.oneof(fc.constantFrom(...withState), fc.constant(withState[0]));
  const how = fc.tuple(rules, fc.constantFrom(0, 0.03), fc.constantFrom(1, 1e-44));
  const columns = fc.oneof(size, fc.constantFrom(130, 212));
  fc.assert(
    fc.property(
      images,
      size,
      columns,
      seed,
      zeros,
      how,
      (m, k, n, s, z, [[name, rule], l2, by]) => {
        const { pixels, order } = randomImages(m, k, z, s);
        // The second number is the penalty, without which momentum is computed in another way.
        const numbers = SOME_NUMBERS.slice(0, rule.numbers.length).with(1, l2);
        const call = { name, numbers };
        const w = randomNumbers(k, n, s);
        // Tiny numbers underflow to −0.
        const delta = randomNumbers(m, n, s + 1).map((row) => row.map((x) => x * by));
        const after = (kernel: Kernel, isDense: boolean, isStored: boolean) => {
          const loaded = kernel.images(m, k);
          kernel.loadPixels(loaded, pixels, order, 0);
          const a = isDense ? fill(kernel, randomNumbers(m, k, s + 2)) : loaded;
          const b = fill(kernel, delta), out = fill(kernel, w);
          const state = Array.from({ length: rule.states }, () => kernel.matrix(k, n));
          for (let step = 0; step < 2; step++) {
            // In the second step other pixels are empty, and some of their weights still move.
            kernel.loadPixels(loaded, pixels, order, step);
            if (isStored) {
              const g = kernel.matrix(k, n);
              kernel.productTN(1, a, b, 0, g);
              kernel.update(call, g, out, state);
            } else kernel.updateTN(call, a, b, out, state);
          }
          return [out, ...state].map(read);
        };
        for (const isDense of [false, true]) {
          const expected = after(simd, isDense, true);
          assert.deepEqual(after(simd, isDense, false), expected);
          assert.deepEqual(after(plain, isDense, false), expected);
        }
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("Adam's steps that are too small to change a weight are left out, with the plain kernel's bits", () => {
  const special = [0, -0, 1, 2 ** -149, -(2 ** -130), 1e37, 3e38, Infinity, -Infinity, NaN];
  const rate = fc.constantFrom(0, 1e-3, -1, 1e-40, 3e38, NaN);
  const epsilon = fc.constantFrom(1e-8, 1, 3e-40, 0, -1);
  const others = fc.tuple(fc.constantFrom(0, 0.1, 1), fc.constantFrom(1, 0, -1));
  fc.assert(
    fc.property(seed, rate, epsilon, others, fc.boolean(), (s, rate, epsilon, how, isImages) => {
      const random = randomStream(s, "data");
      const anyOf = (numbers: readonly number[]) => numbers[random.integer(numbers.length)];
      const [rows, columns] = [5, 43];
      const numbers = [rate, 0, how[0], 0.001, how[1], epsilon];
      const table = (number: (r: number, c: number) => number) =>
        Array.from(
          { length: rows },
          (_, r) => Array.from({ length: columns }, (_, c) => number(r, c)),
        );
      // The penalty of 0 is left out for images, so that their weights have to be finite.
      const weights = isImages ? special.filter(Number.isFinite) : special;
      const w = table(() =>
        random.uniform() < 0.2 ? anyOf(weights) : 2 ** -random.integer(60) * anyOf([1, -1, 1.3])
      );
      // Where v is 0, the step is w · 2⁻ᵏ: from k = 25 on it is rounded away.
      const m = table((r, c) =>
        random.uniform() < 0.2
          ? anyOf(special)
          : w[r][c] * epsilon / rate * 2 ** -(20 + random.integer(12)) * anyOf([1, -1])
      );
      const v = table(() => random.uniform() < 0.2 ? anyOf(special) : 0);
      for (const shown of [0, 1, 2]) {
        same((kernel, make) => {
          const out = make(w),
            state = [make(m), make(v)],
            call = { name: "adam", numbers } as const;
          if (isImages) {
            const images = kernel.images(1, rows);
            kernel.loadPixels(images, new Uint8Array(rows), Uint32Array.of(0), 0);
            kernel.updateTN(call, images, kernel.matrix(1, columns), out, state);
          } else kernel.update(call, kernel.matrix(rows, columns), out, state);
          return [out, ...state][shown];
        });
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("an update changes the given rows of a matrix alone", () => {
  for (const [name, { numbers, states }] of RULES) {
    const kernel = simdKernel();
    const whole = Array.from({ length: 2 + states }, () => fill(kernel, randomNumbers(4, 4, 7)));
    const [g, w, ...state] = whole.map((matrix) => kernel.firstRows(matrix, 3));
    kernel.update({ name, numbers: numbers.map(() => 0.1) }, g, w, state);
    for (const matrix of whole) assert.deepEqual(read(matrix)[3], read(whole[0])[3], name);
  }
});

Deno.test("norms of columns have the plain kernel's bits and limit what is above them", () => {
  fc.assert(fc.property(size, size, seed, fc.constantFrom(0.5, 3, 1e30), (m, n, s, most) => {
    const numbers = randomNumbers(m, n, s);
    same((kernel, make) => kernel.sumOfSquares(make(numbers)));
    same((kernel, make) => {
      const out = make(numbers);
      kernel.limitColumns(most, out);
      return out;
    });
  }));
  for (const kernel of [plain, simd, plainKernel(64)]) {
    const out = fill(kernel, [[3, 0.3], [4, 0.4]]);
    assert.equal(kernel.sumOfSquares(fill(kernel, [[3, 1], [4, 2]])), 30);
    kernel.limitColumns(1, out);
    const expected = [[0.6, 0.3], [0.8, 0.4]];
    read(out).flat().forEach((x, i) => assert.ok(Math.abs(x - expected.flat()[i]) < 1e-7));
  }
});

Deno.test("an update rule that the compiled module lacks is named", () => {
  assert.throws(
    () => updateExports({}, ["swing"]),
    /lacks the update rule swing: write swing in .*update_rules\.ts/,
  );
});

Deno.test("rows, sums and combinations have the plain kernel's bits", () => {
  fc.assert(fc.property(size, size, seed, factor, factor, (m, n, s, alpha, beta) => {
    const a = randomNumbers(m, n, s), b = randomNumbers(m, n, s + 1);
    same((kernel, make) => {
      const out = make(a);
      kernel.addRow(make(b.slice(0, 1)), out);
      return out;
    });
    same((kernel, make) => {
      const out = make(b.slice(0, 1));
      kernel.columnSums(alpha, make(a), beta, out);
      return out;
    });
    same((kernel, make) => {
      const out = make(b);
      kernel.combine(alpha, make(a), beta, out);
      return out;
    });
  }));
});

Deno.test("losses have the plain kernel's bits, with scores of any size", () => {
  const columns = fc.integer({ min: 1, max: 30 });
  const scale = fc.constantFrom(1, 30, 1e4);
  fc.assert(fc.property(size, columns, seed, scale, (m, n, s, by) => {
    const scores = randomNumbers(m, n, s).map((row) => row.map((x) => x * by));
    const targets = scores.map((_, r) => Array.from({ length: n }, (_, c) => c === r % n ? 1 : 0));
    for (const loss of ["crossEntropy", "binaryCrossEntropy", "squaredError"] as const) {
      same((kernel, make) => kernel[loss](make(scores), make(targets), 0.5, kernel.matrix(m, n)));
      same((kernel, make) => {
        const delta = kernel.matrix(m, n);
        kernel[loss](make(scores), make(targets), 1 / m, delta);
        return delta;
      });
    }
    same((kernel, make) => {
      const out = kernel.matrix(m, n);
      kernel.softmax(make(scores), out);
      return out;
    });
  }));
});

Deno.test("cross-entropy of scores of ±10000 is finite and right", () => {
  for (const kernel of [plain, simd, plainKernel(64)]) {
    const delta = kernel.matrix(1, 3), targets = fill(kernel, [[0, 1, 0]]);
    const loss = kernel.crossEntropy(fill(kernel, [[1e4, -1e4, 0]]), targets, 1, delta);
    assert.equal(loss, 2e4);
    assert.deepEqual(read(delta), [[1, -1, 0]]);
  }
});

Deno.test("binary cross-entropy of scores of ±10000 is finite and right", () => {
  for (const kernel of [plain, simd, plainKernel(64)]) {
    const delta = kernel.matrix(1, 3), targets = fill(kernel, [[0, 0, 1]]);
    const loss = kernel.binaryCrossEntropy(fill(kernel, [[1e4, -1e4, 1e4]]), targets, 1, delta);
    assert.equal(loss, 1e4);
    assert.deepEqual(read(delta), [[1, 0, 0]]);
  }
});

Deno.test("dropout has the plain kernel's bits, with numbers and with images, sparse or dense", () => {
  const zeros = fc.constantFrom(0, 0.5, 0.81, 1);
  const share = fc.constantFrom(0, 0.2, 0.5, 0.9, 1 - 2 ** -40);
  // Above 128 a row of an index has more than one tile.
  const columns = fc.oneof(size, fc.constantFrom(127, 128, 129, 300));
  fc.assert(
    fc.property(size, columns, seed, zeros, share, (m, k, s, z, share) => {
      const mask = { share, key: Uint32Array.of(2 * s, 2 ** 32 - 1 - s) };
      const { pixels, order } = randomImages(m, k, z, s);
      const [a, w, delta] = [[m, k], [k, 9], [m, 9]].map(([r, c]) => randomNumbers(r, c, s));
      same((kernel, make) => {
        const out = kernel.matrix(m, k);
        kernel.dropOut(mask, make(a), out);
        return out;
      });
      same((kernel, make) => {
        const inPlace = make(a);
        kernel.dropOut(mask, inPlace, inPlace);
        return inPlace;
      });
      // What is dropped from images shows in their products; several batches, as in training.
      const products = (kernel: Kernel, make: (n: Numbers) => Matrix) => {
        const whole = kernel.images(m, k), thinned = kernel.images(m, k);
        const out = kernel.matrix(1, 9), gradient = kernel.matrix(k, 9);
        [m, m, 1].forEach((rows, start) => {
          const [x, input] = [whole, thinned].map((matrix) => kernel.firstRows(matrix, rows));
          const outputs = kernel.matrix(rows, 9);
          kernel.loadPixels(x, pixels, order, start);
          kernel.dropOut(mask, x, input);
          kernel.product(input, make(w), outputs);
          kernel.columnSums(1, outputs, Math.min(start, 1), out);
          kernel.productTN(0.5, input, make(delta.slice(0, rows)), Math.min(start, 1), gradient);
        });
        return { out, gradient };
      };
      same((kernel, make) => products(kernel, make).out);
      same((kernel, make) => products(kernel, make).gradient);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a matrix of thinned images follows its images from sparse to dense and back", () => {
  const mask = { share: 0.5, key: Uint32Array.of(3, 4) };
  const order = Uint32Array.of(0, 1);
  const [sparse, dense] = [0.9, 0].map((zeros) => randomImages(2, 50, zeros, 1).pixels);
  same((kernel, make) => {
    const x = kernel.images(2, 50), input = kernel.images(2, 50);
    const all = kernel.matrix(6, 7), w = make(randomNumbers(50, 7, 2));
    [sparse, dense, sparse].forEach((pixels, i) => {
      const out = kernel.matrix(2, 7);
      kernel.loadPixels(x, pixels, order, 0);
      kernel.dropOut(mask, x, input);
      kernel.product(input, w, out);
      read(out).forEach((row, r) => all.data.set(row, (2 * i + r) * all.stride));
    });
    return all;
  });
});

Deno.test("batch normalisation has the plain kernel's bits", () => {
  const scale = fc.constantFrom(1, 1e-20, 1e4);
  fc.assert(fc.property(size, size, seed, scale, (m, n, s, by) => {
    const z = randomNumbers(m, n, s).map((row) => row.map((x) => x * by + by));
    const [error, rows] = [randomNumbers(m, n, s + 1), randomNumbers(4, n, s + 2)];
    const verbs = (kernel: Kernel, make: (n: Numbers) => Matrix) => {
      const [scales, shifts] = [make([rows[0]]), make([rows[1]])];
      const [mean, variance] = [kernel.matrix(1, n), kernel.matrix(1, n)];
      const [scaleGradient, shiftGradient] = [make([rows[2]]), make([rows[3]])];
      const [normal, y, delta] = [kernel.matrix(m, n), kernel.matrix(m, n), make(error)];
      kernel.moments(make(z), mean, variance);
      kernel.standardize(make(z), mean, variance, 1e-5, normal);
      kernel.scaleShift(normal, scales, shifts, y);
      kernel.standardizeGradient(
        ...[normal, variance, 1e-5, scales, delta, scaleGradient, shiftGradient] as const,
      );
      return [mean, variance, normal, y, delta, scaleGradient, shiftGradient];
    };
    for (let i = 0; i < 7; i++) same((kernel, make) => verbs(kernel, make)[i]);
  }));
});

Deno.test("NaN and infinity propagate as in NumPy", () => {
  for (const kernel of [plain, simd, plainKernel(64)]) {
    const out = kernel.matrix(1, 5);
    const b = fill(kernel, [[Infinity, -Infinity, NaN, Infinity, 1], [1, 1, 1, -Infinity, 1]]);
    kernel.product(fill(kernel, [[1, 1]]), b, out);
    assert.deepEqual(read(out), [[Infinity, -Infinity, NaN, NaN, 2]]);
    kernel.product(fill(kernel, [[0, 1]]), b, out);
    assert.deepEqual(read(out), [[NaN, NaN, NaN, NaN, 1]]);
    kernel.activate(parseActivation("relu"), b, b);
    assert.deepEqual(read(b)[0], [Infinity, 0, NaN, Infinity, 1]);
  }
});

Deno.test("old numbers are not read when beta is 0", () => {
  for (const kernel of [plain, simd]) {
    const out = fill(kernel, [[NaN]]);
    kernel.productTN(1, fill(kernel, [[2]]), fill(kernel, [[3]]), 0, out);
    assert.deepEqual(read(out), [[6]]);
  }
});

Deno.test("the committed modules are the compiled sources", async () => {
  for (const module of MODULES) {
    const committed = await Deno.readFile(new URL(module.file, import.meta.url));
    assert.deepEqual(await buildKernel(module), committed, module.file);
  }
});
