"""A change to read: all of its diff is there, nothing in it breaks out, and nothing hides in it."""

import re

import pytest

from bot.change.model import ChangeKind, Edit, Planned, Projection, Standing
from bot.views import approval, changed
from bot.views.forms.parts import Memory
from bot.views.ids import Click
from tests.bot.views.changes import a_change, a_standing
from tests.bot.views.shown import lines, texts

HERE = Memory(channel="C0ROOM")


def read_all(standing: Standing) -> str:
    """The text of every page, one after the other."""
    pages = changed.pages(standing.change) if standing.change else []
    return "\n".join(block["text"]["text"] for page in pages for block in page if block["type"] == "section")


def plainly(text: str) -> str:
    """Escaped text in code blocks as people see it: without fences and the marks of lines that go on."""
    text = re.sub(r"(?m)^(```|\*Plan\*|\*Diff\*)$\n?", "", text).replace("\n↪ ", "").replace("\u2060", "")
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_each_count_has_its_word() -> None:
    """What is destroyed or replaced is never told as changed."""
    actions = (("delete",), ("delete", "create"), ("create", "delete"), ("read",), ("forget",))
    plan = Projection(
        resources=tuple(Planned(address=f"a.{n}", type="a", actions=each) for n, each in enumerate(actions)),
        outputs=("url",),
    )
    told = changed.plain_radius(a_change(projection=plan))
    assert told.startswith("stacks/nextcloud, 5 resources: 1 destroyed, 2 replaced, 1 read, 1 changed in another way")
    assert ", 1 output (a.0, a.1, a.2 and 2 more)" in told


def test_what_has_no_plan_says_what_it_touches() -> None:
    """A report, a pull request, and what was not planned yet."""
    assert changed.radius(a_change(kind=ChangeKind.REPORT)) == "the post-mortem alone"
    assert changed.radius(a_change(kind=ChangeKind.DOCUMENT)) == "`stacks/nextcloud/alert.tf`, as a pull request"
    assert changed.radius(a_change(projection=None)).endswith("; not planned yet")


def test_all_of_a_long_diff_can_be_read() -> None:
    """100 KB, page by page: every character of it is there, in order, and the pages turn."""
    text = "".join(f'  line_{n} = "<{n}> & ```{n}"\n' for n in range(3000)) + "x" * 5000
    change = a_change(edits=(Edit(path="a.tf", before=None, after=text),))
    standing = a_standing(change=change)
    assert len(text) > 90_000
    expected = "\n".join(["--- /dev/null", "+++ b/a.tf", f"@@ -0,0 +1,{3001} @@"])
    expected += "\n" + "\n".join(f"+{line}" for line in text.split("\n"))
    seen = plainly(read_all(standing))
    assert seen.removesuffix("\n").endswith(expected)
    first = approval.modal(standing, 0, HERE)
    assert "Page 1 of" in str(first)
    turns = [b["elements"] for b in first["blocks"] if b["type"] == "actions"][-1]
    assert [(e["action_id"], e["value"]) for e in turns] == [(Click.TODO_NEXT, "item-31:1")]
    second = approval.modal(standing, 1, HERE)
    assert [e["action_id"] for e in second["blocks"][-1]["elements"]] == [Click.TODO_BACK, Click.TODO_NEXT]
    told = "\n".join(lines(approval.card(standing)))
    assert re.search(r"\d+ more lines: \*Read all of it\*", told)


@pytest.mark.parametrize("text", ["a```b", "``````", "`" * 9, "x\n```\n<!channel>", "```<@U0ANA>"])
def test_a_diff_cannot_break_out_of_its_block(text: str) -> None:
    """In the card and on its pages there are only our own fences."""
    standing = a_standing(change=a_change(edits=(Edit(path="a`b```.tf", before=text, after=f"{text}\n{text}"),)))
    for block in [*approval.card(standing).blocks, *approval.modal(standing, 0, HERE)["blocks"]]:
        for said in texts(block):
            assert said.count("```") in (0, 2)
            assert "<!channel>" not in said
            assert "<@U0ANA>" not in said.split("```")[1:2]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\u202eb", "a⟨202E⟩b"),
        ("a\u200bb", "a⟨200B⟩b"),
        ("a\rb", "a⟨D⟩b"),
        ("# a\u2028b", "# a⟨2028⟩b"),
        ("a\x00b", "a⟨0⟩b"),
        ("a\U000e0041b", "a⟨E0041⟩b"),
    ],
)
def test_what_hides_in_a_diff_is_seen(text: str, seen: str) -> None:
    """What one reads is what is applied: marks that turn or hide text, and odd line ends, are told by number."""
    standing = a_standing(change=a_change(edits=(Edit(path="a.tf", before=None, after=text),)))
    assert f"+{seen}" in read_all(standing)


def test_a_change_of_many_lines_shows_both_sides() -> None:
    """What was there, and what is there instead; a file that goes says so."""
    edits = (Edit(path="a.tf", before="one\ntwo\n", after="one\nthree\n"), Edit(path="b.tf", before="x\n", after=None))
    told = changed.diff_text(edits)
    assert told.split("\n")[:2] == ["--- a/a.tf", "+++ b/a.tf"]
    assert "-two\n+three" in told
    assert "--- a/b.tf\n+++ /dev/null" in told
