"""Whatever a document holds: a record is added to it whole, twice is once, and no other byte and no item changes."""

import os
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Refused
from bot.postmortem.implemented import REVIEW, Followup, reviewed, with_done, with_followup
from bot.postmortem.model import Item, Shape, Status
from bot.postmortem.reported import with_report
from tests.bot.postmortem.reading import reading
from tests.bot.postmortem.test_properties import MESS, planted

CORPUS = os.environ.get("HOLDFAST_CORPUS", "")
WORDS = st.lists(
    st.sampled_from([*"|`*_~[]()<>#-!\\&a \n\r\t\0", "<!-- holdfast:end implemented -->", "TODO", "[a](b)", "Add it"]),
    min_size=1,
    max_size=12,
).map("".join)
ROWS = st.lists(
    st.builds(
        Followup,
        action=WORDS.filter(lambda words: bool(words.strip())),
        priority=st.sampled_from(["", "P1", "P1 | P2"]),
        type=st.sampled_from(["", "Alert", "a\n|b"]),
        day=st.sampled_from([None, date(2026, 4, 14)]),
        commit=st.sampled_from(["", "a" * 40, "b" * 40]),
        web=st.sampled_from(["", "https://example.com/o/r"]),
        by=st.one_of(st.just("todo_resolver"), WORDS.map(reviewed)),
    ),
    min_size=1,
    max_size=4,
)


def standing(content: str) -> list[tuple[object, Status]]:
    """The items of a document, and how each stands."""
    return [(item.identity, item.status) for item in reading(content).items]


def only_added(before: str, after: str) -> None:
    """Every character of the one is there in the other, in its order, and what was added is one piece."""
    pairs = enumerate(zip(before, after, strict=False))
    start = next((at for at, (was, now) in pairs if was != now), min(len(before), len(after)))
    assert after.endswith(before[start:])
    assert len(after) >= len(before)


@given(st.one_of(MESS, planted().map(lambda made: made[0])), ROWS)
@settings(max_examples=60, deadline=None)
def test_a_record_is_added(content: str, rows: list[Followup]) -> None:
    """It is refused, or it shows: then the same again changes nothing, and what was there stands as it stood."""
    try:
        written = with_followup(content, rows)
    except Refused:
        return
    assert with_followup(written, rows) == written
    assert standing(written) == standing(content)


@given(planted().map(lambda made: made[0]), ROWS)
@settings(max_examples=60, deadline=None)
def test_nothing_else_changes(content: str, rows: list[Followup]) -> None:
    """In a document without a record a section is added in one piece, with the line breaks that it has."""
    written = with_followup(content, rows)
    only_added(content, written)
    assert ("\r\n" in written) == (content.find("\n") > 0 and content[content.find("\n") - 1] == "\r")


@given(st.one_of(MESS, planted().map(lambda made: made[0])))
@settings(max_examples=60, deadline=None)
def test_an_item_is_done_or_refused(content: str) -> None:
    """It is the only one that stands in another way, and only its cell or box is another."""
    before = reading(content).items
    for number, item in enumerate(before):
        with suppress(Refused):
            written = with_done(content, item.identity)
            now = standing(written)
            assert now[number] == (item.identity, Status.DONE)
            assert [pair for pair in now if pair != now[number]] == [
                pair for pair in standing(content) if pair[0] != item.identity
            ]
            cell = item.status_cell
            assert cell is not None
            assert written.startswith(content[: cell.start])
            assert written.endswith(content[cell.end :])


@given(st.one_of(MESS, planted().map(lambda made: made[0])), WORDS, MESS)
@settings(max_examples=60, deadline=None)
def test_a_report_is_added(content: str, action: str, text: str) -> None:
    """It is refused, or added in one piece, and no item with it; the same again changes nothing."""
    identity = reading("- [ ] Add it").items[0].identity
    with suppress(Refused):
        written = with_report(content, identity, action, text)
        only_added(content, written)
        assert standing(written) == standing(content)
        assert with_report(written, identity, action, text) == written


@pytest.mark.skipif(not CORPUS, reason="HOLDFAST_CORPUS names no folder, so no record was added to real documents")
def test_real_documents_keep_every_other_byte() -> None:
    """Three open items of each: done where it has a place for it, and on record; what is added is one piece."""
    for path in sorted(Path(CORPUS).glob("*.md")):
        content = path.read_bytes().decode()
        for item in [item for item in reading(content).items if item.is_open][:3]:
            row = Followup(action=item.action, day=date(2026, 4, 14), commit="a" * 40, by="todo_resolver")
            written = with_followup(content, [row])
            waited = [line for line in content.splitlines(keepends=True) if REVIEW in line and item.action in line]
            only_added(content.replace(waited[0], "") if waited else content, written)
            assert with_followup(written, [row]) == written
            assert standing(written) == standing(content)
            only_added(content, with_report(content, item.identity, item.action, "Found."))
            _marked(content, item)


def _marked(content: str, item: Item) -> None:
    """Rows with a status and boxes can be done; whatever else is written as words is for a person."""
    cell = item.status_cell
    if cell is None:
        with pytest.raises(Refused):
            with_done(content, item.identity)
        return
    done = "x" if item.shape is Shape.CHECKBOX else "Done"
    assert with_done(content, item.identity) == content[: cell.start] + done + content[cell.end :]
