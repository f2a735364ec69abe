"""A bot in a process of its own, to be killed; its clock reads the file in `TEST_CLOCK`.

`python -m tests.replica` starts one from nothing; a `Fork` has everything imported already, so a hundred kills take
minutes and not an hour.
"""

import asyncio
import multiprocessing
import os
import sys
from pathlib import Path

from bot import telemetry
from bot.app import Bot
from bot.settings import load
from tests.clock import FileClock

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.replica"])


async def main() -> None:
    """As `holdfast run`, but for the clock."""
    settings = load(os.environ)
    telemetry.setup(json=True, secrets=settings.secrets())
    bot = Bot(settings, FileClock(Path(os.environ["TEST_CLOCK"])), poll=0.02)
    try:
        await bot.start()
        await bot.serve()
    finally:
        await bot.stop()


class Fork:
    """The bot, running with this environment; what it prints goes to the end of `log`."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._process = FORKS.Process(target=_run, args=(environment, log))
        self._process.start()
        loop = asyncio.get_running_loop()
        self._gone = loop.create_future()
        loop.add_reader(self._process.sentinel, self._bury)

    @property
    def alive(self) -> bool:
        return not self._gone.done()

    def kill(self) -> None:
        """SIGKILL."""
        if self.alive:
            self._process.kill()

    def terminate(self) -> None:
        """SIGTERM."""
        if self.alive:
            self._process.terminate()

    async def wait(self) -> None:
        """Until it is gone."""
        await asyncio.shield(self._gone)

    def _bury(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._process.join()
        self._process.close()
        self._gone.set_result(None)


def _run(environment: dict[str, str], log: Path) -> None:
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(environment)
    asyncio.run(main())


if __name__ == "__main__":
    asyncio.run(main())
