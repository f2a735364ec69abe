"""Asks every source everything at once, each question against its own deadline, and keeps what may be kept of it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.clock import monotonic
from bot.errors import HoldfastError
from bot.evidence.graph import Surroundings
from bot.evidence.model import BAD, Answer, Evidence, Health, Piece, Spans, gather, window
from bot.evidence.said import told
from bot.evidence.written import Past
from bot.incident.catalogue import Catalogue
from bot.incident.model import Incident
from bot.incident.text import shorten, visible
from bot.redact import Redactor
from bot.sources.source import About, Found, NotSetUp, Question, Source

#: Pieces that one question may add, and of what is remembered.
PIECES, REMEMBERED = 200, 2000
#: As much is kept of a title, a text, a link, a name (service, namespace, subject), a value, a sentence. Characters.
TITLE, TEXT, LINK, NAME, VALUE, SENTENCE = 300, 4000, 1000, 200, 500, 300
#: Values of one piece, and as much of a text is looked at. Characters.
VALUES, READ = 20, 200_000
#: Tells people what was asked, and what came of it, in a sentence.
Note = Callable[[str], Awaitable[None]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Terms:
    """How every question is asked: against which deadline, and what is kept of an answer."""

    about: About
    seconds: float
    redactor: Redactor
    note: Note | None = None
    most: int = PIECES
    #: Whether an answer is made into what may be kept; else somebody does so with the few that are.
    kept: bool = True


@dataclass(frozen=True)
class _Answered:
    """What came of one question."""

    health: Health
    pieces: tuple[Piece, ...] = ()


def about(incident: Incident, said: Iterable[Piece], catalogue: Catalogue, spans: Spans, now: datetime) -> About:
    """What sources are asked about: the service and all that it needs, the nearest first, around its start.

    `said` are the pieces of `bot.evidence.said.people`.
    """
    return About(
        incident=incident,
        services=Surroundings(catalogue, incident.service).rows,
        catalogue=catalogue,
        window=window(incident.milestones, now, spans),
        said=told(incident, said),
    )


async def collect(
    sources: Sequence[Source],
    about: About,
    seconds: float,
    redactor: Redactor,
    note: Note | None = None,
    said: Iterable[Piece] = (),
) -> Evidence:
    """All that the sources show, within about `seconds`, beside what people `said`. Sources do no harm to one another.

    Raises nothing but what `note` raises; cancelled, it ends every question at once.
    """
    answered = await _ask_all(sources, _Terms(about, seconds, redactor, note))
    own = [_kept(piece, redactor) for piece in said]
    shown = [piece for each in answered for piece in each.pieces]
    return gather(about.window, [*own, *shown], [each.health for each in answered])


async def remember(memory: Source, about: About, seconds: float, redactor: Redactor) -> Past:
    """What is remembered that may be like it, at most REMEMBERED pieces a question; masked is what becomes evidence."""
    answered = await _ask_all([memory], _Terms(about, seconds, redactor, most=REMEMBERED, kept=False))
    pieces = [piece for each in answered for piece in each.pieces]
    return Past(pieces, [each.health for each in answered], lambda piece: _kept(piece, redactor))


async def _ask_all(sources: Sequence[Source], terms: _Terms) -> list[_Answered]:
    try:
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(_ask(each.name, it, terms)) for each in sources for it in each.questions]
    except ExceptionGroup as failed:  # of `note`; who called knows it by itself, not by the group that it came in
        raise failed.exceptions[0] from None
    return [task.result() for task in asked]


async def _ask(source: str, question: Question, terms: _Terms) -> _Answered:
    """One question, and what came of it."""
    began = monotonic()
    found, answer = await _answer(source, question, terms)
    pieces, left_out = await asyncio.to_thread(_all_kept, found.pieces, terms)
    sentence = " ".join(part for part in (found.sentence.strip(), left_out) if part)
    health = Health(
        source=source,
        asked=question.asked,
        kinds=question.kinds,
        answer=answer,
        took=round(monotonic() - began, 2),
        sentence=shorten(terms.redactor.text(visible(sentence)), SENTENCE),
    )
    if terms.note:
        await terms.note(_line(health, len(pieces)))
    return _Answered(health, pieces)


async def _answer(source: str, question: Question, terms: _Terms) -> tuple[Found, Answer]:
    """What the source answered, or why it did not: whatever it does, the others go on."""
    limit = asyncio.timeout(terms.seconds)
    try:
        async with limit:
            return await question.ask(terms.about), Answer.ANSWERED
    except NotSetUp as missing:
        return Found(sentence=missing.sentence), Answer.MISSING
    except HoldfastError as error:
        return Found(sentence=error.sentence), Answer.FAILED
    except (Exception, asyncio.CancelledError) as error:
        task = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and task and task.cancelling():
            raise
        if limit.expired():
            return Found(sentence=f"No answer within {terms.seconds:g} seconds."), Answer.LATE
        log.exception("source failed", source=source, asked=question.asked)
        return Found(sentence="It failed in a way that nobody expected; the log says how."), Answer.FAILED


def _line(health: Health, pieces: int) -> str:
    """`Kubernetes, unhealthy workloads: 3`, or why there is no answer."""
    shown = str(pieces or "nothing") if health.reachable else f"{health.answer}. {health.sentence}"
    return f"{health.source}, {health.asked}: {shown}"


def _all_kept(pieces: Sequence[Piece], terms: _Terms) -> tuple[tuple[Piece, ...], str]:
    """What is kept, and a sentence where that is not all: of too many what is bad, then what is newest."""
    chosen, left_out = list(pieces), ""
    if len(pieces) > terms.most:
        chosen = sorted(pieces, key=lambda piece: (piece.grade not in BAD, -piece.at.timestamp()))[: terms.most]
        left_out = f"Only {terms.most} of {len(pieces)} are kept."
    return tuple(_kept(piece, terms.redactor) if terms.kept else piece for piece in chosen), left_out


def _kept(piece: Piece, redactor: Redactor) -> Piece:
    """Without secrets, and no longer than anybody reads. It is masked first, so that no half of a secret is left."""

    def short(text: str, most: int) -> str:
        masked = redactor.text(visible(text[:READ]))
        return masked if len(masked) <= most else f"{masked[: most - 1]}…"

    data = redactor.deep({short(key, NAME): short(value, VALUE) for key, value in list(piece.data.items())[:VALUES]})
    changed = {
        "title": " ".join(short(piece.title, TITLE).split()),
        "text": short(piece.text, TEXT),
        "link": "" if len(piece.link) > LINK else short(piece.link, LINK),
        "service": short(piece.service, NAME),
        "namespace": short(piece.namespace, NAME),
        "subject": short(piece.subject, NAME),
        "data": data,
    }
    return piece.model_copy(update=changed)
