"""What `services[].probes` and `services[].metrics` may say, and what a mistake in them is answered with."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.incident.probes import Metric, Probe, ProbeKind
from bot.settings.file import parse
from bot.settings.problems import SettingsError

ANYTHING = st.one_of(st.text(), st.integers(), st.none(), st.lists(st.text()), st.floats())


def wrong(yaml: str) -> str:
    """What is said about a service with these keys."""
    with pytest.raises(SettingsError) as found:
        parse(f"services: [{{name: cloud, {yaml}}}]", "holdfast.yml")
    return str(found.value).removeprefix("holdfast.yml: services[0].")


def test_a_url_alone_is_an_http_probe() -> None:
    """It is the shortest way to say how to look."""
    (service,) = parse("services: [{name: cloud, probes: ['https://cloud.example.com/status?key=1']}]", "x").services
    (probe,) = service.probes
    assert (probe.kind, probe.target, probe.status) == (ProbeKind.HTTP, "https://cloud.example.com/status?key=1", ())
    assert probe.named == "https://cloud.example.com/status"


def test_every_kind_can_be_said() -> None:
    """Page, port, name, and a probe that others run."""
    text = """
services:
  - name: cloud
    probes:
      - {target: "https://cloud.example.com", status: 200, word: Nextcloud, seconds: 2}
      - {kind: tcp, target: "mail.example.com:993"}
      - {kind: tcp, target: "[2001:db8::1]:22"}
      - {kind: dns, target: cloud.example.com, answer: 192.0.2.7, server: 192.0.2.53}
      - {kind: prometheus, target: 'probe_success{job="eu"}', place: frankfurt}
    metrics:
      - {name: errors, query: 'rate(errors[5m])', figure: errors, unit: /s, by: 20, least: 0.1, limit: 5}
"""
    (service,) = parse(text, "x").services
    http, port, six, name, theirs = service.probes
    assert http.status == (200,)
    assert (port.host_and_port, six.host_and_port) == (("mail.example.com", 993), ("2001:db8::1", 22))
    assert (name.answer, theirs.place) == ("192.0.2.7", "frankfurt")
    assert service.metrics[0].limit == 5


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ("probes: [5]", "probes[0]: 5 is not allowed. Allowed: keys and values (kind, target, place, status"),
        ("probes: ['ftp://x']", "probes[0]: 'ftp://x' is not allowed. Allowed: target: a URL such as"),
        ("probes: ['https://user@x.example']", "probes[0]: 'https://user@x.example' is not allowed. Allowed: target"),
        ("probes: ['https://u:pass@x.example']", "probes[0]: credentials may not stand in this file"),
        ("probes: ['https://[x']", "probes[0]: 'https://[x' is not allowed. Allowed: target: a URL"),
        ("probes: [{kind: tcp, target: 'a:0'}]", "probes[0]: target: a host and a port, such as"),
        ("probes: [{kind: tcp, target: '-a b:1'}]", "probes[0]: target: a host and a port, such as"),
        ("probes: [{kind: dns, target: 192.0.2.1}]", "probes[0]: target: a name such as cloud.example.com."),
        ("probes: [{kind: dns, target: a.b, server: ns.a}]", "probes[0]: server: the IP address of a DNS server"),
        ("probes: [{kind: dns, target: a.b, answer: '::1'}]", "probes[0]: answer: an IPv4 address"),
        ("probes: [{kind: dns, target: a.b, word: x}]", "probes[0]: word belongs to a probe of kind http, not dns."),
        ("probes: [{kind: prometheus, target: up}]", "probes[0]: place: from where it looks"),
        ("probes: [{kind: prometheus, target: up, place: holdfast}]", "probes[0]: place: Holdfast is where the bot"),
        ("probes: [{target: 'https://x.example', place: a}]", "probes[0]: place belongs to a probe of kind prometheus"),
        ("probes: [{target: 'https://x.example', status: 42}]", "probes[0].status[0]: 42 is not allowed."),
        ("probes: [{target: 'https://x.example', seconds: 60}]", "probes[0].seconds: 60 is not allowed."),
        ("metrics: [{name: a, query: up, figure: error}]", "metrics[0].figure: 'error' is not allowed. Allowed: "),
        ("metrics: [{name: a, query: up, figure: rate, by: 0}]", "metrics[0].by: 0 is not allowed."),
        ("metrics: [{query: up, figure: rate}]", "metrics[0].name: this is missing."),
    ],
)
def test_a_mistake_is_named_by_its_key(yaml: str, said: str) -> None:
    """With what is allowed there."""
    assert said in wrong(yaml)


@given(st.fixed_dictionaries({}, optional={**dict.fromkeys(Probe.model_fields, ANYTHING), "other": ANYTHING}))
def test_no_probe_gets_through_that_cannot_be_run(said: dict[str, Any]) -> None:  # Any: whatever YAML holds
    """Whatever is written, it is refused or has a target of its kind."""
    try:
        probe = Probe.model_validate(said)
    except ValidationError:
        return
    assert probe.named
    if probe.kind is ProbeKind.TCP:
        assert 0 < probe.host_and_port[1] < 65536


@given(st.text(max_size=40), st.sampled_from(ProbeKind))
def test_no_target_breaks_the_reading(target: str, kind: ProbeKind) -> None:
    """It fits its kind or is refused, and nothing else happens."""
    place = "x" if kind is ProbeKind.PROMETHEUS else ""
    try:
        probe = Probe(kind=kind, target=target, place=place)
    except ValidationError:
        return
    assert "@" not in probe.named or kind is ProbeKind.PROMETHEUS
    assert "\n" not in probe.named or kind is ProbeKind.PROMETHEUS


def test_what_is_not_said_of_a_figure() -> None:
    """Half as much again as usual is bad, and nothing else."""
    metric = Metric.model_validate({"name": "errors", "query": "up", "figure": "errors"})
    assert (metric.worse, metric.by, metric.least, metric.limit) == ("above", 50.0, 0.0, None)


def test_a_probe_cannot_look_from_two_places() -> None:
    """The same query under two names would count twice."""
    twice = "{kind: prometheus, target: up, place: paris}, {kind: prometheus, target: up, place: frankfurt}"
    assert "services: Service cloud has the probe up 2 times." in wrong(f"probes: [{twice}]")
