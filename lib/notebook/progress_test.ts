import assert from "node:assert/strict";
import { figure } from "../plot/figure.ts";
import { liveProgress, progressText } from "./progress.ts";

const options = { label: "sweep", total: 4, unit: "trials" };

Deno.test("a bar's text has count, rate and time left", () => {
  assert.equal(progressText(options, 0, 0), "0 of 4 trials");
  assert.equal(progressText(options, 1, 30), "1 of 4 trials, 0.033/s, 1 min 30 s left");
  assert.equal(progressText(options, 4, 2, "rate 0.1"), "4 of 4 trials, 2/s · rate 0.1");
  assert.equal(
    progressText({ ...options, total: 3601 }, 1, 1.5),
    "1 of 3,601 trials, 0.67/s, 1 h 30 min left",
  );
});

Deno.test("one display is created, then updated; the final output has no times", async () => {
  const messages: [string, Record<string, unknown>][] = [];
  const progress = liveProgress(options, (kind, content) => {
    messages.push([kind, content]);
    return Promise.resolve();
  });
  const picture = () => figure({ title: "curve" }, []);
  progress.update(1, "a < b", picture);
  progress.update(2, "too soon to be shown");
  await progress.finish("4 trials done", picture());
  const [[first, made], [second, changed]] = messages;
  assert.deepEqual([first, second, messages.length], ["display_data", "update_display_data", 2]);
  assert.deepEqual(made.transient, changed.transient);
  assert.match(JSON.stringify(made.data), /a &lt; b.*<img/);
  assert.match(JSON.stringify(changed.data), /<p>4 trials done<\/p><img/);
  assert.doesNotMatch(JSON.stringify(changed.data), /<progress|left/);
});

Deno.test("a total that has grown is that of the bar and of its text", async () => {
  const messages: string[] = [];
  const progress = liveProgress(options, (_, content) => {
    messages.push(JSON.stringify(content.data));
    return Promise.resolve();
  });
  progress.update(6, "", undefined, 8);
  await progress.finish("done");
  assert.match(messages[0], /value=\\"0.7500\\".* 6 of 8 trials/);
});

Deno.test("outside a notebook nothing is shown and no figure is created", async () => {
  const progress = liveProgress(options);
  progress.update(1, "", () => assert.fail("made"));
  await progress.finish("done");
});
