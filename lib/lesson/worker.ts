/**
 * The script of the lesson's workers: training, away from the thread that draws the page.
 * @module
 */
import { UserError } from "../base/user_error.ts";
import { type Dataset, imageAt } from "../dataset/dataset.ts";
import type { EpochRecord } from "../training/trial_result.ts";
import { type LiveTraining, liveTraining } from "./live_training.ts";
import type { Reply, Request } from "./messages.ts";
import { trial } from "./trial.ts";

let dataset: Dataset | undefined, training: LiveTraining | undefined;
let shown: Uint8Array | undefined;

const reply = (message: Reply) => postMessage(message);

/** Serves one message; a request before the digits is a mistake of the page. */
async function serve(request: Request): Promise<void> {
  if (request.kind === "digits") {
    training?.end();
    training = undefined;
    dataset = request.dataset;
    shown ??= imageAt(dataset.test, 0);
    return;
  }
  const digits = dataset!;
  switch (request.kind) {
    case "start":
      training?.end();
      training = liveTraining(
        request.settings,
        digits,
        shown!,
        (report) => reply({ kind: "report", report }),
      );
      return;
    case "change":
      return training?.change(request.settings);
    case "run":
      return training?.run(request.goal);
    case "pause":
      return training?.pause();
    case "show":
      shown = request.pixels;
      return training?.show(shown);
    case "trial": {
      const onEpoch = (record: EpochRecord) => reply({ kind: "epoch", record });
      reply({ kind: "trial", result: await trial(request.settings, digits, onEpoch) });
    }
  }
}

function fail(error: unknown): void {
  reply({ kind: "error", message: error instanceof UserError ? error.message : String(error) });
}

addEventListener("message", ({ data }: MessageEvent<Request>) => void serve(data).catch(fail));
addEventListener("unhandledrejection", (event: PromiseRejectionEvent) => {
  event.preventDefault();
  fail(event.reason);
});
reply({ kind: "ready" });
