"""A draft is applied to the letter where it fits, and is refused whole where it does not."""

from difflib import unified_diff

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.change.drafted import LONGEST, PARTS, edits_of
from bot.change.model import Drafted
from bot.errors import Refused

FILE = "stacks/nextcloud/main.tf"
TEXT = 'a = 1\nmemory = "64Mi"\nb = 2\n'
DIFF = f'--- a/{FILE}\n+++ b/{FILE}\n@@ -1,3 +1,3 @@\n a = 1\n-memory = "64Mi"\n+memory = "2Gi"\n b = 2\n'
NEW = "--- /dev/null\n+++ b/x/new.tf\n@@ -0,0 +1,2 @@\n+a = 1\n+b = 2\n"


def _after(change: str, before: str | None = TEXT, file: str = FILE) -> str | None:
    """The one file's text."""
    (edit,) = edits_of(Drafted(file=file, change=change, by="report_writer"), {file: before})
    assert (edit.path, edit.before) == (file, before)
    return edit.after


@pytest.mark.parametrize(
    "change",
    [
        DIFF,
        DIFF.removesuffix("\n"),
        DIFF.split("+++", 1)[1].split("\n", 1)[1],
        f"diff --git a/{FILE} b/{FILE}\nindex 0a..1b 100644\n{DIFF}",
        f"```diff\n{DIFF}```\n",
        DIFF.replace("@@ -1,3 +1,3 @@", "@@ -7,3 +7,3 @@ resource"),
        f"{DIFF}\n\n",
    ],
)
def test_a_diff_that_fits_is_applied(change: str) -> None:
    """With names or without, in a fence or not, also where its place has moved and there is one alone."""
    assert _after(change) == 'a = 1\nmemory = "2Gi"\nb = 2\n'


def test_a_new_file_is_made() -> None:
    """From its whole text, or from a diff of nothing."""
    assert _after("a = 1", None) == "a = 1\n"
    assert _after(NEW, None, "x/new.tf") == "a = 1\nb = 2\n"
    assert _after("# Disk\n\n```\ndf\n```\n", None, "docs/disk.md") == "# Disk\n\n```\ndf\n```\n"


def test_several_files_are_several_edits() -> None:
    """Each with its own text."""
    edits = edits_of(Drafted(file=FILE, change=DIFF + NEW, by="x"), {FILE: TEXT, "x/new.tf": None})
    assert [edit.path for edit in edits] == [FILE, "x/new.tf"]


def test_a_folder_that_is_called_b_stays() -> None:
    """Only the mark of git's own goes away."""
    change = DIFF.replace(f"a/{FILE}", "a/b/main.tf").replace(f"b/{FILE}", "b/b/main.tf")
    assert _after(change, file="b/main.tf") == 'a = 1\nmemory = "2Gi"\nb = 2\n'


def test_a_line_that_looks_like_a_name_is_a_line() -> None:
    """`-- x` that goes and `++ y` that comes are no new file."""
    assert _after("@@ -1,2 +1,2 @@\n--- x\n+++ y\n z\n", "-- x\nz\n") == "++ y\nz\n"


def test_the_second_part_stands_where_it_says_after_the_first() -> None:
    """Lines that came in before it are counted, where the same lines stand elsewhere too."""
    text = "".join(f"{line}\n" for line in ("top", "x", "y", "x", "y", "x", "y"))
    change = "@@ -1 +1,3 @@\n top\n+one\n+two\n@@ -4,2 +6,2 @@\n x\n-y\n+z\n"
    assert _after(change, text) == "top\none\ntwo\nx\ny\nx\nz\nx\ny\n"


