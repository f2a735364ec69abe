"""The audit chain shows every change, wherever it is made."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import audit
from bot.audit import Entry, Head

TEXT = st.text(max_size=20)
ACT = st.fixed_dictionaries(
    {
        "at": st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        "actor": TEXT,
        "act": TEXT,
        "subject": TEXT,
        "details": st.dictionaries(TEXT, TEXT, max_size=3),
    }
)


def build(acts: list[dict[str, object]]) -> list[Entry]:
    """A chain of these acts."""
    head, chain = Head(), []
    for act in acts:
        entry = audit.append(head, **act)  # type: ignore[arg-type]  # drawn by hypothesis
        chain.append(entry)
        head = audit.head_of(entry)
    return chain


CHAINS = st.lists(ACT, min_size=1, max_size=6).map(build)


@given(CHAINS)
def test_a_chain_as_it_was_written_is_whole(chain: list[Entry]) -> None:
    """What append wrote, verify accepts, also after a trip through JSON."""
    stored = [Entry.model_validate_json(entry.model_dump_json()) for entry in chain]
    assert audit.verify(stored, audit.head_of(chain[-1])) is None


@given(CHAINS, st.data())
def test_a_changed_field_is_found_where_it_is(chain: list[Entry], data: st.DataObject) -> None:
    """Any other value in any field of any entry breaks the chain at that entry."""
    index = data.draw(st.integers(0, len(chain) - 1))
    old = chain[index]
    change: dict[str, object] = data.draw(
        st.sampled_from(
            [
                {"actor": old.actor + "x"},
                {"act": old.act + "x"},
                {"subject": "x" + old.subject},
                {"details": {**old.details, "added" * 5: ""}},
                {"at": old.at + timedelta(microseconds=1)},
                {"previous": "f" * 64},
                {"hash": "f" * 64},
                {"number": old.number + 1},
            ]
        )
    )
    chain[index] = old.model_copy(update=change)
    broken = audit.verify(chain)
    assert broken is not None
    assert broken.number == index + 1


@given(CHAINS, st.data())
def test_a_removed_entry_is_missed(chain: list[Entry], data: st.DataObject) -> None:
    """Taking one out is found there; taking the last out needs the head to be found."""
    head = audit.head_of(chain[-1])
    index = data.draw(st.integers(0, len(chain) - 1))
    del chain[index]
    broken = audit.verify(chain, head)
    assert broken is not None
    assert broken.number == index + 1


@given(CHAINS, ACT, st.data())
def test_an_entry_cannot_be_slipped_in(chain: list[Entry], act: dict[str, object], data: st.DataObject) -> None:
    """A well-made entry between two others breaks the chain at the one after it."""
    index = data.draw(st.integers(0, len(chain) - 1))
    before = audit.head_of(chain[index - 1]) if index else Head()
    chain.insert(index, audit.append(before, **act))  # type: ignore[arg-type]  # drawn by hypothesis
    broken = audit.verify(chain)
    assert broken is not None
    assert broken.number == index + 2


def test_the_zone_of_a_time_does_not_matter() -> None:
    """The same instant has the same seal, so a database may give it back in UTC."""
    utc = datetime(2026, 3, 1, 12, tzinfo=UTC)
    there = utc.astimezone(timezone(timedelta(hours=5)))
    one = audit.append(Head(), at=utc, actor="U0ANA", act="declare", subject="INC-1", details={})
    assert audit.append(Head(), at=there, actor="U0ANA", act="declare", subject="INC-1", details={}) == one


def test_a_time_without_zone_is_refused() -> None:
    """An entry that cannot say when is not written."""
    with pytest.raises(ValueError, match="zone"):
        audit.append(Head(), at=datetime(2026, 3, 1), actor="", act="", subject="", details={})  # noqa: DTZ001


def test_an_empty_chain_is_whole_unless_a_head_remembers_more() -> None:
    """Losing the whole table is found by the head."""
    assert audit.verify([]) is None
    broken = audit.verify([], Head(number=2, hash="a" * 64))
    assert broken is not None
    assert broken.number == 1


def test_the_seal_is_this_one_for_ever() -> None:
    """A chain written today must verify in every later version, so the canonical form never changes."""
    entry = audit.append(
        Head(),
        at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        actor="U0ANA",
        act="declare",
        subject="INC-1",
        details={"service": "nextcloud", "größe": "é"},
    )
    assert entry.hash == "778df7a6bfaa595f157f3f9d7f2113df5b102e56bdef991c0fdfb0185ce3d883"
