/**
 * Statistics of lists of any length, from d3-array. Unlike `Math.min(...values)`, which fails
 * beyond about 125,000 values, they have no limit.
 * @module
 */
// @ts-types="npm:@types/d3-array@3.2.2"
export { deviation, extent, max, mean, median, min, quantile, sum } from "d3-array";
