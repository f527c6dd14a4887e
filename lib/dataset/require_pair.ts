import { UserError } from "../base/user_error.ts";
import type { Samples } from "./dataset.ts";

/** Samples and the file or folder that they came from. */
export interface ReadSamples {
  readonly path: string;
  readonly samples: Samples;
}

/**
 * Checks that two sets can be one dataset's training and test images.
 *
 * @throws {UserError} naming the set that is empty, or both where their images differ in size
 */
export function requirePair(train: ReadSamples, test: ReadSamples): void {
  for (const { path, samples } of [train, test]) {
    if (samples.count === 0) throw new UserError(`${path}: no images, expected 1 or more`);
  }
  const [sizes, expected] = [test, train].map(({ samples }) =>
    `${samples.width}×${samples.height}`
  );
  if (sizes !== expected) {
    throw new UserError(
      `${test.path}: images of ${sizes} pixels, but those of ${train.path} have ${expected}; ` +
        `training and testing take one size`,
    );
  }
}
