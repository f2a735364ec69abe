"""The stand-in's memory: what is counted, what is kept."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.workspace.github import GitHub
from bot.workspace.github.model import Refusal, secondary_rate_limit
from bot.workspace.github.repository import Repository
from tests.workspace.github.conftest import MovedClock


def test_effects_are_counted_by_marker() -> None:
    """A marker written twice counts twice; a changed text does not count again."""
    repository = Repository(MovedClock(), ["ana"])
    issue = repository.open("ana", {"title": "down", "body": "<!-- holdfast:fx-1 -->"})
    for _ in range(2):
        repository.comment("ana", issue.number, "hello\n<!-- holdfast:fx-2 -->")
    repository.edit("ana", issue.number, {"body": "<!-- holdfast:fx-1 -->\nmore"})
    assert repository.effects == {"fx-1": 1, "fx-2": 2}


async def test_everything_comes_back_after_a_restart(tmp_path: Path) -> None:
    """A stand-in started on the file of another holds the same."""
    before = GitHub(MovedClock(), tmp_path / "world.db")
    issue = {"title": "down", "labels": ["sev1"], "body": "<!-- holdfast:fx-1 -->", "assignees": ["ViktorBarzin"]}
    before.repository.open("ana", issue)
    before.repository.comment("ana", 1, "looking")
    before.repository.edit("ana", 1, {"state": "closed"})
    await before.close()
    after = GitHub(MovedClock(), tmp_path / "world.db")
    assert after.repository.issues == before.repository.issues
    assert (after.repository.labels, after.repository.effects) == (before.repository.labels, before.repository.effects)
    await after.close()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_a_wrong_field_is_a_refusal_and_never_a_crash(value: object) -> None:
    """Whatever JSON stands in a field, GitHub takes it or refuses it."""
    for field in ("title", "body", "labels", "assignees", "state"):
        repository = Repository(MovedClock(), ["ana"])
        issue = repository.open("ana", {"title": "down"})
        with suppress(Refusal):
            repository.open("ana", {"title": "t", field: value})
        with suppress(Refusal):
            repository.edit("ana", issue.number, {field: value})


@pytest.mark.parametrize("status", [403, 429])
def test_the_secondary_rate_limit_says_how_long(status: int) -> None:
    """It is a 403 or a 429 with Retry-After."""
    limit = secondary_rate_limit(7, status)
    assert (limit.status, limit.headers) == (status, {"Retry-After": "7"})
    assert "secondary rate limit" in limit.body["message"]
