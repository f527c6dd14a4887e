/** For tests: notebooks of a few cells. @module */

/** The text of a notebook file with the given code cells, not run yet. */
export function notebookOf(...sources: readonly string[]): string {
  const cells = sources.map((source, i) => ({
    ...{ id: `c${i}`, cell_type: "code", source, metadata: {}, execution_count: null },
    outputs: [],
  }));
  const kernelspec = { display_name: "Deno", language: "typescript", name: "deno" };
  return JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 });
}
