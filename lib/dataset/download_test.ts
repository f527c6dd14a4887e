import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { sha256 } from "../base/sha256.ts";
import { download } from "./download.ts";

/** An address without a server: a port that was free a moment ago. */
const DEAD = (() => {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  return `http://127.0.0.1:${listener.addr.port}/`;
})();

const content = new TextEncoder().encode("seven two one zero four ".repeat(5000));
const gzip = (bytes: Uint8Array | string) => new Uint8Array(gzipSync(bytes));
const packed = gzip(content);

/** The test mirrors, by the first part of the path. */
const answers: Record<string, () => Response> = {
  good: () => new Response(packed),
  plain: () => new Response(content),
  missing: () => new Response("no such file", { status: 404 }),
  page: () => new Response("<html>please log in</html>"),
  cut: () => new Response(packed.subarray(0, 100)),
  other: () => new Response(gzip("other bytes")),
  long: () => new Response(new Uint8Array(content.length + 5000)),
  bomb: () => new Response(gzip(new Uint8Array(10_000_000))),
  stalled: () =>
    new Response(new ReadableStream({ start: (to) => to.enqueue(packed.slice(0, 9)) })),
};

/** Downloads from mirrors on a local server; returns the content or the reasons. */
async function get(names: readonly string[], onBytes?: (bytes: number) => void) {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => answers[new URL(request.url).pathname.split("/")[1]](),
  );
  const base = `http://127.0.0.1:${server.addr.port}`;
  try {
    const result = await download({
      urls: names.map((name) => name.includes(":") ? name : `${base}/${name}/digits.gz`),
      sha256: sha256(content),
      length: content.length,
      timeout: 300,
      onBytes,
    });
    return "failures" in result
      ? result.failures.map((failure) => failure.replace(`${base}/`, ""))
      : result;
  } finally {
    await server.shutdown();
  }
}

Deno.test("a good mirror returns the bytes, gzip or plain, with progress", async () => {
  const seen: number[] = [];
  const result = await get(["good"], (bytes) => seen.push(bytes));
  assert.ok(!Array.isArray(result));
  assert.equal(sha256(result.unpacked), sha256(content));
  assert.equal(sha256(result.packed), sha256(packed));
  assert.equal(seen.at(-1), packed.length);
  const plain = await get(["plain"]);
  assert.ok(!Array.isArray(plain));
  assert.deepEqual(plain.packed, content);
});

Deno.test("every failure has its reason, and the next mirror is tried", async () => {
  const dead = `${DEAD}digits.gz`;
  const unknown = "http://no-such-host.invalid/digits.gz";
  const bad = [dead, unknown, "missing", "page", "cut", "other", "long", "bomb", "stalled"];
  const result = await get(bad);
  assert.ok(Array.isArray(result));
  const expected = [
    /^http:\/\/127\.0\.0\.1:\d+\/digits\.gz: .*[Cc]onnect/,
    /^http:\/\/no-such-host\.invalid\/digits\.gz: ./,
    /^missing\/digits\.gz: the server answered 404 Not Found$/,
    /^page\/digits\.gz: unexpected content \(its SHA-256 differs\)$/,
    /^cut\/digits\.gz: the gzip data are truncated/,
    /^other\/digits\.gz: unexpected content/,
    /^long\/digits\.gz: more than the expected 120000 bytes$/,
    /^bomb\/digits\.gz: unexpected content/,
    /^stalled\/digits\.gz: no data for 0\.3 s$/,
  ];
  assert.equal(result.length, expected.length);
  expected.forEach((reason, i) => assert.match(result[i], reason));
  assert.ok(!Array.isArray(await get([...bad, "good"])));
});
