import assert from "node:assert/strict";
import { type Lab, processesWith, startLab } from "../notebook/testing_lab.ts";

Deno.test("Jupyter listens on this machine only, behind a token, with the project's kernel", async () => {
  const lab = await startLab();
  try {
    const specs = `${lab.origin}/api/kernelspecs`;
    const refused = await fetch(specs);
    await refused.body?.cancel();
    assert.equal(refused.status, 403);
    const answer = await fetch(`${specs}?token=${lab.token}`);
    const { default: name, kernelspecs } = await answer.json();
    assert.equal(name, "deno");
    assert.ok(kernelspecs.deno.spec.argv[2].endsWith("lib/notebook/kernel"));
  } finally {
    await lab.stop();
  }
});

Deno.test({
  name: "--types reaches the kernels",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const mark = crypto.randomUUID();
    const lab = await startLab({ DESCENT_TEST: mark }, "--types");
    try {
      assert.ok((await processesWith(mark, "DESCENT_TYPES=1")).length > 0);
    } finally {
      await lab.stop();
    }
  },
});

/** Starts a kernel that computes for ever. */
async function startBusyKernel({ origin, token }: Lab): Promise<void> {
  const answer = await fetch(`${origin}/api/kernels?token=${token}`, {
    method: "POST",
    body: JSON.stringify({ name: "deno" }),
  });
  const { id } = await answer.json();
  const socket = new WebSocket(
    `${origin.replace("http", "ws")}/api/kernels/${id}/channels?token=${token}`,
  );
  const heard = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => data.includes("computing") && heard.resolve();
  await new Promise((resolve) => socket.onopen = resolve);
  const header = { msg_id: "1", msg_type: "execute_request", username: "", session: "s" };
  const code = 'console.log("computing"); for (;;);';
  const content = { code, silent: false, store_history: false, allow_stdin: false };
  const message = {
    header: { ...header, version: "5.3" },
    parent_header: {},
    metadata: {},
    content,
  };
  socket.send(JSON.stringify({ ...message, channel: "shell", buffers: [] }));
  await heard.promise;
  socket.close();
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test({
    name: `after ${signal} no process is left, not even a kernel that computes`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      const mark = `DESCENT_TEST=${crypto.randomUUID()}`;
      const [name, value] = mark.split("=");
      const lab = await startLab({ [name]: value });
      await startBusyKernel(lab);
      assert.ok((await processesWith(mark)).length >= 3);
      await lab.stop(signal);
      // `deno task` itself may be gone before the command that it started.
      for (const start = Date.now(); (await processesWith(mark)).length > 0;) {
        assert.ok(Date.now() - start < 60_000, `left: ${await processesWith(mark)}`);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
  });
}
