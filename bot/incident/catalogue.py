"""What can break: services, kinds of error, and what is worth trying before reporting. All of it is configuration."""

import re
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from urllib.parse import urlsplit

from bot.incident.model import Frozen, Link
from bot.incident.probes import Metric, Probe, ProbeKind
from bot.incident.severity import Symptom

#: The service of a report whose service is not in the list.
OTHER = "Other"


class Service(Frozen):
    """A row of `services:`. `core` means that others cannot work without it (sign-in, DNS, ingress, database, node)."""

    name: str
    namespace: str = ""
    stack: str = ""
    url: str = ""
    core: bool = False
    owners: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    probes: tuple[Probe, ...] = ()
    links: tuple[Link, ...] = ()
    metrics: tuple[Metric, ...] = ()
    channel: str = ""
    runbooks: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The host of its address, lower case, or empty."""
        return _host(self.url)

    @property
    def asks_prometheus(self) -> bool:
        """Whether anything about it is to be had from Prometheus alone."""
        return bool(self.metrics) or any(probe.kind is ProbeKind.PROMETHEUS for probe in self.probes)

    def twice_seen(self) -> list[str]:
        """A sentence for each probe that stands there twice: from two places it cannot look."""
        counts = Counter((probe.kind, probe.target) for probe in self.probes)
        return [f"Service {self.name} has the probe {target} {n} times." for (_, target), n in counts.items() if n > 1]


class ErrorKind(Frozen):
    """One answer to *what kind of error*, and what it says about severity."""

    id: str
    label: str
    symptom: Symptom
    data_at_risk: bool = False


ERROR_KINDS: dict[str, ErrorKind] = {
    kind.id: kind
    for kind in (
        ErrorKind(id="timeout", label="Page won't load (timeout, connection refused)", symptom=Symptom.DOWN),
        ErrorKind(id="bad_gateway", label="502 Bad Gateway", symptom=Symptom.DOWN),
        ErrorKind(id="unavailable", label="503 Service Unavailable", symptom=Symptom.DOWN),
        ErrorKind(id="login", label="Login or authentication not working", symptom=Symptom.DOWN),
        ErrorKind(id="slow", label="Slow, degraded performance", symptom=Symptom.SLOW),
        ErrorKind(id="feature", label="It loads, but something inside doesn't work", symptom=Symptom.FEATURE),
        ErrorKind(id="data", label="Data missing or incorrect", symptom=Symptom.FEATURE, data_at_risk=True),
        ErrorKind(id="other", label="Other, not sure", symptom=Symptom.UNKNOWN),
    )
}


class QuickCheck(Frozen):
    """A row of `quick_checks:`. It is shown where kind and service fit; an empty list of either fits all."""

    check: str
    kinds: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    link: Link | None = None


class Catalogue(Frozen):
    """The services of this installation."""

    services: tuple[Service, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """In the order of the configuration, `Other` last."""
        return (*(service.name for service in self.services), OTHER)

    def find(self, wanted: str) -> Service | None:
        """By name, address or host; case, hyphens and underscores do not matter."""
        key, host = _key(wanted), _host(wanted)
        for service in self.services:
            if key in (_key(service.name), _key(_bare(service.name))) or (host and host == service.host):
                return service
        return None

    def named_in(self, text: str) -> Service | None:
        """The service that the text mentions first, by host or by name; of two at the same place the longer."""
        found = [
            (match.start(), -len(match[0]), index)
            for index, service in enumerate(self.services)
            for pattern in _patterns(service)
            if (match := pattern.search(text))
        ]
        return self.services[min(found)[2]] if found else None

    def problems(self) -> list[str]:
        """A sentence for each name used twice, unknown or circular."""
        counts = Counter(_key(service.name) for service in self.services)
        found = [f"Service {s.name} has an empty name." for s in self.services if not _key(s.name)]
        found += [f"Service {name} is listed {n} times." for name, n in counts.items() if name and n > 1]
        found += [f"Service {s.name}: `{OTHER}` is taken." for s in self.services if _key(s.name) == _key(OTHER)]
        for service in self.services:
            found += service.twice_seen()
            for needed in service.depends_on:
                if self.find(needed) is None:
                    found.append(f"Service {service.name} depends on {needed}, which is not in the list.")
        return found + [f"Services depend on each other in a circle: {' -> '.join(ring)}." for ring in self._rings()]

    def _rings(self) -> Iterator[tuple[str, ...]]:
        """Circles of dependencies, until none is left."""
        needs = {s.name: [found.name for name in s.depends_on if (found := self.find(name))] for s in self.services}
        while True:
            try:
                TopologicalSorter(needs).prepare()
            except CycleError as circle:
                ring: list[str] = circle.args[1][::-1]
                yield tuple(ring)
                needs[ring[0]] = [name for name in needs[ring[0]] if name != ring[1]]
            else:
                return


def checks_for(checks: tuple[QuickCheck, ...], kind: str, service: str) -> tuple[QuickCheck, ...]:
    """What is worth trying for this kind of error of this service."""
    return tuple(
        check
        for check in checks
        if (not check.kinds or kind in check.kinds)
        and (not check.services or _key(service) in {_key(name) for name in check.services})
    )


def _key(name: str) -> str:
    return " ".join(re.split(r"[\s_-]+", name.casefold())).strip()


def _bare(name: str) -> str:
    """`Mail (email, roundcube)` is also called Mail."""
    return name.split("(", 1)[0]


def _host(url: str) -> str:
    try:
        return (urlsplit(url if "//" in url else f"//{url}").hostname or "") if "." in url else ""
    except ValueError:
        return ""


def _patterns(service: Service) -> Iterator[re.Pattern[str]]:
    words = _key(_bare(service.name)).split()
    if words:
        yield re.compile(r"(?<![\w.-])" + r"[\s_-]+".join(map(re.escape, words)) + r"(?![\w-])", re.IGNORECASE)
    if service.host:
        yield re.compile(r"(?<![\w.-])" + re.escape(service.host) + r"(?![\w-])", re.IGNORECASE)
