"""Tests of the kernel on the wire, with Jupyter's own client. `kernel_test.ts` runs them."""

import asyncio
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import uuid
from pathlib import Path

from jupyter_client import KernelManager

from deno import Deno

TIMEOUT = 60


class Front:
    """A front end with one kernel; keeps the outputs of every cell."""

    def __init__(self, **environment):
        self.folder = tempfile.TemporaryDirectory()
        self.manager = KernelManager(
            kernel_name="deno",
            transport="ipc",
            connection_file=f"{self.folder.name}/kernel.json",
        )
        self.manager.start_kernel(env={**os.environ, **environment})
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)
        self.outputs, self.replies, self.begun, self.over = {}, {}, set(), set()

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.folder.cleanup()

    def send(self, code, **options):
        """Sends a cell without waiting for anything, and returns its id."""
        return self.client.execute(code, **options)

    def listen(self, until, seconds=TIMEOUT):
        """Takes messages until a condition holds."""
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                raise TimeoutError(f"not in {seconds} s; outputs: {self.outputs}")
            taken = [self.take(*way) for way in (
                (self.client.get_iopub_msg, self.take_output),
                (self.client.get_shell_msg, self.take_reply),
            )]
            if not any(taken):
                time.sleep(0.005)

    def take(self, get, handle):
        """Handles a message that has arrived; returns False if none has."""
        try:
            message = get(timeout=0)
        except queue.Empty:
            return False
        handle(message)
        return True

    def take_output(self, message):
        cell = message["parent_header"].get("msg_id")
        content = message["content"]
        if message["msg_type"] == "status":
            {"busy": self.begun, "idle": self.over}[content["execution_state"]].add(cell)
        else:
            assert cell not in self.over, f"after the end of its cell: {content}"
            self.outputs.setdefault(cell, []).append((message["msg_type"], content))

    def take_reply(self, message):
        self.replies[message["parent_header"]["msg_id"]] = message["content"]

    def finish(self, *cells, seconds=TIMEOUT):
        """Waits for the end of cells and returns the reply to the last."""
        self.listen(lambda: all(cell in self.replies and cell in self.over for cell in cells), seconds)
        return self.replies[cells[-1]]

    def run(self, code, **options):
        """Runs a cell to its end; returns its id."""
        cell = self.send(code, **options)
        self.finish(cell)
        return cell

    def text(self, cell, name="stdout"):
        """What a cell printed."""
        said = self.outputs.get(cell, [])
        return "".join(c["text"] for kind, c in said if kind == "stream" and c["name"] == name)

    def value(self, cell):
        """The value that a cell shows, as text without colours."""
        for kind, content in self.outputs.get(cell, []):
            if kind == "execute_result":
                return re.sub(r"\x1b\[\d+m", "", content["data"]["text/plain"])

    def wait_for_text(self, cell, text):
        self.listen(lambda: text in self.text(cell))

    def interrupt(self):
        self.manager.interrupt_kernel()


class OneKernel(unittest.TestCase):
    """Tests that share a kernel, which none of them may end."""

    @classmethod
    def setUpClass(cls):
        cls.front = Front()

    @classmethod
    def tearDownClass(cls):
        cls.front.close()

    def error(self, code):
        """The error of a cell."""
        reply = self.front.replies[self.front.run(code)]
        self.assertEqual(reply["status"], "error", code)
        return reply


