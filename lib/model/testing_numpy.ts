/** For tests: NumPy as the reference for NumPy's files. @module */

import { projectPath } from "../base/project.ts";

/** Pythons to try: the project's virtual environment, those on PATH, and the system's. */
const PYTHONS = [projectPath(".venv", "bin", "python"), "python3", "python", "/usr/bin/python3"];
const python = PYTHONS.find((command) => {
  try {
    return new Deno.Command(command, { args: ["-c", "import numpy"], stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
});

/** Defines a test that needs NumPy; without NumPy it is ignored, and its name says why. */
export function numpyTest(name: string, fn: () => void | Promise<void>): void {
  const missing = "ignored: no Python with NumPy; run `python3 -m pip install numpy`";
  Deno.test({
    name: python === undefined ? `${name} (${missing})` : name,
    ignore: python === undefined,
    fn,
  });
}

/**
 * Runs a Python program and returns its output.
 *
 * @param program lines of Python; `np`, `json` and `sys` are imported
 * @param options.cwd the folder it runs in
 */
export async function runPython(program: string, options: { cwd: string }): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(python!, {
    args: ["-c", `import json, sys\nimport numpy as np\n${program}`],
    cwd: options.cwd,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
