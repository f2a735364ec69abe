"""Evidence of the run is looked up by what it is, and nothing becomes evidence by being looked at."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agents.runtime.tool import Capability, Status
from agents.tools.evidence import SHORT, SHOWN, LookUp, evidence_tools
from bot.evidence.model import Grade, Kind, Piece, extended
from tests.agents.runtime.kit import Shelf
from tests.agents.tools.calls import call
from tests.clock import START


def shelf(count: int = 3) -> Shelf:
    """So many workloads in trouble, and a commit."""
    made = Shelf()
    pieces = [
        Piece(
            source="Kubernetes", kind=Kind.WORKLOAD, at=START + timedelta(seconds=n), title=f"pod {n}", text="x" * 1000,
            service="nextcloud", grade=Grade.CRITICAL,
        )
        for n in range(count)
    ]  # fmt: skip
    commit = Piece(source="git", kind=Kind.COMMIT, at=START + timedelta(hours=1), title="Less memory", service="redis")
    made.evidence = extended(made.evidence, [*pieces, commit])
    return made


async def test_pieces_are_found_by_id_kind_service_and_grade() -> None:
    """By id they are whole, else short; what does not fit is left out."""
    tools = evidence_tools(shelf())
    whole = await call(tools, "evidence_lookup", ids=["E-1"])
    assert [piece["id"] for piece in whole.content["pieces"]] == ["E-1"]
    assert len(whole.content["pieces"][0]["text"]) == 1000
    short = await call(tools, "evidence_lookup", kind="workload")
    assert [piece["id"] for piece in short.content["pieces"]] == ["E-1", "E-2", "E-3"]
    assert len(short.content["pieces"][0]["text"]) < SHORT + 50
    assert [p["title"] for p in (await call(tools, "evidence_lookup", service="Redis")).content["pieces"]] == [
        "Less memory"
    ]
    assert (await call(tools, "evidence_lookup", grade="fine")).status is Status.NOTHING


async def test_what_is_looked_up_is_no_new_evidence() -> None:
    """It has ids already, and is cited by those; what is not there is said."""
    tools = evidence_tools(shelf())
    found = await call(tools, "evidence_lookup", ids=["E-1", "E-99", "nonsense"])
    assert found.known
    assert found.content["no_such_id"] == ["E-99", "nonsense"]
    assert all(tool.capability is Capability.READ for tool in tools)


async def test_a_long_list_says_how_it_goes_on() -> None:
    """So many at once, and the number after which to go on."""
    tools = evidence_tools(shelf(SHOWN + 5))
    first = await call(tools, "evidence_lookup")
    assert len(first.content["pieces"]) == SHOWN
    assert first.content["left_out"] == 6
    rest = await call(tools, "evidence_lookup", after=SHOWN)
    assert len(rest.content["pieces"]) == 6


@given(
    st.dictionaries(st.sampled_from(["ids", "kind", "service", "grade", "after", "where"]), st.text() | st.integers())
)
def test_no_arguments_do_harm(arguments: dict[str, object]) -> None:
    """They are refused by the form, or looked up."""
    try:
        asked = LookUp.model_validate(arguments)
    except ValidationError:
        return
    tool = evidence_tools(shelf())[0]
    assert tool.says(asked)


async def test_everything_it_says_is_json() -> None:
    """So that the loop can put it into an envelope."""
    found = await call(evidence_tools(shelf()), "evidence_lookup")
    assert json.loads(json.dumps(found.content))
    with pytest.raises(ValidationError):
        await call(evidence_tools(shelf()), "evidence_lookup", sql="DROP TABLE incidents")
