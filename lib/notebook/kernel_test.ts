import assert from "node:assert/strict";
import { projectPath } from "../base/project.ts";
import { rayIsMissing } from "../cluster/testing_cluster.ts";
import { canImport, findJupyter } from "./jupyter.ts";

const jupyter = await findJupyter("client", { note: console.error, agree: () => false })
  .catch(() => undefined);
const judged = jupyter && await canImport(jupyter.python, ["jupyter_kernel_test"]);

/** Classes of tests in `kernel`, by module and name. */
const TESTS = {
  "kernel_test.Outputs": "each output is its cell's own: many, large, late, displays, input",
  "kernel_test.Errors": "a syntax error names its place; cells after a failed one do not run",
  "kernel_test.Interrupts": "■ stops what the library does, and the variables stay",
  "kernel_test.Cluster": "■ stops a sweep on a cluster and leaves no process behind",
  "kernel_test.Types": "errors of types are shown before a cell runs, if that is wanted",
  "kernel_test.Losses": "a cell ends although Deno drops the outputs that say so",
  "kernel_test.Ends": "a kernel that ends says what is lost, and leaves no process behind",
  "kernel_test.Questions": "documentation, members, and whether code is complete",
  "protocol_test.Protocol": "Jupyter's own tests of a kernel",
};

for (const [name, what] of Object.entries(TESTS)) {
  const missing = !jupyter
    ? "Jupyter's client"
    : name.startsWith("protocol") && !judged
    ? "jupyter_kernel_test"
    : name.endsWith("Cluster") && rayIsMissing
    ? "Ray"
    : undefined;
  Deno.test({
    name: `the kernel on the wire: ${what}${missing ? ` (needs ${missing})` : ""}`,
    ignore: missing !== undefined || Deno.build.os !== "linux",
    fn: async () => {
      const { success, stderr } = await new Deno.Command(jupyter!.python, {
        args: ["-B", "-m", "unittest", name],
        cwd: projectPath("lib", "notebook", "kernel"),
        // Outputs do not depend on it.
        env: { ...jupyter!.env, NO_COLOR: "1" },
        stdin: "null",
      }).output();
      assert(success, new TextDecoder().decode(stderr));
    },
  });
}
