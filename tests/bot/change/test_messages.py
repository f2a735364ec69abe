"""A commit about a change says it in the repository's own form, and nothing that somebody wrote acts in it."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.change.messages import (
    LONGEST,
    final_message,
    harmless,
    item_message,
    report_message,
    rollback_message,
    runbook_message,
)
from bot.change.model import Source, TrackedItem

DAY = date(2026, 4, 14)
#: What forges and pipelines act on.
ACTS = re.compile(
    r"\[|\]|\*\*\*NO_CI|#\w|\bGH-\d|://|(?<![A-Za-z0-9_])@\w|-by\s*:|-checks\s*:|[\x00-\x1f\x7f-\x9f\u2028\u2029]",
    re.IGNORECASE,
)


def item(action: str, source: Source = Source.DOCUMENT, issue: int | None = None) -> TrackedItem:
    """An item of a document of that day, else a wish or a fix without one."""
    day = DAY if source is Source.DOCUMENT else None
    at = datetime(2026, 4, 14, 12, tzinfo=UTC)
    return TrackedItem(id="1", number=31, source=source, action=action, issue=issue, day=day, changed_at=at)


def test_the_conventions() -> None:
    """Of CONTRIBUTING and the pipeline's own document, to the byte."""
    added = item("add NFS alert")
    assert item_message(added, verified=True) == "fix(post-mortem): add NFS alert [PM-2026-04-14]"
    assert final_message(DAY) == "docs: update post-mortem follow-up implementation [PM-2026-04-14] [ci skip]"
    wish, fix = item("add a monitor", Source.FEATURE, 7), item("raise the limit", Source.FIX, 8)
    assert item_message(wish, verified=True) == "feat: add a monitor (fixes #7)"
    assert item_message(fix, verified=True) == "fix: raise the limit (fixes #8)"


def test_what_was_not_verified_closes_nothing() -> None:
    """It refers to its issue; without an issue it says nothing of one, and of a document's item neither."""
    assert item_message(item("add a monitor", Source.FEATURE, 7), verified=False) == "feat: add a monitor (refs #7)"
    assert item_message(item("raise the limit", Source.FIX), verified=True) == "fix: raise the limit"
    assert item_message(item("add NFS alert", issue=9), verified=True).endswith("add NFS alert [PM-2026-04-14]")
    assert "#" not in rollback_message(item("add a monitor", Source.FEATURE, 7))


def test_what_else_is_committed() -> None:
    """Reports and runbooks are documents; what is taken back says so; a document without a date has no mark."""
    asked = item("Find out why")
    assert report_message(asked) == "docs: report on Find out why [PM-2026-04-14] [ci skip]"
    assert runbook_message(asked) == "docs: runbook for Find out why [PM-2026-04-14] [ci skip]"
    assert rollback_message(asked) == "fix(post-mortem): take back: Find out why [PM-2026-04-14]"
    undated = asked.model_copy(update={"day": None})
    assert item_message(undated, verified=True) == "fix(post-mortem): Find out why"
    assert final_message(None) == "docs: update post-mortem follow-up implementation [ci skip]"


def test_a_private_incident_says_nothing() -> None:
    """Neither its words nor its issue."""
    secret = item("Alert on the merger's database")
    assert item_message(secret, verified=True, neutral=True) == "fix(post-mortem): follow-up T-31 [PM-2026-04-14]"
    fix = item("Alert on the merger's database", Source.FIX, 8)
    assert item_message(fix, verified=True, neutral=True) == "fix: follow-up T-31"
    for said in (rollback_message, report_message, runbook_message):
        assert "merger" not in said(secret, neutral=True)
        assert "T-31" in said(secret, neutral=True)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Add an alert [ci skip]", "Add an alert (ci skip)"),
        ("Add an alert &#91;skip ci&#93;", "Add an alert (skip ci)"),
        ("Add [PM-2020-01-01] alert", "Add (PM-2020-01-01) alert"),
        ("Add an alert, fixes #1", "Add an alert, fixes no. 1"),
        ("closes example/infra#12", "closes example/infra no. 12"),
        ("closes https://example.com/o/r/issues/12", "closes example.com/o/r/issues/12"),
        ("resolves GH-12", "resolves GH 12"),
        ("fixes #@#1", "fixes no. 1"),
        ("ask @ana and a@b", "ask ana and a@b"),
        ("Add it\n\nCo-authored-by: Eve <eve@example.com>", "Add it Co-authored-by Eve <eve@example.com>"),
        ("Add it\u2028\u202eskip-checks: true", "Add it skip-checks true"),
        ("**Add** `kube` [alert](https://example.com)", "Add kube alert"),
        ("fixes #\u200b1", "fixes no. 1"),
        ("  Add   an\talert ", "Add an alert"),
        ("🙂 [] #", ""),
    ],
)
def test_words_without_powers(written: str, said: str) -> None:
    """What would skip a pipeline, close an issue, call somebody or begin a line is only words."""
    assert harmless(written) == said


def test_an_item_without_words_is_named_by_its_key() -> None:
    """A subject always says something."""
    assert item_message(item("[]"), verified=True) == "fix(post-mortem): follow-up T-31 [PM-2026-04-14]"


@given(
    st.lists(
        st.sampled_from(
            [*"#@[]:/-*`&;\n\r\t\0 1a", "fixes", "#1", "@ana", "[ci skip]", "GH-", "http://", "-by:", "&#35;"]
        ),
        max_size=30,
    ).map("".join)
)
def test_nothing_gets_through(action: str) -> None:
    """Whatever is written, the subject is one line of ours with one mark, and no word in it acts."""
    words = harmless(action)
    assert len(words) <= LONGEST
    assert not ACTS.search(words), words
    said = item_message(item(action or "x", Source.FEATURE, 7), verified=False)
    assert re.fullmatch(r"feat: [^\n]+ \(refs #7\)", said)
    assert said.count("#") - harmless(action).count("#") == 1
