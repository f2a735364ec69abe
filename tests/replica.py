"""A bot in a process of its own, to be killed: `python -m tests.replica`. Its clock reads the file in `TEST_CLOCK`."""

import asyncio
import os
from pathlib import Path

from bot import telemetry
from bot.app import build
from bot.settings import load
from tests.clock import FileClock


async def main() -> None:
    """As `holdfast run`, but for the clock."""
    settings = load(os.environ)
    telemetry.setup(json=True, secrets=settings.secrets())
    bot = build(settings, FileClock(Path(os.environ["TEST_CLOCK"])), poll=0.02)
    try:
        await bot.start()
        await bot.serve()
    finally:
        await bot.stop()


if __name__ == "__main__":
    asyncio.run(main())
