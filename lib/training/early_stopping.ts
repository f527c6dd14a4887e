import type { Network } from "../network/network.ts";
import { copyWeights, restoreWeights, type Weights } from "./checkpoint.ts";
import type { EpochRecord } from "./trial_result.ts";

/** `none`, or the epochs without a lower validation loss after which training ends. */
export type Patience = number | "none";

/** Ends a training that has stopped improving, and gives back its best epoch. */
export interface EarlyStopping {
  /** Keeps the network's weights if the last epoch of the history is the best. */
  keep(history: readonly EpochRecord[]): void;
  /** Returns `true` if training should end. */
  isOver(history: readonly EpochRecord[]): boolean;
  /** Restores the weights of the best epoch and returns its number. */
  restore(history: readonly EpochRecord[]): number;
  /** The weights of the best epoch, for a checkpoint. */
  best(): Weights | undefined;
}

/** The epoch with the lowest validation loss, the first of equals; `undefined` if none is finished. */
function bestEpoch(history: readonly EpochRecord[]): number | undefined {
  const lowest = Math.min(...history.map(({ validationLoss }) => validationLoss!));
  return history.find(({ validationLoss }) => validationLoss === lowest)?.epoch;
}

/**
 * Early stopping with patience (Prechelt 1998, "Early Stopping – But When?", criterion UP, in the form of
 * Keras): training ends after `patience` epochs in a row whose validation loss is not below the lowest so
 * far. In any case the network gets the weights of the epoch with the lowest.
 *
 * @param best the weights of a resumed training's best epoch
 */
export function earlyStopping(network: Network, patience: number, best?: Weights): EarlyStopping {
  return {
    keep(history) {
      if (bestEpoch(history) === history.at(-1)?.epoch) best = copyWeights(network);
    },
    isOver: (history) =>
      history.length - (bestEpoch(history) ?? 0) >= patience && history.length > 0,
    restore(history) {
      restoreWeights(best!, network);
      return bestEpoch(history)!;
    },
    best: () => best,
  };
}
