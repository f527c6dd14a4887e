import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";

Deno.test("JupyterLab listens on this machine alone, behind a token, with the project's kernel", async () => {
  const port = freePort();
  const process = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "lab", "--no-browser", "--port", String(port)],
    cwd: projectPath(),
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let said = "";
  try {
    for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
      said += text;
      if (/token=[0-9a-f]{40,}/.test(said)) break;
    }
    const [address, token] = said.match(/http:\/\/127\.0\.0\.1:\d+\S*token=([0-9a-f]+)/) ?? [];
    assert.ok(address, said);
    const specs = `http://127.0.0.1:${port}/api/kernelspecs`;
    const refused = await fetch(specs);
    await refused.body?.cancel();
    assert.equal(refused.status, 403);
    const { default: name, kernelspecs } = await (await fetch(`${specs}?token=${token}`)).json();
    assert.equal(name, "deno");
    assert.deepEqual(kernelspecs.deno.spec.argv.slice(1, 3), ["jupyter", "--kernel"]);
  } finally {
    process.kill("SIGINT");
    await process.status;
  }
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}
