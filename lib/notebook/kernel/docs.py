"""Documentation of names, by `deno doc`: the library's exports, and what Deno has built in."""

import asyncio
import re
import textwrap

from syntax import plain, run_deno

NOTHING = {"status": "ok", "found": False, "data": {}, "metadata": {}}

# The start of each entry.
DEFINED = re.compile(r"^Defined in .*\n\n", re.MULTILINE)


class Docs:
    """Looks up documentation, each name once."""

    def __init__(self, program, library):
        self.program, self.library, self.known = program, library, {}

    async def inspect(self, code, cursor):
        """The reply to an inspect_request."""
        for name in names_at(code, cursor):
            if name not in self.known:
                self.known[name] = await self.look_up(name)
            if self.known[name]:
                return self.known[name]
        return NOTHING

    async def look_up(self, name):
        """The reply about a name; `None` if nothing is known."""
        # At the same time, as either takes half a second.
        found = await asyncio.gather(self.entry(name, self.library), self.entry(name))
        return next((reply(entry) for entry in found if entry), None)

    async def entry(self, name, *module):
        """What `deno doc` says about a name; `None` if it does not know it."""
        status, said, _ = await run_deno(self.program, "doc", "--quiet", f"--filter={name}", *module)
        # Before the first entry comes the module's own documentation.
        entries = DEFINED.split(plain(said))[1:]
        return "\n".join(entries).strip("\n") if status == 0 and entries else None


def reply(entry):
    """The reply with an entry: a signature in one line, and text that is indented by two spaces."""
    signature, _, text = entry.partition("\n")
    markdown = f"```ts\n{signature}\n```\n{to_markdown(textwrap.dedent(text))}"
    data = {"text/plain": entry, "text/markdown": markdown}
    return {"status": "ok", "found": True, "data": data, "metadata": {}}


def to_markdown(text):
    """The text, with `@param name` and its like as paragraphs, whose text is indented by four spaces."""
    parts = re.split(r"^(@\w+.*)\n((?: {4}.*\n|\n)*)", text + "\n", flags=re.MULTILINE)
    pieces = [parts[0]]
    for tag, body, rest in zip(parts[1::3], parts[2::3], parts[3::3]):
        pieces += [f"**{tag[1:]}**\n\n{textwrap.dedent(body)}", rest]
    return "\n".join(pieces)


def names_at(code, cursor):
    """Names to look up: the one at the cursor, then that of the call around the cursor.

    Of `a.b` also `a`, if nothing is known of `a.b`.
    """
    start = re.search(r"[\w$.]*$", code[:cursor])[0]
    end = re.match(r"[\w$]*", code[cursor:])[0]
    names = [start + end, call_around(code[:cursor])]
    for name in names:
        while name:
            yield name.strip(".")
            name = name.rpartition(".")[0]


def call_around(code):
    """The name before the last parenthesis that is open; empty if there is none."""
    depth = 0
    for place in range(len(code) - 1, -1, -1):
        if code[place] in ")]}":
            depth += 1
        elif code[place] in "([{":
            if depth:
                depth -= 1
            elif code[place] == "(":
                return re.search(r"[\w$.]*$", code[:place])[0]
    return ""
