import { serveTasks } from "../base/pool_worker.ts";
import { viewSamples } from "../dataset/shared.ts";
import { classifier } from "./classify.ts";
import {
  type PhotoCounts,
  type PhotoTask,
  readPhotos,
  type RobustnessStart,
} from "./robustness.ts";

serveTasks<RobustnessStart, PhotoTask, PhotoCounts>((start) => {
  const samples = viewSamples(start.samples);
  const classify = classifier(start.model);
  return (task) => readPhotos(classify, samples, task);
});
