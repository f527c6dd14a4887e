"""Errors of syntax, by Deno's own parser: `deno fmt`, which takes some ten milliseconds.

Deno's kernel only says "Execution failed".
"""

import asyncio
import re

# What `deno fmt` writes: the message, the marked line, and the place.
ERROR = re.compile(
    r"error: SyntaxError: (?P<message>.*?)\n(?P<marked> +\|\n.*?)\n +at \S+?:(?P<line>\d+):(?P<column>\d+)$",
    re.DOTALL | re.MULTILINE,
)

# The parser's words for code that goes on.
OPEN = re.compile(r"<eof>'|`<eof>`|Unexpected eof|Unterminated (block comment|template)")


async def run_deno(program, *arguments, text=""):
    """The exit status, stdout and stderr of Deno; it ends when nobody waits for it any more."""
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        stdout, stderr = await process.communicate(text.encode("utf-8", "replace"))
    finally:
        if process.returncode is None:
            process.kill()
    return process.returncode, stdout.decode(), stderr.decode()


async def syntax_error(program, code):
    """The parser's message, the marked line, and its line and column; `None` if the code is right."""
    arguments = ("fmt", "--no-config", "--ext=ts", "-")
    status, _, said = await run_deno(program, *arguments, text=code)
    found = status != 0 and ERROR.search(plain(said))
    if not found:
        return None
    message = found["message"]
    if "UnterminatedTpl" in message:
        message = "Unterminated template"
    return message, found["marked"], int(found["line"]), int(found["column"])


async def explained(program, code):
    """The content of an `error` message for code that does not parse; `None` if it does."""
    error = await syntax_error(program, code)
    if error is None:
        return None
    message, marked, line, column = error
    marked = marked.replace("~", "^")
    return {
        "ename": "SyntaxError",
        "evalue": f"line {line}, column {column}: {message}",
        "traceback": [f"SyntaxError: {message}", *marked.split("\n"), f"at line {line}, column {column}"],
    }


async def completeness(program, code):
    """The reply to an is_complete_request."""
    error = await syntax_error(program, code)
    if error is None:
        return {"status": "complete"}
    # If another line moves the error, it was at the end.
    if not OPEN.search(error[0]) and await syntax_error(program, code + "\n0") == error:
        return {"status": "invalid"}
    last = code.rstrip("\n").split("\n")[-1]
    indent = last[: len(last) - len(last.lstrip())]
    return {"status": "incomplete", "indent": indent + ("  " if last.endswith(("{", "(", "[")) else "")}


def plain(text):
    """The text without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
