"""Runs the cells of a notebook on the Deno kernel and prints the notebook with its new outputs.

    python3 execute.py NOTEBOOK

This is `jupyter execute` for a kernel that says "idle" before it has sent all of a cell's outputs, as
Deno's does: nbclient, which stops listening at "idle", then loses some of them at random.
Here each cell is followed by a hidden one that prints a mark; output before the mark is the
cell's. It stops after the first cell that fails, unless that is tagged `raises-exception`.

Exit status: 0, the notebook is on stdout, errors among its outputs; 1, the kernel ended, stderr says why.
"""

import os
import queue
import signal
import sys
from contextlib import contextmanager

import nbformat
from jupyter_client import KernelManager

MARK = "7c0b1f0e-end-of-cell"
STARTS = 3


class KernelDied(Exception):
    pass


def next_message(manager, client):
    """Waits for the next message for the notebook's outputs."""
    while True:
        try:
            return client.get_iopub_msg(timeout=1)
        except queue.Empty:
            if not manager.is_alive():
                raise KernelDied("the kernel ended before the cell did") from None


def run(manager, client, code):
    """Runs code and yields all messages of its outputs."""
    client.execute(code, allow_stdin=False)
    finish = None
    while True:
        message = next_message(manager, client)
        kind, content = message["msg_type"], message["content"]
        if kind == "stream" and MARK in content["text"]:
            content["text"] = content["text"].replace(MARK + "\n", "")
            if content["text"]:
                yield message
            return
        if kind == "status":
            if content["execution_state"] == "idle" and finish is None:
                finish = client.execute(f'console.log("{MARK}")', store_history=False)
        elif kind != "execute_input":
            yield message


def fold(outputs, displays, message):
    """Applies a message to a cell's outputs, as a front end does."""
    kind, content = message["msg_type"], message["content"]
    display = content.get("transient", {}).get("display_id")
    if kind == "clear_output":
        outputs.clear()
    elif kind == "update_display_data":
        for output in displays.get(display, []):
            output["data"], output["metadata"] = content["data"], content["metadata"]
    elif kind in ("stream", "display_data", "execute_result", "error"):
        output = nbformat.v4.output_from_msg(message)
        outputs.append(output)
        if display is not None:
            displays.setdefault(display, []).append(output)


def execute(notebook, manager, client):
    """Runs the cells in order, up to the first that fails."""
    displays, count = {}, 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
    for cell in notebook.cells:
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        count += 1
        cell.execution_count = count
        for message in run(manager, client, cell.source):
            fold(cell.outputs, displays, message)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
        failed = any(output.output_type == "error" for output in cell.outputs)
        if failed and "raises-exception" not in cell.metadata.get("tags", []):
            return


@contextmanager
def new_kernel(folder):
    """Context manager of a kernel in a folder: yields its manager and a client."""
    manager = KernelManager(kernel_name="deno")
    # The kernel's own output goes to stderr: stdout is for the notebook.
    try:
        manager.start_kernel(cwd=folder, stdout=sys.stderr)
        client = manager.client()
        try:
            client.start_channels()
            yield manager, client
        finally:
            client.stop_channels()
    finally:
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)


def execute_in_new_kernel(notebook, folder):
    """Runs the cells in a new kernel.

    Jupyter picks free ports and then starts the kernel, and Deno's kernel ends if another program has
    taken one of them by then. A kernel that ends before it answers is therefore restarted on other ports.
    """
    for starts_left in reversed(range(STARTS)):
        with new_kernel(folder) as (manager, client):
            try:
                client.wait_for_ready(timeout=120)
            except RuntimeError:
                if starts_left and not manager.is_alive():
                    continue
                raise
            return execute(notebook, manager, client)


def stop(*_):
    # Ctrl-C reaches this process and the command, which sends SIGTERM: a second signal would end this
    # process before the kernel has ended.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(path):
    # Set explicitly: a shell that starts this in the background makes it ignore SIGINT.
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    notebook = nbformat.read(path, as_version=4)
    execute_in_new_kernel(notebook, os.path.dirname(os.path.abspath(path)))
    nbformat.write(notebook, sys.stdout)


try:
    main(sys.argv[1])
except KeyboardInterrupt:
    sys.exit("interrupted")
except (KernelDied, RuntimeError) as error:
    sys.exit(str(error))
