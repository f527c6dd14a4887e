/** For tests: notebooks of a few cells. @module */

/** The text of a notebook file that is not run yet: a text is a code cell. */
export function notebookOf(...cells: readonly (string | { readonly markdown: string })[]): string {
  const kernelspec = { display_name: "Deno", language: "typescript", name: "deno" };
  return JSON.stringify({
    cells: cells.map((cell, i) =>
      typeof cell === "string"
        ? {
          ...{ id: `c${i}`, cell_type: "code", source: cell, metadata: {}, execution_count: null },
          outputs: [],
        }
        : { id: `c${i}`, cell_type: "markdown", source: cell.markdown, metadata: {} }
    ),
    metadata: { kernelspec },
    nbformat: 4,
    nbformat_minor: 5,
  });
}
