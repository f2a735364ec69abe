"""How to tell whether a service works: probes that show it, and figures that have a usual size. All configuration."""

import re
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator

from bot.incident.model import Frozen

#: Where the bot itself stands; no other place may be called so.
HERE = "Holdfast"
_NAME = re.compile(r"(?=.{1,253}\Z)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)*[A-Za-z0-9_-]{1,63}\.?")
#: As long as a query may be. Characters.
LONGEST_QUERY = 2000


class ProbeKind(StrEnum):
    """The ways to look."""

    HTTP = "http"  # a page
    TCP = "tcp"  # a port
    DNS = "dns"  # a name
    PROMETHEUS = "prometheus"  # a figure that is 1 where it works, of a probe that somebody else runs


_Status = Annotated[int, Field(ge=100, le=599)]


def _listed(value: object) -> object:
    return (value,) if isinstance(value, int) else value


class Probe(Frozen):
    """One probe. A URL alone is an HTTP probe; `target` is a URL, `host:port`, a name, or a PromQL query."""

    kind: ProbeKind = Field(
        default=ProbeKind.HTTP,
        description="`http`, `tcp` or `dns`, which the bot looks at itself, or `prometheus`, for one that somebody "
        "else runs.",
    )
    target: str = Field(
        description="What is looked at: a URL, `host:port`, a name, or for `prometheus` a query whose series are 1 "
        'where it works, such as `probe_success{instance="https://cloud.example.com"}`. Required.'
    )
    place: str = Field(
        default="",
        max_length=60,
        description="From where a `prometheus` probe looks, such as `frankfurt`: two places tell more than one. "
        "All others look from where the bot is.",
    )
    status: Annotated[tuple[_Status, ...], BeforeValidator(_listed)] = Field(
        default=(), description="The HTTP statuses that are fine, one or a list. Empty: everything below 400."
    )
    word: str = Field(default="", max_length=200, description="A text that has to stand in the page.")
    answer: str = Field(default="", description="The IPv4 address that a name has to have. Empty: any.")
    server: str = Field(
        default="", description="The DNS server that is asked, by IP address. Empty: the one of the system."
    )
    seconds: Annotated[float, Field(gt=0, le=15, allow_inf_nan=False)] = Field(
        default=5.0, description="The longest it may take."
    )

    @model_validator(mode="before")
    @classmethod
    def _alone(cls, value: Any) -> Any:  # Any: YAML before it is validated
        return {"target": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _KINDS[self.kind](self)
        others = {
            "status": (self.status, ProbeKind.HTTP),
            "word": (self.word, ProbeKind.HTTP),
            "answer": (self.answer, ProbeKind.DNS),
            "server": (self.server, ProbeKind.DNS),
            "place": (self.place, ProbeKind.PROMETHEUS),
        }
        for key, (given, kind) in others.items():
            if given and kind is not self.kind:
                raise ValueError(f"{key} belongs to a probe of kind {kind}, not {self.kind}")
        if self.place.strip().casefold() == HERE.casefold():
            raise ValueError(f"place: {HERE} is where the bot itself looks from; choose another name")
        return self

    @property
    def named(self) -> str:
        """What it looks at, in few words and without what may be private in a URL's query."""
        if self.kind is not ProbeKind.HTTP:
            return self.target
        parts = urlsplit(self.target)
        return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Of a TCP probe."""
        host, _, port = self.target.rpartition(":")
        return host.strip("[]"), int(port)


def _url(probe: Probe) -> None:
    try:
        parts = urlsplit(probe.target)
        good = (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
        )
    except ValueError:
        good = False
    if not good or not probe.target.isprintable() or " " in probe.target:
        raise ValueError("target: a URL such as https://cloud.example.com/status, without a user or password in it")


def _host_and_port(probe: Probe) -> None:
    host, _, port = probe.target.rpartition(":")
    number = int(port) if port.isascii() and port.isdigit() and len(port) < 6 else 0
    if not 0 < number < 65536 or not (_NAME.fullmatch(host) or _is_ip(host.removeprefix("[").removesuffix("]"))):
        raise ValueError("target: a host and a port, such as mail.example.com:993")


def _name(probe: Probe) -> None:
    if not _NAME.fullmatch(probe.target) or _is_ip(probe.target):
        raise ValueError("target: a name such as cloud.example.com")
    if probe.answer and not (_is_ip(probe.answer) and "." in probe.answer):
        raise ValueError("answer: an IPv4 address such as 192.0.2.7")
    if probe.server and not _is_ip(probe.server):
        raise ValueError("server: the IP address of a DNS server, such as 192.0.2.53")


def _query(probe: Probe) -> None:
    if not probe.target.strip() or len(probe.target) > LONGEST_QUERY:
        raise ValueError(f"target: a query, of at most {LONGEST_QUERY} characters")
    if not probe.place.strip():
        raise ValueError("place: from where it looks, such as frankfurt; this probe needs it")


_KINDS = {ProbeKind.HTTP: _url, ProbeKind.TCP: _host_and_port, ProbeKind.DNS: _name, ProbeKind.PROMETHEUS: _query}


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class Figure(StrEnum):
    """The four that tell most about a service."""

    ERRORS = "errors"
    LATENCY = "latency"
    RATE = "rate"
    SATURATION = "saturation"


class Metric(Frozen):
    """One figure of a service, and when it is worse than usual."""

    name: str = Field(min_length=1, max_length=80, description="What people call it. Required.")
    query: str = Field(
        min_length=1,
        max_length=LONGEST_QUERY,
        description="Its PromQL; of several series the worst counts. Required.",
    )
    figure: Figure = Field(description="`errors`, `latency`, `rate` or `saturation`. Required.")
    unit: str = Field(default="", max_length=20, description="Of its value, such as `s` or `%`.")
    worse: Literal["above", "below"] = Field(default="above", description="On which side of its usual value it is bad.")
    by: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] = Field(
        default=50.0, description="By how many percent it has to differ from its usual value."
    )
    least: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        default=0.0, description="The least difference that counts, in its unit, so that nothing small is large."
    )
    limit: Annotated[float, Field(allow_inf_nan=False)] | None = Field(
        default=None, description="What is worse than this is bad, however usual. Empty: nothing is."
    )
