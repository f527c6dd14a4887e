"""Sends all cells of notebooks at once, again and again beside two busy loops, and says which cells
then show anything else than they have to.

    MNIST_DIR=FOLDER python3 soak.py ROUNDS NOTEBOOK...

A cell has to show what it shows in a first run, without the busy loops, in which each cell is sent
when the one before is over and silent; that run is compared with the file. Later, two notebooks run
at a time. Every run has a project of its own without earlier results, so that all is trained anew.
Prints a JSON line for each run, the first ones with round 0.

Where an output arrives does not depend on how long a network learns. So notebooks that train for
long have a part of MNIST's images, and the numbers of thousands in their cells are divided likewise.
As many cells compute, print, draw and update their displays as before; what becomes shorter is the
time between outputs, which is no easier for the kernel. With SOAK_FULL=1 all images are used.
"""

import gzip
import json
import operator
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
from kernel_test import LIBRARY, Front

# What the images are divided by in notebooks that train for long. An epoch of 08 must have 200 steps,
# and 09 draws 300 of the images held out; 05 reproduces a figure, which needs the original MNIST.
PARTS = {"02": 60, "03": 60, "04": 20, "07": 60, "08": 4, "09": 20, "12": 20, "13": 20, "20": 5}

# What notebooks read in results/.
READ = ("models", "robustness.csv", "reported-figures.csv", "chosen-settings.csv")

# Seconds until a cell is silent, and until a notebook hangs.
SILENCE = 0.5
HANGS = 1200


def part_of_mnist(folder, part):
    """Writes the first of MNIST's images, divided by a number, to a folder; returns its path."""
    target = Path(folder, f"mnist-{part}")
    target.mkdir(exist_ok=True)
    for source in Path(os.environ["MNIST_DIR"]).glob("*-ubyte*"):
        data = source.read_bytes()
        data = gzip.decompress(data) if source.suffix == ".gz" else data
        begin, size = (16, 28 * 28) if "images" in source.name else (8, 1)
        count = int.from_bytes(data[4:8], "big") // part
        head = data[:4] + count.to_bytes(4, "big") + data[8:begin]
        name = source.name.removesuffix(".gz")
        (target / name).write_bytes(head + data[begin:][: count * size])
    return str(target)


def project(folder):
    """Makes a folder look like the project without its results; returns the folder of notebooks."""
    root = LIBRARY.parent
    parts = [path for path in root.iterdir() if path.name not in ("notebooks", "results")]
    for path in parts + [root / "results" / name for name in READ]:
        link = Path(folder, path.relative_to(root))
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(path)
    # Not a link, which would lead back to the project.
    notebooks = Path(folder, "notebooks")
    notebooks.mkdir()
    return notebooks


def divided(source, part):
    """A cell with its numbers of thousands divided."""
    return re.sub(r"\b\d[\d_]*000\b", lambda number: str(int(number[0]) // part), source)


def shown(outputs):
    """What a front end shows of outputs, as (kind, text) pairs; pieces of a stream are one."""
    pairs, displays = [], {}
    for kind, content in outputs:
        display = content.get("transient", {}).get("display_id")
        if kind == "stream":
            kind, text = content["name"], content["text"]
            if pairs and pairs[-1][0] == kind:
                text = pairs.pop()[1] + text
            pairs.append((kind, text))
        elif kind == "update_display_data" and display in displays:
            pairs[displays[display]] = ("display_data", sorted(content["data"].items()))
        elif kind in ("execute_result", "display_data", "update_display_data"):
            # In these notebooks no cell updates another's display.
            displays[display] = len(pairs)
            pairs.append((kind, sorted(content["data"].items())))
        elif kind == "error":
            pairs.append((kind, content["evalue"]))
    return pairs


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def saved(path):
    """What a notebook's cells show in its file, by their ids."""
    outputs = {cell.id: cell.outputs for cell in code_cells(path)}
    return {id: shown((output.output_type, output) for output in said) for id, said in outputs.items()}


def run(path, part, mnist, at_once=True):
    """What a notebook's cells show, by their ids, what belongs to none of them, and facts of the run."""
    begun = time.monotonic()
    cells = code_cells(path)
    sent, failed = {}, {}
    # The kernel may still write when it is told to end.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.chdir(project(folder))
        front = Front(MNIST_DIR=mnist)
        try:
            for cell in cells:
                sent[front.send(divided(cell.source, part) if part > 1 else cell.source)] = cell.id
                if not at_once:
                    finish(front, sent)
            finish(front, sent)
        except (AssertionError, TimeoutError) as error:
            failed = {"failed": [("error", str(error))]}
        finally:
            front.close()
    found = {cell.id: [] for cell in cells} | failed
    for request, outputs in front.outputs.items():
        found.setdefault(sent.get(request, "stray"), []).extend(shown(outputs))
    kinds = [kind for outputs in front.outputs.values() for kind, _ in outputs]
    return found, {
        "cells": len(cells),
        "messages": len(kinds),
        "updates": kinds.count("update_display_data"),
        "bytes": len(json.dumps(found)),
        "seconds": round(time.monotonic() - begun, 1),
    }


def finish(front, sent):
    """Waits until cells are over and nothing comes any more."""
    front.finish(*sent, seconds=HANGS)
    before = None
    while before != (before := sum(map(len, front.outputs.values()))):
        end = time.monotonic() + SILENCE
        front.listen(lambda: time.monotonic() > end)


def of_same_kinds(outputs, others):
    return [kind for kind, _ in outputs] == [kind for kind, _ in others]


def tell(number, path, facts, found, expected, same=operator.eq):
    """Prints the line of a run, with the cells that are wrong: how what they show begins, and should."""
    wrong = {
        cell: [str(side.get(cell, "nothing"))[:200] for side in (found, expected)]
        for cell in found | expected
        if not same(found.get(cell, []), expected.get(cell, []))
    }
    line = {"round": number, "notebook": os.path.basename(path), **facts, "wrong": wrong}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def busy_loop():
    """A process that computes until this one ends."""
    code = f"import os\nwhile os.getppid() == {os.getpid()}: pass"
    return subprocess.Popen([sys.executable, "-c", code])


def main(rounds, paths):
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2) as pool:
        tasks, expected = [], {}
        for path in paths:
            part = 1 if "SOAK_FULL" in os.environ else PARTS.get(os.path.basename(path)[:2], 1)
            task = (path, part, os.environ["MNIST_DIR"] if part == 1 else part_of_mnist(folder, part))
            found, facts = pool.submit(run, *task, at_once=False).result()
            tasks.append(task)
            expected[path] = found
            tell(0, path, facts, found, saved(path), operator.eq if part == 1 else of_same_kinds)
        loops = [busy_loop(), busy_loop()]
        try:
            order = [(number, path) for number in range(1, rounds + 1) for path in paths]
            for (number, path), (found, facts) in zip(order, pool.map(run, *zip(*tasks * rounds))):
                tell(number, path, facts, found, expected[path])
        finally:
            for loop in loops:
                loop.kill()


if __name__ == "__main__":
    main(int(sys.argv[1]), [os.path.abspath(path) for path in sys.argv[2:]])
