"""Runs Jupyter until it ends or standard input closes, and leaves no kernel behind.

usage: lab.py MODULE ARGUMENT...

Standard input is a pipe from the parent process: it closes when that process ends for any reason.
Jupyter runs in a separate session, so that a terminal's Ctrl-C reaches it once, through that pipe,
and not twice: a second signal ends it before it has ended its kernels.
"""

import os
import runpy
import signal
import subprocess
import sys
import threading

# Seconds for Jupyter to end its kernels; busy kernels do not respond to it.
PATIENCE = 8


def parents():
    """The parent id of every process by its id."""
    if not os.path.exists("/proc/self/stat"):
        listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True)
        return dict(map(int, line.split()) for line in listing.stdout.splitlines())
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                # The name, in parentheses, may contain anything; the state and the parent follow it.
                found[int(pid)] = int(stat.read().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def children():
    """The descendants of this process; each kernel leads its own process group."""
    return [pid for pid, parent in parents().items() if parent == os.getpid()]


def end_children():
    for pid in children():
        try:
            group = os.getpgid(pid)
            if group == pid:
                os.killpg(group, signal.SIGKILL)
            else:
                os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def end_with_input():
    """Ends Jupyter when standard input closes."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(PATIENCE)
    end_children()
    os._exit(143)


if __name__ == "__main__":
    if os.getsid(0) != os.getpid():
        os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    threading.Thread(target=end_with_input, daemon=True).start()
    # sys.path would begin with this file's folder, whose modules are not Jupyter's.
    sys.path.pop(0)
    sys.argv = sys.argv[1:]
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    finally:
        end_children()
