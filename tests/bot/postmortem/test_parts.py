"""The parts of an item: status, type, priority, owner, date, issue."""

from datetime import date

import pytest

from bot.postmortem import assignment, marks
from bot.postmortem.model import Kind, Priority, Status
from bot.postmortem.words import first_sentence, sentences
from tests.bot.postmortem.reading import only, reading

DAY = date(2026, 5, 5)


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("TODO", Status.OPEN),
        ("not started", Status.OPEN),
        ("**DONE**", Status.DONE),
        ("DONE (alt)", Status.DONE),
        ("Done 2026-05-05", Status.DONE),
        ("✅", Status.DONE),
        ("✅ shipped in #12", Status.DONE),
        ("all landed in this change", Status.DONE),
        ("DOCUMENTED", Status.DONE),
        ("Complete", Status.DONE),
        ("Done (kubectl, needs TF)", Status.IN_PROGRESS),
        ("Partially done", Status.IN_PROGRESS),
        ("In Progress", Status.IN_PROGRESS),
        ("🚧", Status.IN_PROGRESS),
        ("Planned", Status.PLANNED),
        ("TODO (paused)", Status.DEFERRED),
        ("deferred until recurrence", Status.DEFERRED),
        ("Won't do", Status.DROPPED),
        ("dropped: too expensive", Status.DROPPED),
        ("superseded by T-12", Status.DROPPED),
        ("not yet actioned", Status.UNKNOWN),
        ("open — being addressed separately", Status.UNKNOWN),
        ("staged", Status.UNKNOWN),
        ("", Status.UNKNOWN),
        ("~~TODO~~ Done", Status.UNKNOWN),
        ("TODO / Done", Status.UNKNOWN),
        ("Undone", Status.UNKNOWN),
    ],
)
def test_status(cell: str, status: Status) -> None:
    """What is not known is unknown, and what is taken back is not done."""
    assert marks.status(cell) is status


@pytest.mark.parametrize(
    ("cell", "kinds"),
    [
        ("Alert", (Kind.ALERT,)),
        ("`config`", (Kind.CONFIG,)),
        ("Alerts", (Kind.ALERT,)),
        ("Runbook + Config", (Kind.RUNBOOK, Kind.CONFIG)),
        ("Alert/Monitor", (Kind.ALERT, Kind.MONITOR)),
        ("Docs", ()),
        ("Config + Docs", ()),
        ("Alertmanager", ()),
        ("", ()),
    ],
)
def test_kinds(cell: str, kinds: tuple[Kind, ...]) -> None:
    """The seven words, alone or merged; one that is not known spoils the rest."""
    assert marks.kinds(cell) == kinds


@pytest.mark.parametrize(
    ("cell", "priority"),
    [("P0", Priority.P0), ("**P2**", Priority.P2), ("High", Priority.P1), ("P4", None), ("P1/P2", None), ("", None)],
)
def test_priority(cell: str, priority: Priority | None) -> None:
    """Four of them, and the usual words."""
    assert marks.priority(cell) is priority


def test_priority_from_the_heading() -> None:
    """Where the item has none of its own."""
    content = "## Prevention plan\n\n### P2 — Detect faster\n\n- Alert on age\n- [P1] Alert on depth\n"
    assert [item.priority for item in reading(content).items] == [Priority.P2, Priority.P1]


@pytest.mark.parametrize(
    ("cell", "due"),
    [
        ("2026-06-01", date(2026, 6, 1)),
        ("within 1 week", date(2026, 5, 12)),
        ("< 1 week", date(2026, 5, 12)),
        ("1-4 weeks", date(2026, 6, 2)),
        ("3 months", date(2026, 8, 5)),
        ("in two weeks", date(2026, 5, 19)),
        ("72 hours", date(2026, 5, 8)),
        ("next sprint", None),
        ("2026-13-99", None),
        ("within 999 months", date(2109, 8, 5)),
        ("", None),
    ],
)
def test_due_in_a_column(cell: str, due: date | None) -> None:
    """A date, or a horizon counted from the document's date."""
    assert assignment.due(cell, DAY) == due


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Pin it by 2026-06-01", date(2026, 6, 1)),
        ("Pin it (@ana, 2026-06-01)", date(2026, 6, 1)),
        ("Pin it, due: 2026-06-01.", date(2026, 6, 1)),
        ("Pin it (within 2 weeks)", date(2026, 5, 19)),
        ("Pin it within 1 month.", date(2026, 6, 5)),
        ("The gap that the 2026-04-11 review named", None),
        ("Alert when it fails twice within 10 minutes", None),
        ("Alert without a copy within 24 hours", None),
        ("Keep copies for more than (30 of) them", None),
    ],
)
def test_due_in_the_words(text: str, due: date | None) -> None:
    """Only where the words say that it is one."""
    assert assignment.due_in(text, DAY) == due


def test_due_needs_a_date_to_count_from() -> None:
    """A horizon of a document without a date is none."""
    assert assignment.due("within 1 week", None) is None


def test_a_horizon_over_a_list() -> None:
    """A heading's or a lead's holds for all below it, unless they have their own."""
    soon = "### Immediate (< 1 week)\n\n- Pin it\n- Fix it by 2026-05-06\n\n"
    content = f"## Action items\n\n{soon}**Later (1-3 months)**\n\n- Test it\n"
    assert [item.due for item in reading(content).items] == [date(2026, 5, 12), date(2026, 5, 6), date(2026, 8, 5)]


@pytest.mark.parametrize(
    ("content", "owner", "issue"),
    [
        ("## Action items\n\n- Pin it (@ana-b)\n", "ana-b", ""),
        ("## Action items\n\n- Pin `@types/node` and mail a@b.example\n", "", ""),
        ("## Action items\n\n- Pin it, tracked as #12\n", "", "#12"),
        ("## Action items\n\n- Comment on #12\n", "", ""),
        ("## Actions\n\n| Action | Owner | Issue |\n|-|-|-|\n| Pin it | @ana | [INC-1](x) |\n", "ana", "INC-1"),
        ("## Actions\n\n| Action | Owner | Ticket |\n|-|-|-|\n| Pin it | TBD | - |\n", "", ""),
    ],
)
def test_owner_and_issue(content: str, owner: str, issue: str) -> None:
    """From columns of those names, and from the words that say so."""
    item = only(content)
    assert (item.owner, item.issue) == (owner, issue)


@pytest.mark.parametrize(
    ("name", "content", "day"),
    [
        ("2026-05-05-queue.md", "# Queue\n", DAY),
        ("a/2026-01-01-x.md", "# Queue\n\n| Field | Value |\n|---|---|\n| **Date** | 2026-05-05 |\n", DAY),
        ("queue.md", "# Queue\n\n**Date:** 2026-05-05\n", DAY),
        ("queue.md", "# 2026-05-05 — queue\n", DAY),
        ("queue.md", "# Queue\n", None),
        ("2026-02-30-x.md", "# Queue\n", None),
    ],
)
def test_the_date_of_a_document(name: str, content: str, day: date | None) -> None:
    """Its metadata first, then its file's name, then its title."""
    assert assignment.document_date(name, content.splitlines()) == day


def test_sentences_end_where_people_end_them() -> None:
    """Not at abbreviations, versions or initials; each knows the line breaks before it."""
    text = "Use e.g. v1.2 here.\nThen stop! And 3. this?\nEnd"
    assert list(sentences(text)) == [(0, "Use e.g. v1.2 here."), (1, "Then stop!"), (1, "And 3. this?"), (2, "End")]
    assert first_sentence("Pin it. It floats today. And more.") == ("Pin it. It floats today.", "And more.")
