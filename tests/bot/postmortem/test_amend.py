"""What the bot writes after publishing meets what people wrote in git meanwhile, and no line of theirs is lost."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.postmortem.amend import Clash, amend
from bot.postmortem.document.model import Document, Part
from bot.postmortem.document.owned import found
from bot.postmortem.document.parse import part_of, sections
from bot.postmortem.document.render import render
from bot.postmortem.edit import with_part
from tests.bot.postmortem.document.documents import BODY, DOCUMENTS

BASE = "One.\n\nTwo.\n\nThree."
WAS = render(Document(title="Mail", date=date(2026, 3, 2), parts={Part.SUMMARY: BASE}))
LINES = st.lists(st.sampled_from(["a", "b", "c", "", "- d", "One.", "Two.", "🙂"]), max_size=7).map("\n".join)

EDITS = st.dictionaries(st.sampled_from(Part), st.tuples(BODY, BODY), max_size=3)


def test_where_git_has_what_it_began_from_ours_is_written() -> None:
    """In the document's own line breaks, and nothing beside it."""
    for content in (WAS, WAS.replace("\n", "\r\n")):
        done = amend(content, {Part.SUMMARY: (BASE, "New."), Part.LUCKY: ("", "A Sunday.")}, {})
        assert (done.clashes, done.foreign) == ((), ())
        assert done.text == with_part(with_part(content, Part.SUMMARY, "New."), Part.LUCKY, "A Sunday.")
        assert amend(done.text, {Part.SUMMARY: (BASE, "New.")}, {}).text == done.text


def test_both_edits_are_kept_where_they_do_not_meet() -> None:
    """Line by line, as git does it."""
    theirs = with_part(WAS, Part.SUMMARY, BASE.replace("Three.", "Three, they say."))
    done = amend(theirs, {Part.SUMMARY: (BASE, BASE.replace("One.", "One, we say."))}, {})
    assert part_of(done.text, Part.SUMMARY) == "One, we say.\n\nTwo.\n\nThree, they say."
    assert done.clashes == ()


def test_where_they_meet_theirs_stays_and_somebody_is_asked() -> None:
    """Also where the heading is gone, and where ours would change what stands around it."""
    theirs = with_part(WAS, Part.SUMMARY, BASE.replace("Two.", "Two, they say."))
    ours = BASE.replace("Two.", "Two, we say.")
    done = amend(theirs, {Part.SUMMARY: (BASE, ours)}, {})
    assert done.text == theirs
    (clash,) = done.clashes
    assert clash == Clash(part=Part.SUMMARY, base=BASE, ours=ours, theirs=BASE.replace("Two.", "Two, they say."))
    gone = WAS.replace("## Summary\n", "")
    assert amend(gone, {Part.SUMMARY: (BASE, ours)}, {}).text == gone
    assert [clash.theirs for clash in amend(gone, {Part.SUMMARY: (BASE, ours)}, {}).clashes] == [""]
    swallowing = amend(WAS, {Part.SUMMARY: (BASE, "```\nnot closed")}, {})
    assert (swallowing.text, len(swallowing.clashes)) == (WAS, 1)


def test_blocks_are_replaced_where_their_marks_are() -> None:
    """And left, and named, where they are not."""
    without = WAS.replace("<!-- holdfast:end timeline -->", "")
    done = amend(without, {}, {"facts": "| a |", "timeline": "| b |"})
    assert done.foreign == ("timeline",)
    span = found(done.text, "facts")
    assert span is not None
    assert done.text[span.start : span.end] == "| a |"
    assert "| b |" not in done.text
    assert amend(done.text, {}, {"facts": "| a |"}).text == done.text


@given(st.sampled_from(Part), LINES, LINES, LINES)
def test_no_line_that_people_have_is_lost(part: Part, base: str, ours: str, theirs: str) -> None:
    """Unless ours replaced exactly the lines that it began from; and done again it changes nothing."""
    began = with_part(WAS, part, base)
    content = with_part(began, part, theirs)
    edits = {part: (part_of(began, part), ours)}
    done = amend(content, edits, {})
    lines = set(part_of(content, part).splitlines()) - set(part_of(began, part).splitlines())
    assert lines <= set(done.text.splitlines())
    assert amend(done.text, edits, {}) == done
    if done.clashes:
        assert done.text == content


@given(
    DOCUMENTS,
    st.dictionaries(st.sampled_from(Part), st.tuples(BODY, BODY), max_size=3),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_nobody_edits_keeps_every_byte(
    document: Document, edits: dict[Part, tuple[str, str]], newline: str
) -> None:
    """Other sections, blocks and what stands between them; doing it again changes nothing."""
    content = render(document).replace("\r", "").replace("\n", newline)
    done = amend(content, edits, {"timeline": "| x |"})
    names = {part.casefold() for part in edits} | {"timeline (utc)"}
    kept = [
        [text[each.span.start : each.span.end] for each in sections(text) if each.name not in names]
        for text in (content, done.text)
    ]
    assert kept[0] == kept[1]
    assert amend(done.text, edits, {"timeline": "| x |"}) == done
    assert amend(content, {}, {}).text == content
