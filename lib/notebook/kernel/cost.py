"""Prints what the kernel adds to a cell: the time of empty cells, in turn and sent at once.

    JUPYTER_PATH=.jupyter .venv/bin/python3 -B lib/notebook/kernel/cost.py [CELLS]
"""

import sys
import time

from kernel_test import TIMEOUT, Front


def idle(client):
    """Waits until the kernel says that a cell is over; returns the cell."""
    while True:
        message = client.get_iopub_msg(timeout=TIMEOUT)
        if message["content"].get("execution_state") == "idle":
            return message["parent_header"]["msg_id"]


def main(count):
    front = Front()
    client = front.client
    try:
        front.run("")
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
        print(f"{count} empty cells in turn: {in_turn:.2f} s, {1000 * in_turn / count:.1f} ms each")
        print(f"{count} empty cells at once: {at_once:.2f} s, {1000 * at_once / count:.1f} ms each")
    finally:
        front.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