class Outputs(OneKernel):
    def test_each_output_is_its_cells_own_when_many_cells_wait(self):
        code = "for (let i = 0; i < 5; i++) console.log({0}, i); console.error('e{0}'); {0} * 2"
        cells = [self.front.send(code.format(n)) for n in range(60)]
        self.front.finish(*cells)
        for n, cell in enumerate(cells):
            self.assertEqual(self.front.text(cell), "".join(f"{n} {i}\n" for i in range(5)))
            self.assertEqual(self.front.text(cell, "stderr"), f"e{n}\n")
            self.assertEqual(self.front.value(cell), str(n * 2))

    def test_an_output_after_the_end_belongs_to_the_cell(self):
        cell = self.front.run("setTimeout(() => console.log('late'), 200); 1")
        self.front.over.discard(cell)
        self.front.wait_for_text(cell, "late")

    def test_a_value_that_takes_time_to_show_is_the_cells_own(self):
        code = """({{ [Symbol.for("Jupyter.display")]: async () => {{
          await new Promise((done) => setTimeout(done, 300));
          return {{ "text/plain": "slow {0}" }};
        }} }})"""
        cells = [self.front.send(code.format(n)) for n in range(3)]
        self.front.finish(*cells)
        self.assertEqual([self.front.value(cell) for cell in cells], ["slow 0", "slow 1", "slow 2"])

    def test_ten_thousand_lines(self):
        cell = self.front.run("for (let i = 0; i < 10_000; i++) console.log('line', i);")
        self.assertEqual(self.front.text(cell), "".join(f"line {i}\n" for i in range(10_000)))

    def test_an_output_of_20_megabytes(self):
        cell = self.front.run(
            'Deno.jupyter.html`<p>${"x".repeat(20_000_000)}</p>`',
        )
        [html] = [
            content["data"]["text/html"]
            for kind, content in self.front.outputs[cell]
            if kind == "execute_result"
        ]
        self.assertEqual(len(html), 20_000_007)

    def test_unicode(self):
        text = "Grüße, 数字 😀 \u2028"
        cell = self.front.run(f"const grüße = '{text}'; console.log(grüße); grüße.length")
        self.assertEqual(self.front.text(cell), text + "\n")

    def test_a_display_is_updated_and_comm_messages_pass(self):
        cell = self.front.run("""
          const transient = { display_id: "d" };
          const show = (kind, text) =>
            Deno.jupyter.broadcast(kind, { data: { "text/plain": text }, metadata: {}, transient });
          await show("display_data", "one");
          await show("update_display_data", "two");
          await Deno.jupyter.broadcast("comm_open", { comm_id: "c", target_name: "t", data: { a: 1 } });
        """)
        kinds = [kind for kind, _ in self.front.outputs[cell] if kind != "execute_input"]
        self.assertEqual(kinds, ["display_data", "update_display_data", "comm_open"])

    def test_a_cell_asks_for_input(self):
        cell = self.front.send("prompt('name?')", allow_stdin=True)
        request = self.front.client.get_stdin_msg(timeout=TIMEOUT)
        self.assertIn("name?", request["content"]["prompt"])
        self.front.client.input("Ada")
        self.front.finish(cell)
        self.assertIn("Ada", self.front.value(cell))

    def test_cells_are_counted_as_the_user_runs_them(self):
        counts = [self.front.replies[self.front.run("1")]["execution_count"] for _ in range(3)]
        self.assertEqual([count - counts[0] for count in counts], [0, 1, 2])


