import assert from "node:assert/strict";
import { startTask } from "./testing_command.ts";

Deno.test("window serves the figure until Ctrl-C", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/table.csv`, "learningRate,seed,testLoss\n0.1,1,0.5\n");
    const child = startTask(["window", `${folder}/table.csv`, "--no-open"]);
    const decoder = new TextDecoder();
    const reader = child.stdout.getReader();
    let text = "";
    while (!text.includes("\n")) {
      const { value, done } = await reader.read();
      assert.ok(!done, "it ended before it gave an address");
      text += decoder.decode(value, { stream: true });
    }
    const [, address] = /^open (http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/) yourself$/m.exec(text)!;
    assert.match(await (await fetch(address)).text(), /npl-root/);
    child.kill("SIGINT");
    assert.equal((await child.status).code, 130);
    await Promise.all([reader.cancel(), child.stderr.cancel()]);
    await assert.rejects(fetch(address));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
