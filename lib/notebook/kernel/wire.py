"""Messages of Jupyter's protocol: reading, checking, making and signing them.

On a socket a message is a list of frames: the identities of the peers on its way, a delimiter, the
signature, header, parent header, metadata, content, and buffers. A message that is passed on keeps
its frames; only the signature is new, as the key differs on either side.
"""

import json
from dataclasses import dataclass, replace
from hmac import compare_digest

from jupyter_client.session import Session


@dataclass
class Message:
    """A message with a correct signature."""

    identities: list
    header: dict
    parent: dict
    # Header, parent header, metadata, content and buffers, as bytes.
    frames: list

    @property
    def kind(self):
        return self.header["msg_type"]

    @property
    def id(self):
        return self.header["msg_id"]

    @property
    def parent_id(self):
        return self.parent.get("msg_id")

    @property
    def content(self):
        return json.loads(self.frames[3])

    def child_of(self, request):
        """The same message, as one that belongs to the request."""
        frames = [self.frames[0], request.frames[0], *self.frames[2:]]
        return replace(self, parent=request.header, frames=frames)

    def saying(self, content):
        """The same message with another content."""
        frames = [*self.frames[:3], json.dumps(content).encode(), *self.frames[4:]]
        return replace(self, frames=frames)

    def to(self, identities):
        """The same message for another peer."""
        return replace(self, identities=identities)


class Wire:
    """One side's messages: its key signs them."""

    def __init__(self, key, signature_scheme="hmac-sha256"):
        self.session = Session(key=key.encode(), signature_scheme=signature_scheme)
        self.session.username = "kernel"

    @property
    def security(self):
        """The entries of a connection file about signatures."""
        return {"key": self.session.key.decode(), "signature_scheme": self.session.signature_scheme}

    def wrote(self, header):
        """Whether a message with this header was made here."""
        return header.get("session") == self.session.session

    def read(self, frames):
        """The message in frames from a socket; `None` if it is not signed with the key."""
        identities, (signature, *frames) = self.session.feed_identities(frames)
        if len(frames) < 4 or not compare_digest(signature, self.session.sign(frames[:4])):
            return None
        return Message(identities, json.loads(frames[0]), json.loads(frames[1]), frames)

    def frames(self, message):
        """The frames of a message for a socket."""
        signature = self.session.sign(message.frames[:4])
        return [*message.identities, b"<IDS|MSG>", signature, *message.frames]

    def message(self, kind, content, request=None):
        """A new message; to the sender of the request, if there is one."""
        header = self.session.pack(self.session.msg_header(kind))
        parent = request.frames[0] if request else b"{}"
        return Message(
            request.identities if request else [],
            json.loads(header),
            request.header if request else {},
            [header, parent, b"{}", self.session.pack(content)],
        )