class Errors(OneKernel):
    def test_a_syntax_error_names_its_place(self):
        long = "const values = [\n" + "".join(f"  {i},\n" for i in range(200))
        for code, line, column, marked in (
            ("const a = (2 * 2;", 1, 17, "const a = (2 * 2;"),
            ("const b = 1;\nconst c = 0,25;\nconst d = 2;", 2, 13, "const c = 0,25;"),
            ("const f = 1;\n\nfunction g() {", 3, None, "function g() {"),
            (long + "  ) 7,\n];", 202, 3, "  ) 7,"),
            ("# Backpropagation\n\nNow *you* try it.", 3, 11, "Now *you* try it."),
            ("const ä = '😀'; const b = ];", 1, None, "const ä = '😀'; const b = ];"),
        ):
            with self.subTest(code[:40]):
                error = self.error(code)
                self.assertEqual(error["ename"], "SyntaxError")
                place = f"line {line}, column {column or ''}"
                self.assertIn(place, error["evalue"])
                traceback = "\n".join(error["traceback"])
                self.assertIn(marked, traceback)
                self.assertIn("^", traceback)

    def test_an_error_while_running_is_denos(self):
        error = self.error("const broken = () => { throw new TypeError('no'); };\nbroken();")
        self.assertEqual((error["ename"], error["evalue"]), ("TypeError", "no"))
        self.assertIn("broken", "\n".join(error["traceback"]))

    def test_cells_after_a_failed_one_do_not_run(self):
        cells = [self.front.send(code) for code in ("throw 1", "console.log('ran')", "2")]
        self.front.finish(*cells)
        states = [self.front.replies[cell]["status"] for cell in cells]
        self.assertEqual(states, ["error", "aborted", "aborted"])
        self.assertEqual(self.front.text(cells[1]), "")
        cells = [self.front.send("throw 1", stop_on_error=False), self.front.send("3")]
        self.assertEqual(self.front.finish(*cells)["status"], "ok")


# The library, from any folder.
LIBRARY = Path(__file__).resolve().parents[2]
MODULES = LIBRARY.as_uri()

# Training that takes far longer than the test, on digits that need no file.
TRAINING = f"""
const {{ complete }} = await import("{MODULES}/training/hyperparameters.ts");
const {{ syntheticDigits }} = await import("{MODULES}/dataset/synthetic.ts");
const {{ trainModel, sweep }} = await import("{MODULES}/mod.ts");
const digits = syntheticDigits({{ train: 600, test: 40, seed: 7 }});
const space = {{ layers: [784, 10], epochs: 100_000, learningRate: 0.01, seed: 1 }};
"""


