"""Agents look for what was before; what is private, a test, or the incident itself is never shown to them."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from agents.runtime.guard import attack
from agents.runtime.tool import AnyTool, Capability, Status
from agents.tools.memory import memory_tools
from bot.errors import Refused
from bot.incident.model import Incident, Places
from bot.storage.db import Database
from bot.storage.documents import DocumentStore
from tests.agents.tools.calls import call
from tests.bot.sources.test_memory import CURRENT, DOCUMENT, happened, published


async def tools(database: Database) -> tuple[tuple[AnyTool, ...], Incident]:
    """All of them, for an incident of now."""
    current = await happened(database, **CURRENT)
    return memory_tools(database, DocumentStore(database), current.id), current


async def test_earlier_incidents_are_found_with_what_fixed_them(database: Database) -> None:
    """By words and by service; the newest first, as JSON."""
    seen = await happened(database, places=Places(document="2026-01-05-uploads.md"))
    await happened(database, what="The certificate ran out", service="Mail")
    some, _ = await tools(database)
    (found,) = (await call(some, "search_incidents", words="uploads volume")).content["incidents"]
    assert found["key"] == seen.key
    assert found["fix"] == "The volume was made larger"
    assert found["post_mortem"] == "2026-01-05-uploads.md"
    (mail,) = (await call(some, "search_incidents", service="Mail")).content["incidents"]
    assert mail["report"] == "The certificate ran out"
    everything = await call(some, "search_incidents")
    assert len(everything.content["incidents"]) == 2
    assert json.loads(json.dumps(everything.content))
    assert (await call(some, "search_incidents", words="unheard of")).status is Status.NOTHING


async def test_nothing_private_no_test_and_not_the_incident_itself_is_shown(database: Database) -> None:
    """Whatever is asked, and by no document either."""
    private = await happened(database, private=True, what="Uploads of a secret kind fail")
    await happened(database, test=True, what="Uploads fail in a drill")
    await published(database, "2026-01-05-secret.md", DOCUMENT.replace("full", "full of secrets"), private.key)
    some, current = await tools(database)
    for words in ("uploads", "secret", "drill", "", private.key, current.key):
        found = await call(some, "search_incidents", words=words)
        assert found.status is Status.NOTHING
    assert (await call(some, "search_documents", words="uploads secrets")).status is Status.NOTHING
    with pytest.raises(Refused):
        await call(some, "read_document", name="2026-01-05-secret.md")


async def test_post_mortems_are_searched_and_read_in_parts(database: Database) -> None:
    """By the name that the search shows."""
    await published(database, "2026-01-05-uploads.md", DOCUMENT)
    some, _ = await tools(database)
    (passage,) = (await call(some, "search_documents", words="volume full")).content["passages"]
    assert (passage["name"], passage["section"]) == ("2026-01-05-uploads.md", "Summary")
    read = await call(some, "read_document", name=passage["name"], first=5, lines=3)
    assert read.content["text"] == "## Summary\n\nThe volume was full."
    assert (read.content["first"], read.content["total"]) == (5, 7)
    assert (await call(some, "search_documents", words="unheard of")).status is Status.NOTHING


QUESTIONS: tuple[tuple[str, dict[str, Any], bool], ...] = (
    ("read_document", {"name": "../../etc/passwd"}, True),
    ("read_document", {"name": "/etc/passwd"}, True),
    ("read_document", {"name": "x.md; id"}, True),
    ("read_document", {"name": "x.md\0"}, True),
    ("read_document", {"name": "notes.txt"}, False),
    ("search_incidents", {"sql": "1=1"}, False),
    ("search_documents", {"words": ""}, False),
)


async def test_what_is_no_question_is_refused(database: Database) -> None:
    """Where it leads elsewhere, it counts against the run."""
    some, _ = await tools(database)
    for name, arguments, is_attack in QUESTIONS:
        with pytest.raises(ValidationError):
            await call(some, name, **arguments)
        assert bool(attack(next(tool for tool in some if tool.name == name), arguments)) is is_attack


async def test_no_words_are_an_order_to_the_database(database: Database) -> None:
    """They are looked for, and nothing else."""
    await happened(database)
    await published(database, "2026-01-05-uploads.md", DOCUMENT)
    some, _ = await tools(database)
    for words in ('" OR 1=1', "NEAR(a b)", "* : ^ ( )", "'; DROP TABLE incidents; --", "a" * 300, "🔥🔥", "%_\\"):
        for name in ("search_incidents", "search_documents"):
            assert (await call(some, name, words=words)).status in (Status.OK, Status.NOTHING)


async def test_all_of_them_only_read(database: Database) -> None:
    """There is nothing else to be done with memory here."""
    some, _ = await tools(database)
    assert {tool.capability for tool in some} == {Capability.READ}
