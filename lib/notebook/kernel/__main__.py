"""The project's kernel: `python3 kernel --deno DENO CONNECTION_FILE`, as Jupyter starts it."""

import argparse
import asyncio
import json
import os
import signal
import sys

from deno import DenoEnded
from proxy import Proxy


async def serve(connection, program):
    proxy = Proxy(connection, program)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, proxy.interrupt)
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, proxy.over.set)
    await proxy.serve()


def main():
    parser = argparse.ArgumentParser(description="Serves Deno's Jupyter kernel, with additions.")
    parser.add_argument("--deno", required=True, help="the program")
    parser.add_argument("connection", help="the connection file")
    options = parser.parse_args()
    with open(options.connection) as file:
        connection = json.load(file)
    try:
        asyncio.run(serve(connection, options.deno))
    except DenoEnded as ended:
        sys.exit(f"Deno's kernel does not start: it ended with status {ended}")


if __name__ == "__main__":
    main()
