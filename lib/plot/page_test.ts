import assert from "node:assert/strict";
import { fillPage } from "./page.ts";

Deno.test("contents are inserted as they are, each after the first place with its text", () => {
  const page = "<a></a><b></b><a></a>";
  assert.equal(
    fillPage(page, [["<a>", "$& $1 $$"], ["<b>", "two"]]),
    "<a>$& $1 $$</a><b>two</b><a></a>",
  );
});
