import assert from "node:assert/strict";
import { join } from "node:path";
import { projectPath } from "../base/project.ts";
import { canImport } from "./jupyter.ts";
import { writeKernelspec } from "./kernelspec.ts";

Deno.test("the notebooks' kernel keeps WebAssembly's bounds checks: cells run any code", async () => {
  const folder = (await writeKernelspec("python3")).split(":")[0];
  const { env } = JSON.parse(await Deno.readTextFile(join(folder, "kernels/deno/kernel.json")));
  assert.match(env.DENO_V8_FLAGS, /^--wasm-bounds-checks(,|$)/);
});

const COPIED = ["deno.json", "lib/base", "lib/kernel", "lib/notebook"];

/** Only root on Debian is asked, and only if the system's Python has no Jupyter. */
const asked = Deno.build.os === "linux" && Deno.uid() === 0 &&
  await Deno.stat("/usr/bin/apt-get").then(() => true, () => false) &&
  !await canImport("/usr/bin/python3", ["nbclient"]);

Deno.test({
  name: "nothing is installed into the system unless the user agrees (needs root on Debian)",
  ignore: !asked,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      await new Deno.Command("cp", {
        args: ["-r", "--parents", ...COPIED, folder],
        cwd: projectPath(),
      }).output();
      // A Python without modules that cannot create virtual environments.
      await Deno.mkdir(`${folder}/bin`);
      await Deno.writeTextFile(`${folder}/bin/python3`, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--no-prompt", "--no-lock", "--node-modules-dir=none", "--allow-read"],
          ...[`--allow-write=${folder}`, "--allow-env", "--allow-sys=uid"],
          // In place of apt-get: the test must never install anything.
          ...["--allow-run=python3,/usr/bin/python3", "lib/notebook/jupyter.ts"],
        ],
        cwd: folder,
        env: { PATH: `${folder}/bin`, NO_COLOR: "1" },
        stdin: "null",
      }).output();
      const said = new TextDecoder().decode(stderr);
      assert.equal(code, 0, said);
      assert.match(
        said,
        /apt-get install .*: changes the system, so it was not run without consent/,
      );
      assert.match(said, /install it yourself \(python3 -m pip install -r .*, or Debian's /);
      assert.doesNotMatch(said, /apt-get install [^:]*…/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
