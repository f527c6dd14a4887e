import assert from "node:assert/strict";
import { syntheticDigits } from "../dataset/synthetic.ts";
import { browserTest } from "../lesson/testing_lesson.ts";
import { lessonSpeed, speedText } from "./lesson_speed.ts";

browserTest(
  "while it trains the page goes on drawing; its times are printed, not judged",
  async () => {
    const digits = syntheticDigits({ train: 4000, test: 400 });
    const speed = await lessonSpeed(30, digits);
    assert.ok(speed.frames > 0);
    console.log(speedText(speed));
  },
);
