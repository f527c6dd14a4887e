"""Carries the trials of a sweep to a Ray cluster and their results back.

Ray places the workers, moves the data and notices deaths. Which trial runs when, and what a lost one
costs, is decided by the Deno process that started this one (engine.ts). Both speak JSON lines:

  from Deno   the fields of DriverStart (protocol.ts), then the bytes of the dataset. Then a line for each
              batch of trials: the worker's number, a space, and what node.ts reads. The end of the input
              ends everything.
  to Deno     {"type": "cluster", "cpus"}                 connected
              {"type": "want", "worker"}              a worker is free
              {"type": "news", "worker", "line"}      what node.ts writes
              {"type": "lost", "worker", "fault", "reason"}  its batch; fault: "node" or "worker"
              {"type": "joined" | "left" | "refused", "node", "reason"}
              {"type": "unstarted", "reason"}         a worker's node is not known, for it did not start
"""

import asyncio
import atexit
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys

# Ctrl-C in a terminal reaches Deno alone, which then closes this program's input.
if hasattr(os, "setsid"):
    os.setsid()

# The lines for Deno have the standard output for themselves: what Ray prints goes to stderr.
OUTPUT = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

# Seconds between two looks at the cluster.
PERIOD = 1.0
# Workers in a row that end before they begin, after which nothing is expected of a cluster without others.
FAILURES = 10
# What stays behind when the project's code travels to the nodes.
EXCLUDED = [
    "/.git", "/.venv*", "/.jupyter", "/data", "/notebooks", "/results", "/node_modules", "*_test.ts", "golden", "*.partial",
]


def configure_ray(start):
    """Sets the environment that Ray reads when it is imported."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # When the head is gone, end in seconds rather than in a minute.
    os.environ.setdefault("RAY_gcs_rpc_server_reconnect_timeout_s", "10")
    if start["address"] == "local":
        # Ray's switch for a single machine: all ports are bound to 127.0.0.1.
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
    elif has_token() and not answers(start["address"]):
        os.environ.setdefault("RAY_AUTH_MODE", "token")


def has_token():
    """Whether Ray finds a token here, which `ray start` makes its clusters ask for."""
    return any(name in os.environ for name in ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")) or os.path.exists(
        os.path.expanduser("~/.ray/auth_token")
    )


def answers(address):
    """Whether a head answers to who has no token."""
    ray = os.path.join(os.path.dirname(sys.executable), "ray")
    check = [ray, "health-check", "--address", address]
    return subprocess.run(check, capture_output=True).returncode == 0


def connect(start):
    import ray

    options = {
        "runtime_env": {"working_dir": start["project"], "excludes": EXCLUDED},
        "log_to_driver": False,
        "logging_level": "ERROR",
    }
    if start["address"] == "local":
        cpus = start["cpus"] or os.cpu_count()
        # Without the address, Ray would join a cluster that happens to run on this machine.
        context = ray.init(address="local", num_cpus=cpus, include_dashboard=False, **options)
        # Logs and the copy of the code, a few MB for each run; the last process writes until it ends.
        atexit.register(shutil.rmtree, context.address_info["session_dir"], ignore_errors=True)
    else:
        if start["address"] != "auto":
            # Ray itself takes half a minute to notice that nobody is there.
            host, port = start["address"].rsplit(":", 1)
            socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
        ray.init(address=start["address"], **options)
    return ray


class Refused(Exception):
    """This node cannot run trials."""


def find_deno(version, exec_path):
    """The command of the right Deno on this node: DESCENT_DENO, the sweep's own, PATH, npm."""
    asked = os.environ.get("DESCENT_DENO")
    found = []
    for program in [asked] if asked else [exec_path, shutil.which("deno")]:
        if not program or not os.path.exists(program):
            continue
        answer = subprocess.run([program, "--version"], capture_output=True, text=True)
        words = answer.stdout.split()
        if words[:2] == ["deno", version]:
            return [program]
        found.append(" ".join(words[:2]) or "something that is not Deno")
    if not asked and shutil.which("npx"):
        command = ["npx", "--yes", f"deno@{version}"]
        if subprocess.run([*command, "--version"], capture_output=True).returncode == 0:
            return command
    have = f"it has {' and '.join(found)}" if found else "it has none"
    raise Refused(f"Deno {version} is needed and {have}; install it there, or npm and Node.js")


