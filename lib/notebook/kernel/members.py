"""Completion of an object's members, where Deno finds none."""

import re

# A path of names and the beginning of another name, before the cursor.
PATH = re.compile(r"([\w$]+(?:\.[\w$]+)*)\.([\w$]*)$")
NAME = re.compile(r"[A-Za-z_$][\w$]*$")

# The elements of arrays are no names, and may be millions.
NAMES = """((value) => {
  const names = new Set();
  const indexed = Array.isArray(value) || ArrayBuffer.isView(value) || typeof value === "string";
  let object = indexed ? Object.getPrototypeOf(value) : Object(value);
  for (; object !== null && object !== Object.prototype; object = Object.getPrototypeOf(object)) {
    for (const name of Object.getOwnPropertyNames(object)) names.add(name);
  }
  names.delete("constructor");
  return [...names];
})(%s)"""


async def members_before(code, cursor, evaluate):
    """The reply to a request for completion after `object.`; `None` if there is nothing to offer."""
    found = PATH.search(code[:cursor])
    if not found:
        return None
    path, start = found.groups()
    names = await evaluate(NAMES % path) or []
    matches = sorted(name for name in names if name.startswith(start) and NAME.match(name))
    return {
        "status": "ok",
        "matches": matches,
        "cursor_start": cursor - len(start),
        "cursor_end": cursor,
        "metadata": {},
    }
