"""The record of what was implemented: rows as the repository writes them, finished items, and no other byte."""

from datetime import date

import pytest

from bot.errors import Refused
from bot.postmortem.document.model import Document, Planned
from bot.postmortem.document.model import Implemented as Row
from bot.postmortem.document.parse import parse
from bot.postmortem.document.render import render
from bot.postmortem.implemented import EXISTING, REVIEW, Followup, reviewed, with_done, with_followup
from bot.postmortem.model import Identity, Status
from tests.bot.postmortem.reading import HEAD, reading

WEB = "https://github.com/ViktorBarzin/infra"
SHA = "abc1234" + "0" * 33
DAY = date(2026, 4, 14)
DONE = Followup(
    action="Add NFS RPC retransmission alert",
    priority="P2",
    type="Alert",
    day=DAY,
    commit=SHA,
    web=WEB,
    by="postmortem-todo-resolver",
)
HELD = Followup(action="Migrate Vault to encrypted PVC", priority="P1", type="Migration", by=REVIEW)
#: As the pipeline's own document shows it; only the link leads to the commit's whole name.
TABLE = f"""\
| Date | Action | Priority | Type | Commit | Implemented By |
|------|--------|----------|------|--------|----------------|
| 2026-04-14 | Add NFS RPC retransmission alert | P2 | Alert | [`abc1234`]({WEB}/commit/{SHA}) | \
postmortem-todo-resolver |
| — | Migrate Vault to encrypted PVC | P1 | Migration | — | Needs human review |
"""
OURS = render(Document(title="Down", date=DAY, plan=(Planned(action="Add an alert", type="Alert", priority="P1"),)))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("before", ["# T\n\nWords", "# T\n\nWords\n", "# T\n\nWords  \n\n\n"])
def test_the_table_of_the_conventions(before: str, newline: str) -> None:
    """A document without a record gets a section with it at its end, to the byte."""
    content = before.replace("\n", newline)
    words, rest = before.rstrip("\n"), before[len(before.rstrip("\n")) :] or "\n"
    written = f"{words}\n\n## Follow-up Implementation\n\n{TABLE[:-1]}{rest}"
    assert with_followup(content, [DONE, HELD]) == written.replace("\n", newline)


def test_what_comes_last_stays_last() -> None:
    """The section is put before references and supporting information."""
    content = "# T\n\n## Impact\n\nx\n\n## Supporting information\n\ny\n\n## References\n\nz\n"
    written = with_followup(content, [HELD])
    assert written.index("## Impact") < written.index("## Follow-up Implementation") < written.index("## Supporting")
    assert written.replace(written[written.index("## Follow") : written.index("## Supporting")], "") == content


def test_a_table_of_peoples_own() -> None:
    """Columns are found by name, whatever case and order; those of others are left alone, and it stays where it is."""
    head = "### 7. FOLLOW-UP implementation\n\nWho did what:\n\n|Reviewer|commit|IMPLEMENTED BY|action|\n|-|-|-|-|\n"
    content = f"# T\n\n{head}|ana|x|bo|Something|\n\nMore words.\n\n## Next\n\ny\n"
    row = f"| — | [`abc1234`]({WEB}/commit/{SHA}) | postmortem-todo-resolver | Add NFS RPC retransmission alert |\n"
    written = with_followup(content, [DONE])
    assert written == content.replace("|Something|\n", f"|Something|\n{row}")
    assert with_followup(written.replace("| — | [", "| ana | ["), [DONE]) == written.replace("| — | [", "| ana | [")


def test_the_block_of_ours() -> None:
    """In a document of ours the rows stand in its block, and are its data."""
    written = with_followup(OURS, [DONE, HELD])
    done, held = parse(written).implemented
    assert (done.date, done.commit.url, done.by) == ("2026-04-14", f"{WEB}/commit/{SHA}", "postmortem-todo-resolver")
    assert held == Row(date="—", action=HELD.action, priority="P1", type="Migration", commit=held.commit, by=REVIEW)
    assert render(parse(written)).count("|") == written.count("|")
    begin = "<!-- holdfast:begin implemented -->"
    emptied = f"{OURS[: OURS.index(begin)]}{begin}\n\n{OURS[OURS.index('<!-- holdfast:end implemented') :]}"
    assert with_followup(emptied, [DONE, HELD]) == written


def test_a_row_is_replaced() -> None:
    """What waited for a person and is done by now, by the same words in whatever dress; and not what another did."""
    waiting = with_followup("# T\n", [HELD, DONE])
    done = DONE.model_copy(update={"action": "**Migrate** `Vault` to encrypted PVC"})
    written = with_followup(waiting, [done])
    assert written.count("\n| ") == 3
    assert REVIEW not in written
    refused = HELD.model_copy(update={"by": reviewed("It would\ndestroy something.")})
    assert "| — | Needs human review: It would destroy something. |" in with_followup(waiting, [refused])


