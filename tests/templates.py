"""Databases as the bot's first start leaves them: made once a session and copied, which takes a tenth of the time."""

import asyncio
import shutil
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.durable.dbos_engine import DbosEngine, engine_url
from bot.storage.db import open_database
from tests import postgres

#: Our tables, and the engine's.
FILES = ("holdfast.db", "engine.db")


def make(url: str) -> None:
    """Make all tables, ours and the engine's, in an empty database."""

    async def start() -> None:
        database, engine = open_database(url), DbosEngine(engine_url(url))
        await database.migrate()
        await database.close()
        await engine.start()
        await engine.stop(1.0)

    asyncio.run(start())


def sqlite(folder: Path) -> Path:
    """A folder with both files in it."""
    make(f"sqlite:///{folder / FILES[0]}")
    return folder


def copied(template: Path, folder: Path) -> str:
    """Both files, copied to another folder; the URL of ours."""
    for name in FILES:
        shutil.copy(template / name, folder)
    return f"sqlite:///{folder / FILES[0]}"


def on_postgres(server_url: str) -> str:
    """The name of a database with all tables in it."""
    url = postgres.fresh_database(server_url)
    make(url)
    name = make_url(url).database
    assert name is not None
    return name
