"""What the bot itself sees of a service, and of what that needs, from where it stands."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress

from pydantic import ValidationError

from bot.adapters.probes import Prober, Seen
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
            await asyncio.gather(*tasks, return_exceptions=True)
        ended = [(service, task.result()) for (service, _), task in zip(taken, tasks, strict=True) if _ended(task)]
        left = len(wanted) - len(ended)
        return Found(
            [probe_piece(self.name, service, _outcome(service, seen)) for service, seen in ended],
            f"{left} of {len(wanted)} probes were not run, or took too long." if left else "",
        )


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


def _outcome(service: Service, seen: Seen) -> Outcome:
    """A name that resolves is no sign that anything answers, nor is the open port of something that has pages."""
    kind, named = seen.probe.kind, seen.probe.named
    return Outcome(
        fine=seen.fine,
        said=seen.said,
        target=named,
        place=HERE,
        at=seen.at,
        link=named if kind is ProbeKind.HTTP else "",
        weak=kind is ProbeKind.DNS or (kind is ProbeKind.TCP and bool(service.url)),
    )
