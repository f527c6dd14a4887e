"""A Jupyter kernel that runs the cells on Deno's and adds what that lacks.

To the front end this process is the kernel. Cells go to Deno one at a time, and a cell is over when
all its outputs are there. Other requests are passed on unless they are answered here.
"""

import asyncio
import os

import zmq
import zmq.asyncio

from deno import Deno, DenoEnded
from docs import Docs
from members import members_before
from syntax import completeness, explained
from type_errors import TypeErrors
from wire import Wire

# The module whose exports are documented.
LIBRARY = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "mod.ts"))

# Seconds for a cell to stop by itself: one that computes without a pause, and one that has heard of
# the interrupt and may have much to end, such as a cluster.
GRACE = 2
PATIENCE = 3

# Seconds for a second press that ends a cell.
SECOND_PRESS = 5

# Seconds in which the cells arrive that were sent with one that fails at once.
WAITING_CELLS_ARRIVE = 0.02

UNEXPLAINED = {
    "ename": "Error",
    "evalue": "Deno could not run this cell and does not say why",
    "traceback": ["Deno could not run this cell and does not say why"],
}

LANGUAGE = {
    "name": "typescript",
    "mimetype": "text/x.typescript",
    "file_extension": ".ts",
    "pygments_lexer": "typescript",
    "codemirror_mode": "typescript",
    "nbconvert_exporter": "script",
}

STOPPED = {"status": "error", "ename": "Stopped", "evalue": "stopped", "traceback": ["stopped"]}

NOT_STOPPING = (
    "This cell does not stop. Press ■ again within five seconds to end it: all variables of "
    "the notebook are then lost. Finished trials are kept.\n"
)
ENDED_BY_USER = (
    "The cell was ended. All variables are lost; finished trials are kept. "
    "Run the notebook again from the top."
)
ENDED = (
    "The kernel ended (status {}). All variables are lost; finished trials are kept. "
    "Run the notebook again from the top."
)


class Cell:
    """A cell that runs."""

    def __init__(self, request):
        self.request = request
        self.done = asyncio.Event()
        # The check of its types, before it runs.
        self.check = None
        # What waits for its end after an interrupt, and whether another interrupt has come.
        self.stopping = None
        self.pressed = asyncio.Event()
        # The error that Deno published.
        self.error = None


