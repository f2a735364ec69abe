"""Of what people ask for, five kinds may be prepared; everything else goes to a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.change.feature import MAY_PREPARE, MEANS, Wish, judged


@pytest.mark.parametrize("wish", ["monitor", "known_service", "limits", "dns_record", "route"])
def test_what_may_be_prepared(wish: str) -> None:
    """The five that CONTRIBUTING calls automatic."""
    assert judged(wish).may_prepare


@pytest.mark.parametrize("wish", ["unknown_service", "architecture", "platform", "data_or_secrets", "other", ""])
def test_what_escalates(wish: str) -> None:
    """The four that CONTRIBUTING escalates, and whatever nobody could name."""
    ruling = judged(wish)
    assert not ruling.may_prepare
    assert ruling.sentence.endswith("so a person decides first.")


@given(st.text())
def test_a_word_that_is_not_known_frees_nothing(word: str) -> None:
    """Only the very words do."""
    assert judged(word).may_prepare == (word in {wish.value for wish in MAY_PREPARE})


def test_every_kind_says_what_it_is() -> None:
    """And five of them may be prepared."""
    assert set(MEANS) == set(Wish)
    assert len(MAY_PREPARE) == 5
