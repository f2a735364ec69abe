"""List, search and App Home with 100,000 incidents behind them against 1,000, on each database, in one run.

    python -m benchmarks.history            # PostgreSQL too, from the package that ships its binaries

Each question is asked of both histories in turn, so that a busy machine slows both. What is measured is what a person
waits for: reading, checking what they may see, and making the view.
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import TextClause, insert, text

from bot.clock import SystemClock
from bot.incident.model import Incident, Milestones, Report, State
from bot.incident.schemes import SEV
from bot.incident.search import OPEN, Page, Query
from bot.storage import incidents, search
from bot.storage.db import Database, open_database
from bot.storage.incidents import IncidentStore
from bot.storage.tables import incidents as incidents_table
from bot.storage.tables import searchable
from bot.views.home import LED, OTHERS, home
from bot.views.list import PAGE, listed
from tests import postgres

SIZES = (1_000, 100_000)
RUNS = 60
BATCH = 10_000
#: As many are open, however long the history: people close what is over.
OPEN_NOW = 40
VIEWER, SOMEBODY = "U0ANA", "U0P7"
SERVICES = ("nextcloud", "immich", "mail", "vaultwarden", "grafana", "vpn", "dns", "authentik", "traefik")
SEEN = ("gives 502 on every page", "is slow since noon", "does not load", "asks for the password again", "lost files")
NOW = SystemClock().now()

Question = Callable[[IncidentStore], Awaitable[object]]


def made(number: int, size: int) -> Incident:
    """One incident of a history; always the same for its number."""
    dice = random.Random(number)
    service = dice.choice(SERVICES)
    what = f"{service} {dice.choice(SEEN)} node{number % 97} case{number}"
    declared = NOW - timedelta(minutes=5 * (size - number))
    return Incident(
        id=str(UUID(int=number)),
        number=number,
        title=what,
        state=State.INVESTIGATING if number > size - OPEN_NOW else State.CLOSED,
        severity=dice.choice(SEV.levels).id,
        severity_reason="One service is down.",
        scheme=SEV.id,
        report=Report(service=service, what=what),
        reporter=f"U0P{number % 50}",
        lead=VIEWER if number % 40 == 0 else f"U0P{number % 30}",
        private=number % 20 == 0,
        milestones=Milestones(started=declared, declared=declared),
        version=1,
    )


def batches(size: int) -> Iterator[list[Incident]]:
    """The whole history, some at a time."""
    for first in range(1, size + 1, BATCH):
        yield [made(number, size) for number in range(first, min(first + BATCH, size + 1))]


async def fill(database: Database, size: int) -> float:
    """Write a history as saving it would have; seconds that it took."""
    began = time.perf_counter()
    await database.migrate()
    for some in batches(size):
        rows = [incidents._row(incident, NOW) for incident in some]
        found = [search._row(incident, NOW) for incident in some]
        async with database.write() as connection:
            await connection.execute(insert(incidents_table), rows)
            await connection.execute(insert(searchable), found)
            await connection.execute(_words(database), [{"n": row["number"], "w": row["words"]} for row in found])
    async with database.write() as connection:  # PostgreSQL does it by itself after a while
        await connection.execute(text("ANALYZE"))
    return time.perf_counter() - began


def _words(database: Database) -> TextClause:
    if database.is_sqlite:
        return text("INSERT INTO search_words (rowid, words) VALUES (:n, :w)")
    return text("INSERT INTO search_words (number, words) VALUES (:n, array_to_tsvector(string_to_array(:w, ' ')))")


def asks(query: Query, page: Page | None = None) -> Question:
    """A page of a list, as it is answered to `/incident list`."""

    async def ask(store: IncidentStore) -> object:
        return listed(await store.found(VIEWER, query, page or Page(), PAGE), "")

    return ask


async def opens_home(store: IncidentStore) -> object:
    """App Home, as it is published."""
    mine = await store.found(VIEWER, OPEN.model_copy(update={"lead": VIEWER}), limit=LED)
    return home(mine, await store.found(VIEWER, OPEN.model_copy(update={"lead_not": VIEWER}), limit=OTHERS))


def questions(size: int) -> dict[str, Question]:
    """What people ask; a rare word is found once in either history."""
    return {
        "list": asks(OPEN),
        "list all": asks(Query()),
        "list all, deep": asks(Query(), Page(before=size // 2)),
        "list service: all": asks(Query(service="mail")),
        "list service: open": asks(OPEN.model_copy(update={"service": "mail"})),
        "list by: all": asks(Query(reporter=SOMEBODY)),
        "list since:2d sev:1": asks(Query(since=NOW - timedelta(days=2), severity="SEV1")),
        "search rare": asks(Query(words=(f"case{size // 2}",))),
        "search some": asks(Query(words=("node13", "nextcloud"))),
        "search common": asks(Query(words=("nextcloud",))),
        "search very common": asks(Query(words=("inc",))),
        "search nothing": asks(Query(words=("zebra",))),
        "home": opens_home,
    }


async def milliseconds(question: Question, store: IncidentStore) -> float:
    began = time.perf_counter()
    await question(store)
    return (time.perf_counter() - began) * 1000


async def measure(name: str, urls: list[str]) -> None:
    """Print a line a question: median and worst of ten of each history, and the ratio of the medians."""
    databases = [open_database(url) for url in urls]
    stores = [IncidentStore(database, frozenset()) for database in databases]
    for size, database in zip(SIZES, databases, strict=True):
        print(f"  {name:<9} {size:>7} incidents written in {await fill(database, size):.1f} s")
    asked = [questions(size) for size in SIZES]
    worst = 0.0
    for question in asked[0]:
        times: list[list[float]] = [[], []]
        for _ in range(RUNS):
            for place, store in enumerate(stores):
                times[place].append(await milliseconds(asked[place][question], store))
        few, many = (statistics.median(each) for each in times)
        worst = max(worst, many / few)
        print(f"  {name:<9} {question:<20} {few:7.2f} ms  {many:7.2f} ms   ratio {many / few:5.2f}")
    print(f"  {name:<9} the worst ratio is {worst:.2f} (aim 2)")
    for database in databases:
        await database.close()


async def main() -> None:
    print(f"Medians of {RUNS}, with {SIZES[0]} and with {SIZES[1]} incidents:")
    with tempfile.TemporaryDirectory() as folder:
        await measure("sqlite", [f"sqlite:///{Path(folder) / str(size) / 'holdfast.db'}" for size in SIZES])
    with tempfile.TemporaryDirectory() as folder, postgres.server(Path(folder) / "pg") as server:
        await measure("postgres", [postgres.fresh_database(server) for _ in SIZES])


if __name__ == "__main__":
    asyncio.run(main())
