"""Ports for processes that die and come back: each worker's own, and none that the system hands to somebody else."""

import os
import socket
from itertools import count

#: Below the range from which the system takes a port when any will do: there, one is taken while the bot is dead.
FIRST, EACH = 20_000, 500
_numbers = count()


def own_port() -> int:
    """A port of this worker of the tests, which nobody uses now and nobody is given by chance."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for number in _numbers:
        port = FIRST + worker * EACH + number % EACH
        with socket.socket() as found:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                found.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("numbers do not end")
