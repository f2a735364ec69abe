"""What happened, in words."""

import pytest

from bot.incident.model import HOLDFAST, Event, EventKind
from bot.incident.timeline import SENTENCES, sentence
from tests.bot.incident.examples import ANA, BOB, NOW

NAMES = {ANA: "Ana", BOB: "Bob", HOLDFAST: "Holdfast"}


def said(kind: EventKind, text: str = "", by: str = ANA, **data: str) -> str:
    """The sentence of such an event, with names."""
    return sentence(Event(kind=kind, at=NOW, by=by, text=text, data=data), lambda actor: NAMES[actor])


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_has_a_sentence(kind: EventKind) -> None:
    """Also of an event whose data an older version wrote."""
    assert kind in SENTENCES
    assert said(kind).endswith(".")
    assert "{" not in said(kind)
    assert "Because {of} %s" in said(kind, "Because {of} %s")


def test_sentences() -> None:
    """As read on the card and in the issue."""
    assert said(EventKind.LEAD_CHANGED, lead=ANA) == "Ana took the lead."
    assert said(EventKind.LEAD_CHANGED, lead=ANA, from_lead=BOB) == "Ana took over the lead from Bob."
    assert said(EventKind.LEAD_CHANGED, lead=BOB, from_lead=ANA) == "Ana handed the lead to Bob."
    moved = said(EventKind.STATE_CHANGED, by=HOLDFAST, **{"from": "reported", "to": "triaging"})
    assert moved == "Holdfast moved it from reported to triaging."
    assert said(EventKind.RESOLVED, "Restarted it!") == "Ana resolved it: Restarted it!"
    failed = said(EventKind.EFFECT_FAILED, "GitHub cannot be reached; the issue will follow.", by=HOLDFAST)
    assert failed == "GitHub cannot be reached; the issue will follow."
    wrong = said(EventKind.FINDINGS_WRONG, "The node was fine", number="2")
    assert wrong == "Ana says that investigation 2 is wrong: The node was fine."
    assert said(EventKind.INVESTIGATION_STOPPED, number="1") == "Ana stopped investigation 1."
    assert said(EventKind.COMMAND_RUN, "kubectl get pods") == "Ana ran a command: kubectl get pods."