class Worker:
    """A Ray actor: one core of a node, with a Deno process that lives from trial to trial."""

    def __init__(self, start, data):
        self.start = start
        self.data = data[0]
        self.child = None

    def open(self):
        """Starts Deno; returns the node's identity, its name and, if it is refused, the reason."""
        import ray

        node = ray.get_runtime_context().get_node_id()
        name = f"{ray.util.get_node_ip_address()} ({node[:8]})"
        try:
            self.deno = find_deno(self.start["deno"], self.start["execPath"])
            self.launch()
            return node, name, None
        except Refused as refusal:
            return node, name, str(refusal)

    def launch(self):
        import ray

        here = os.getcwd()
        # Ray starts workers with a variable that makes children use one thread; nothing reads it here.
        flags = subprocess.run(
            [*self.deno, "run", "--quiet", f"{here}/lib/kernel/flags.ts"],
            capture_output=True, text=True,
        ).stdout.strip()
        self.child = subprocess.Popen(
            [
                *self.deno, "run", "--quiet", "--no-prompt", "--node-modules-dir=none", "--no-lock",
                *([f"--v8-flags={flags}"] if flags else []),
                f"--allow-read={here}", f"{here}/lib/cluster/node.ts",
            ],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        data = ray.get(self.data)
        header = {key: self.start[key] for key in ("digest", "bytes", "checkpointPeriod")}
        try:
            self.child.stdin.write(json.dumps(header).encode() + b"\n")
            self.child.stdin.write(data)
            self.child.stdin.flush()
        except BrokenPipeError:
            pass
        answer = json.loads(self.child.stdout.readline() or "{}")
        if not answer.get("ready"):
            self.child.kill()
            raise Refused(answer.get("reason") or f"its Deno ended: {error_line(self.child.stderr)}")

    def run(self, batch):
        """Runs trials and yields the lines of node.ts; at the end {"crash"} if it has died."""
        if self.child is None or self.child.poll() is not None:
            self.launch()
        try:
            self.child.stdin.write(batch.encode() + b"\n")
            self.child.stdin.flush()
        except BrokenPipeError:
            pass
        for line in self.child.stdout:
            # The last line of a process that was killed may be cut.
            if not line.endswith(b"\n"):
                break
            message = json.loads(line)
            yield line.decode()
            if message["end"]:
                return
        status = self.child.wait()
        error = error_line(self.child.stderr)
        self.child = None
        yield {"crash": f"its process ended with status {status} ({error})"}


class Driver:
    def __init__(self, ray, start, data):
        self.ray = ray
        self.start = start
        self.data = data
        self.actor = ray.remote(num_cpus=1, max_restarts=0)(Worker)
        self.workers = {}
        self.refused = set()
        self.waiting = {}
        self.count = 0
        # The workers that have begun, and how many ended since the last one did.
        self.serving = set()
        self.failures = 0

    def say(self, message):
        OUTPUT.write(json.dumps(message) + "\n")
        OUTPUT.flush()

    async def keep_workers(self):
        """Starts a worker for every core that the cluster has or gets."""
        while True:
            cores = {
                node["NodeID"]: int(node["Resources"].get("CPU", 0))
                for node in self.ray.nodes() if node["Alive"]
            }
            usable = sum(n for node, n in cores.items() if node not in self.refused)
            wanted = min(usable, self.start["cpus"] or usable, self.start["trials"])
            while len(self.workers) < wanted:
                self.add_worker()
            if self.refused and usable == 0 or not self.serving and self.failures >= FAILURES:
                self.say({"type": "none"})
            await asyncio.sleep(PERIOD)

    def add_worker(self):
        self.count += 1
        number = self.count
        options = {}
        if self.refused:
            options["label_selector"] = {"ray.io/node-id": f"!in({','.join(sorted(self.refused))})"}
        handle = self.actor.options(**options).remote(self.start, [self.data])
        self.workers[number] = asyncio.create_task(self.serve(number, handle))

    async def serve(self, number, worker):
        """Gives a worker trial after trial until it dies."""
        name = None
        try:
            node, name, reason = await worker.open.remote()
            if reason is not None:
                self.refused.add(node)
                self.say({"type": "refused", "node": name, "reason": reason})
                return
            self.say({"type": "joined", "node": name})
            self.serving.add(number)
            self.failures = 0
            while True:
                await self.run_batch(number, worker)
        except Exception as error:
            self.failures += 1
            event = {"type": "left", "node": name} if name else {"type": "unstarted"}
            self.say({**event, "reason": first_line(error)})
        finally:
            del self.workers[number]
            self.serving.discard(number)
            self.ray.kill(worker)

    async def run_batch(self, number, worker):
        batch = await self.next_batch(number)
        try:
            async for line in worker.run.options(num_returns="streaming").remote(batch):
                self.pass_on(number, await line)
        except BaseException as error:
            self.say({"type": "lost", "worker": number, "fault": "node", "reason": first_line(error)})
            raise

    def pass_on(self, number, line):
        if isinstance(line, str):
            # Not parsed again: one driver hands on the lines of all nodes.
            OUTPUT.write(f'{{"type":"news","worker":{number},"line":{line.rstrip()}}}\n')
            OUTPUT.flush()
        else:
            self.say({"type": "lost", "worker": number, "fault": "worker", "reason": line["crash"]})

    async def next_batch(self, number):
        self.waiting[number] = asyncio.get_running_loop().create_future()
        self.say({"type": "want", "worker": number})
        return await self.waiting[number]

    def assign(self, line):
        """A batch from Deno; one for a dead worker comes back as lost."""
        worker, batch = line.split(" ", 1)
        waiting = self.waiting.pop(int(worker), None)
        if waiting is None or waiting.done():
            self.say({"type": "lost", "worker": int(worker), "fault": "node", "reason": "too late"})
        else:
            waiting.set_result(batch)

    def stop(self):
        for task in self.workers.values():
            task.cancel()


def error_line(stream):
    """The line of Deno's stderr that names the error, without colours."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", stream.read().decode(errors="replace")).split("\n")
    return next((line for line in lines if line.startswith("error:")), lines[0])[:300]


def first_line(error):
    return (str(error).strip().split("\n") or [""])[0][:300]


async def main():
    source = sys.stdin.buffer
    start = json.loads(source.readline())
    configure_ray(start)
    data = source.read(start["bytes"])
    try:
        ray = connect(start)
    except Exception as error:
        sys.exit(" ".join(str(error).split()))
    try:
        driver = Driver(ray, start, ray.put(data))
        del data
        driver.say({"type": "cluster", "cpus": int(ray.cluster_resources().get("CPU", 0))})
        keeper = asyncio.create_task(driver.keep_workers())
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, source.readline):
            driver.assign(line.decode().rstrip())
        keeper.cancel()
        driver.stop()
        await asyncio.gather(*driver.workers.values(), return_exceptions=True)
    finally:
        ray.shutdown()


if __name__ == "__main__":
    asyncio.run(main())
