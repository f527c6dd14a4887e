"""Sends all cells of notebooks at once, again and again, and counts outputs that are not their cell's.

    python3 soak.py ROUNDS NOTEBOOK...

Prints a JSON line for each run: the notebook, the cells, and those whose outputs differ from the file.
"""

import json
import os
import sys

import nbformat
from kernel_test import Front

HOUR = 3600


def shown(outputs):
    """What a front end shows of outputs, as (kind, text) pairs; pieces of a stream are one."""
    pairs = []
    for kind, content in outputs:
        if kind == "stream":
            kind, text = content["name"], content["text"]
            if pairs and pairs[-1][0] == kind:
                text = pairs.pop()[1] + text
            pairs.append((kind, text))
        elif kind in ("execute_result", "display_data"):
            pairs.append((kind, sorted(content["data"].items())))
        elif kind == "update_display_data":
            # In these notebooks each cell updates the last display that it made.
            pairs[-1] = ("display_data", sorted(content["data"].items()))
        elif kind == "error":
            pairs.append((kind, content["evalue"]))
    return pairs


def run(path):
    """The number of code cells of a notebook, and the ids of those with other outputs than in the file."""
    notebook = nbformat.read(path, as_version=4)
    os.chdir(os.path.dirname(os.path.abspath(path)))
    front = Front()
    try:
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        sent = [front.send(cell.source) for cell in cells]
        front.finish(*sent, seconds=HOUR)
        return len(cells), [
            cell.id
            for cell, request in zip(cells, sent)
            if shown(front.outputs.get(request, []))
            != shown((output.output_type, output) for output in cell.outputs)
        ]
    finally:
        front.close()


if __name__ == "__main__":
    rounds, *paths = sys.argv[1:]
    paths = [os.path.abspath(path) for path in paths]
    for _ in range(int(rounds)):
        for path in paths:
            count, different = run(path)
            name = os.path.basename(path)
            print(json.dumps({"notebook": name, "cells": count, "different": different}), flush=True)
