"""Errors of types in a cell, by `deno check` on all cells so far.

It takes seconds a cell, as every check reads all types again; so it is done only where
DESCENT_TYPES is set.
"""

import os
import re
import tempfile
from pathlib import Path

from syntax import plain, run_deno

# What `deno check` writes: number, message and marked line, and the place.
ERROR = re.compile(
    r"^TS(?P<number>\d+) \[ERROR\]: (?P<text>.*?)\n +at \S+:(?P<line>\d+):(?P<column>\d+)$",
    re.DOTALL | re.MULTILINE,
)

# A name that another cell has imported too; below are errors of syntax, about which Deno decides.
DUPLICATE = 2300
SYNTAX = 2000

IMPORT = re.compile(r"^import\b(?!\s*[(.])[^;'\"]*(['\"]).*?\1(\s*with\s*\{[^}]*\})?;?", re.MULTILINE)
RELATIVE = re.compile(r"(\bfrom\s*|\bimport\s*\(?\s*)(['\"])(\.\.?/.*?)\2")


class TypeErrors:
    """Checks cells, in the order in which they run."""

    def __init__(self, program):
        self.program, self.cells = program, []

    def forget(self):
        """Forgets the cells, whose variables are lost."""
        self.cells.clear()

    async def check(self, code):
        """The errors of a cell as text, empty if there are none; later cells know what it declares."""
        cells = [*self.cells, code]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "cells.ts")
            path.write_text(module(cells), "utf-8", "replace")
            arguments = ("check", "--quiet", "--no-lock", *configuration(), str(path))
            status, _, said = await run_deno(self.program, *arguments)
        errors = list(ERROR.finditer(plain(said)))
        # With a cell that does not parse, no later one could be checked.
        if status == 0 or errors:
            self.cells = cells
        return "".join(in_last(cells, errors))


def in_last(cells, errors):
    """The errors whose place is in the last cell, in words."""
    lengths = [code.count("\n") + 1 for code in cells]
    before, total = sum(lengths[:-1]), sum(lengths)
    # The line before the cell's imports, and that before the rest.
    starts = (before, total + before + len(lengths))
    for error in errors:
        lines = [int(error["line"]) - start for start in starts]
        line = next((line for line in lines if 1 <= line <= lengths[-1]), None)
        if line and SYNTAX <= int(error["number"]) != DUPLICATE:
            text = error["text"].replace("~", "^")
            yield f"type error at line {line}, column {error['column']}: {text}\n"


def module(cells):
    """The cells as one module of which each line has its place in its cell.

    All imports come first. Each cell is a block in that of the cell before, as it sees what that
    declares and may declare the same names again.
    """
    cells = [absolute(code) for code in cells]
    imports = [kept(code, within=True) for code in cells]
    blocks = [kept(code, within=False) for code in cells]
    return "\n".join([*imports, *(f";{{\n{block}" for block in blocks), "}" * len(cells), "export {};"])


def kept(code, within):
    """The code with blanks for what is not within imports, or for these; the lines stay."""
    pieces, end = [], 0
    for found in IMPORT.finditer(code):
        pieces += [(code[end : found.start()], False), (found[0], True)]
        end = found.end()
    pieces.append((code[end:], False))
    return "".join(text if is_in == within else re.sub(r"[^\n]", " ", text) for text, is_in in pieces)


def absolute(code):
    """The code with relative names of modules as addresses, as it is checked in another folder."""
    here = Path.cwd()
    return RELATIVE.sub(lambda m: f"{m[1]}{m[2]}{Path(os.path.normpath(here / m[3])).as_uri()}{m[2]}", code)


def configuration():
    """Options of Deno for the settings that hold in this folder."""
    here = Path.cwd()
    paths = (folder / name for folder in (here, *here.parents) for name in ("deno.json", "deno.jsonc"))
    path = next(filter(Path.is_file, paths), None)
    return ("--config", str(path)) if path else ("--no-config",)
