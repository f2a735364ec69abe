"""Questions as people type them: filters are understood or refused by name, and any text at all is harmless."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.incident.model import ALERTMANAGER, OVER, State
from bot.incident.schemes import SCHEMES
from bot.incident.search import ASKED, LONGEST, Asker, Query, indexed, parse, texts, tokens
from tests.bot.incident.examples import ANA, BOB, CATALOGUE, NOW, an_incident

ASKER = Asker(actor=ANA, now=NOW, zone="Europe/Sofia")
OPEN = tuple(sorted(set(State) - OVER))


def asked(text: str, scheme: str = "sev") -> Query:
    """What Ana asks at three in the afternoon, UTC."""
    return parse(text, ASKER, SCHEMES[scheme], CATALOGUE)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Query(states=OPEN)),
        ("all", Query()),
        ("502 Bad", Query(words=("502", "bad"))),
        ("service:nextcloud", Query(service="nextcloud", states=OPEN)),
        ("service:https://ha.example.com all", Query(service="home assistant")),
        ('service:"Home Assistant" all', Query(service="home assistant")),
        ("service:redis", Query(service="redis", states=OPEN)),
        ("sev:1 all", Query(severity="SEV1")),
        ("Severity:sev2", Query(severity="SEV2", states=OPEN)),
        ("status:resolved", Query(states=(State.RESOLVED,))),
        ("status:open nextcloud", Query(states=OPEN, words=("nextcloud",))),
        ("status:over", Query(states=tuple(sorted(OVER)))),
        ("by:<@U0BOB|bob>", Query(reporter=BOB, states=OPEN)),
        ("by: <@U0BOB>", Query(reporter=BOB, states=OPEN)),
        ("lead:me", Query(lead=ANA, states=OPEN)),
        ("by:alertmanager", Query(reporter=ALERTMANAGER, states=OPEN)),
        ("since:7d", Query(since=NOW - timedelta(days=7))),
        ("since:2026-01-01", Query(since=datetime(2025, 12, 31, 22, 0, tzinfo=UTC))),
        ("https://x.example", Query(words=("https", "x", "example"))),
        ("what:ever", Query(words=("what", "ever"))),
        ("a small ball", Query(words=("a", "small", "ball"))),
    ],
)
def test_questions_are_understood(text: str, query: Query) -> None:
    """Words and filters in any order; without anything that looks back it is about what is open."""
    assert asked(text) == query


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("sev:9", "severity"),
        ("status:broken", "status"),
        ("by:bob", "by"),
        ("lead:@bob", "lead"),
        ("since:yesterday", "since"),
        ("since:2026-13-01", "since"),
        ("since:0001-01-01", "since"),
    ],
)
def test_what_means_nothing_is_refused_by_name(text: str, field: str) -> None:
    """With what could be said instead; nothing is silently left out of a question."""
    with pytest.raises(Refused) as refusal:
        asked(text)
    assert list(refusal.value.fields) == [field]
    assert refusal.value.sentence.startswith(f"{field}:")


def test_levels_are_those_of_the_scheme() -> None:
    """`sev:p1` where that is in use; a number is its level."""
    assert asked("sev:p1", "p1").severity == "P1"
    assert asked("sev:0", "p0").severity == "P0"


@given(st.text())
def test_any_text_is_a_question_or_refused(text: str) -> None:
    """Whatever is typed: nothing else is raised, and what is asked of the database is letters and digits alone."""
    query = Query()
    with suppress(Refused):
        query = asked(text)
    assert len(query.words) <= ASKED
    assert all(word.isascii() and word.isalnum() for word in query.words)


@given(st.text())
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    """Index and question read it alike."""
    words = tokens(text)
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words)
    assert all(len(word) <= 8 * LONGEST + 1 for word in words)
    assert set(words[:20]) <= set(indexed([text], 1))


@pytest.mark.parametrize(
    ("written", "typed"),
    [("Café", "cafe"), ("STRASSE", "straße"), ("ﬁle", "file"), ("база", "БАЗА"), ("数据库", "数据库"), ("🔥", "🔥")],
)
def test_case_and_accents_do_not_matter(written: str, typed: str) -> None:
    """In any script; pictograms are words too."""
    assert tokens(written) == tokens(typed) != []


def test_an_incident_is_found_by_everything_said_about_it() -> None:
    """Key, service, title, report."""
    found = indexed(texts(an_incident()), 12)
    assert {"inc", "12", "nextcloud", "returns", "502"} <= set(found)
