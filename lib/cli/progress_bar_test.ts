import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { progressLine } from "./progress_bar.ts";

Deno.test("the line shows progress, rate and time left", () => {
  const state = { label: "training", total: 200, unit: "images", text: "loss 0.12" };
  assert.equal(
    progressLine({ ...state, done: 50, seconds: 2, eta: 6 }),
    "training ██████░░░░░░░░░░░░░░░░░░ 50/200 images, 25 images/s, 6.0 s left  loss 0.12",
  );
  assert.equal(
    progressLine({ ...state, text: "", done: 200, seconds: 80, eta: 0 }),
    "training ████████████████████████ 200/200 images, 2.50 images/s, 1 min 20 s",
  );
  assert.equal(
    progressLine({ ...state, text: "", done: 0, seconds: 0, eta: NaN }),
    "training ░░░░░░░░░░░░░░░░░░░░░░░░ 0/200 images",
  );
});

/** A bar's output on stderr, in a pseudo-terminal (util-linux's `script`) or in a pipe. */
async function drawn(terminal: boolean): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  const module = new URL("./progress_bar.ts", import.meta.url).href;
  await Deno.writeTextFile(
    file,
    `import { progressBar } from "${module}";
     const bar = progressBar({ label: "work", total: 4, unit: "steps" });
     for (let i = 1; i <= 4; i++) bar.update(i, "at " + i, i > 1 ? 8 : undefined);
     bar.update(8);
     bar.stop(); bar.stop();`,
  );
  const config = projectPath("deno.json");
  const line = `${Deno.execPath()} run --no-prompt --no-check --config ${config} ${file}`;
  const { code, stdout, stderr } = await new Deno.Command(
    terminal ? "script" : "sh",
    { args: terminal ? ["-qec", `stty cols 90; ${line}`, "/dev/null"] : ["-c", line] },
  ).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(terminal ? stdout : stderr);
}

const hasScript = await new Deno.Command("script", { args: ["--version"] }).output()
  .then(({ success }) => success, () => false);

Deno.test({
  name: "a terminal sees the bar to its end",
  // util-linux's `script` makes the terminal; macOS has a different program of that name.
  ignore: !hasScript || Deno.build.os !== "linux",
  fn: async () => {
    const text = await drawn(true);
    assert.match(text, /work ░+ 0\/4 steps/);
    assert.match(text, /work █{24} 8\/8 steps.*at 4/);
  },
});

Deno.test("a pipe sees nothing", async () => {
  assert.equal(await drawn(false), "");
});
