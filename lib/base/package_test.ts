import assert from "node:assert/strict";
import { projectPath } from "./project.ts";
import { runDeno } from "./testing_deno.ts";

interface ModuleInfo {
  readonly specifier: string;
  readonly npmPackage?: string;
  readonly dependencies?: readonly { readonly code?: { readonly specifier: string } }[];
}

/** The npm packages that Deno installs before a module runs: those that it imports. */
async function packagesOf(module: string): Promise<string[]> {
  const args = ["info", "--node-modules-dir=auto", "--json", module];
  const { stdout, stderr } = await runDeno(args);
  assert.ok(stdout, stderr);
  const { roots, modules, redirects, npmPackages } = JSON.parse(stdout);
  const byName = new Map<string, ModuleInfo>(
    modules.map((module: ModuleInfo) => [module.specifier, module]),
  );
  const imported = closure(roots, (name) => {
    const { dependencies = [] } = byName.get(redirects[name] ?? name) ?? {};
    return dependencies.flatMap(({ code }) => code ? [code.specifier] : []);
  });
  const direct = imported.map((name) => byName.get(redirects[name] ?? name)?.npmPackage)
    .filter((id) => id !== undefined);
  return closure(direct, (id) => npmPackages[id].dependencies).map((id) => npmPackages[id].name);
}

/** The nodes reachable from the roots. */
function closure(roots: readonly string[], next: (name: string) => readonly string[]): string[] {
  const found = new Set(roots);
  for (const name of found) next(name).forEach((other) => found.add(other));
  return [...found];
}

Deno.test("the first sweep installs at most 90 packages, none for building, photos or tests", async () => {
  const names = await packagesOf("lib/cli/sweep.ts");
  assert.ok(names.includes("@observablehq/plot"), "the figure's library is among them");
  assert.ok(names.length <= 90, `${names.length} packages: ${names}`);
  const heavy =
    /^(assemblyscript|binaryen|esbuild|fast-check|nodeplotlib|playwright-core|puppeteer-core|sharp)$/;
  assert.deepEqual(names.filter((name) => heavy.test(name) || name.startsWith("@resvg/")), []);
});

Deno.test("notebooks find what they load later: their kernel cannot install it", async () => {
  const names = await packagesOf("lib/notebook/jupyter.ts");
  for (const name of ["@observablehq/plot", "@resvg/resvg-js", "esbuild", "sharp"]) {
    assert.ok(names.includes(name), name);
  }
});

Deno.test("a package that cannot be downloaded gets one clear line", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const file of ["deno.json", "deno.lock"]) {
      await Deno.copyFile(projectPath(file), `${folder}/${file}`);
    }
    await Deno.mkdir(`${folder}/lib/base`, { recursive: true });
    for await (const { name } of Deno.readDir(projectPath("lib", "base"))) {
      await Deno.copyFile(projectPath("lib", "base", name), `${folder}/lib/base/${name}`);
    }
    await Deno.writeTextFile(
      `${folder}/lib/base/load.ts`,
      `import { loadPackage } from "./package.ts";\n` +
        `await loadPackage("fflate" as "sharp").catch((e) => console.log(e.name, e.message));\n`,
    );
    // An empty cache, and a proxy on a closed port.
    const env = { DENO_DIR: `${folder}/cache`, HTTPS_PROXY: "http://127.0.0.1:1" };
    const load = (flags: string[]) =>
      runDeno(["run", "-A", "--no-check", ...flags, "lib/base/load.ts"], { cwd: folder, env });

    const offline = await load(["--node-modules-dir=auto"]);
    assert.match(offline.stderr, /^installing fflate, once…$/m);
    assert.match(
      offline.stdout,
      /^UserError fflate is required and could not be downloaded/,
    );
    assert.equal(offline.stdout.trim().split("\n").length, 1);

    const manual = await load([]);
    assert.match(manual.stdout, /^UserError fflate is required .* run `deno install`$/m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
