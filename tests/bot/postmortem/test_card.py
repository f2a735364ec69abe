"""What a document says of itself: with the template's table, with lines of its own, or with nothing."""

from datetime import date

from bot.postmortem.card import Card, card
from bot.postmortem.document.model import Document, Part
from bot.postmortem.document.render import render
from bot.postmortem.policy import Policy
from bot.postmortem.reader import read

TABLE = """# Post-mortem: Mail `smtp` is down

| Field | Value |
|---|---|
| **Date** | 2026-03-02 |
| **Severity** | SEV-2 (major): nobody can write |
| **Affected Services** | mail, vpn |

## Summary

The queue was [full](https://example.com/q). See [the other](2026-01-01-first.md#cause).

## Prevention plan

| Priority | Action | Type | Details | Status |
|---|---|---|---|---|
| P1 | Alert on the queue | Alert | | Done |
| P2 | Grow the disk | Config | | TODO |
"""
LINES = "# 2026-01-01 — Photos do not load\n\n**Severity:** P1\n**Services:** immich\n\n## What happened\n\nA disk.\n"


def of(name: str, content: str) -> Card:
    return card(content, read(name, content, Policy()))


def test_what_a_document_says_of_itself() -> None:
    """Whether a document has the template's table, or lines of its own, or nothing."""
    found = of("2026-03-02-mail.md", TABLE)
    assert (found.title, str(found.day), found.severity) == ("Mail smtp is down", "2026-03-02", "SEV2")
    assert (found.services, found.summary) == ("mail, vpn", "The queue was full. See the other.")
    assert (found.open_items, found.items, found.page) == (1, 2, "2026-03-02-mail.html")
    lines = of("2026-01-01-first.md", LINES)
    assert (lines.title, str(lines.day), lines.severity, lines.services) == (
        "Photos do not load",
        "2026-01-01",
        "P1",
        "immich",
    )
    bare = of("notes.md", "just words\n")
    assert (bare.title, bare.day, bare.severity, bare.summary) == ("notes.md", None, "", "")


def test_a_line_without_end_takes_no_time() -> None:
    """However it is made, nobody's site waits for it."""
    hostile = "# T\n\nabc" + " /" * 13 + ":" * 200_000
    assert of("x.md", hostile).severity == ""


def test_what_waits_to_be_written_is_no_summary() -> None:
    """A draft says nothing about what happened until somebody does."""
    draft = Document(title="Photos", date=date(2026, 3, 2), parts={Part.IMPACT: "Nobody could look at pictures."})
    assert of("x.md", render(draft)).summary == "Nobody could look at pictures."