class Proxy:
    """The kernel, at the sockets of a connection file."""

    def __init__(self, connection, program):
        self.wire = Wire(connection["key"], connection["signature_scheme"])
        self.program = program
        self.deno = Deno(program, self.take_output, self.take_input_request)
        self.docs = Docs(program, LIBRARY)
        self.types = TypeErrors(program) if os.environ.get("DESCENT_TYPES") else None
        self.requests = asyncio.Queue()
        self.ready = asyncio.Event()
        self.over = asyncio.Event()
        # The cell that runs, and the last one, to which later outputs belong.
        self.cell = self.last_cell = None
        # Cells that will not run.
        self.cancelled = []
        self.ended_by_user = False
        # Whether a request has been told of Deno's end.
        self.loss_told = False
        self.bind(connection)

    def bind(self, connection):
        def bound(kind, port):
            bound = zmq.asyncio.Context.instance().socket(kind)
            bound.set_hwm(0)
            bound.linger = 1000
            bound.bind(address(connection, port))
            return bound

        self.shell = bound(zmq.ROUTER, "shell_port")
        self.control = bound(zmq.ROUTER, "control_port")
        self.input = bound(zmq.ROUTER, "stdin_port")
        self.heartbeat = bound(zmq.REP, "hb_port")
        self.outputs = bound(zmq.XPUB, "iopub_port")
        self.outputs.xpub_verbose = True

    async def serve(self):
        """Serves the front end until it asks for the end; raises DenoEnded if Deno does not start."""
        tasks = [
            asyncio.ensure_future(task)
            for task in (
                self.over.wait(),
                self.keep_deno(),
                self.read(self.shell, self.take_request),
                self.read(self.control, self.take_control),
                self.read(self.input, lambda message: self.deno.answer(message)),
                self.answer_heartbeat(),
                self.welcome_subscribers(),
                self.answer_requests(),
                self.end_with_parent(os.getppid()),
            )
        ]
        done, running = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in running:
            task.cancel()
        await self.deno.end()
        for task in done:
            task.result()

    async def keep_deno(self):
        """Starts Deno, and starts it again whenever it ends."""
        while True:
            await self.deno.start()
            self.ready.set()
            status = await asyncio.shield(self.deno.ended)
            self.ready.clear()
            if self.types:
                self.types.forget()
            await self.deno.end()
            if self.last_cell and not self.loss_told:
                self.say(self.last_cell.request, ENDED.format(status) + "\n")
            self.loss_told = False

    async def end_with_parent(self, parent):
        """Ends when the process that started this one has ended."""
        while os.getppid() == parent:
            await asyncio.sleep(1)

    # The front end's side.

    async def read(self, connection, take):
        while True:
            message = self.wire.read(await connection.recv_multipart())
            if message:
                take(message)

    def publish(self, message):
        self.outputs.send_multipart(self.wire.frames(message.to([message.kind.encode()])))

    def publish_new(self, kind, content, request):
        self.publish(self.wire.message(kind, content, request))

    def reply(self, request, content, connection=None):
        """Replies to a request, and says whether that failed."""
        kind = request.kind.replace("_request", "_reply")
        message = self.wire.message(kind, content, request)
        (connection or self.shell).send_multipart(self.wire.frames(message))

    def state(self, request, state):
        self.publish_new("status", {"execution_state": state}, request)

    def say(self, request, text):
        self.publish_new("stream", {"name": "stderr", "text": text}, request)

    async def answer_heartbeat(self):
        while True:
            await self.heartbeat.send_multipart(await self.heartbeat.recv_multipart())

    async def welcome_subscribers(self):
        while True:
            event = await self.outputs.recv()
            if event[:1] == b"\x01":
                topic = event[1:]
                welcome = self.wire.message("iopub_welcome", {"subscription": topic.decode()})
                self.outputs.send_multipart(self.wire.frames(welcome.to([topic])))

    # Deno's side.

    def take_output(self, message):
        if message.kind == "error" and self.cell and message.parent_id == self.cell.request.id:
            # It is published at the end of the cell, perhaps in other words.
            self.cell.error = message.content
        else:
            self.publish(message)

    def take_input_request(self, message):
        if self.cell:
            message = message.to(self.cell.request.identities)
            self.input.send_multipart(self.wire.frames(message))

    # Requests.

    def take_request(self, request):
        if request.kind in ("inspect_request", "is_complete_request"):
            # Answered here, so also while a cell runs.
            asyncio.ensure_future(self.answer_now(request))
        else:
            self.requests.put_nowait(request)

    async def answer_now(self, request):
        content = request.content
        if request.kind == "inspect_request":
            answer = await self.docs.inspect(content["code"], content["cursor_pos"])
        else:
            answer = await completeness(self.program, content["code"])
        if not self.cell:
            self.state(request, "busy")
        self.reply(request, answer)
        if not self.cell:
            self.state(request, "idle")

    async def answer_requests(self):
        """Answers the other requests, one at a time."""
        answers = {
            "execute_request": self.execute,
            "complete_request": self.complete,
            "kernel_info_request": self.kernel_info,
        }
        while True:
            request = await self.requests.get()
            await self.ready.wait()
            self.state(request, "busy")
            try:
                await answers.get(request.kind, self.pass_on)(request)
            except DenoEnded as ended:
                self.reply(request, {"status": "error", **self.loss(ended)})
            self.state(request, "idle")
            self.cancel_cells()

    async def pass_on(self, request):
        """Passes on a request or a message of a widget, which has no reply."""
        if not request.kind.endswith("_request"):
            self.deno.tell(request)
            return
        reply = await self.deno.ask(request)
        self.shell.send_multipart(self.wire.frames(reply.to(request.identities)))

    async def kernel_info(self, request):
        self.reply(request, await self.information())

    async def information(self):
        """The content of a kernel_info_reply."""
        content = (await self.deno.ask(self.deno.wire.message("kernel_info_request", {}))).content
        # Without a version: a front end would save it into every notebook.
        return {**content, "protocol_version": "5.4", "language_info": LANGUAGE}

    async def complete(self, request):
        content = request.content
        code, cursor = content["code"], content["cursor_pos"]
        reply = (await self.deno.ask(request)).content
        if not reply.get("matches"):
            reply = await members_before(code, cursor, self.deno.evaluate) or reply
        self.reply(request, reply)

    # Cells.

    async def execute(self, request):
        content = request.content
        self.cell = self.last_cell = cell = Cell(request)
        try:
            answer = await self.check_types(cell) or (await self.deno.run(request)).content
            if answer["status"] == "error" and answer is not STOPPED:
                answer |= await self.error(content["code"], cell.error)
        except DenoEnded as ended:
            answer = {"status": "error", "execution_count": 0, **self.loss(ended)}
        failed = answer["status"] == "error"
        if failed:
            names = ("ename", "evalue", "traceback")
            self.publish_new("error", {name: answer[name] for name in names}, request)
            if content.get("stop_on_error", True):
                # Those that come after the reply will run.
                await asyncio.sleep(WAITING_CELLS_ARRIVE)
                self.take_waiting_cells()
        self.cell = None
        cell.done.set()
        self.reply(request, answer)

    async def check_types(self, cell):
        """Shows the errors of types in a cell, if that is wanted; returns a reply if it is stopped."""
        content = cell.request.content
        if self.types and not content.get("silent"):
            cell.check = asyncio.ensure_future(self.types.check(content["code"]))
            await asyncio.wait([cell.check])
            if cell.check.cancelled():
                return STOPPED
            if errors := cell.check.result():
                self.say(cell.request, errors)

    async def error(self, code, said):
        """The error of a cell: Deno's, or where the code is wrong if Deno does not say."""
        if said is None:
            said = await explained(self.program, code)
        return said or UNEXPLAINED

    def loss(self, ended):
        """The error of a cell in which Deno ended."""
        text = ENDED_BY_USER if self.ended_by_user else ENDED.format(ended)
        self.ended_by_user = False
        self.loss_told = True
        return {"ename": "KernelEnded", "evalue": text, "traceback": [text]}

    def take_waiting_cells(self):
        """Takes the cells that wait, so that they will not run."""
        waiting = [self.requests.get_nowait() for _ in range(self.requests.qsize())]
        for request in waiting:
            if request.kind == "execute_request":
                self.cancelled.append(request)
            else:
                self.requests.put_nowait(request)

    def cancel_cells(self):
        """Replies to the cells that will not run."""
        for request in self.cancelled:
            self.state(request, "busy")
            self.reply(request, {"status": "aborted"})
            self.state(request, "idle")
        self.cancelled.clear()

    # The control channel.

    def take_control(self, request):
        if request.kind == "interrupt_request":
            self.interrupt()
            self.reply(request, {"status": "ok"}, self.control)
        elif request.kind == "shutdown_request":
            content = {"status": "ok", "restart": request.content.get("restart", False)}
            self.reply(request, content, self.control)
            self.publish_new("shutdown_reply", content, request)
            self.over.set()
        elif request.kind == "kernel_info_request":
            asyncio.ensure_future(self.control_information(request))

    async def control_information(self, request):
        await self.ready.wait()
        self.reply(request, await self.information(), self.control)

    def interrupt(self):
        """Stops the cell, or ends it if it does not stop; cells that wait will not run."""
        self.take_waiting_cells()
        if self.cell and self.cell.check and self.cell.check.cancel():
            return
        heard = self.deno.interrupt() if self.ready.is_set() else None
        if self.cell is None:
            self.cancel_cells()
        elif self.cell.stopping is None:
            self.cell.stopping = asyncio.ensure_future(self.stop(self.cell, heard))
        else:
            self.cell.pressed.set()

    async def stop(self, cell, heard):
        """Waits for the end of an interrupted cell, and ends Deno if the user insists."""
        if await happens(cell.done, GRACE):
            return
        if heard and heard.done() and await happens(cell.done, PATIENCE):
            return
        # What came before is a double click.
        cell.pressed.clear()
        self.say(cell.request, NOT_STOPPING)
        if await happens(cell.pressed, SECOND_PRESS) and not cell.done.is_set():
            self.ended_by_user = True
            self.deno.kill()
        cell.stopping = None


async def happens(event, seconds):
    """Whether an event is set within some seconds."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except asyncio.TimeoutError:
        pass
    return event.is_set()


def address(connection, port):
    separator = ":" if connection["transport"] == "tcp" else "-"
    return f"{connection['transport']}://{connection['ip']}{separator}{connection[port]}"
