/**
 * Statistics of lists of any length, from d3-array. The spread `Math.min(...values)` fails beyond about
 * 125,000 values; these do not.
 * @module
 */
// @ts-types="npm:@types/d3-array@3.2.2"
export { deviation, extent, max, mean, median, min, sum } from "d3-array";
