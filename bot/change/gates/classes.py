"""The class gate: whether a change that the other gates let through may go without a click."""

from collections.abc import Iterator, Sequence

from bot.change.model import ChangeClass, Finding, Gate, Result, Source, TrackedItem, Verdict
from bot.change.policy import Policy

#: Rules, and what each is about.
RULES: dict[str, str] = {
    "class.off": "Nothing is changed here (remediation: off).",
    "class.unknown": "How far a change may go by itself is not written in a way that is known.",
    "class.plan": "Changes wait for a click here (remediation: plan).",
    "class.type": "Only alerts, configuration and monitors may go without a click.",
    "class.source": "Only what stands in a published post-mortem may go without a click.",
    "class.set": "A person gave it its type in Slack, so a person lets it go.",
    "class.words": "Its words leave it to a person.",
    "class.gates": "Another gate left it to a person.",
    "class.refused": "Another gate refused it.",
    "class.missing": "Not every gate before has judged it.",
    "class.lost": "An earlier attempt was under way when Holdfast stopped, so a person lets this one go.",
    "class.people": "The policy wants two people for this.",
}
#: What may go without a click, if nothing else speaks against it.
FREE = frozenset({ChangeClass.ALERT, ChangeClass.CONFIG, ChangeClass.MONITOR})
_BEFORE = frozenset({Gate.DIFF, Gate.HCL, Gate.STACK, Gate.PLAN})


def class_gate(item: TrackedItem, remediation: str, so_far: Sequence[Verdict], policy: Policy) -> Verdict:
    """Passes only what the configuration, the item and every gate before let go by itself; else it needs a person."""
    return Verdict(gate=Gate.CLASS, findings=tuple(_findings(item, remediation, so_far, policy)))


def _finding(rule: str, result: Result = Result.PERSON) -> Finding:
    return Finding(rule=rule, result=result, sentence=RULES[rule])


def _findings(item: TrackedItem, remediation: str, so_far: Sequence[Verdict], policy: Policy) -> Iterator[Finding]:
    if remediation not in ("plan", "apply"):
        yield _finding("class.off" if remediation == "off" else "class.unknown", Result.REFUSE)
    if any(verdict.result is Result.REFUSE for verdict in so_far):
        yield _finding("class.refused", Result.REFUSE)
    if remediation == "plan":
        yield _finding("class.plan")
    yield from _of_item(item, policy)
    if any(verdict.result is Result.PERSON for verdict in so_far):
        yield _finding("class.gates")
    if not {verdict.gate for verdict in so_far} >= _BEFORE:
        yield _finding("class.missing")


def _of_item(item: TrackedItem, policy: Policy) -> Iterator[Finding]:
    if item.change_class not in FREE:
        yield _finding("class.type")
    if item.source is not Source.DOCUMENT:
        yield _finding("class.source")
    if item.set_kind is not None:
        yield _finding("class.set")
    if not item.safe:
        yield Finding(rule="class.words", result=Result.PERSON, sentence=item.reason or RULES["class.words"])
    if policy.who(item.change_class).people > 1:
        yield _finding("class.people")
