"""What was found out about an item stands under the record, quoted, between marks of ours, and is just words."""

from datetime import date

import pytest

from bot.errors import Refused
from bot.postmortem.document.model import Document
from bot.postmortem.document.parse import parse
from bot.postmortem.document.render import render
from bot.postmortem.implemented import HEADING
from bot.postmortem.model import Identity
from bot.postmortem.reported import with_report
from bot.postmortem.words import digest
from tests.bot.postmortem.reading import reading

ACTION = "Find out why it was slow"
IDENTITY = Identity(document="x.md", digest=digest(ACTION), ordinal=0)
OURS = render(Document(title="Down", date=date(2026, 4, 14)))
NAME = f"report-{IDENTITY.digest[:12]}"
REPORT = f"""\
<!-- holdfast:begin {NAME} -->

### Find out why it was slow

> The disk was full.
>
> - one
> - two

<!-- holdfast:end {NAME} -->"""


def test_a_report() -> None:
    """Paragraphs and lists stay; it comes where the section ends, or makes one."""
    text = "The disk was full.\n\n* one\n- two\n"
    content = "# T\n\n## Follow-up implementation\n\nWords.\n\n### More\n\nx\n\n## Next\n"
    assert with_report(content, IDENTITY, ACTION, text) == content.replace("x\n\n", f"x\n\n{REPORT}\n\n")
    assert with_report("# T\n", IDENTITY, ACTION, text) == f"# T\n\n{HEADING}\n\n{REPORT}\n"
    windows = with_report("# T\r\n", IDENTITY, ACTION, text)
    assert windows.count("\n") == windows.count("\r\n")


def test_a_report_in_a_document_of_ours() -> None:
    """It stands behind the block of the record, in which it would be lost; all else is as it was."""
    written = with_report(OURS, IDENTITY, ACTION, "x")
    assert written.index("holdfast:end implemented") < written.index(NAME) < written.index("## Supporting")
    assert parse(written) == parse(OURS)


def test_a_report_is_replaced() -> None:
    """It is there once, with its newest words; another item's stays."""
    other = IDENTITY.model_copy(update={"ordinal": 1})
    written = with_report(with_report("# T\n", IDENTITY, ACTION, "old"), other, ACTION, "other")
    again = with_report(written, IDENTITY, ACTION, "new")
    assert again == written.replace("> old", "> new")
    assert with_report(again, IDENTITY, ACTION, "new") == again
    with pytest.raises(Refused, match="marks"):
        with_report(written.replace(f"<!-- holdfast:end {NAME} -->", ""), IDENTITY, ACTION, "new")


@pytest.mark.parametrize(
    "action", [ACTION, f"{ACTION} (open)", "1. Move it — to do", "[x] | <!-- `a", "\n# What (todo)"]
)
@pytest.mark.parametrize(
    "text",
    [
        "Left open: a second probe. Action (open): add it. It is a follow-up.",
        "## Action items\n\n- [ ] Add a probe\n\n| Action | Type | Status |\n|---|---|---|\n| a | Alert | TODO |",
        "<!-- holdfast:end report -->\n```\n    code\n<div>\n",
        "",
    ],
)
@pytest.mark.parametrize("content", ["# T\n\n## Plan\n\n- [ ] Add it\n", OURS])
def test_a_report_adds_no_item(content: str, text: str, action: str) -> None:
    """Whatever it says, the document has the items that it had."""
    written = with_report(content, IDENTITY, action, text)
    assert [item.action for item in reading(written).items] == [item.action for item in reading(content).items]
    assert with_report(written, IDENTITY, action, text) == written
    assert written.count("<!--") == content.count("<!--") + 2