@pytest.mark.parametrize(
    ("change", "before"),
    [
        ("", TEXT),
        (" \n", None),
        ("x" * (LONGEST + 1), None),
        ("a = 2\n", TEXT),
        (DIFF.replace("64Mi", "65Mi"), TEXT),
        (DIFF, None),
        (DIFF, TEXT.replace("\n", "\r\n")),
        (DIFF.replace(" a = 1\n", " a = 1 \n"), TEXT),
        (DIFF.replace(" b = 2", "b = 2"), TEXT),
        (DIFF.replace(" b = 2\n", " b = 2\nrm -rf\n"), TEXT),
        (DIFF.replace("2Gi", "2Gi\u2028evil"), "other\n"),
        (DIFF.replace("2Gi", "2Gi\u202e"), TEXT),
        (DIFF.replace("2Gi", "2Gi\x0b"), TEXT),
        (DIFF.replace("-memory", "+memory"), TEXT.replace("memory", "m")),
        (DIFF.replace("2Gi", "64Mi"), TEXT),
        ("@@ -1,3 +1,3 @@\n a = 1\n", TEXT),
        ("@@ -1,0 +2,1 @@\n+evil = 1\n", TEXT),
        ("@@ -1,3 +0,0 @@\n-a = 1\n-memory = \"64Mi\"\n-b = 2\n", TEXT),
        ("@@ -9 +9 @@\n-x\n+y\n", "x\nx\n"),
        (f"--- a/{FILE}\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-a = 1\n", TEXT),
        (f"--- a/stacks/x.tf\n+++ b/{FILE}\n@@ -1 +1 @@\n-a = 1\n+a = 2\n", TEXT),
        (DIFF + DIFF, TEXT),
        (DIFF + NEW, TEXT),
        (DIFF + "rename from x\n", TEXT),
        (DIFF + "old mode 100644\nnew mode 100755\n", TEXT),
        (f"--- a/{FILE}\n+++ b/{FILE}\n", None),
        ("-a = 1\n+a = 2\n", None),
        ("```hcl\na = 1\n```\n", None),
        ("@@ -1 +1 @@\n-a = 1\n+a = 2\n" * (PARTS + 1), TEXT),
        ("@@ -99999999999 +1 @@\n-a\n+b\n", None),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(change: str, before: str | None) -> None:
    """Other text, no place, two places, lines of nobody's, a file that goes away or moves: nothing is guessed."""
    with pytest.raises(Refused) as refused:
        _after(change, before)
    assert refused.value.sentence.endswith(".")


def test_what_was_not_read_is_not_written() -> None:
    """Whatever a draft calls its file."""
    for change in ("a = 1\n", DIFF):
        with pytest.raises(Refused):
            edits_of(Drafted(file="other.tf", change=change, by="x"), {})
    with pytest.raises(Refused):
        edits_of(Drafted(file="", change="a = 1\n", by="x"), {"": None})


_LINES = st.lists(st.sampled_from(["a", "b", "-- a", "++ b", "@@ x", "", " a", "\\ b", "diff --git x"]), max_size=14)


@given(_LINES, _LINES, st.integers(0, 3))
def test_any_diff_of_two_texts_makes_one_of_the_other(before: list[str], after: list[str], context: int) -> None:
    """As difflib writes it, and whatever its lines look like; or it is refused, and then nothing is known of it."""
    old, new = "".join(f"{line}\n" for line in before), "".join(f"{line}\n" for line in after)
    change = "".join(unified_diff(old.splitlines(True), new.splitlines(True), f"a/{FILE}", f"b/{FILE}", n=context))
    try:
        assert _after(change, old) == new
    except Refused:
        assert not context or not new.strip() or old == new or not old


@given(st.text(max_size=200) | st.text("@-+ 1,\nab/dev/null", max_size=200), st.none() | st.text("ab\n", max_size=20))
def test_whatever_a_draft_says_it_fits_or_is_refused(change: str, before: str | None) -> None:
    """Nothing else is ever raised, and the file that is written is the one that was read."""
    try:
        edits = edits_of(Drafted(file=FILE, change=change, by="x"), {FILE: before})
    except Refused:
        return
    assert [(edit.path, edit.before) for edit in edits] == [(FILE, before)]
    assert edits[0].after not in (None, before)
