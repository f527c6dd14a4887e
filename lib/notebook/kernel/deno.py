"""A `deno jupyter` process, and the connection to it.

Deno's kernel says "idle" before it has sent all outputs of a cell, and sends those that are late as
outputs of the next cell. Therefore a hidden cell follows each: what it prints arrives last.
"""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import uuid

import zmq
import zmq.asyncio

from wire import Wire

# The ports are chosen before Deno listens there; another program may take one meanwhile.
STARTS = 5

# Seconds for Deno to end by itself.
PATIENCE = 1

# Seconds after which an awaited output counts as lost: on a busy machine, Deno drops those that follow a
# very large one.
LOST = 3

# SIGINT ends Deno unless something listens. `print` is kept from cells that replace it. No listener
# is called while `prompt` waits, so the mark as an answer says that the cell was interrupted.
FIRST_CELL = """{
  const print = console.log.bind(console);
  Deno.addSignalListener("SIGINT", () => print("MARKheard nullMARK"));
  const { prompt } = globalThis;
  const ask = (...question) => {
    const answer = prompt(...question);
    if (answer !== "MARK") return answer;
    throw Object.assign(new Error("stopped"), { name: "Stopped", stack: "stopped" });
  };
  globalThis.prompt = ask;
  globalThis.confirm = (message = "Confirm") => ["y", "Y"].includes(ask(`${message} [y/N] `));
  const evaluate = (name, value) => {
    let json = "null";
    try { json = JSON.stringify(value() ?? null); } catch { /* null */ }
    print(`MARK${name} ${json}MARK`);
  };
  Object.defineProperty(globalThis, Symbol.for("evaluate"), { value: evaluate });
};"""


def environment():
    """The environment of a kernel: outputs, which notebooks keep, do not depend on a terminal's colours."""
    colors = ("NO_COLOR", "FORCE_COLOR")
    return {**{name: value for name, value in os.environ.items() if name not in colors}, "DESCENT_KERNEL": "1"}


class DenoEnded(Exception):
    """Deno ended, with this status, before it answered."""


