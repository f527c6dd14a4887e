import assert from "node:assert/strict";
import { callLines } from "./call_lines.ts";
import { runCommand } from "./command.ts";
import { findRate } from "./find_rate.ts";
import { sweep } from "./sweep.ts";

Deno.test("a line that is too long goes on in the next, with all its words", () => {
  const help = Array.from({ length: 40 }, (_, i) => `word${i}`).join(" ");
  const lines = callLines({ call: { form: "call(x)", help } }).join("\n").split("\n");
  assert.equal(lines.length, 3);
  assert.deepEqual(lines.map((line) => line.length <= 98), [true, true, true]);
  assert.deepEqual(lines.map((line) => line.search(/\S/)), [2, 4, 4]);
  assert.equal(lines.join(" ").replace(/\s+/g, " "), ` call(x): ${help}`);
  assert.deepEqual(callLines({ call: { form: "call", help: "short" } }), ["  call: short"]);
});

for (const command of [sweep, findRate]) {
  Deno.test(`deno task ${command.name} --help fits into 100 columns, but for its examples`, async () => {
    let text = "";
    const output = { stdout: (part: string) => text += part, stderr: () => {} };
    assert.equal(await runCommand(command as typeof sweep, ["--help"], output), 0);
    const lines = text.slice(0, text.indexOf("\nExamples:")).split("\n");
    assert.ok(lines.length > 50);
    assert.deepEqual(lines.filter((line) => line.length > 100), []);
  });
}
