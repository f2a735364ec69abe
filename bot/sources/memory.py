"""Evidence from the bot's own memory: incidents that were, post-mortems, and issues that are known."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time

from bot.adapters.git_history import GitHistory
from bot.errors import HoldfastError
from bot.evidence.model import KNOWN, Kind, Piece
from bot.evidence.similar import CANDIDATES
from bot.incident.catalogue import Catalogue
from bot.incident.model import Incident
from bot.postmortem.known_issues import known_issues
from bot.sources.source import About, Found, Question
from bot.storage import past
from bot.storage.db import Database
from bot.storage.past import Remembered

NAME = "Memory"
#: Where a repository may say what is known to be broken, besides its post-mortems.
FILES = ("docs/known-issues.md", "known-issues.md", "KNOWN_ISSUES.md")
#: As much of an incident and of a document is compared. Characters.
TEXT = 4000


class MemorySource:
    """What may be remembered of before; asked with `bot.sources.collect.remember`, since it is no evidence yet.

    Nothing private and no test is remembered.
    """

    name = NAME

    def __init__(
        self,
        database: Database,
        document_url: Callable[[str], str] = lambda name: "",
        history: GitHistory | None = None,
    ) -> None:
        """`document_url` says where a post-mortem is read; `history` is the repository, where there is one."""
        self._database = database
        self._url = document_url
        self._history = history
        self.questions: Sequence[Question] = (
            Question("past incidents", (Kind.INCIDENT,), self._incidents),
            Question("post-mortems and known issues", (Kind.DOCUMENT,), self._documents),
        )

    async def _incidents(self, about: About) -> Found:
        service = about.service.name if about.service else about.incident.service
        async with self._database.read() as connection:
            found = await past.candidates(connection, service, about.incident.id, CANDIDATES)
        return Found([piece for each in found if (piece := of_incident(each)) is not None])

    async def _documents(self, about: About) -> Found:
        async with self._database.read() as connection:
            found = await past.written(connection, CANDIDATES)
        others = [each for each in found if each.incident != about.incident.key]
        # many long texts: beside whatever else is going on
        pieces = await asyncio.to_thread(self._read, others, about)
        listed, said = await self._listed(about)
        return Found([*listed, *pieces][:CANDIDATES], said)

    def _read(self, documents: Sequence[Remembered], about: About) -> list[Piece]:
        now, catalogue = about.window.until, about.catalogue
        return [piece for each in documents for piece in of_document(each, catalogue, self._url(each.name), now)]

    async def _listed(self, about: About) -> tuple[list[Piece], str]:
        """What the repository's own lists of known issues say; why not, where they cannot be read."""
        if self._history is None:
            return [], ""
        try:
            return await self._known(self._history, about)
        except HoldfastError as error:
            return [], f"The repository's own known issues are left out: {error.sentence}"

    async def _known(self, history: GitHistory, about: About) -> tuple[list[Piece], str]:
        newest = await history.newest()
        pieces: list[Piece] = []
        for file in FILES:
            if not await history.has(newest.commit, file):
                continue
            text = (await history.read(newest.commit, file)).text
            link, now = history.url(newest.commit, file), about.window.until
            pieces += _known(file, "known-issues.md", text, about.catalogue, link, now)
        return pieces, newest.sentence


def of_incident(incident: Incident) -> Piece | None:
    """An incident that was, as it can be compared; None for one without any time."""
    at = incident.milestones.started or incident.milestones.detected or incident.milestones.declared
    if at is None:
        return None
    ended, report = incident.resolution, incident.report
    said = (report.what, report.expected, incident.severity_reason)
    fixed = (f"Fixed by: {ended.fix}", f"Cause: {ended.cause}" if ended.cause else "") if ended else ()
    return Piece(
        source=NAME,
        kind=Kind.INCIDENT,
        at=at,
        title=f"{incident.key} {incident.title}",
        text="\n".join(part for part in (*said, *fixed) if part.strip())[:TEXT],
        link=incident.places.document_url or incident.places.issue_url or "",
        service=incident.service,
        subject=incident.key,
        data={"severity": incident.severity, "state": incident.state.value},
    )


def of_document(document: Remembered, catalogue: Catalogue, link: str, now: datetime) -> Iterator[Piece]:
    """A document, and each known issue that it names; what says no day is taken as of now."""
    card = document.card
    about = catalogue.find(card.services) or catalogue.named_in(f"{card.services}\n{card.title}")
    known = list(_known(document.name, document.name, document.text, catalogue, link, now))
    yield from known
    if known and document.card.day is None:
        return  # it is a list of issues, and each of them stands for itself
    yield Piece(
        source=NAME,
        kind=Kind.DOCUMENT,
        at=datetime.combine(card.day, time(12), UTC) if card.day else now,
        title=card.title,
        text=f"{card.summary}\n{document.text}"[:TEXT],
        link=link,
        service=about.name if about else "",
        subject=document.incident or document.name,
        data={"document": document.name},
    )


def _known(file: str, name: str, text: str, catalogue: Catalogue, link: str, now: datetime) -> Iterator[Piece]:
    """Each known issue of a text; it is so now."""
    for issue in known_issues(name, text):
        about = catalogue.named_in(f"{issue.title}\n{issue.text}")
        yield Piece(
            source=NAME,
            kind=Kind.DOCUMENT,
            at=now,
            title=issue.title,
            text=issue.text,
            link=link,
            service=about.name if about else "",
            subject=f"{file}#{issue.title}"[:200],
            data={"document": file, KNOWN: "yes"},
        )
