"""What looks like a secret is masked before anything keeps it, and whoever sent it is told."""

import logging
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from bot.masking import MASKED
from tests.bot.test_redact import SECRETS
from tests.scenarios.reading import everything
from tests.scenarios.story import GOOD, Story

PLANTED = "\n".join(text for text, _ in SECRETS.values())
#: What a line can hold; a key of several lines is no line.
LINE = " ; ".join(text for kind, (text, _) in SECRETS.items() if kind != "key")


def kept(story: Story, folder: Path) -> str:
    """Everything that was written down: databases with their journals, messages of ours, issues."""
    files = [path.read_bytes().decode(errors="replace") for path in folder.iterdir() if ".db" in path.name]
    stored = files or list(rows(story.bot.settings.database))
    assert any("502 since noon" in text for text in stored)
    return "\n".join([*stored, *everything(story)])


def rows(url: str) -> Iterator[str]:
    """Every row of every table of a PostgreSQL database, the engine's too."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        found = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for table in found:
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(*table))
            yield from (text for (text,) in connection.execute(query))


async def test_ten_kinds_of_secrets_are_kept_nowhere(
    story: Story, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A report by form, an update in one line, a refused one, and words to the bot itself."""
    caplog.set_level(logging.INFO)
    ana = story.person("ana")
    await ana.slash("/incident", "")
    assert await ana.submit(GOOD | {"what": f"502 since noon\n{PLANTED}", "expected": PLANTED}) is None
    assert ana.view is not None
    assert MASKED in str(ana.view.blocks)
    await ana.close_view()
    await story.follow()
    room = await story.room()
    told = await ana.slash("/incident", f"update we tried {LINE}", channel=room)
    assert told.text.endswith(MASKED)
    refused = await ana.slash("/incident", f"severity {LINE}", channel=room)
    assert "You typed" in str(refused.blocks)
    missing = await ana.slash("/incident", f"update INC-99 {LINE}")
    assert "Report this as a new incident" in str(missing.blocks)
    await ana.say(f"@holdfast is it {LINE}", "alerts")
    await story.follow()
    assert (await story.incident()).report.what.startswith("502 since noon\npassword=***")
    everywhere = kept(story, tmp_path) + caplog.text + f"{told} {refused} {missing}"
    assert {kind for kind, (_, secret) in SECRETS.items() if secret in everywhere} == set()


async def test_a_report_without_secrets_closes_its_form(story: Story) -> None:
    """Nobody is told of what was not there."""
    await story.declare()
    assert story.person("ana").view is None
