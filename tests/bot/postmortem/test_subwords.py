"""What is typed after `/postmortem`."""

import pytest
from hypothesis import given

from bot.postmortem.subwords import Asked, Word, parse
from tests.bot.postmortem.test_properties import MESS


@pytest.mark.parametrize(
    ("typed", "word", "ref", "text"),
    [
        ("", Word.SHOW, "", ""),
        ("show", Word.SHOW, "", ""),
        ("12", Word.SHOW, "INC-12", ""),
        ("INC-12", Word.SHOW, "INC-12", ""),
        ("SHOW inc-12", Word.SHOW, "INC-12", ""),
        ("show #12", Word.SHOW, "INC-12", ""),
        ("waive", Word.WAIVE, "", ""),
        ("waive 12", Word.WAIVE, "INC-12", ""),
        ("waive INC-12 we know this one", Word.WAIVE, "INC-12", "we know this one"),
        ("waive we know this one", Word.WAIVE, "", "we know this one"),
        ("waive 3 nodes are back", Word.WAIVE, "", "3 nodes are back"),
        ("publish", Word.HELP, "", ""),
        ("12 13", Word.HELP, "", ""),
        ("help", Word.HELP, "", ""),
    ],
)
def test_what_is_meant(typed: str, word: Word, ref: str, text: str) -> None:
    """A sub-word, the incident, and the rest; what is not understood is help."""
    assert parse(typed) == Asked(word=word, ref=ref, text=text)


@given(MESS)
def test_anything_can_be_typed(typed: str) -> None:
    """Never an error."""
    assert parse(typed).word in set(Word)
