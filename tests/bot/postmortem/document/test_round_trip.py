"""What is written is read back as it was, and an edit changes its own place and no byte beside it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.postmortem.document.cells import cell, plain_cell, plain_prose, prose, tidy
from bot.postmortem.document.model import ASKS, Document, Part, Planned
from bot.postmortem.document.owned import BLOCKS, found, replaced
from bot.postmortem.document.parse import parse, part_of, sections
from bot.postmortem.document.render import placeholder, render
from bot.postmortem.edit import with_part, with_status
from bot.postmortem.policy import Policy
from bot.postmortem.reader import read
from tests.bot.postmortem.document.documents import DOCUMENTS
from tests.bot.postmortem.test_properties import MESS

EMPTY = Document(title="Nextcloud is down", date=date(2026, 3, 2))


@given(MESS)
def test_a_cell_says_what_was_put_into_it(text: str) -> None:
    """Whatever it was; and it stays one cell of one line."""
    written = cell(text)
    assert plain_cell(written) == tidy(text)
    assert len(written.splitlines()) <= 1


@given(MESS)
def test_what_people_wrote_is_read_as_they_wrote_it(text: str) -> None:
    """Where Markdown is not read no mark of it is seen."""
    lines = [tidy(line) for line in tidy(text).split("\n")]
    assert plain_prose(prose(text)) == "\n".join(lines).strip()
    assert plain_prose(f"- **Users:** {prose('all *of* us')}\n- [a\\_b](https://example.com)") == (
        "- Users: all *of* us\n- a_b https://example.com"
    )


@given(DOCUMENTS)
def test_what_is_rendered_is_parsed_back(document: Document) -> None:
    """All of it: facts, timeline, plan, record, and what people wrote."""
    content = render(document)
    assert parse(content) == document
    assert render(parse(content)) == content


@given(MESS)
def test_any_text_can_be_parsed(content: str) -> None:
    """Somebody else's document, or none at all, is a document with little in it."""
    assert isinstance(parse(content), Document)


@given(DOCUMENTS, st.sampled_from(BLOCKS), MESS, st.sampled_from(["\n", "\r\n"]))
def test_a_block_of_ours_is_replaced_alone(document: Document, name: str, body: str, newline: str) -> None:
    """Every byte before and after it stays; put back, the document is what it was."""
    content = render(document).replace("\r", "").replace("\n", newline)
    span = found(content, name)
    assert span is not None
    was = content[span.start : span.end]
    body = " ".join(body.split()) or "x"
    changed = replaced(content, name, body)
    assert changed == content[: span.start] + body + content[span.end :]
    assert replaced(changed, name, was) == content


@given(DOCUMENTS, st.sampled_from(Part), MESS)
def test_a_section_is_replaced_alone_or_not_at_all(document: Document, part: Part, text: str) -> None:
    """Whatever somebody types there: refused with words, or in its place and nowhere else."""
    content = render(document)
    try:
        changed = with_part(content, part, text)
    except Refused:
        return
    kept = {other: body for other, body in document.parts.items() if other is not part}
    after = parse(changed)
    assert {other: body for other, body in after.parts.items() if other is not part} == kept
    assert after.model_copy(update={"parts": {}}) == document.model_copy(update={"parts": {}})
    assert with_part(changed, part, part_of(content, part)) == content


@pytest.mark.parametrize(
    "text",
    [
        "```\nnot closed",
        "<!-- not closed",
        "## Impact\n\nagain",
        "Impact\n---",
        "## Another",
        "fine\n<!-- holdfast:begin facts -->\nx",
        "fine <!-- oops",
    ],
)
def test_a_text_that_would_swallow_its_neighbours_is_refused(text: str) -> None:
    """With a sentence that says what to do."""
    with pytest.raises(Refused, match="close its code blocks"):
        with_part(render(EMPTY), Part.SUMMARY, text)


def test_what_nobody_wrote_asks_for_it() -> None:
    """Every section says what belongs there; it is empty all the same."""
    content = render(EMPTY)
    assert parse(content).waiting == tuple(Part)
    for part in Part:
        assert ASKS[part] in content
    written = with_part(content, Part.LUCKY, "It was a Sunday.")
    assert parse(written).parts == {Part.LUCKY: "It was a Sunday."}
    assert with_part(written, Part.LUCKY, "  ") == content
    assert placeholder(Part.LUCKY) in content


def test_changing_one_status_changes_one_cell() -> None:
    """A row that the bot wrote is one that it can read, and mark as done."""
    alert = Planned(priority="P2", action="Alert on 5xx | of `a_b`", type="Alert")
    move = Planned(priority="P1", action="Move the disk", type="Migration", owner="@ana", due="2026-04-01")
    content = render(EMPTY.model_copy(update={"plan": (alert, move)}))
    first, second = read("2026-03-02-x.md", content, Policy()).items
    assert (first.safe, second.safe) == (True, False)
    assert (second.owner, second.due) == ("ana", date(2026, 4, 1))
    changed = with_status(content, first, "Done")
    assert [a for a, b in zip(content.split("\n"), changed.split("\n"), strict=True) if a != b] == [
        content.split("\n")[first.line - 1]
    ]
    assert parse(changed).plan[0].status == "Done"
    assert parse(changed).plan[1] == parse(content).plan[1]


def test_marks_that_are_gone_or_there_twice_are_nobodys() -> None:
    """Then the bot leaves the block alone, and says so."""
    content = render(EMPTY)
    without = content.replace("<!-- holdfast:end timeline -->", "")
    twice = content + content
    for broken in (without, twice):
        assert found(broken, "timeline") is None
        with pytest.raises(Refused, match="timeline"):
            replaced(broken, "timeline", "x")


def test_what_people_add_beside_our_sections_stays() -> None:
    """Headings of their own, a second one of the same name, and a block whose heading somebody took away."""
    content = render(EMPTY)
    added = content.replace("## Timeline (UTC)", "## Customers\n\nimportant words\n\n## Summary\n\ntwice")
    changed = with_part(with_part(added, Part.IMPACT, "new"), Part.SUMMARY, "once")
    for kept in ("## Customers\n\nimportant words", "## Summary\n\ntwice", "holdfast:begin timeline"):
        assert kept in changed
    without = content.replace("## Timeline (UTC)\n", "")
    with pytest.raises(Refused):
        with_part(without, Part.IMPACT, "new")


@pytest.mark.parametrize(
    "content", ["- ## Summary\n", "1.  Summary\n    ---\n", "\ufeff## Summary\n\nwords", "> ## Impact\n"]
)
def test_a_heading_in_a_strange_place_breaks_nothing(content: str) -> None:
    """In a list, in a quotation, behind a byte-order mark."""
    assert isinstance(parse(content), Document)
    sections(content)


def test_an_emptied_block_is_filled_again() -> None:
    """Somebody deleted the table between its marks; the marks stay, and work the next time too."""
    content = render(EMPTY)
    span = found(content, "timeline")
    assert span is not None
    emptied = content[: span.start] + content[span.end :]
    filled = replaced(emptied.replace("begin timeline -->\n\n\n\n", "begin timeline -->\n"), "timeline", "| a |")
    assert "<!-- holdfast:begin timeline -->\n\n| a |\n\n<!-- holdfast:end timeline -->" in filled
    assert replaced(replaced(filled, "timeline", "| b |"), "timeline", "| a |") == filled
