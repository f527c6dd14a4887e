import assert from "node:assert/strict";
import { readerOf } from "./reader.ts";

Deno.test("lines and bytes come out whole, however the stream is cut", async () => {
  const text = new TextEncoder().encode("first é\n\nAB\u0000\nCsecond\nlast");
  for (const size of [1, 2, 3, 7, 100]) {
    const reader = readerOf(
      ReadableStream.from(function* () {
        for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
      }()),
    );
    assert.equal(await reader.line(), "first é");
    assert.equal(await reader.line(), "");
    assert.deepEqual([...await reader.bytes(5)], [65, 66, 0, 10, 67]);
    assert.equal(await reader.line(), "second");
    // A line without its end may be cut: it does not count.
    assert.equal(await reader.line(), undefined);
    assert.ok(reader.closed.aborted);
    await assert.rejects(reader.bytes(1), /1 bytes too early/);
  }
});
