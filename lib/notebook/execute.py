"""Runs a notebook's cells up to the first that fails, and prints it with its new outputs.

    python3 execute.py NOTEBOOK

Exit status: 0, the notebook is on stdout, errors among its outputs; 1, stderr says why it was not run.
"""

import os
import sys
import tempfile

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from traitlets.config import Config


def main(path, folder):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        # No ports, which another program may take before the kernel does.
        config=Config(
            {"KernelManager": {"transport": "ipc", "connection_file": f"{folder}/kernel.json"}}
        ),
        kernel_name="deno",
        timeout=None,
        startup_timeout=120,
        record_timing=False,
        resources={"metadata": {"path": os.path.dirname(os.path.abspath(path))}},
    )
    try:
        # The kernel's own output goes to stderr: stdout is for the notebook.
        client.execute(stdout=sys.stderr)
    except CellExecutionError:
        pass
    nbformat.write(notebook, sys.stdout)


try:
    with tempfile.TemporaryDirectory() as folder:
        main(sys.argv[1], folder)
except (DeadKernelError, RuntimeError, AssertionError) as error:
    # Where a kernel does not start, nbclient fails a second time, without text, and a third time at exit.
    print(str(error) or str(error.__context__), file=sys.stderr, flush=True)
    os._exit(1)
