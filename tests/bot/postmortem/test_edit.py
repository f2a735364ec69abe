"""One cell is changed, and every other byte stays as it was."""

from datetime import date

import pytest

from bot.errors import Refused
from bot.postmortem.document.model import Document, Planned
from bot.postmortem.document.parse import parse
from bot.postmortem.document.render import render
from bot.postmortem.edit import ticked, with_row, with_status
from bot.postmortem.model import Status
from tests.bot.postmortem.reading import HEAD, reading

ROWS = f"# T\n\n## Plan\n\n{HEAD}| P1 | Alert on `a\\|b` | Alert | x |  TODO  |\n|P2|Alert on b|Alert|y||"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_status_cell(newline: str) -> None:
    """With its blanks kept, with every line break, and without a last one."""
    content = ROWS.replace("\n", newline)
    first, second = reading(content).items
    assert with_status(content, first, "Done") == content.replace("|  TODO  |", "|  Done  |")
    assert with_status(content, second, "Done") == content.replace("|y||", "|y|Done|")


def test_a_checkbox() -> None:
    """Ticked and emptied again; a nested one too."""
    content = "- [ ] one\r\n  1. [ ] two\r\n\ttext\r\n- [x] [ ] three"
    one, two, three = reading(content).items
    assert ticked(content, one, Status.DONE) == content.replace("[ ] one", "[x] one")
    assert ticked(content, two, Status.DONE) == content.replace("[ ] two", "[x] two")
    assert ticked(content, three, Status.OPEN) == content.replace("[x] [ ]", "[ ] [ ]")


def test_a_document_that_has_changed_is_not_edited() -> None:
    """Nor one where there is no such cell, nor with words that are more than a cell."""
    first = reading(ROWS).items[0]
    box = reading("- [ ] one\n").items[0]
    bullet = reading("## Action items\n\n- one\n").items[0]
    for content, item, words in (
        ("x" + ROWS, first, "Done"),
        (ROWS, first, "Done | x"),
        (ROWS, first, " "),
        ("- [ ] one\n", box, "Done"),
        ("## Action items\n\n- one\n", bullet, "Done"),
    ):
        with pytest.raises(Refused):
            with_status(content, item, words)
    for content, item, status in (
        ("- [ ] two\n", box, Status.DONE),
        ("- [x] one\n", box, Status.DONE),
        ("", box, Status.DONE),
        ("- [ ] one\n", box, Status.DEFERRED),
        (ROWS, first, Status.DONE),
    ):
        with pytest.raises(Refused):
            ticked(content, item, status)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("plan", [(), (Planned(action="Add an alert", type="Alert"),)])
def test_a_row_is_added_at_the_end_of_the_plan(newline: str, plan: tuple[Planned, ...]) -> None:
    """And nothing else changes; it reads back as it was given, hostile words and all."""
    row = Planned(action="Page | the *team*\n# now", type="Runbook", details="Proposed as T-4")
    before = render(Document(title="Mail stood still", date=date(2026, 3, 2), plan=plan)).replace("\n", newline)
    after = with_row(before, row)
    assert parse(after).plan == (*plan, row)
    (added,) = set(after.splitlines()) - set(before.splitlines())
    assert after.replace(f"{added}{newline}", "") == before


def test_a_plan_that_people_keep_in_their_own_way_is_left() -> None:
    """It says what to do instead."""
    with pytest.raises(Refused, match="add the row there yourself"):
        with_row("# A post-mortem\n\n## Prevention plan\n\n- [ ] all of it\n", Planned(action="more"))
