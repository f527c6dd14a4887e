import { imageAt, type Samples } from "./dataset.ts";

/**
 * Computes the mean image of each class, 0 to 255 per pixel; zeros for a class without images.
 *
 * @param classes number of classes
 * @returns height × width numbers for each class
 */
export function classMeans(samples: Samples, classes: number): Float64Array[] {
  const size = samples.width * samples.height;
  const means = Array.from({ length: classes }, () => new Float64Array(size));
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < samples.count; i++) {
    const mean = means[samples.labels[i]];
    const pixels = imageAt(samples, i);
    for (let place = 0; place < size; place++) mean[place] += pixels[place];
    counts[samples.labels[i]]++;
  }
  return means.map((sum, label) => sum.map((total) => total / Math.max(counts[label], 1)));
}
