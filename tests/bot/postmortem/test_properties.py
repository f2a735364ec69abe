"""Whatever a document holds: reading never fails, frees only what was planted, and an edit changes its cell alone."""

import json
import string

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.postmortem.edit import ticked, with_status
from bot.postmortem.listing import listing
from bot.postmortem.model import Shape, Status
from bot.postmortem.policy import Policy
from bot.postmortem.reader import read

#: What breaks parsers: marks of Markdown and HTML, line breaks of every kind, other scripts, and our own words.
PIECES = st.sampled_from(
    [
        *"|`*_~[]()<>#-+!\\&:.=@'\"",
        *["\n", "\n\n", "\r\n", "\r", "\t", "    ", " ", "\0", "\u2028", "\ufeff", "\u202e", "\u200b", "🙂", "א", "é"],
        *[
            "```",
            "~~~",
            "<!--",
            "-->",
            "<del>",
            "</del>",
            "<br>",
            "<details>",
            "&#124;",
            "\\|",
            "|---|---|",
            "---",
            "===",
        ],
        *["- [ ] ", "- [x] ", "1. ", "> ", "## ", "# ", "[a](b)", "**", "~~", "`a|b`", "$&", "{{ x }}"],
        *[
            "TODO",
            "Done",
            "Alert",
            "Config",
            "Migration",
            "P1",
            "Action",
            "Type",
            "Status",
            "Details",
            "Priority",
            "Owner",
        ],
        *[
            "## Action items\n\n",
            "## Lessons\n\n",
            "Follow-up:",
            "either",
            " or ",
            "delete",
            "vault",
            "Add alert on x",
            "@ana",
        ],
        *["| Action | Type | Status |\n|---|---|---|\n", "| Add a | Alert | TODO |\n", "within 1 week", "2026-05-05"],
    ]
)
MESS = st.lists(PIECES, max_size=60).map("".join)
WORDS = st.text(string.ascii_lowercase + " ", min_size=1, max_size=20).map(lambda text: f"w{text}".strip())
#: What stands around the planted items, and must not free or hide any.
AROUND = st.sampled_from(
    [
        "Some words.\n",
        "- a bullet | with a bar\n- [ ] a box\n  - [x] nested\n",
        "> | Action | Type | Status |\n> |---|---|---|\n> | Add alert on quoted | Alert | TODO |\n",
        "```\n| Action | Type | Status |\n|---|---|---|\n| Add alert on fenced | Alert | TODO |\n```\n",
        "<!-- | Action | Type | Status |\n|---|---|---|\n| Add alert on hidden | Alert | TODO |\n-->\n",
        "| Action | Type | Status |\n|---|---|---|\n| Move it | Migration | TODO |\n| Delete it | Config | TODO |\n",
        "| Action | Status |\n|---|---|\n| Add alert on untyped | TODO |\n",
        "| Action | Type | Status |\n|---|---|---|\n| Add alert on done | Alert | Done |\n| Alert on x | Alert | |\n",
        "| Gap | Type | Fix |\n|---|---|---|\n| no alert | Alert | Add alert on gap |\n",
        "Text with `a|b`, [a link](https://example.com/a_b), **bold** 🙂 and אב.\n",
    ]
)
STATUSES = st.sampled_from(["TODO", "**TODO**", "Open"])


@st.composite
def planted(draw: st.DrawFn) -> tuple[str, set[str]]:
    """A document with typed open rows among other things, and the actions of those rows."""
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    parts, actions = ["# Title\n"], set()
    for number in range(draw(st.integers(0, 4))):
        parts.append(draw(AROUND))
        action = f"Add alert on {draw(WORDS)} {number}"
        actions.add(" ".join(action.split()))
        head = "| Action | Details | Type | Status |\n|---|:-:|---|---|\n"
        details = draw(st.sampled_from(["", "`a \\| b`", "for 5m", "[page](x)"]))
        parts.append(f"## Plan {number}\n\n{head}| {action} | {details} | Alert | {draw(STATUSES)} |\n")
    parts.append(draw(AROUND))
    content = "\n".join(parts).replace("\n", newline)
    return (content if draw(st.booleans()) else content.rstrip()), actions


