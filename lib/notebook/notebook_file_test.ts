import assert from "node:assert/strict";
import { cellErrors, notebookText, parseNotebook, withOutputs } from "./notebook_file.ts";

const head = { nbformat: 4, nbformat_minor: 5, metadata: { language_info: { version: "9.9" } } };

Deno.test("a file that is not a notebook is an error that names it", () => {
  assert.throws(() => parseNotebook("{", "a.ipynb"), /a\.ipynb: not a notebook/);
  assert.throws(() => parseNotebook("null", "a.ipynb"), /a\.ipynb: not a notebook/);
  assert.throws(() => parseNotebook('{"worksheets": []}', "a.ipynb"), /format 4/);
});

Deno.test("printed pieces are joined, times and versions dropped, keys sorted", () => {
  const written = {
    ...head,
    cells: [{
      id: "one",
      cell_type: "code",
      source: "a\nb",
      metadata: { tags: ["x"], execution: { "iopub.status.busy": "2026-01-01" } },
    }],
  };
  const stream = (name: string, text: string) => ({ output_type: "stream", name, text });
  const outputs = [stream("stdout", "1\n2"), stream("stdout", "3\n"), stream("stderr", "4")];
  const executed = { ...written, cells: [{ ...written.cells[0], execution_count: 1, outputs }] };
  const text = notebookText(withOutputs(written, executed));
  assert.doesNotMatch(text, /2026|9\.9/);
  const [cell] = parseNotebook(text, "a").cells;
  assert.deepEqual(cell.outputs?.map(({ text }) => text), [["1\n", "23\n"], "4"]);
  assert.deepEqual(cell.source, ["a\n", "b"]);
  assert.deepEqual(Object.keys(cell), [...Object.keys(cell)].sort());
  assert.ok(text.startsWith('{\n "cells": [\n') && text.endsWith("}\n"));
});

Deno.test("attachments are kept", () => {
  const attachments = { "a.png": { "image/png": "aGk=" } };
  const cell = { id: "a", cell_type: "markdown", source: "![](attachment:a.png)", metadata: {} };
  const written = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [{ ...cell, attachments }],
  };
  assert.deepEqual(withOutputs(written, written).cells[0].attachments, attachments);
});

Deno.test("errors are found with their cell, except in cells tagged raises-exception", () => {
  const error = {
    output_type: "error",
    ename: "Error",
    evalue: "x",
    traceback: ["\x1b[31mError: x\x1b[0m"],
  };
  const cell = { cell_type: "code", source: ["f()\n", "g()"], metadata: {}, outputs: [error] };
  const wanted = { ...cell, metadata: { tags: ["raises-exception"] } };
  assert.deepEqual(cellErrors({ ...head, cells: [wanted, cell] }), [
    { cell: 2, source: "f()", message: "Error: x" },
  ]);
});
