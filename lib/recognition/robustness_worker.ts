import { parentPort } from "node:worker_threads";
import type { Samples } from "../dataset/dataset.ts";
import { viewSamples } from "../dataset/shared.ts";
import { type Classifier, classifier } from "./classify.ts";
import { type PhotoTask, readPhotos, type RobustnessStart } from "./robustness.ts";

let classify: Classifier;
let samples: Samples;

parentPort!.on("message", async (message: RobustnessStart | PhotoTask) => {
  if ("model" in message) {
    samples = viewSamples(message.samples);
    classify = classifier(message.model);
  } else {
    parentPort!.postMessage(await readPhotos(classify, samples, message));
  }
});