def test_equal_items_have_a_row_each() -> None:
    """Of two with the same words, what the second did does not take the place of the first one's row."""
    content = f"# T\n\n## Plan\n\n{HEAD}| P1 | Add it | Alert | a | TODO |\n| P1 | Add it | Alert | b | TODO |\n"
    first = DONE.model_copy(update={"action": "Add it"})
    second = first.model_copy(update={"commit": "f" * 40})
    written = with_followup(with_followup(content, [first]), [second])
    assert (written.count("`abc1234`"), written.count("`fffffff`")) == (1, 1)
    assert with_followup(written, [second, first]) == written


def test_what_a_row_may_say() -> None:
    """Without an address the short name alone; without a commit a dash; what was there already says so."""
    written = with_followup("", [DONE.model_copy(update={"web": ""}), HELD.model_copy(update={"by": EXISTING})])
    assert "| `abc1234` |" in written
    assert "| — | Verified existing |" in written
    assert reviewed(" ") == REVIEW
    odd = DONE.model_copy(update={"commit": "abc1234](http://x)"})
    assert "http" not in with_followup("", [odd])


@pytest.mark.parametrize(
    "action",
    [
        "a | b\n| P1 | c | Alert | d | TODO |",
        "<!-- holdfast:end implemented -->",
        "`<!-- x` and `-->` and `a|b`",
        "a\n\n## Action items\n\n- [ ] b",
        "[a](https://example.com) ![b](c) <b>d</b> \\| `",
        "Left open: it. Action (open): more.",
        "trailing \\",
        "zero\u200bwidth\u202e \0",
    ],
)
@pytest.mark.parametrize("content", ["# T\n\nx\n", OURS])
def test_words_are_just_words(content: str, action: str) -> None:
    """Whatever an action holds, it is one row, nothing else, and the same again."""
    row = DONE.model_copy(update={"action": action, "by": reviewed(action), "type": action, "priority": action})
    written = with_followup(content, [row])
    assert with_followup(written, [row]) == written
    (added,) = [line for line in written.splitlines() if "2026-04-14 |" in line and "abc1234" in line]
    assert parse(written).implemented or content != OURS
    assert "<!--" not in added
    assert [item.action for item in reading(written).items] == [item.action for item in reading(content).items]


def test_code_stays_code() -> None:
    """And what is bold loses its marks."""
    row = DONE.model_copy(update={"action": "**Raise** `replicas` of [it](x) *now*"})
    assert "| Raise `replicas` of \\[it\\](x) \\*now\\* |" in with_followup("", [row])


@pytest.mark.parametrize("end", ["```\ncode\n", "<!-- a comment\n", "~~~~\n"])
def test_a_document_that_does_not_end(end: str) -> None:
    """What would be added inside of code or a comment is refused."""
    with pytest.raises(Refused, match="not closed"):
        with_followup(f"# T\n\n{end}", [DONE])


def test_a_record_that_is_a_plan_too() -> None:
    """Where a row of the record would be an action item, a person adds it."""
    content = "# T\n\n## Follow-up implementation\n\n| Action | Status | Commit |\n|---|---|---|\n| a | Done | x |\n"
    with pytest.raises(Refused, match="action items"):
        with_followup(content, [DONE])


def test_nothing_to_record() -> None:
    """Then the document stays as it is."""
    assert with_followup("# T", []) == "# T"


def test_an_item_is_done() -> None:
    """Its row, or its box, found by its words and its place among equals wherever it stands by now."""
    content = (
        f"# T\n\n## Plan\n\n{HEAD}| P1 | Add it | Alert | a | TODO |\n| P1 | Add it | Alert | b | TODO |\n\n- [ ] c\n"
    )
    first, second, box = (item.identity for item in reading(content).items)
    moved = content.replace("# T\n", "# T\n\nNew words.\n")
    assert with_done(moved, second) == moved.replace("| b | TODO |", "| b | Done |")
    assert with_done(moved, box) == moved.replace("[ ]", "[x]")
    assert with_done(with_done(moved, first), second).count("| Done |") == 2
    assert [item.status for item in reading(with_done(moved, first)).items][:2] == [Status.DONE, Status.OPEN]


def test_an_item_that_cannot_be_done() -> None:
    """Gone, closed, or without a place that says how it stands."""
    content = f"# T\n\n## Plan\n\n{HEAD}| P1 | Add it | Alert | a | Done |\n\n## Follow-ups\n\n- Add another alert\n"
    closed, bullet = (item.identity for item in reading(content).items)
    for identity, words in (
        (closed, "already"),
        (bullet, "no status cell"),
        (closed.model_copy(update={"ordinal": 1}), "any more"),
        (Identity(document=closed.document, digest="0" * 32, ordinal=0), "any more"),
    ):
        with pytest.raises(Refused, match=words):
            with_done(content, identity)
