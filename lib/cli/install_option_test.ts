import assert from "node:assert/strict";
import { agreement } from "./install_option.ts";

Deno.test("--yes skips the question; without a terminal the answer is no", () => {
  assert.equal(agreement(true)("apt-get install x"), true);
  if (!Deno.stdin.isTerminal()) assert.equal(agreement(false)("apt-get install x"), false);
});
