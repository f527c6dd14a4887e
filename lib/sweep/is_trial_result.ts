import { TRIAL_STATUSES, type TrialResult } from "../training/trial_result.ts";

/**
 * Checks that a value from outside (a journal's line, an answer from another machine) has the form of
 * a trial's result: known fields of the right types, epochs numbered from 1, finite numbers.
 */
export function isTrialResult(value: unknown): value is TrialResult {
  if (!isObject(value)) return false;
  const { hyperparameters, dataset, status, reason, steps, history, weightsDigest, ...metrics } =
    value;
  return isObject(hyperparameters) && typeof dataset === "string" &&
    (TRIAL_STATUSES as readonly unknown[]).includes(status) &&
    (reason === undefined || typeof reason === "string") &&
    Number.isSafeInteger(steps) && (steps as number) >= 0 &&
    Array.isArray(history) &&
    history.every((record, i) =>
      isObject(record) && record.epoch === i + 1 && hasNumbers(record)
    ) &&
    (weightsDigest === null || /^[0-9a-f]{64}$/.test(String(weightsDigest))) &&
    hasNumbers(metrics);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reports whether all values are finite numbers or null. */
function hasNumbers(record: Record<string, unknown>): boolean {
  return Object.values(record).every((value) => value === null || Number.isFinite(value));
}
