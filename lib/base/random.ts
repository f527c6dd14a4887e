import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { JumpableRandomGenerator } from "pure-rand/types/JumpableRandomGenerator";
import { log } from "./elementary.ts";

/** Uses of random numbers. Each has its own stream, so that none affects another. */
export const STREAMS = [
  "initializer",
  "shuffle",
  "augment",
  "data",
  "dropout",
  "validation",
  "biases",
  "search",
] as const;

/** One of the {@linkcode STREAMS}. */
export type StreamName = typeof STREAMS[number];

/** A seeded stream of random numbers: the same seed and name give the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1), 53 random bits. */
  uniform(): number;
  /** A whole number, uniform in [0, limit); limit from 1 to 2³¹. */
  integer(limit: number): number;
  /** Standard normal: mean 0, variance 1. */
  normal(): number;
}

/** A stream whose state can be saved and restored. */
export interface RandomStream extends Random {
  /** The current state, as plain numbers. */
  state(): readonly number[];
}

/**
 * The random stream of a seed for one use: xoroshiro128+ (Blackman & Vigna 2018) jumped ahead by
 * 2⁶⁴ numbers for each stream, so that streams of one seed never overlap.
 *
 * @param seed a whole number from 0 to 2³¹ − 1
 */
export function randomStream(seed: number, stream: StreamName): RandomStream {
  const generator = xoroshiro128plus(seed);
  // At least one jump: it also mixes seeds that differ in a few bits only.
  for (let i = 0; i <= STREAMS.indexOf(stream); i++) generator.jump();
  return streamOf(generator);
}

/** The stream that continues from a saved `state`. */
export function resumeRandomStream(state: readonly number[]): RandomStream {
  return streamOf(xoroshiro128plusFromState(state));
}

function streamOf(generator: JumpableRandomGenerator): RandomStream {
  const uniform = () => uniformFloat64(generator);
  return {
    uniform,
    integer: (limit) => uniformInt(generator, 0, limit - 1),
    normal: () => standardNormal(uniform),
    state: () => [...generator.getState()],
  };
}

/** A standard normal number by Marsaglia's polar method (1964); the pair's second is not kept. */
function standardNormal(uniform: () => number): number {
  for (;;) {
    const x = 2 * uniform() - 1;
    const y = 2 * uniform() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) {
      return x * Math.sqrt(-2 * log(square) / square);
    }
  }
}

/** Shuffles the items in place (Fisher and Yates; Knuth, TAOCP 2, algorithm P). */
export function shuffleInPlace(
  items: Uint32Array | number[],
  random: Random,
): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const item = items[i];
    items[i] = items[j];
    items[j] = item;
  }
}
