"""Evidence from the infra repository: what was changed of a service, of what it needs, and of what is everybody's."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import PurePosixPath

from bot.adapters.git_history import LOG, GitHistory
from bot.adapters.git_output import Change
from bot.evidence.model import Kind, Piece
from bot.incident.catalogue import Catalogue, Service
from bot.sources.source import About, Found, Question

NAME = "git"
#: Where stacks are, of a service that names none.
STACKS = "stacks"
#: Texts, and folders of texts: they are read by people, and change nothing.
_TEXTS = frozenset({".md", ".txt", ".rst", ".adoc", ".png", ".jpg", ".svg"})
_BESIDE = frozenset({"docs", "doc", "license", "codeowners", ".gitignore"})
#: Whose a change is that touches what all of them share.
EVERYBODY = Service(name="")
#: How long after the start changes count, and how far the clock of whoever made one may be ahead.
AFTER, SKEW = timedelta(hours=24), timedelta(minutes=5)
#: Paths that a piece names, and as much of a message. Characters.
_NAMED, _SAID = 8, 1500


class GitSource:
    """The past of one branch of the infra repository."""

    name = NAME

    def __init__(self, history: GitHistory) -> None:
        self._history = history
        self.questions: Sequence[Question] = (Question("recent commits", (Kind.COMMIT,), self._commits),)

    async def _commits(self, about: About) -> Found:
        """What came onto the branch in the window, and touches anything that the service rests on."""
        newest = await self._history.newest()
        opens = about.window.opens(Kind.COMMIT)
        assert opens is not None
        # what came a day later caused nothing, and would crowd out what did
        until = min(about.window.until, about.window.start + AFTER) + SKEW
        found = await self._history.log(newest.commit, opens, until=until)
        pieces = [
            _piece(change, whose, self._history.url(change.commit))
            for change in found
            if (whose := concerned(change, about)) is not None
        ]
        full = f"Only the newest {LOG} commits were looked at." if len(found) >= LOG else ""
        return Found(pieces, " ".join(part for part in (newest.sentence, full) if part))


def concerned(change: Change, about: About) -> Service | None:
    """Whose it is: the nearest service that it touches, or EVERYBODY; None where it changes nothing that matters here.

    Where nobody knows the service, everything matters.
    """
    paths = [path for path in change.paths if not is_text(path)]
    for service in about.services or about.catalogue.services:
        if any(_is_in(path, _folder(service)) for path in paths):
            return service
    shared = paths if not about.services else [path for path in paths if is_shared(path, about.catalogue)]
    return EVERYBODY if shared else None


def is_text(path: str) -> bool:
    """Whether a file is only for people to read."""
    found = PurePosixPath(path)
    return found.suffix.casefold() in _TEXTS or path.split("/", maxsplit=1)[0].casefold() in _BESIDE


def is_shared(path: str, catalogue: Catalogue) -> bool:
    """Whether a file belongs to no stack, and so to all of them: a module, a script, the configuration at the root."""
    inside = any(_is_in(path, _folder(service)) for service in catalogue.services)
    return not inside and path.split("/", maxsplit=1)[0] != STACKS


def _folder(service: Service) -> str:
    stack = service.stack.strip("/ ")
    if stack and "/" in stack:
        return stack
    return f"{STACKS}/{stack or '-'.join(service.name.split('(', 1)[0].casefold().split())}"


def _is_in(path: str, folder: str) -> bool:
    return f"{path}/".casefold().startswith(f"{folder}/".casefold())


def _piece(change: Change, whose: Service, link: str) -> Piece:
    named = ", ".join(change.paths[:_NAMED])
    more = change.files - len(change.paths[:_NAMED])
    return Piece(
        source=NAME,
        kind=Kind.COMMIT,
        at=change.at,
        title=change.title[:300],
        text=f"{change.body[:_SAID]}\nFiles: {named}{f' and {more} more' if more > 0 else ''}".strip(),
        link=link,
        service=whose.name,
        namespace=whose.namespace,
        subject=change.commit,
        data={"files": str(change.files)},
    )
