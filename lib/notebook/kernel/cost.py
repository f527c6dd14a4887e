"""Prints what a cell costs: the time of empty cells, in turn and sent at once, and what of it the
proxy itself computes, which does not depend on what else the machine does. On Linux.

    JUPYTER_PATH=.jupyter .venv/bin/python3 -B lib/notebook/kernel/cost.py [CELLS]
"""

import os
import sys
import time
from pathlib import Path

from kernel_test import TIMEOUT, Front


def idle(client):
    """Waits until the kernel says that a cell is over; returns the cell."""
    while True:
        message = client.get_iopub_msg(timeout=TIMEOUT)
        if message["content"].get("execution_state") == "idle":
            return message["parent_header"]["msg_id"]


def computed(pid):
    """Seconds that a process has computed."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(count):
    front = Front()
    client = front.client
    proxy = front.manager.provisioner.process.pid
    try:
        front.run("")
        before = computed(proxy)
        start = time.monotonic()
        for _ in range(count):
            cell = client.execute("")
            client.get_shell_msg(timeout=TIMEOUT)
            while idle(client) != cell:
                pass
        in_turn = time.monotonic() - start
        start = time.monotonic()
        waiting = {client.execute("") for _ in range(count)}
        while waiting:
            waiting.discard(idle(client))
        at_once = time.monotonic() - start
        share = (computed(proxy) - before) / (2 * count)
        print(f"{count} empty cells in turn: {in_turn:.2f} s, {1000 * in_turn / count:.1f} ms each")
        print(f"{count} empty cells at once: {at_once:.2f} s, {1000 * at_once / count:.1f} ms each")
        print(f"of which the proxy computes: {1000 * share:.1f} ms each")
    finally:
        front.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
