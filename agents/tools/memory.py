"""What happened before, as agents may look for it: incidents and post-mortems, none of them private, no test."""

from typing import Annotated

from pydantic import Field

from agents.runtime.tool import AnyTool, Input, Result, Status, Tool
from agents.tools.fields import Line
from bot.errors import Refused
from bot.evidence.model import Kind
from bot.incident.model import Incident
from bot.incident.search import ASKED, Query, tokens
from bot.incident.text import shorten
from bot.postmortem.passages import Hit
from bot.storage import past
from bot.storage.db import Database
from bot.storage.documents import DocumentStore

SOURCE = "Memory"
#: Incidents of one answer, lines of a document, and characters of one.
SHOWN, LINES, LINE = 20, 300, 600
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.md$", description="The file name of it.")]


class SearchIncidents(Input):
    """Which incidents are meant; each word has to stand in one."""

    words: Line = Field(default="", description="A few words; fewer words find more. May be empty.")
    service: Line = Field(default="", description="Only of this service, by its exact name.")


class SearchDocuments(Input):
    """What is looked for in post-mortems."""

    words: Line = Field(min_length=2, description="Words that say what it is about; what is in quotes has to occur.")


class ReadDocument(Input):
    """Which lines of which post-mortem."""

    name: Name
    first: int = Field(default=1, ge=1, le=10**6, description="The first line.")
    lines: int = Field(default=150, ge=1, le=LINES, description="How many lines.")


def memory_tools(database: Database, documents: DocumentStore, incident_id: str) -> tuple[AnyTool, ...]:
    """Looking for what was before the incident of this id."""
    before = _Before(database, documents, incident_id)
    return (
        Tool(
            name="search_incidents",
            description="Finds earlier incidents by words and service, the newest first, with what fixed them.",
            input=SearchIncidents,
            run=before.incidents,
            says=lambda asked: f"earlier {_asked(asked)}",
            source=SOURCE,
        ),
        Tool(
            name="search_documents",
            description="Finds the passages of post-mortems that say most about some words.",
            input=SearchDocuments,
            run=before.passages,
            says=lambda asked: f"post-mortems with “{asked.words[:80]}”",
            source=SOURCE,
        ),
        Tool(
            name="read_document",
            description="Reads lines of a post-mortem, by the name that search_documents shows.",
            input=ReadDocument,
            run=before.document,
            says=lambda asked: f"the post-mortem {asked.name[:100]}",
            source=SOURCE,
        ),
    )


class _Before:
    """Everything before one incident that others may remember."""

    def __init__(self, database: Database, documents: DocumentStore, incident_id: str) -> None:
        self._database = database
        self._documents = documents
        self._incident_id = incident_id

    async def incidents(self, asked: SearchIncidents) -> Result:
        words = tuple(dict.fromkeys(tokens(asked.words)))[:ASKED]
        query = Query(words=words, service=asked.service.casefold())
        async with self._database.read() as connection:
            found = await past.found(connection, query, self._incident_id, SHOWN)
        content = {"incidents": [_told(each) for each in found]}
        return Result(_status(content["incidents"]), content, _asked(asked), Kind.INCIDENT)

    async def passages(self, asked: SearchDocuments) -> Result:
        hits = await self._documents.search(asked.words)
        async with self._database.read() as connection:
            public = await past.names(connection)
        content = {"passages": [_passage(hit) for hit in hits if hit.name in public]}
        return Result(_status(content["passages"]), content, f"post-mortems with {asked.words}")

    async def document(self, asked: ReadDocument) -> Result:
        async with self._database.read() as connection:
            text = await past.text(connection, asked.name)
        if text is None:
            raise Refused("There is no such post-mortem. Names are as search_documents shows them.")
        lines = text.splitlines()
        part = [line[:LINE] for line in lines[asked.first - 1 : asked.first - 1 + asked.lines]]
        content = {"name": asked.name, "first": asked.first, "total": len(lines), "text": "\n".join(part)}
        return Result(Status.OK, content, f"{asked.name} from line {asked.first}", subject=asked.name)


def _told(incident: Incident) -> dict[str, str]:
    """What another incident may know of it; what is not known is left out."""
    ended, times = incident.resolution, incident.milestones
    began = times.started or times.detected or times.declared
    told = {
        "key": incident.key,
        "title": shorten(incident.title, 200),
        "service": incident.service,
        "severity": incident.severity,
        "state": incident.state.value,
        "began": began.isoformat() if began else "",
        "ended": ended.ended.isoformat() if ended else "",
        "report": shorten(incident.report.what, 400),
        "fix": shorten(ended.fix, 400) if ended else "",
        "cause": shorten(ended.cause, 400) if ended else "",
        "post_mortem": incident.places.document or "",
    }
    return {name: said for name, said in told.items() if said}


def _passage(hit: Hit) -> dict[str, str]:
    told = {"name": hit.name, "title": hit.title, "section": hit.section, "text": hit.text}
    return told | ({"day": hit.day.isoformat()} if hit.day else {})


def _status(found: list[dict[str, str]]) -> Status:
    return Status.OK if found else Status.NOTHING


def _asked(asked: SearchIncidents) -> str:
    of = f" of {asked.service[:60]}" if asked.service else ""
    return f"incidents{of}{f' with “{asked.words[:80]}”' if asked.words else ''}"
