"""One cell is changed, and every other byte stays as it was."""

import pytest

from bot.errors import Refused
from bot.postmortem.edit import ticked, with_status
from bot.postmortem.model import Status
from tests.bot.postmortem.reading import HEAD, reading

ROWS = f"# T\n\n## Plan\n\n{HEAD}| P1 | Alert on `a\\|b` | Alert | x |  TODO  |\n|P2|Alert on b|Alert|y||"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_status_cell(newline: str) -> None:
    """With its blanks kept, with every line break, and without a last one."""
    content = ROWS.replace("\n", newline)
    first, second = reading(content).items
    assert with_status(content, first, "Done") == content.replace("|  TODO  |", "|  Done  |")
    assert with_status(content, second, "Done") == content.replace("|y||", "|y|Done|")


def test_a_checkbox() -> None:
    """Ticked and emptied again; a nested one too."""
    content = "- [ ] one\r\n  1. [ ] two\r\n\ttext\r\n- [x] [ ] three"
    one, two, three = reading(content).items
    assert ticked(content, one, Status.DONE) == content.replace("[ ] one", "[x] one")
    assert ticked(content, two, Status.DONE) == content.replace("[ ] two", "[x] two")
    assert ticked(content, three, Status.OPEN) == content.replace("[x] [ ]", "[ ] [ ]")


def test_a_document_that_has_changed_is_not_edited() -> None:
    """Nor one where there is no such cell, nor with words that are more than a cell."""
    first = reading(ROWS).items[0]
    box = reading("- [ ] one\n").items[0]
    bullet = reading("## Action items\n\n- one\n").items[0]
    for content, item, words in (
        ("x" + ROWS, first, "Done"),
        (ROWS, first, "Done | x"),
        (ROWS, first, " "),
        ("- [ ] one\n", box, "Done"),
        ("## Action items\n\n- one\n", bullet, "Done"),
    ):
        with pytest.raises(Refused):
            with_status(content, item, words)
    for content, item, status in (
        ("- [ ] two\n", box, Status.DONE),
        ("- [x] one\n", box, Status.DONE),
        ("", box, Status.DONE),
        ("- [ ] one\n", box, Status.DEFERRED),
        (ROWS, first, Status.DONE),
    ):
        with pytest.raises(Refused):
            ticked(content, item, status)
