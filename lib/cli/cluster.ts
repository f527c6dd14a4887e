import { UserError } from "../base/user_error.ts";
import { installRay, OWN, RAY, rayVersion } from "../cluster/ray.ts";
import { defineCommand, flag, main } from "./command.ts";

/** `deno task cluster` */
export const cluster = defineCommand({
  name: "cluster",
  summary: "Report which Ray this project uses to run sweeps on a cluster, or install it.\n\n" +
    "The driver and all nodes of a cluster need the same version of Ray and of Python.",
  options: {
    setup: flag(`install Ray ${RAY} from PyPI into .venv-cluster: about 400 MB, a minute`),
    system: flag("with --setup: use the Ray that python3 on PATH has, such as the cluster's own"),
  },
  examples: ["cluster --setup", "cluster"],
  async run({ options: { setup, system }, say, note }) {
    if (setup && (system || await rayVersion() !== RAY)) {
      note(system ? "linking python3's Ray…" : `installing Ray ${RAY} into .venv-cluster…`);
      await installRay(system ? OWN : RAY);
    }
    const version = await rayVersion();
    if (version === undefined) {
      throw new UserError("Ray is not installed for this project; run deno task cluster --setup");
    }
    say(`Ray ${version}: deno task sweep --cluster local`);
    return { ray: version };
  },
});

if (import.meta.main) await main(cluster);
