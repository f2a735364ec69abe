"""Who may go without a click: one row of a long table, and nothing beside it."""

from datetime import UTC, datetime
from itertools import product

import pytest

from bot.change.gates.classes import RULES, class_gate
from bot.change.model import ChangeClass, Finding, Gate, Result, Source, TrackedItem, Verdict
from bot.change.policy import Policy, Who
from bot.postmortem.model import Kind

NOW = datetime(2026, 4, 14, tzinfo=UTC)
GATES = tuple(Verdict(gate=gate) for gate in (Gate.DIFF, Gate.HCL, Gate.STACK, Gate.PLAN))
FREE = {Kind.ALERT, Kind.CONFIG, Kind.MONITOR}


def item(*kinds: Kind, safe: bool = True, source: Source = Source.DOCUMENT, given: Kind | None = None) -> TrackedItem:
    """An action item of these types."""
    return TrackedItem(
        id="i", number=1, source=source, action="do", kinds=kinds, set_kind=given, safe=safe, changed_at=NOW
    )


def said(result: Result) -> tuple[Verdict, ...]:
    """The verdicts before, the last of them this."""
    found = () if result is Result.PASS else (Finding(rule="plan.data", result=result, sentence="A volume changes."),)
    return (*GATES[:-1], Verdict(gate=Gate.PLAN, findings=found))


@pytest.mark.parametrize("remediation", ["off", "plan", "apply", "", "APPLY", "yes"])
def test_the_whole_table(remediation: str) -> None:
    """Only a safe row of a document, of a free type, in apply mode, with every gate content, passes."""
    for kind, safe, source, given, result in product(
        Kind, (True, False), Source, (None, Kind.CONFIG, Kind.ALERT), Result
    ):
        verdict = class_gate(item(kind, safe=safe, source=source, given=given), remediation, said(result), Policy())
        free = kind in FREE and safe and source is Source.DOCUMENT and given is None and result is Result.PASS
        if remediation not in ("plan", "apply") or result is Result.REFUSE:
            assert verdict.result is Result.REFUSE
        else:
            assert verdict.result is (Result.PASS if free and remediation == "apply" else Result.PERSON)
        assert {each.rule for each in verdict.findings} <= RULES.keys()


def test_plan_mode_says_so_first() -> None:
    """People read why it waits."""
    verdict = class_gate(item(Kind.ALERT), "plan", GATES, Policy())
    assert verdict.sentence == "Changes wait for a click here (remediation: plan)."


def test_an_item_of_two_types_is_judged_by_the_more_careful_one() -> None:
    """A migration that also calls itself configuration waits, and one without a type too."""
    assert class_gate(item(Kind.CONFIG, Kind.ALERT), "apply", GATES, Policy()).result is Result.PASS
    for kinds in ((Kind.CONFIG, Kind.MIGRATION), (Kind.ARCHITECTURE, Kind.ALERT), ()):
        assert class_gate(item(*kinds), "apply", GATES, Policy()).result is Result.PERSON


def test_case_20_a_migration_that_was_renamed_to_config_with_a_volume_goes_to_a_person() -> None:
    """The type that a person gave, or what the plan touches, holds it where the word does not."""
    for given, result in ((Kind.CONFIG, Result.PASS), (None, Result.PERSON), (Kind.CONFIG, Result.PERSON)):
        renamed = item(Kind.CONFIG if given is None else Kind.MIGRATION, given=given)
        assert class_gate(renamed, "apply", said(result), Policy()).result is Result.PERSON


def test_a_gate_that_has_not_judged_frees_nothing() -> None:
    """No verdict is no consent."""
    for missing in Gate:
        left = [each for each in GATES if each.gate is not missing]
        expected = Result.PASS if missing is Gate.CLASS else Result.PERSON
        assert class_gate(item(Kind.ALERT), "apply", left, Policy()).result is expected


def test_where_two_people_have_to_agree_nothing_goes_by_itself() -> None:
    """A policy that wants two for a class does not mean none."""
    policy = Policy(approve={ChangeClass.CONFIG: Who(people=2)})
    assert class_gate(item(Kind.CONFIG), "apply", GATES, policy).result is Result.PERSON
