import assert from "node:assert/strict";
import { randomStream } from "../base/random.ts";
import { isWorse, meanSummary, pairedPValue, seedsNeeded } from "./compare.ts";

Deno.test("mean, standard error and interval of a published example", () => {
  // Student 1908, section IX: additional hours of sleep, the differences of ten patients; R's t.test.
  const hours = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
  const { mean, standardError, interval } = meanSummary(hours);
  assert.equal(mean.toFixed(2), "1.58");
  assert.equal(standardError!.toFixed(4), "0.3890");
  assert.deepEqual(
    [interval!.low.toFixed(7), interval!.high.toFixed(7)],
    ["0.7001142", "2.4598858"],
  );
  // R: t = 4.0621, two-sided p = 0.002833.
  assert.equal((2 * pairedPValue(hours)).toFixed(6), "0.002833");
  assert.deepEqual(meanSummary([3]), { mean: 3, standardError: null, interval: null });
});

Deno.test("one seed, or the same values, show no difference", () => {
  assert.equal(isWorse([5], 2), false);
  assert.equal(isWorse([0, 0, 0], 2), false);
  assert.equal(isWorse([-1, -2, -3, -2.5], 2), false);
  assert.equal(isWorse([1, 1.1, 0.9], 2), true);
  assert.equal(isWorse([0.5, 0.5, 0.5], 2), true);
});

/** Sweeps of settings with these true losses; seeds shift all settings alike, and each by chance. */
function simulate(losses: readonly number[], seeds: number, sweeps: number) {
  const random = randomStream(17, "data");
  const truly = losses.indexOf(Math.min(...losses));
  let bestCalledWorse = 0, uncorrected = 0, lastCalledWorse = 0;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const common = Array.from({ length: seeds }, () => 3 * random.normal());
    const values = losses.map((loss) => common.map((shift) => loss + shift + random.normal()));
    const sums = values.map((own) => own.reduce((sum, value) => sum + value, 0));
    const chosen = sums.indexOf(Math.min(...sums));
    const against = (setting: number) => values[setting].map((v, s) => v - values[chosen][s]);
    if (isWorse(against(truly), losses.length)) bestCalledWorse++;
    if (isWorse(against(truly), 2)) uncorrected++;
    if (isWorse(against(losses.length - 1), losses.length)) lastCalledWorse++;
  }
  return [bestCalledWorse, uncorrected, lastCalledWorse].map((count) => count / sweeps);
}

Deno.test("the truly best setting is called worse in at most 5 % of simulated sweeps", () => {
  for (const seeds of [3, 5, 10]) {
    for (const count of [2, 13, 39]) {
      const equal = new Array<number>(count).fill(0);
      const [rate] = simulate(equal, seeds, 1500);
      // 0.05 and three standard errors of a rate from 1500 sweeps.
      assert.ok(rate <= 0.05 + 0.017, `${count} settings, ${seeds} seeds: ${rate}`);
    }
  }
  const [corrected, uncorrected] = simulate(new Array<number>(13).fill(0), 10, 1500);
  assert.ok(
    uncorrected > 0.1,
    `the choice of the best is what has to be corrected: ${uncorrected}`,
  );
  assert.ok(corrected > 0, "the test is not merely blind");
  const [, , found] = simulate([0, 0.1, 0.2, 4], 10, 500);
  assert.ok(found > 0.95, `a setting that is clearly worse is found: ${found}`);
});

Deno.test("the seeds needed are those of published tables of power", () => {
  // Cohen 1988 and G*Power 3.1: paired t test, two-sided 5 %, power 0.8 and 0.95.
  const tables: [number, number, number][] = [
    [0.2, 0.8, 199],
    [0.5, 0.8, 34],
    [0.8, 0.8, 15],
    [1, 0.8, 10],
    [0.5, 0.95, 54],
  ];
  for (const [effect, power, seeds] of tables) assert.equal(seedsNeeded(effect, 1, power), seeds);
  assert.equal(seedsNeeded(-0.002, 0.004), 34, "in any unit, with either sign");
  assert.equal(seedsNeeded(1, 0), 2);
  assert.equal(seedsNeeded(0, 1), undefined);
  assert.equal(seedsNeeded(1e-6, 1), undefined);
  assert.throws(() => seedsNeeded(1, 1, 1), /power must be 0.5 or more and below 1, got 1/);
});

Deno.test("with so many seeds a simulated difference is found as often as was asked for", () => {
  const random = randomStream(5, "data");
  const seeds = seedsNeeded(0.7, 1)!;
  let found = 0;
  for (let i = 0; i < 2000; i++) {
    const differences = Array.from({ length: seeds }, () => 0.7 + random.normal());
    if (pairedPValue(differences) < 0.025) found++;
  }
  assert.ok(Math.abs(found / 2000 - 0.8) < 0.04, `${seeds} seeds: ${found / 2000}`);
});
