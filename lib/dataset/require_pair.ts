import { UserError } from "../base/user_error.ts";
import type { Samples } from "./dataset.ts";

/** Samples and their name for error messages, such as their file or folder. */
export interface NamedSamples {
  readonly name: string;
  readonly samples: Samples;
}

/**
 * Checks that two sets can be the training and test images of a dataset.
 *
 * @throws {UserError} naming the set that is empty, or both if their images differ in size
 */
export function requirePair(train: NamedSamples, test: NamedSamples): void {
  for (const { name, samples } of [train, test]) {
    if (samples.count === 0) throw new UserError(`${name}: no images, expected 1 or more`);
  }
  const [sizes, expected] = [test, train].map(({ samples }) =>
    `${samples.width}×${samples.height}`
  );
  if (sizes !== expected) {
    throw new UserError(
      `${test.name}: images of ${sizes} pixels, but those of ${train.name} have ${expected}; ` +
        `training and test images must have the same size`,
    );
  }
}
