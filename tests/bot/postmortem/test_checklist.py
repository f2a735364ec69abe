"""The list before publishing: what is done is ticked, what is not says what to do and where."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from bot.postmortem.checklist import Check, checklist
from bot.postmortem.document.model import Document, Fact, Moment, Part, Planned, Words
from bot.postmortem.document.render import render
from bot.postmortem.edit import with_part
from tests.bot.postmortem.document.documents import DOCUMENTS
from tests.bot.postmortem.reading import HEAD, reading
from tests.bot.postmortem.test_properties import MESS

WHOLE = Document(
    title="Mail is down",
    date=date(2026, 3, 2),
    facts=(
        Fact(name="Severity", value=Words(text="SEV2 (major): nobody can write")),
        Fact(name="Issue", value=Words(text="#7", url="https://github.com/example/infra/issues/7")),
    ),
    timeline=(Moment(at=datetime(2026, 3, 2, 12, tzinfo=UTC), text="It failed.", source=Words(text="Holdfast")),),
    plan=(
        Planned(priority="P1", action="Alert on the queue", type="Alert", owner="ana", due="2026-04-01"),
        Planned(priority="P2", action="Grow the disk", type="Config", due="2026-04-01"),
        Planned(priority="P0", action="Restart it", type="", status="Done"),
    ),
    parts=dict.fromkeys(Part, "Words about [it](https://example.com/x)."),
)
THEIRS = f"""# 2026-03-02 — Mail is down

**Severity:** SEV2
**Issue:** INFRA-12

## Summary

It was down.

## Impact (users)

```
500 of 500
```

## Timeline

- 12:00 it failed

## Root Cause Chain

The disk.

### Why the disk

It was small.

## Prevention Plan

{HEAD}| P1 | Alert on the queue (@ana, due 2026-04-01) | Alert | | TODO |
"""


def told(content: str, *, names: bool = False) -> dict[str, str]:
    """What is not done, with what it says."""
    return {each.name: each.sentence for each in checklist(content, reading(content), names=names) if not each.done}


REVIEW = {"Review": "Ask somebody who was there to read it."}


def test_a_whole_document_waits_only_for_its_review() -> None:
    """Whether it has the template's sections or others that say the same."""
    for content in (render(WHOLE), THEIRS, THEIRS.replace("\n", "\r\n")):
        assert told(content) == REVIEW
        assert all(each.done for each in checklist(content, reading(content), reviewed=True))


def test_a_draft_says_what_it_waits_for() -> None:
    """All of it, by name."""
    content = render(Document(title="Mail", date=date(2026, 3, 2), facts=(WHOLE.facts[0],)))
    assert told(content) == REVIEW | {
        "Sections": f"Write these sections: {', '.join(Part)}.",
        "Timeline": "Add what happened, and when, to the timeline.",
        "Root cause": "Write down the root cause and the five whys.",
        "Facts": "Add the issue at the top.",
    }
    assert told("just words")["Sections"] == "Write these sections: Summary, Impact, Root cause."
    assert told("just words")["Facts"] == "Add the severity and the issue at the top."


def test_action_items_without_owner_date_or_type() -> None:
    """Open ones, an owner only for the urgent; three are named, the others counted."""
    lone = Planned(priority="P1", action="Move the mail")
    several = tuple(Planned(priority="P3", action=f"Look at {n}", due="2026-04-01") for n in range(5))
    found = told(render(WHOLE.model_copy(update={"plan": (lone, *several)})))
    assert found["Owners"].startswith("Give an owner to “Move the mail” (line ")
    assert "Look at" not in found["Owners"]
    assert found["Due dates"].count("“") == 1
    assert found["Types"].endswith(" and 3 more.")
    assert set(told(render(WHOLE.model_copy(update={"plan": ()})))) == {"Review"}


@pytest.mark.parametrize(
    ("text", "name", "what"),
    [
        ("They should have known that.", "Words", "should have known"),
        ("It was *careless*.", "Words", "careless"),
        ("The engineer failed to look.", "Words", "engineer failed to"),
        ("- a\n  - Bob forgot\n    to look: he forgot to.", "Words", "forgot to"),
        ("TBD", "Loose ends", "TBD"),
        ("Size: XXX GB", "Loose ends", "XXX"),
        ("See http:// for it.", "Links", "http://"),
        ("See [the dashboard](TODO).", "Links", "[the dashboard](TODO)"),
        ("See [the dashboard]().", "Links", "[the dashboard]()"),
        ("@ana restarted it.", "People", "@ana"),
        ("<@U0ANA|ana> restarted it.", "People", "<@U0ANA|ana>"),
    ],
)
def test_what_is_found_in_the_text_is_named_with_its_line(text: str, name: str, what: str) -> None:
    """So that a person can judge."""
    content = with_part(render(WHOLE), Part.FACTORS, f"One line.\n\n{text}")
    found = told(content)
    assert f"“{what}” (line " in found[name]
    line = int(found[name].rpartition("(line ")[2].rstrip(").").partition(")")[0])
    assert what.split(" ", maxsplit=1)[0] in content.split("\n")[line - 1].replace("*", "")
    assert (name in told(content, names=True)) == (name != "People")


@pytest.mark.parametrize(
    "text",
    [
        "The pod failed to start, and the alert should have fired.",
        "A blameless review; a segmentation fault; lazy loading.",
        "Mail to ana@example.com about `@scope/package` and @scope/package.",
        "`TODO` stands in the code; a todo list.\n\n```\nXXX http:// TODO @ana\n```",
        "<!-- TODO: @ana forgot to -->\n\nSee https://example.com/x and [a](other.md#b).",
        "> he should have known",
    ],
)
def test_what_only_looks_alike_is_left_alone(text: str) -> None:
    """Programs fail, code has marks, and a comment is not read."""
    assert told(with_part(render(WHOLE), Part.FACTORS, text)) == REVIEW


@given(MESS)
def test_any_document_has_a_list(content: str) -> None:
    """Every point once, with a sentence of one line."""
    points = checklist(content, reading(content))
    assert len({each.name for each in points}) == len(points) == 12
    assert all(each.sentence.endswith(".") and "\n" not in each.sentence for each in points)


@given(DOCUMENTS)
def test_what_waits_is_named(document: Document) -> None:
    """Exactly the sections that nobody has written."""
    content = render(document)
    waiting = f"Write these sections: {', '.join(document.waiting)}." if document.waiting else None
    assert told(content).get("Sections") == waiting
    assert ("Timeline" in told(content)) == (not document.timeline)


def test_a_private_one_has_no_issue_to_name() -> None:
    """Nobody is asked for what cannot be there."""
    document = "# Post-mortem: x\n\n| Field | Value |\n|---|---|\n| Severity | SEV1 |\n| Issue | none filed |\n"
    facts = {
        private: _point("Facts", checklist(document, reading(document), private=private)) for private in (True, False)
    }
    assert facts[True].done
    assert "issue" in facts[False].sentence


def _point(name: str, points: tuple[Check, ...]) -> Check:
    return next(point for point in points if point.name == name)
