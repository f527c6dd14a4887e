import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { readDescents, readSchedules, recordedText } from "../training/testing_pytorch.ts";
import { pythonWith } from "./peer.ts";

const python = await pythonWith("torch");

/** What the installed PyTorch gives for a recorded table. */
async function liveText(name: "optimizers" | "schedules"): Promise<string> {
  const script = projectPath("lib", "training", "testing_pytorch.py");
  const command = new Deno.Command(python!, { args: [script, name] });
  const { success, stdout, stderr } = await command.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name: "the recorded numbers of optimizers and schedules are those of the installed PyTorch",
  ignore: python === undefined,
  async fn() {
    const recorded = readDescents(await recordedText("optimizers"));
    const live = readDescents(await liveText("optimizers"));
    assert.equal(live.length, recorded.length);
    live.forEach(({ optimizer, parameters }, i) => {
      for (const [step, numbers] of parameters) {
        recorded[i].parameters.get(step)!.forEach((number, j) => {
          assert.ok(Math.abs(number - numbers[j]) < 1e-12, `${optimizer}, step ${step}`);
        });
      }
    });
    const schedules = readSchedules(await liveText("schedules"));
    readSchedules(await recordedText("schedules")).forEach(({ schedule, steps }, i) => {
      steps.forEach(({ factor, momentum }, j) => {
        const now = schedules[i].steps[j];
        assert.ok(Math.abs(factor - now.factor) < 1e-12, `${schedule}, step ${j + 1}`);
        assert.ok(Math.abs((momentum ?? 0) - (now.momentum ?? 0)) < 1e-12, schedule);
      });
    });
  },
});
