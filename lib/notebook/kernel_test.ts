import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { findJupyter } from "./jupyter.ts";

const jupyter = await findJupyter("client", { note: console.error, agree: () => false })
  .catch(() => undefined);

/** The classes of tests in `kernel/kernel_test.py`. */
const TESTS = {
  Outputs: "each output is its cell's own: many, large, late, displays, input",
  Errors: "a syntax error names its place; cells after a failed one do not run",
  Interrupts: "■ stops what the library does, and the variables stay",
  Ends: "a kernel that ends says what is lost, and leaves no process behind",
  Questions: "documentation, members, and whether code is complete",
};

for (const [name, what] of Object.entries(TESTS)) {
  Deno.test({
    name: `the kernel on the wire: ${what}${jupyter ? "" : " (needs Jupyter's client)"}`,
    ignore: jupyter === undefined || Deno.build.os !== "linux",
    fn: async () => {
      const { success, stderr } = await new Deno.Command(jupyter!.python, {
        args: ["-B", "-m", "unittest", `kernel_test.${name}`],
        cwd: projectPath("lib", "notebook", "kernel"),
        env: jupyter!.env,
        stdin: "null",
      }).output();
      assert(success, new TextDecoder().decode(stderr));
    },
  });
}
