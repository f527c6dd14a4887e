import assert from "node:assert/strict";
import { startLab } from "../notebook/testing_lab.ts";

Deno.test("Jupyter listens on this machine alone, behind a token, with the project's kernel", async () => {
  const lab = await startLab();
  try {
    const specs = `${lab.origin}/api/kernelspecs`;
    const refused = await fetch(specs);
    await refused.body?.cancel();
    assert.equal(refused.status, 403);
    const answer = await fetch(`${specs}?token=${lab.token}`);
    const { default: name, kernelspecs } = await answer.json();
    assert.equal(name, "deno");
    assert.deepEqual(kernelspecs.deno.spec.argv.slice(1, 3), ["jupyter", "--kernel"]);
  } finally {
    await lab.stop();
  }
});
