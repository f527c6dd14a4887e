import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path/posix";
import { pathToFileURL } from "node:url";
import { projectPath } from "./project.ts";
import { runDeno } from "./testing_deno.ts";

/** The folders of `lib` in the order of the README's layout. */
function floorsOf(readme: string): string[] {
  const [, layout] = /^lib\/\n((?: {2}.*\n)+)/m.exec(readme)!;
  return [...layout.matchAll(/^ {2}(\w+)\/ /gm)].map(([, name]) => name);
}

/** The file's own code: examples in doc comments import nothing. */
const withoutExamples = (code: string) => code.replaceAll(/^\s*\*.*$/gm, "");

/** Imports, also of types and lazy ones. */
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"/g;
/** Workers and files that are read. */
const USE = /\bnew URL\(\s*"([^"]+)",\s*import\.meta\.url/g;

/** The paths below `lib` that a file names. */
function pathsIn(file: string, code: string, pattern: RegExp): string[] {
  return [...code.matchAll(pattern)].map(([, path]) => normalize(join(dirname(file), path)));
}

/** The code of the files of `lib` that are not tests. Tests may import from any folder. */
async function programFiles(folder = "."): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(projectPath("lib", folder))) {
    const path = normalize(`${folder}/${name}`);
    if (isDirectory && !["node_modules", "assembly", "golden"].includes(name)) {
      (await programFiles(path)).forEach((code, file) => files.set(file, code));
    } else if (/\.[jt]s$/.test(name) && !name.endsWith("_test.ts")) {
      files.set(path, withoutExamples(await Deno.readTextFile(projectPath("lib", path))));
    }
  }
  return files;
}

const floorOf = (path: string) => path.split("/")[0];
const floors = floorsOf(await Deno.readTextFile(projectPath("README.md")));
const files = await programFiles();

Deno.test("the README's layout lists every folder of lib once", async () => {
  const entries = await Array.fromAsync(Deno.readDir(projectPath("lib")));
  const folders = entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  assert.deepEqual([...floors].sort(), folders.sort());
});

Deno.test("a folder imports only from folders above it in the README's layout", () => {
  const upward = [...files].filter(([file]) => file !== "mod.ts").flatMap(([file, code]) =>
    [...pathsIn(file, code, IMPORT), ...pathsIn(file, code, USE)]
      .filter((path) => floors.indexOf(floorOf(path)) > floors.indexOf(floorOf(file)))
      .map((path) => `${file} imports ${path}`)
  );
  assert.deepEqual(upward, []);
});

Deno.test("no file imports itself by way of others", () => {
  const finished = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    assert.ok(!way.includes(file), [...way.slice(way.indexOf(file)), file].join(" → "));
    if (finished.has(file)) return;
    const code = files.get(file) ?? "";
    for (const path of pathsIn(file, code, IMPORT)) visit(path, [...way, file]);
    finished.add(file);
  };
  for (const file of files.keys()) visit(file, []);
});

Deno.test("the imports are those that Deno finds", async () => {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    pathsIn(file, files.get(file) ?? "", IMPORT).forEach(visit);
  };
  visit("mod.ts");
  const { stdout } = await runDeno(["info", "--json", "lib/mod.ts"]);
  const { modules } = JSON.parse(stdout);
  const root = pathToFileURL(projectPath("lib", "/")).href;
  const paths: string[] = modules.map(({ specifier }: { specifier: string }) => specifier)
    .filter((specifier: string) => specifier.startsWith(root))
    .map((specifier: string) => specifier.slice(root.length))
    .filter((path: string) => /\.[jt]s$/.test(path) && !path.endsWith(".d.ts"));
  assert.deepEqual([...found].sort(), paths.sort());
});
