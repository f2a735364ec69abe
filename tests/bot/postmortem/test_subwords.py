"""What is typed after `/postmortem`."""

import pytest
from hypothesis import given

from bot.postmortem.subwords import USAGE, Asked, Word, parse
from tests.bot.postmortem.test_properties import MESS

TYPED = [
    ("", Asked(word=Word.SHOW, alone=True)),
    (" \x00 ", Asked(word=Word.SHOW, alone=True)),
    ("show", Asked(word=Word.SHOW)),
    ("12", Asked(word=Word.SHOW, ref="INC-12")),
    ("INC-12", Asked(word=Word.SHOW, ref="INC-12")),
    ("SHOW inc-12", Asked(word=Word.SHOW, ref="INC-12")),
    ("show #12", Asked(word=Word.SHOW, ref="INC-12")),
    ("list", Asked(word=Word.LIST)),
    ("list full disk", Asked(word=Word.SEARCH, text="full disk")),
    ("draft", Asked(word=Word.DRAFT)),
    ("draft inc-12", Asked(word=Word.DRAFT, ref="INC-12")),
    ("publish 12", Asked(word=Word.PUBLISH, ref="INC-12")),
    ("publish", Asked(word=Word.PUBLISH)),
    ("review", Asked(word=Word.REVIEW)),
    ("review <@U0BOB|bob>", Asked(word=Word.REVIEW, people=("U0BOB",))),
    ("review INC-12 <@U0BOB> <@U0CY> <@U0BOB>", Asked(word=Word.REVIEW, ref="INC-12", people=("U0BOB", "U0CY"))),
    ("review 12 <@U0BOB>", Asked(word=Word.REVIEW, ref="INC-12", people=("U0BOB",))),
    ("review bob please", Asked(word=Word.REVIEW, text="bob please")),
    ("search", Asked(word=Word.SEARCH)),
    ('search "full disk" 12', Asked(word=Word.SEARCH, text='"full disk" 12')),
    ("search INC-12", Asked(word=Word.SEARCH, text="INC-12")),
    ("todos", Asked(word=Word.TODOS)),
    ("todos INC-12", Asked(word=Word.TODOS, ref="INC-12")),
    ("todos safe alert", Asked(word=Word.TODOS, text="safe alert")),
    ("todos INC-12 alert", Asked(word=Word.TODOS, ref="INC-12", text="alert")),
    ("waive", Asked(word=Word.WAIVE)),
    ("waive 12", Asked(word=Word.WAIVE, ref="INC-12")),
    ("waive INC-12 we know this one", Asked(word=Word.WAIVE, ref="INC-12", text="we know this one")),
    ("waive we know this one", Asked(word=Word.WAIVE, text="we know this one")),
    ("waive 3 nodes are back", Asked(word=Word.WAIVE, text="3 nodes are back")),
    ("help", Asked(word=Word.HELP)),
    ("help me", Asked(word=Word.HELP, text="me")),
    ("12 13", Asked(word=Word.HELP, text="12 13")),
    ("pubish 12", Asked(word=Word.HELP, text="pubish 12", near="publish")),
    ("todo", Asked(word=Word.HELP, text="todo", near="todos")),
    ("what is that", Asked(word=Word.HELP, text="what is that")),
]


@pytest.mark.parametrize(("typed", "asked"), TYPED, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_meant(typed: str, asked: Asked) -> None:
    """A sub-word, the incident, people and the rest; what is not understood is help, and stays what it was."""
    assert parse(typed) == asked


def test_every_word_says_how_it_is_typed() -> None:
    """In help."""
    assert set(USAGE) == set(Word)


@given(MESS)
def test_anything_can_be_typed(typed: str) -> None:
    """Never an error."""
    assert parse(typed).word in set(Word)
