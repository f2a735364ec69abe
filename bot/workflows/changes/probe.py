"""Whether what a change is about is seen to work: the service's own probes, and the alerts that it added."""

import re

from bot.change.model import ChangeClass
from bot.errors import HoldfastError
from bot.sources.probes import probes_of
from bot.workflows.changes.hand import Hand

#: How an alert's name stands in a file, in Terraform or in YAML.
_ALERT = re.compile(r"""^\s*-?\s*["']?alert["']?\s*[:=]\s*["']?([A-Za-z_][A-Za-z0-9_]{0,100})""", re.MULTILINE)


async def probed(hand: Hand) -> str:
    """What does not work, in a sentence; empty where all does, or nothing can be looked at."""
    return await _service(hand) or await _alerts(hand)


async def _service(hand: Hand) -> str:
    """The services of the stack, by their probes."""
    prober = hand.workshop.prober
    for service in hand.deps.file.services:
        if service.stack != hand.made.stack:
            continue
        for probe in probes_of(service):
            seen = await prober.look(probe)
            if not seen.fine:
                return f"{service.name} does not answer as it should: {seen.said}"
    return ""


async def _alerts(hand: Hand) -> str:
    """Whether Prometheus has loaded the alerts that were added, where there is one to ask."""
    prometheus = hand.workshop.prometheus
    added = {name for edit in hand.made.edits for name in _named(edit.after) - _named(edit.before)}
    if prometheus is None or hand.item.change_class is not ChangeClass.ALERT or not added:
        return ""
    try:
        loaded = {rule.name: rule.problem for rule in await prometheus.rules()}
    except HoldfastError as error:
        return f"Prometheus could not be asked for the new alert: {error.sentence}"
    for name in sorted(added):
        if name not in loaded:
            return f"Prometheus has not loaded the alert {name} yet."
        if loaded[name]:
            return f"Prometheus cannot evaluate the alert {name}: {loaded[name]}"
    return ""


def _named(text: str | None) -> set[str]:
    return set(_ALERT.findall(text or ""))