class Deno:
    """Deno's kernel. `on_output` gets its outputs, `on_input` its requests for input."""

    def __init__(self, program, on_output, on_input):
        self.program, self.on_output, self.on_input = program, on_output, on_input
        self.cell = None

    async def start(self):
        """Starts Deno and waits until it answers; raises DenoEnded when it does not."""
        for starts_left in reversed(range(STARTS)):
            await self.launch()
            try:
                return await self.prepare()
            except DenoEnded:
                await self.end()
                if not starts_left:
                    raise

    async def launch(self):
        """Starts the process, and connects to the ports on which it will listen."""
        self.wire = Wire(uuid.uuid4().hex)
        # Around what hidden cells print.
        self.mark = uuid.uuid4().hex
        # The request for input that nobody has answered.
        self.question = None
        ports = free_ports("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
            json.dump({**ports, **self.wire.security, "transport": "tcp", "ip": "127.0.0.1"}, file)
        self.connection_file = file.name
        self.process = await asyncio.create_subprocess_exec(
            *[self.program, "jupyter", "--kernel", "--conn", self.connection_file],
            stdin=subprocess.DEVNULL,
            # For what does not pass through the kernel, such as a worker's output.
            stdout=sys.stderr,
            env=environment(),
            # A process group of its own, which a terminal's Ctrl-C does not reach.
            start_new_session=True,
        )
        self.guard = start_guard(self.process.pid)
        self.connect(ports)
        self.awaited = {}
        self.tasks = [
            asyncio.ensure_future(task)
            for task in (
                self.read(self.shell, self.take_reply),
                self.read(self.input, self.take_question),
                self.read_outputs(),
            )
        ]
        self.ended = asyncio.ensure_future(self.wait())

    def connect(self, ports):
        identity = uuid.uuid4().bytes

        def connected(kind, port):
            connection = zmq.asyncio.Context.instance().socket(kind)
            connection.linger = 0
            # No limit: by default outputs are dropped when 1,000 wait.
            connection.set_hwm(0)
            connection.reconnect_ivl = 10
            if kind == zmq.SUB:
                connection.subscribe(b"")
            else:
                # Deno asks for input where the cell came from.
                connection.identity = identity
            connection.connect(f"tcp://127.0.0.1:{ports[port]}")
            return connection

        self.shell = connected(zmq.DEALER, "shell_port")
        self.input = connected(zmq.DEALER, "stdin_port")
        self.outputs = connected(zmq.SUB, "iopub_port")

    async def prepare(self):
        """Runs the first cell, and waits until outputs arrive: earlier ones are sent to nobody."""
        await self.ask(self.hidden_cell(FIRST_CELL.replace("MARK", self.mark)))
        await self.evaluate("null", patience=0.2)

    async def wait(self):
        """Waits for the end of the process and returns its status; nothing else is awaited then."""
        status = await self.process.wait()
        for future in self.awaited.values():
            if not future.done():
                future.set_exception(DenoEnded(status))
                # Nobody may await it any more.
                future.exception()
        return status

    def expect(self, name):
        """A future for something that Deno will send."""
        future = asyncio.get_running_loop().create_future()
        if self.ended.done():
            future.set_exception(DenoEnded(self.ended.result()))
            future.exception()
        self.awaited[name] = future
        return future

    def arrived(self, name, value):
        future = self.awaited.pop(name, None)
        if future and not future.done():
            future.set_result(value)

    async def run(self, request):
        """Runs a cell and returns the reply when all outputs have been passed on."""
        self.cell = request
        idle = self.expect(("idle", request.id))
        reply = await self.ask(request)
        await asyncio.wait([idle], timeout=LOST)
        await self.evaluate("null")
        return reply

    async def ask(self, request):
        """The reply to a request."""
        reply = self.expect(("reply", request.id))
        self.tell(request)
        return await reply

    def tell(self, message):
        """Passes on a message that has no reply."""
        self.shell.send_multipart(self.wire.frames(message.to([])))

    def take_question(self, message):
        self.question = message
        self.on_input(message)

    def answer(self, message):
        """Passes on the user's input; what comes after an interrupt would answer the next question."""
        if self.question:
            self.question = None
            self.input.send_multipart(self.wire.frames(message.to([])))

    async def evaluate(self, expression, patience=LOST):
        """The value of an expression without side effects, by JSON; `None` if it throws.

        It is asked for again until it arrives.
        """
        name = uuid.uuid4().hex
        value = self.expect(name)
        code = f'globalThis[Symbol.for("evaluate")]("{name}", () => ({expression})); undefined'
        while not value.done():
            self.tell(self.hidden_cell(code))
            await asyncio.wait([value], timeout=patience)
        return json.loads(value.result())

    def hidden_cell(self, code):
        content = {"code": code, "silent": True, "store_history": False, "allow_stdin": False}
        return self.wire.message("execute_request", content)

    async def read(self, connection, take):
        while True:
            message = self.wire.read(await connection.recv_multipart())
            if message:
                take(message)

    def take_reply(self, message):
        self.arrived(("reply", message.parent_id), message)

    async def read_outputs(self):
        while True:
            frames = [await self.outputs.recv_multipart()]
            try:
                while True:
                    frames.append(await self.outputs.recv_multipart(zmq.NOBLOCK))
            except zmq.Again:
                pass
            for message in joined(filter(None, map(self.wire.read, frames))):
                self.take_output(message)

    def take_output(self, message):
        if message.kind == "status":
            if message.content["execution_state"] == "idle":
                self.arrived(("idle", message.parent_id), None)
            return
        if message.kind == "stream":
            message = self.without_marks(message)
        if message and self.wire.wrote(message.parent):
            # Of a hidden cell: what the last cell printed after its end.
            ours = message.kind == "execute_input" or self.cell is None
            message = None if ours else message.child_of(self.cell)
        if message:
            self.on_output(message)

    def without_marks(self, message):
        """The message without what hidden cells printed; `None` if nothing is left."""
        if self.mark.encode() not in message.frames[3]:
            return message
        content = message.content

        def take(match):
            self.arrived(match[1], match[2])
            return ""

        content["text"] = re.sub(rf"{self.mark}(\w+) (.*?){self.mark}\n", take, content["text"])
        return message.saying(content) if content["text"] else None

    def signal(self, number):
        """Sends a signal to Deno and what it started."""
        if self.process.returncode is None:
            os.killpg(self.process.pid, number)

    def interrupt(self):
        """Asks the work in Deno to stop; returns a future that is done when Deno has heard of it."""
        heard = self.expect("heard")
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
            self.answer(self.wire.message("input_reply", {"value": self.mark}))
        return heard

    def kill(self):
        """Ends the process at once."""
        self.signal(signal.SIGKILL)

    async def end(self):
        """Ends the process, if it has not ended, and the connection to it."""
        self.signal(signal.SIGTERM)
        await asyncio.wait([self.ended], timeout=PATIENCE)
        self.signal(signal.SIGKILL)
        await self.ended
        for task in self.tasks:
            task.cancel()
        for connection in (self.shell, self.input, self.outputs):
            connection.close()
        os.remove(self.connection_file)
        self.guard.kill()
        self.guard.wait()


def free_ports(*names):
    """Ports that are free now, by name."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in names]
    ports = {name: one.getsockname()[1] for name, one in zip(names, sockets)}
    for one in sockets:
        one.close()
    return ports


def start_guard(pid):
    """Starts a process that ends a process group when this process ends, even when it is killed."""
    return subprocess.Popen(
        ["/bin/sh", "-c", 'read line; kill -KILL "-$0"', str(pid)],
        # The pipe's other end closes with this process.
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def joined(messages):
    """The messages, with consecutive pieces of a stream joined: a front end draws each separately."""
    pieces = []
    for message in messages:
        if message.kind != "stream":
            yield from flushed(pieces)
            yield message
        else:
            content = message.content
            if pieces and (message.parent_id, content["name"]) != pieces[0][:2]:
                yield from flushed(pieces)
            pieces.append((message.parent_id, content["name"], content["text"], message))
    yield from flushed(pieces)


def flushed(pieces):
    """The pieces as one message, if there are any; they are removed from the list."""
    if pieces:
        _, name, _, message = pieces[0]
        text = "".join(piece[2] for piece in pieces)
        yield message.saying({"name": name, "text": text}) if len(pieces) > 1 else message
        pieces.clear()
