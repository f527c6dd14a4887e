/** For tests: the peak memory of a function call, measured in a separate process. @module */

import { runDeno } from "./testing_deno.ts";

/** The outcome of a call. */
export interface Cost {
  /** The error message; empty if there was none. */
  readonly error: string;
  /** Peak memory of the process, in MB; 0 where the system does not report it. */
  readonly peak: number;
  readonly seconds: number;
}

/**
 * Runs code in a separate process and measures it.
 *
 * @param module the specifier of a module
 * @param call an expression in which `m` is the module, e.g. `m.readIdx("a", "b")`
 */
export async function costOf(module: string, call: string): Promise<Cost> {
  const code = `
    const m = await import(${JSON.stringify(module)});
    const begun = performance.now();
    let error = "";
    try { await (${call}); } catch (e) { error = e.name + ": " + e.message; }
    const seconds = (performance.now() - begun) / 1000;
    const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
    const peak = Number(/VmHWM:\\s+(\\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
    console.log(JSON.stringify({ error, peak, seconds }));`;
  const { stdout, stderr } = await runDeno(["eval", "--no-check", code]);
  const line = stdout.trim().split("\n").at(-1)!;
  if (!line.startsWith("{")) throw new Error(`no result: ${stderr}`);
  return JSON.parse(line);
}