class Interrupts(OneKernel):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.front.run(TRAINING)
        cls.front.run("globalThis.kept = 'still here'")

    def tearDown(self):
        self.assertIn("still here", self.front.value(self.front.run("kept")))

    def stopped(self, code):
        """The reply to a cell that is interrupted after it has printed "begun"."""
        cell = self.front.send(code)
        self.front.wait_for_text(cell, "begun")
        self.front.interrupt()
        reply = self.front.finish(cell)
        self.assertEqual(reply["status"], "error", reply)
        self.assertEqual(len(reply["traceback"]), 1, reply)
        return reply["traceback"][0]

    def test_training_stops(self):
        said = self.stopped("console.log('begun'); await trainModel(complete(space), digits)")
        self.assertEqual(said, "stopped")

    def test_a_sweep_stops_and_says_what_is_kept(self):
        name = f"test-kernel-{uuid.uuid4().hex}"
        try:
            said = self.stopped(f"""
              await sweep("{name}", digits, {{ ...space, epochs: 1, seed: [1, 2, 3] }}, {{ replace: true }});
              const onTrial = () => console.log("begun");
              await sweep("{name}", digits, {{ ...space, epochs: [1, 100_000], seed: [1, 2, 3] }}, {{ onTrial }});
            """)
            self.assertEqual(said, "stopped: 3 of 6 trials are kept; run the cell again to go on")
        finally:
            for path in Path(__file__).parents[3].glob(f"results/**/{name}*"):
                path.unlink()

    def test_a_download_stops(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            # It never answers.
            url = f"http://127.0.0.1:{server.getsockname()[1]}/"
            said = self.stopped(f"""
              console.log("begun");
              const {{ download }} = await import("{MODULES}/dataset/download.ts");
              await download({{ urls: ["{url}"], sha256: "", length: 9, timeout: 1e9 }});
            """)
        self.assertEqual(said, "stopped")

    def test_cells_that_wait_are_cancelled(self):
        first = self.front.send("console.log('begun'); await trainModel(complete(space), digits)")
        waiting = [self.front.send(f"console.log('ran {i}')") for i in range(3)]
        self.front.wait_for_text(first, "begun")
        self.front.interrupt()
        self.front.finish(first, *waiting)
        states = [self.front.replies[cell]["status"] for cell in waiting]
        self.assertEqual(states, ["aborted"] * 3)
        self.assertEqual([self.front.text(cell) for cell in waiting], [""] * 3)

    def test_cells_that_wait_are_cancelled_even_if_the_interrupted_one_succeeds(self):
        first = self.front.send("""
          const pressed = Promise.withResolvers();
          Deno.addSignalListener("SIGINT", pressed.resolve);
          console.log("begun");
          await pressed.promise;
        """)
        waiting = self.front.send("1")
        self.front.wait_for_text(first, "begun")
        self.front.interrupt()
        self.assertEqual(self.front.finish(waiting, first)["status"], "ok")
        self.assertEqual(self.front.replies[waiting]["status"], "aborted")

    def test_a_question_to_the_user_ends_and_what_is_typed_later_answers_nothing(self):
        for ask in ("prompt('name?')", "confirm('sure?')"):
            cell = self.front.send(f"{ask}; console.log('went on')", allow_stdin=True)
            self.front.client.get_stdin_msg(timeout=TIMEOUT)
            self.front.interrupt()
            reply = self.front.finish(cell)
            self.assertEqual(reply["traceback"], ["stopped"], ask)
            self.assertEqual(self.front.text(cell), "")
            self.assertEqual(self.front.text(cell, "stderr"), "")
        self.front.client.input("late")
        self.front.run("1")
        cell = self.front.send("[prompt('name?'), confirm('sure?')]", allow_stdin=True)
        for answer in ("Ada", "y"):
            self.front.client.get_stdin_msg(timeout=TIMEOUT)
            self.front.client.input(answer)
        self.front.finish(cell)
        self.assertEqual(self.front.value(cell), '[ "Ada", true ]')

    def test_a_cell_that_hears_may_take_its_time(self):
        cell = self.front.send("""
          const heard = Promise.withResolvers();
          Deno.addSignalListener("SIGINT", heard.resolve);
          console.log("begun");
          await heard.promise;
          await new Promise((done) => setTimeout(done, 2500));
        """)
        self.front.wait_for_text(cell, "begun")
        self.front.interrupt()
        self.assertEqual(self.front.finish(cell)["status"], "ok")
        self.assertEqual(self.front.text(cell, "stderr"), "")

    def test_a_double_click_does_not_end_a_cell_that_stops(self):
        self.front.run("const wait = (ms) => new Promise((done) => setTimeout(done, ms))")
        cell = self.front.send("""
          console.log("begun");
          try { await trainModel(complete(space), digits); } finally { await wait(400); }
        """)
        self.front.wait_for_text(cell, "begun")
        self.front.interrupt()
        self.front.interrupt()
        self.assertEqual(self.front.finish(cell)["evalue"], "stopped")

    def test_between_cells_nothing_happens(self):
        self.front.interrupt()
        self.front.interrupt()
        self.front.run("1")

    def test_a_listener_of_the_user_stops_the_cell(self):
        cell = self.front.send("""
          const { promise, reject } = Promise.withResolvers();
          Deno.addSignalListener("SIGINT", () => reject(new Error("my own")));
          console.log("begun");
          await promise;
        """)
        self.front.wait_for_text(cell, "begun")
        self.front.interrupt()
        self.assertEqual(self.front.finish(cell)["evalue"], "my own")

    def test_one_press_on_an_endless_loop_says_what_a_second_does(self):
        cell = self.front.send("""
          console.log("begun");
          for (const start = Date.now(); Date.now() - start < 4000;);
        """)
        self.front.wait_for_text(cell, "begun")
        self.front.interrupt()
        reply = self.front.finish(cell)
        self.assertEqual(reply["status"], "ok")
        self.assertIn("Press ■ again within five seconds", self.front.text(cell, "stderr"))


class Cluster(unittest.TestCase):
    def test_a_sweep_on_a_cluster_stops_keeps_its_trials_and_leaves_no_process(self):
        front = Front()
        self.addCleanup(front.close)
        front.run(TRAINING)
        deno = int(front.value(front.run("Deno.pid")))
        name = f"test-kernel-{uuid.uuid4().hex}"
        try:
            cell = front.send(f"""
              await sweep("{name}", digits, {{ ...space, epochs: [1, 100_000], seed: [1, 2] }}, {{
                cluster: "local",
                onTrial: ({{ epochs }}) => console.log("kept", epochs),
              }});
            """)
            front.listen(lambda: front.text(cell).count("kept 1") == 2, seconds=300)
            started = descendants(deno)
            self.assertGreater(len(started), 5)
            front.interrupt()
            said = front.finish(cell)["evalue"]
            self.assertEqual(said, "stopped: 2 of 4 trials are kept; run the cell again to go on")
            for pid in started:
                wait_for_end(pid)
        finally:
            for path in LIBRARY.parent.glob(f"results/**/{name}*"):
                path.unlink()


def descendants(root):
    """The processes below one."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            pass
    found = [root]
    for parent in found:
        found += [pid for pid in parents if parents[pid] == parent]
    return found[1:]


class Losses(unittest.IsolatedAsyncioTestCase):
    async def test_a_cell_ends_although_deno_drops_the_outputs_after_it(self):
        command = KernelManager(kernel_name="deno").kernel_spec.argv
        deno = Deno(command[command.index("--deno") + 1], lambda _: None, lambda _: None)
        await deno.start()
        self.addAsyncCleanup(deno.end)
        arrived, lost = deno.arrived, set()

        def drop_first(name, value):
            kind = name[0] if isinstance(name, tuple) else "mark"
            if kind == "reply" or kind in lost:
                arrived(name, value)
            lost.add(kind)

        deno.arrived = drop_first
        request = deno.hidden_cell("1")
        reply = await asyncio.wait_for(deno.run(request), TIMEOUT)
        self.assertEqual(reply.content["status"], "ok")
        self.assertEqual(lost, {"reply", "idle", "mark"})


class Ends(unittest.TestCase):
    """Kernels that end, and what is left of them."""

    def setUp(self):
        self.front = Front()
        self.addCleanup(self.front.close)

    def lost(self, cell, reason):
        """Checks that a cell says that all is lost, and that the kernel then runs cells again."""
        reply = self.front.finish(cell)
        self.assertEqual(reply["ename"], "KernelEnded")
        self.assertRegex(reply["evalue"], reason)
        self.assertIn("All variables are lost", reply["evalue"])
        self.assertEqual(self.front.value(self.front.run("typeof before + 1")), '"undefined1"')

    def test_a_second_press_ends_an_endless_loop_and_an_endless_wait(self):
        for endless in ("while (true) {}", "await new Promise((done) => setTimeout(done, 1e9))"):
            self.front.run("const before = 1")
            cell = self.front.send(f"console.log('begun'); {endless}")
            waiting = self.front.send("2")
            self.front.wait_for_text(cell, "begun")
            self.front.interrupt()
            self.front.listen(lambda: "Press ■ again" in self.front.text(cell, "stderr"))
            self.front.interrupt()
            self.lost(cell, "The cell was ended")
            self.assertEqual(self.front.finish(waiting)["status"], "aborted")

    def test_a_kernel_that_ends_itself_or_is_killed_in_a_cell(self):
        for code, reason in (
            ("console.log('said'); Deno.exit(3)", "status 3"),
            ("console.log('said'); Deno.kill(Deno.pid, 'SIGKILL')", "status -9"),
        ):
            cell = self.front.send(code)
            self.lost(cell, reason)

    def test_a_kernel_that_is_killed_between_cells(self):
        pid = int(self.front.value(self.front.run("Deno.pid")))
        last = self.front.run("const before = 1")
        self.front.over.discard(last)
        os.kill(pid, signal.SIGKILL)
        self.front.listen(lambda: "All variables are lost" in self.front.text(last, "stderr"))
        self.front.run("const before = 2")

    def test_restart_forgets_and_runs_again(self):
        self.front.run("const a = 1")
        self.front.manager.restart_kernel(now=False)
        self.front.client.wait_for_ready(timeout=TIMEOUT)
        self.assertEqual(self.front.value(self.front.run("const a = 2; a")), "2")

    def test_no_process_is_left_in_whatever_order_they_end(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
            with self.subTest(number):
                front = Front()
                self.addCleanup(front.close)
                pid = int(front.value(front.run("Deno.pid")))
                front.send("while (true) {}")
                proxy = front.manager.provisioner.process
                os.kill(proxy.pid, number)
                proxy.wait(TIMEOUT)
                wait_for_end(pid)

    def test_it_ends_with_the_process_that_started_it(self):
        code = f"""
import sys; sys.path.insert(0, {os.path.dirname(__file__)!r})
from kernel_test import Front
import os
front = Front()
print(front.manager.provisioner.process.pid, front.value(front.run("Deno.pid")), flush=True)
front.send("while (true) {{}}")
os.kill(os.getpid(), 9)
"""
        said = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True)
        for pid in said.stdout.split():
            wait_for_end(int(pid))

    def test_two_kernels_at_once(self):
        other = Front()
        self.addCleanup(other.close)
        cells = [front.send("const a = 1; console.log(Deno.pid); a") for front in (self.front, other)]
        pids = {self.front.finish(cells[0]) and self.front.text(cells[0])}
        pids.add(other.finish(cells[1]) and other.text(cells[1]))
        self.assertEqual(len(pids), 2)


def wait_for_end(pid):
    """Waits until a process has ended."""
    end = time.monotonic() + TIMEOUT
    while is_running(pid):
        if time.monotonic() > end:
            raise AssertionError(f"process {pid} is left")
        time.sleep(0.05)


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Types(unittest.TestCase):
    """Errors of types, which are shown before a cell runs if that is wanted."""

    def setUp(self):
        self.front = Front(DESCENT_TYPES="1")
        self.addCleanup(self.front.close)

    def warnings(self, code):
        """What a cell, which ends without an error, shows before it prints "ran"."""
        cell = self.front.run(code + "\nconsole.log('ran')")
        self.assertEqual(self.front.replies[cell]["status"], "ok", code)
        streams = [said["name"] for kind, said in self.front.outputs[cell] if kind == "stream"]
        self.assertEqual(streams, sorted(streams), "before the cell runs")
        return self.front.text(cell, "stderr")

    def test_an_error_names_its_place_and_the_cell_runs(self):
        self.assertEqual(
            self.warnings("const one = 1;\nconst text: string = one;"),
            "type error at line 2, column 7: Type 'number' is not assignable to type 'string'.\n"
            "const text: string = one;\n      ^^^^\n",
        )
        # The cells before count, and are not told of again; a name may be declared again.
        self.assertEqual(self.warnings("text.length; const one = 'now a text'; one.length"), "")
        self.assertIn("line 1, column 5: Property 'nonesuch'", self.warnings("one.nonesuch"))
        reply = self.front.replies[self.front.run("const one = (2 * 2;")]
        self.assertEqual(reply["ename"], "SyntaxError")
        self.assertEqual(self.warnings("one.length"), "")

    def test_the_library_is_known_in_all_cells(self):
        library = os.path.relpath(LIBRARY / "mod.ts")
        imported = f'import {{ logspace }} from "{library}";'
        self.assertEqual(self.warnings(imported + "\nlogspace(1, 10, 3);"), "")
        self.assertEqual(self.warnings(imported), "")
        said = self.warnings(f"\n{imported}\nconst rates = logspace(1, 10, 3);\nrates.lenght;")
        self.assertRegex(said, r"^type error at line 4, column 7: .*'lenght'.*\n.*\n +\^+\n$")
        self.assertRegex(
            self.warnings(f"\nconst m = await import('{library}'); m.swep;"),
            "^type error at line 2, column .*'swep'",
        )

    def test_an_interrupt_ends_the_check_and_the_cell_does_not_run(self):
        cell = self.front.send("console.log('ran')")
        self.front.listen(lambda: cell in self.front.begun)
        self.front.interrupt()
        self.assertEqual(self.front.finish(cell)["evalue"], "stopped")
        self.assertEqual(self.front.text(cell), "")
        self.assertEqual(self.warnings("1"), "")


class Questions(OneKernel):
    """What a front end asks while one types."""

    def ask(self, request, *arguments):
        question = getattr(self.front.client, request)(*arguments)
        self.front.listen(lambda: question in self.front.replies)
        reply = self.front.replies[question]
        self.assertNotEqual(reply.get("status"), "error", reply)
        return reply

    def test_documentation_of_the_library(self):
        for code in ("sweep(", "sweep", "await sweep('a', digits, { seed: [1, "):
            reply = self.ask("inspect", code, len(code))
            self.assertTrue(reply["found"], code)
            text = reply["data"]["text/plain"]
            self.assertIn("function sweep(name: string, dataset: Dataset, space: Space", text)
            self.assertIn("Runs a sweep in a notebook", text)
        markdown = self.ask("inspect", "formula", 3)["data"]["text/markdown"]
        self.assertIn("**example**\n\n```ts\nimport assert", markdown)

    def test_documentation_of_deno(self):
        text = self.ask("inspect", "Deno.readTextFile('a')", 10)["data"]["text/plain"]
        self.assertIn("returns the entire contents of a file", text)

    def test_documentation_while_a_cell_runs(self):
        cell = self.front.send("await new Promise((done) => setTimeout(done, 3000))")
        self.assertTrue(self.ask("inspect", "loadMnist", 9)["found"])
        self.assertNotIn(cell, self.front.replies)
        self.front.finish(cell)

    def test_nothing_is_known_of_an_unknown_name(self):
        self.assertFalse(self.ask("inspect", "nonesuch(", 9)["found"])
        self.assertFalse(self.ask("inspect", "", 0)["found"])

    def test_members_are_completed(self):
        self.front.run("const data = { train: { count: 3, pixels: new Uint8Array(9) }, name: 'd' }")
        self.front.run("const text = 'abc', list = [1, 2]; const nothing = undefined;")
        for code, wanted, start in (
            ("data.", {"train", "name"}, 5),
            ("const ä = data.tr", {"train"}, 15),
            ("data.train.", {"count", "pixels"}, 11),
            ("data.train.pixels.", {"subarray", "length"}, 18),
            ("text.", {"toUpperCase", "length"}, 5),
            ("text.toU", {"toUpperCase"}, 5),
            ("list.ma", {"map"}, 5),
        ):
            reply = self.ask("complete", code, len(code))
            self.assertLessEqual(wanted, set(reply["matches"]), code)
            self.assertEqual(reply["cursor_start"], start, code)
        self.assertEqual(self.ask("complete", "nothing.", 8)["matches"], [])

    def test_whether_code_is_complete(self):
        for code, status in (
            ("const a = 1;", "complete"),
            ("const f = () => {", "incomplete"),
            ("f(1,", "incomplete"),
            ("`text", "incomplete"),
            ("/* note", "incomplete"),
            ("const = 1", "invalid"),
            ("f(1))", "invalid"),
        ):
            self.assertEqual(self.ask("is_complete", code)["status"], status, code)

    def test_the_kernel_introduces_itself(self):
        reply = self.ask("kernel_info")
        self.assertEqual(reply["protocol_version"], "5.4")
        self.assertNotIn("version", reply["language_info"])


if __name__ == "__main__":
    unittest.main()
