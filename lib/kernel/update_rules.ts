/** The operations of a kernel's precision, each rounded once. */
export interface Arithmetic {
  add(a: number, b: number): number;
  subtract(a: number, b: number): number;
  multiply(a: number, b: number): number;
  divide(a: number, b: number): number;
  squareRoot(a: number): number;
  /** a·b + c, rounded once in 32 bits. */
  multiplyAdd(a: number, b: number, c: number): number;
}

/** How a number of one matrix changes the number in the same place of another. */
export interface UpdateRule {
  /** The names of the numbers that are the same for all places. */
  readonly numbers: readonly string[];
  /** The matrices of numbers that the rule keeps, from 0 to 2. */
  readonly states: 0 | 1 | 2;
  /**
   * Returns the new `w`.
   *
   * @param numbers in the order of their names
   * @param g for an optimizer, the gradient of the batch's loss
   * @param w for an optimizer, the parameter
   * @param s the kept numbers of the place, which are changed
   */
  apply(
    arithmetic: Arithmetic,
    numbers: readonly number[],
    g: number,
    w: number,
    s: number[],
  ): number;
}

/** −1, 0 or 1; 0 for NaN. */
const sign = (x: number) => (x > 0 ? 1 : 0) - (x < 0 ? 1 : 0);

/** s + part · (x − s): a moving average. */
const toward = ({ subtract, multiplyAdd }: Arithmetic, s: number, x: number, part: number) =>
  multiplyAdd(part, subtract(x, s), s);

/** s + part · (x² − s): a moving average of squares. */
const towardSquare = ({ multiplyAdd }: Arithmetic, s: number, x: number, part: number) =>
  multiplyAdd(part, multiplyAdd(x, x, -s), s);

/**
 * The rules of the optimizers with arithmetic of their own, and of the penalties and limits.
 *
 * Their formulas are explained in `training/optimizer.ts`. In all rules of optimizers λ w, the gradient of
 * the penalty (λ/2) w², is added first.
 *
 * The plain kernel runs what is written here. The SIMD kernel needs a function of the same name in
 * `assembly/update_rules.ts`, with the same bits; without it it refuses to start.
 */
export const UPDATE_RULES = {
  momentum: {
    numbers: ["rate", "λ", "μ"],
    states: 1,
    apply({ add, multiply, multiplyAdd }, [rate, lambda, mu], g, w, s) {
      s[0] = multiplyAdd(lambda, w, add(g, multiply(mu, s[0])));
      return multiplyAdd(-rate, s[0], w);
    },
  },
  nesterov: {
    numbers: ["rate", "λ", "μ"],
    states: 1,
    apply({ add, multiply, multiplyAdd }, [rate, lambda, mu], g, w, s) {
      const slope = multiplyAdd(lambda, w, g);
      s[0] = add(slope, multiply(mu, s[0]));
      return multiplyAdd(-rate, multiplyAdd(mu, s[0], slope), w);
    },
  },
  adaGrad: {
    numbers: ["rate", "λ", "ε"],
    states: 1,
    apply({ add, divide, squareRoot, multiplyAdd }, [rate, lambda, epsilon], g, w, s) {
      const slope = multiplyAdd(lambda, w, g);
      s[0] = multiplyAdd(slope, slope, s[0]);
      return multiplyAdd(-rate, divide(slope, add(squareRoot(s[0]), epsilon)), w);
    },
  },
  adaDelta: {
    numbers: ["rate", "λ", "1 − ρ", "ε"],
    states: 2,
    apply(arithmetic, [rate, lambda, part, epsilon], g, w, s) {
      const { add, multiply, divide, squareRoot, multiplyAdd } = arithmetic;
      const slope = multiplyAdd(lambda, w, g);
      s[0] = towardSquare(arithmetic, s[0], slope, part);
      const ratio = divide(add(s[1], epsilon), add(s[0], epsilon));
      const step = multiply(squareRoot(ratio), slope);
      s[1] = towardSquare(arithmetic, s[1], step, part);
      return multiplyAdd(-rate, step, w);
    },
  },
  rmsProp: {
    numbers: ["rate", "λ", "1 − α", "ε"],
    states: 1,
    apply(arithmetic, [rate, lambda, part, epsilon], g, w, s) {
      const { add, divide, squareRoot, multiplyAdd } = arithmetic;
      const slope = multiplyAdd(lambda, w, g);
      s[0] = towardSquare(arithmetic, s[0], slope, part);
      return multiplyAdd(-rate, divide(slope, add(squareRoot(s[0]), epsilon)), w);
    },
  },
  adam: {
    numbers: ["rate / (1 − β₁ᵗ)", "λ", "1 − β₁", "1 − β₂", "1 / √(1 − β₂ᵗ)", "ε"],
    states: 2,
    apply(arithmetic, [rate, lambda, part1, part2, scale, epsilon], g, w, s) {
      const { divide, squareRoot, multiplyAdd } = arithmetic;
      const slope = multiplyAdd(lambda, w, g);
      s[0] = toward(arithmetic, s[0], slope, part1);
      s[1] = towardSquare(arithmetic, s[1], slope, part2);
      const size = multiplyAdd(squareRoot(s[1]), scale, epsilon);
      return multiplyAdd(-rate, divide(s[0], size), w);
    },
  },
  lion: {
    numbers: ["rate", "λ", "1 − β₁", "1 − β₂"],
    states: 1,
    apply(arithmetic, [rate, lambda, part1, part2], g, w, s) {
      const { multiplyAdd } = arithmetic;
      const slope = multiplyAdd(lambda, w, g);
      const direction = sign(toward(arithmetic, s[0], slope, part1));
      s[0] = toward(arithmetic, s[0], slope, part2);
      return multiplyAdd(-rate, direction, w);
    },
  },
  /** w + λ sign g: with parameters for g and their gradient for w, the penalty λ |w|. */
  addSign: {
    numbers: ["λ"],
    states: 0,
    apply: ({ multiplyAdd }, [lambda], g, w) => multiplyAdd(lambda, sign(g), w),
  },
  /** g, limited to −most … most. */
  clip: {
    numbers: ["most"],
    states: 0,
    apply: (_, [most], g) => Math.max(Math.min(g, most), -most),
  },
} as const satisfies Readonly<Record<string, UpdateRule>>;

/** The name of one of the {@linkcode UPDATE_RULES}. */
export type UpdateRuleName = keyof typeof UPDATE_RULES;

/** A rule as the operations of a kernel take it. */
export interface UpdateCall {
  readonly name: UpdateRuleName;
  /** The rule's numbers, in the order of their names. */
  readonly numbers: readonly number[];
}