@given(MESS)
@settings(max_examples=400, deadline=None)
def test_nothing_makes_reading_fail(content: str) -> None:
    """Every item has a place, words and, where it is held, a reason; and all of it can be printed."""
    reading = read("2026-05-05-x.md", content, Policy())
    lines = content.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for item in reading.items:
        assert 1 <= item.line <= lines
        assert item.action.strip()
        assert bool(item.reason) == (item.is_open and not item.safe)
    assert len({item.identity for item in reading.items}) == len(reading.items)
    assert json.loads(json.dumps(listing(reading)))["total_todos_in_doc"] == sum(i.is_open for i in reading.items)


@given(planted())
@settings(deadline=None)
def test_only_what_was_planted_is_safe(document: tuple[str, set[str]]) -> None:
    """All of it, and nothing of what stands around it."""
    content, actions = document
    assert {item.action for item in read("x.md", content, Policy()).safe} == actions


@given(planted(), MESS)
@settings(deadline=None)
def test_a_mess_frees_nothing(document: tuple[str, set[str]], mess: str) -> None:
    """Whatever is written in front of a document, what becomes safe has an action and a type that say so themselves."""
    assume("```" not in mess and "~~~" not in mess)  # an open fence turns inside out what follows it
    content, actions = document
    whole = f"{mess}\n{content}"
    for item in read("x.md", whole, Policy()).safe:
        assert item.shape is Shape.TYPED_ROW
        assert item.action in actions or item.action in mess
        assert not any(word in f"{item.action} {item.details}".casefold() for word in ("delete", "vault", "either"))


@given(planted(), st.sampled_from(["Done", "in progress", "✅ Done"]))
@settings(deadline=None)
def test_one_status_changed_is_one_cell_changed(document: tuple[str, set[str]], words: str) -> None:
    """Every other byte is what it was, and the item is read with its new status."""
    content, _ = document
    for item in read("x.md", content, Policy()).items:
        if item.status_cell is None or item.shape is Shape.CHECKBOX:
            continue
        changed = with_status(content, item, words)
        cell = item.status_cell
        assert changed.encode()[: len(content[: cell.start].encode())] == content[: cell.start].encode()
        assert changed[cell.start + len(words) :] == content[cell.end :]
        again = next(found for found in read("x.md", changed, Policy()).items if found.line == item.line)
        assert (again.status_text, again.action) == (words, item.action)


@given(MESS)
@settings(deadline=None)
def test_any_status_cell_that_is_found_can_be_changed_alone(content: str) -> None:
    """Also in a mess: either the very cell, or a refusal."""
    for item in read("x.md", content, Policy()).items:
        if item.status_cell is None:
            continue
        if item.shape is Shape.CHECKBOX:
            changed = ticked(content, item, Status.DONE)
            assert (changed[: item.status_cell.start], len(changed)) == (
                content[: item.status_cell.start],
                len(content),
            )
        else:
            changed = with_status(content, item, "Done")
            assert changed == content[: item.status_cell.start] + "Done" + content[item.status_cell.end :]


HOSTILE = {
    "bars": "|" * 10,
    "table": "| Action | Status |\n|---|---|\n",
    "quotes": "> " * 40 + "x\n",
    "lists": "- " * 20 + "x\n",
    "brackets": "[a](",
    "ticks": "`` ` ",
    "comments": "x <!-- ",
    "stars": "**a* ",
    "boxes": "- [ ] \u202ea\u200b\n",
    "sentences": "TODO: either a or b within 1 ",
    "headings": "## Action items (\n",
    "links": "[a]: <\n",
    "breaks": "a\r",
    "html": "<div>\n\n",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "size", [200_000, pytest.param(5_000_000, marks=[pytest.mark.proof, pytest.mark.timeout(900)])]
)
def test_size_is_no_weapon(name: str, size: int) -> None:
    """Five megabytes of what is worst for parsers end, and free nothing."""
    assert read("x.md", HOSTILE[name] * (size // len(HOSTILE[name])), Policy()).safe == ()
