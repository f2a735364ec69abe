"""Sources are asked side by side, do one another no harm, and nothing is kept that must not be."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Permanent, Temporary
from bot.evidence.model import Answer, Evidence, Grade, Kind, Piece, Spans
from bot.evidence.written import written
from bot.incident.catalogue import Catalogue
from bot.incident.model import Report
from bot.redact import MASK, Redactor
from bot.sources.collect import LINK, NAME, PIECES, TEXT, TITLE, VALUE, VALUES, about, collect, remember
from bot.sources.source import About, Found, NotSetUp, Question
from tests.bot.evidence.examples import CATALOGUE, RING
from tests.bot.incident.examples import NOW, an_incident

SECRET = "correct-horse-battery"
REDACTOR = Redactor([SECRET])


@dataclass(frozen=True)
class Said:
    """A source that does as it is told."""

    name: str
    questions: Sequence[Question]


def asked(service: str = "nextcloud", catalogue: Catalogue = CATALOGUE) -> About:
    """About an incident of a service."""
    incident = an_incident(report=Report(service=service, what="It returns 502"))
    return about(incident, (), catalogue, Spans(), NOW + timedelta(minutes=5))


def a_piece(title: str = "nextcloud: 0 of 2 ready", **said: object) -> Piece:
    """Something that is wrong with a workload."""
    usual = {"source": "Kubernetes", "kind": Kind.WORKLOAD, "at": NOW, "title": title, "grade": Grade.CRITICAL}
    return Piece.model_validate(usual | said)


def source(name: str, **answers: Callable[[About], Awaitable[Found]]) -> Said:
    """One question an answer."""
    return Said(name, [Question(each, (Kind.WORKLOAD,), ask) for each, ask in answers.items()])


def shows(*pieces: Piece, sentence: str = "") -> Callable[[About], Awaitable[Found]]:
    """Answers with these."""

    async def ask(_: About) -> Found:
        return Found(pieces, sentence)

    return ask


def fails(error: BaseException) -> Callable[[About], Awaitable[Found]]:
    """Raises that."""

    async def ask(_: About) -> Found:
        raise error

    return ask


async def hangs(_: About) -> Found:
    """Never answers."""
    await asyncio.Event().wait()
    raise AssertionError


def answers(evidence: Evidence) -> dict[str, Answer]:
    """What became of each question."""
    return {each.asked: each.answer for each in evidence.health}


async def test_one_broken_source_harms_no_other() -> None:
    """Each way to go wrong has its health line, and what the others show is there."""
    broken = source(
        "Broken",
        late=hangs,
        away=fails(Temporary("It cannot be reached.")),
        refuses=fails(Permanent("It refuses us.")),
        unset=fails(NotSetUp("No address is set.")),
        bug=fails(KeyError("x")),
        own_timeout=fails(TimeoutError()),
        gives_up=fails(asyncio.CancelledError()),
    )
    evidence = await collect([broken, source("Well", shown=shows(a_piece()))], asked(), 0.05, REDACTOR)
    assert answers(evidence) == {
        "late": Answer.LATE,
        "away": Answer.FAILED,
        "refuses": Answer.FAILED,
        "unset": Answer.MISSING,
        "bug": Answer.FAILED,
        "own_timeout": Answer.FAILED,
        "gives_up": Answer.FAILED,
        "shown": Answer.ANSWERED,
    }
    sentences = {each.asked: each.sentence for each in evidence.health}
    assert sentences["late"] == "No answer within 0.05 seconds."
    assert sentences["unset"] == "No address is set."
    assert "KeyError" not in sentences["bug"]
    assert [piece.id for piece in evidence.pieces] == ["E-1"]


async def test_questions_are_asked_side_by_side() -> None:
    """Each waits for the other to be asked: one after another, none would ever be answered."""
    there = [asyncio.Event(), asyncio.Event()]

    def meets(own: int) -> Callable[[About], Awaitable[Found]]:
        async def ask(_: About) -> Found:
            there[own].set()
            await there[1 - own].wait()
            return Found()

        return ask

    evidence = await collect([source("A", one=meets(0)), source("B", two=meets(1))], asked(), 10, REDACTOR)
    assert set(answers(evidence).values()) == {Answer.ANSWERED}


async def test_cancelled_it_ends_every_question_at_once() -> None:
    """Nothing goes on behind the back of whoever stopped it."""
    began, ended = asyncio.Event(), []

    async def ask(_: About) -> Found:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("ended")
        raise AssertionError

    work = asyncio.create_task(collect([source("A", one=ask, two=ask)], asked(), 60, REDACTOR))
    await began.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert ended == ["ended", "ended"]


async def test_people_hear_what_was_asked_and_what_came_of_it() -> None:
    """A line a question; an error of whoever tells them is theirs, by its own name."""
    heard: list[str] = []

    async def note(line: str) -> None:
        heard.append(line)

    one = source("Kubernetes", workloads=shows(a_piece()), nodes=shows(), events=fails(Temporary("It is away.")))
    await collect([one], asked(), 5, REDACTOR, note)
    assert sorted(heard) == [
        "Kubernetes, events: failed. It is away.",
        "Kubernetes, nodes: nothing",
        "Kubernetes, workloads: 1",
    ]

    async def cannot(line: str) -> None:
        raise Temporary("The database does not answer right now.")

    with pytest.raises(Temporary):
        await collect([one], asked(), 5, REDACTOR, cannot)


async def test_no_secret_is_kept_wherever_it_stands() -> None:
    """In every text of a piece, in its values and their names, in the sentence of a source, in what people said."""
    everywhere = {
        name: f"{name} {SECRET}" for name in ("title", "text", "link", "service", "namespace", "subject", "source")
    }
    leaky = a_piece(**{**everywhere, "source": "Kubernetes"}, data={"reason": SECRET, SECRET: "x", "api_token": "abc"})
    one = source(
        "Kubernetes", shown=shows(leaky, sentence=f"with {SECRET}"), failed=fails(Permanent(f"no {SECRET} here"))
    )
    heard: list[str] = []

    async def note(line: str) -> None:
        heard.append(line)

    said = a_piece(kind=Kind.PERSON, title=f"the password is {SECRET}", grade=Grade.INFO)
    evidence = await collect([one], asked(), 5, REDACTOR, note, [said])
    kept = evidence.model_dump_json()
    assert SECRET not in kept
    assert SECRET not in "".join(heard)
    assert kept.count(MASK) >= 9
    assert '"api_token":"***"' in kept


async def test_a_secret_is_masked_before_a_text_is_cut() -> None:
    """So no half of one is left at the end."""
    long = a_piece(title="x" * (TITLE - 8) + " " + SECRET, text="y" * (TEXT - 8) + " " + SECRET)
    evidence = await collect([source("Kubernetes", shown=shows(long))], asked(), 5, REDACTOR)
    assert SECRET[:5] not in evidence.model_dump_json()


async def test_too_much_is_cut_and_said() -> None:
    """What is bad is kept before what is newest, and the health line says how much there was."""
    fine = [
        a_piece(f"pod {n}", subject=f"pod/{n}", grade=Grade.FINE, at=NOW + timedelta(seconds=n)) for n in range(PIECES)
    ]
    one = source("Kubernetes", shown=shows(*fine, a_piece("broken", at=NOW - timedelta(hours=1)), sentence="Page 1."))
    evidence = await collect([one], asked(), 5, REDACTOR)
    titles = {piece.title for piece in evidence.pieces}
    assert len(titles) == PIECES
    assert "broken" in titles
    assert "pod 0" not in titles
    assert evidence.health[0].sentence == f"Page 1. Only {PIECES} of {PIECES + 1} are kept."


@given(st.text(st.characters(exclude_categories=()), max_size=200), st.integers(1, 50))
def test_whatever_a_piece_says_can_be_kept_and_is_not_long(text: str, times: int) -> None:
    """Controls, marks that turn the reading order and halves of letters too; no text breaks the collecting."""
    said = text * times
    wild = a_piece(
        title=said, text=said * 20, link=said, subject=said, data={f"{said}{n}": said for n in range(VALUES + 5)}
    )
    evidence = asyncio.run(collect([source("Kubernetes", shown=shows(wild))], asked(), 30, REDACTOR))
    (kept,) = evidence.pieces
    assert len(kept.title) <= TITLE
    assert len(kept.text) <= TEXT
    assert len(kept.link) <= LINK
    assert len(kept.subject) <= NAME
    assert len(kept.data) <= VALUES
    assert all(len(value) <= VALUE for value in kept.data.values())
    whole = evidence.model_dump_json().encode()
    assert b"\\u0000" not in whole
    assert b"\\u202e" not in whole


async def test_what_is_remembered_is_no_evidence_yet_and_may_be_more() -> None:
    """The past is handed back beside its health, with its own limit."""
    many = [a_piece(f"INC-{n}", kind=Kind.INCIDENT, subject=f"INC-{n}", grade=Grade.INFO) for n in range(PIECES + 50)]
    past = await remember(source("Memory", incidents=shows(*many), documents=hangs), asked(), 0.5, REDACTOR)
    assert len(past.pieces) == PIECES + 50
    assert past.known
    assert {each.asked: each.answer for each in past.health} == {
        "incidents": Answer.ANSWERED,
        "documents": Answer.LATE,
    }


async def test_of_the_past_only_what_becomes_evidence_is_masked_and_that_whole() -> None:
    """No secret of an earlier incident reaches the evidence of another."""
    said = f"It returns 502 since the password {SECRET} ran out"
    before = a_piece(said, kind=Kind.INCIDENT, subject="INC-1", service="nextcloud", text=said, grade=Grade.INFO)
    past = await remember(source("Memory", incidents=shows(before)), asked(), 5, REDACTOR)
    incident = an_incident(report=Report(service="nextcloud", what="It returns 502, the password ran out"))
    whole, report = written(Evidence(window=asked().window), CATALOGUE, incident, past)
    assert [piece.subject for piece in whole.pieces] == ["INC-1"]
    assert [echo.piece for echo in report.similar] == ["E-1"]
    assert SECRET not in whole.model_dump_json() + report.model_dump_json()


def test_services_are_those_it_needs_the_nearest_first() -> None:
    """Its own row first; also in a ring, and for a service that nobody knows."""
    names = [each.name for each in asked().services]
    assert names == ["nextcloud", "postgres", "redis", "dns", "storage"]
    assert [each.name for each in asked("a", RING).services] == ["a", "b"]
    assert asked("unheard of").services == ()
    assert asked("unheard of").service is None


def test_what_was_said_is_the_title_the_report_and_the_notes() -> None:
    """Each once."""
    incident = an_incident(title="It is slow")
    note = a_piece("Since noon", kind=Kind.PERSON, text="Since noon", grade=Grade.INFO)
    assert about(incident, [note, note], CATALOGUE, Spans(), NOW).said == "It is slow\nIt returns 502\nSince noon"
