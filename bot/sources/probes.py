"""What the bot itself sees of a service, and of what that needs, from where it stands."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress

from pydantic import ValidationError

from bot.adapters.probes import Prober
from bot.evidence.model import Kind
from bot.incident.catalogue import Service
from bot.incident.probes import HERE, Probe, ProbeKind
from bot.sources.seen import Outcome, probe_piece
from bot.sources.source import About, Found, NotSetUp, Question

#: As many looks are taken, the nearest services first, and no longer than this is waited for them. Seconds.
MOST, SECONDS = 24, 16.0


class ProbeSource:
    """Looks now. A service without probes of its own is looked at by its address."""

    name = "Probes"

    def __init__(self, prober: Prober, seconds: float = SECONDS) -> None:
        self._prober = prober
        self._seconds = seconds

    @property
    def questions(self) -> Sequence[Question]:
        """One."""
        return (Question("whether the service and what it needs answer", (Kind.PROBE,), self._look),)

    async def _look(self, about: About) -> Found:
        wanted = [(service, probe) for service in about.services for probe in probes_of(service)]
        if not wanted:
            raise NotSetUp(f"{about.incident.service} has neither an address nor probes in holdfast.yml.")
        taken = wanted[:MOST]
        tasks = [asyncio.create_task(self._prober.look(probe)) for _, probe in taken]
        try:
            await asyncio.wait(tasks, timeout=self._seconds)
        finally:
            for task in tasks:
                task.cancel()
        done = [(service, task.result()) for (service, _), task in zip(taken, tasks, strict=True) if _ended(task)]
        pieces = [
            probe_piece(
                self.name, service, Outcome(seen.fine, seen.said, seen.probe.named, HERE, seen.at, _link(seen.probe))
            )
            for service, seen in done
        ]
        left = len(wanted) - len(done)
        return Found(pieces, f"{left} of {len(wanted)} probes were not run, or took too long." if left else "")


def probes_of(service: Service) -> Iterator[Probe]:
    """Those that are ours to run; its address, where there is none."""
    ours = [probe for probe in service.probes if probe.kind is not ProbeKind.PROMETHEUS]
    if ours:
        yield from dict.fromkeys(ours)
    else:
        with suppress(ValidationError):  # an address that is none cannot be looked at
            yield Probe(target=service.url)


def _ended(task: asyncio.Task[object]) -> bool:
    return task.done() and not task.cancelled()


def _link(probe: Probe) -> str:
    return probe.named if probe.kind is ProbeKind.HTTP else ""
