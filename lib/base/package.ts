import { reason } from "./atomic_file.ts";
import { projectPath } from "./project.ts";
import { UserError } from "./user_error.ts";

/**
 * Packages that only few commands need, by their names in `deno.json`, with their types. No module
 * imports them directly: Deno would install them for every command that includes that module.
 */
interface Packages {
  readonly "@resvg/resvg-js": typeof import("@resvg/resvg-js");
  readonly "assemblyscript/asc": typeof import("assemblyscript/asc");
  readonly "dejavu-fonts-ttf/package.json": unknown;
  readonly esbuild: typeof import("esbuild");
  readonly "esbuild/package.json": unknown;
  readonly mathjax: MathJaxPackage;
  readonly "ml-matrix": typeof import("ml-matrix");
  readonly sharp: typeof import("sharp");
}

/** MathJax comes without types: what the project uses of it. */
interface MathJaxPackage {
  readonly default: {
    init(configuration: Record<string, unknown>): Promise<{
      tex2svg(latex: string, options: { readonly display: boolean }): unknown;
      readonly startup: { readonly adaptor: { innerHTML(node: unknown): string } };
    }>;
  };
}

/**
 * Loads a package, installing it on first use. The version and checksum come from `deno.json` and
 * `deno.lock`, as for every other package.
 *
 * @throws {UserError} when the package cannot be installed
 */
export async function loadPackage<Name extends keyof Packages>(
  name: Name,
): Promise<Packages[Name]> {
  const folder = name.split("/").slice(0, name.startsWith("@") ? 2 : 1).join("/");
  if (!await exists(projectPath("node_modules", folder))) {
    console.error(`installing ${folder}, once…`);
  }
  const options = name.endsWith(".json") ? { with: { type: "json" } } : undefined;
  try {
    return await import(name, options);
  } catch (error) {
    throw installationError(folder, error) ?? error;
  }
}

/**
 * The {@linkcode UserError} for a package that could not be installed; `undefined` for any other
 * error.
 */
function installationError(name: string, error: unknown): UserError | undefined {
  const message = reason(error);
  // Deno's messages when the download fails and when it may not install anything (`deno jupyter`).
  if (/Failed caching npm package|[Ee]rror getting response|error sending request/.test(message)) {
    return new UserError(
      `${name} is required and could not be downloaded from npm; connect to the network and ` +
        `run the command again (${message.split("\n")[0].trim()})`,
    );
  }
  if (message.startsWith("Could not find a matching package")) {
    return new UserError(`${name} is required and not installed; run \`deno install\``);
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
