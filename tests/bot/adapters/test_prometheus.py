"""The client of Prometheus: what it reads, what it never does, and a sentence for everything that goes wrong."""

import math
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.prometheus import MOST, Prometheus, open_prometheus
from bot.adapters.prometheus_reading import Answer as Read
from bot.adapters.prometheus_reading import answer, firing, rules
from bot.errors import HoldfastError, Permanent, Temporary
from bot.settings import SettingsError, load
from bot.workspace.faults import Kind
from bot.workspace.workspace import Workspace
from tests.clock import START, ManualClock
from tests.wire import Answer, Wire, wire

ODD = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=12,
)
KEYS = st.sampled_from(["resultType", "result", "metric", "value", "values", "warnings", "alerts", "groups", "labels"])


@asynccontextmanager
async def opened(url: str, token: str = "", seconds: float = 2) -> AsyncIterator[Prometheus]:
    """A client, closed at the end."""
    client = Prometheus(url, token, seconds=seconds)
    try:
        yield client
    finally:
        await client.close()


@pytest.fixture
async def workspace(clock: ManualClock) -> AsyncIterator[Workspace]:
    started = await Workspace.start(clock)
    yield started
    await started.stop()


@pytest.fixture
async def prometheus(workspace: Workspace) -> AsyncIterator[Prometheus]:
    async with opened(f"{workspace.url}/prometheus") as client:
        yield client


@pytest.fixture
async def odd() -> AsyncIterator[Wire]:
    """A server that answers as it is told, and nothing like Prometheus."""
    async with wire() as made:
        yield made


@pytest.mark.sockets
async def test_a_query_at_an_instant(workspace: Workspace, prometheus: Prometheus) -> None:
    """Series with their labels, each with one value and its time."""
    workspace.prometheus.set("up", 1, labels={"job": "a"})
    workspace.prometheus.set("up", 0, labels={"job": "b"})
    first, second = (await prometheus.query("up", START)).series
    assert (first.labels, first.points[0].at, first.points[0].value) == ({"job": "a"}, START, 1.0)
    assert second.points[0].value == 0.0


@pytest.mark.sockets
async def test_a_query_over_time(workspace: Workspace, prometheus: Prometheus, clock: ManualClock) -> None:
    """As it was at each step."""
    before = START - timedelta(minutes=10)
    clock.advance(-300)
    workspace.prometheus.set("errors", 9, [(before, 1.0)])
    (series,) = (await prometheus.range("errors", before - timedelta(minutes=5), START, 300)).series
    assert [(point.at, point.value) for point in series.points] == [
        (before, 1.0),
        (before + timedelta(minutes=5), 9.0),
        (START, 9.0),
    ]


@pytest.mark.sockets
async def test_what_is_no_number_is_kept_as_such(workspace: Workspace, prometheus: Prometheus) -> None:
    """A division by nothing is not zero."""
    workspace.prometheus.set("ratio", math.nan)
    workspace.prometheus.set("all", math.inf)
    assert math.isnan((await prometheus.query("ratio")).series[0].points[0].value)
    assert (await prometheus.query("all")).series[0].points[0].value == math.inf


@pytest.mark.sockets
async def test_alerts_and_the_rules_behind_them(workspace: Workspace, prometheus: Prometheus) -> None:
    """With labels, annotations, and since when."""
    workspace.prometheus.fire("Slow", {"severity": "warning"}, {"summary": "It is slow."}, since=START, query="p99 > 1")
    (alert,) = await prometheus.alerts()
    assert (alert.name, alert.since, alert.pending) == ("Slow", START, False)
    assert (alert.labels["severity"], alert.annotations["summary"]) == ("warning", "It is slow.")
    (rule,) = await prometheus.rules()
    assert (rule.name, rule.query, rule.problem) == ("Slow", "p99 > 1", "")
    workspace.prometheus.stop("Slow")
    assert list(await prometheus.alerts()) == []


@pytest.mark.sockets
async def test_a_long_query_goes_as_a_form(workspace: Workspace, prometheus: Prometheus) -> None:
    """No address is longer than what servers take."""
    long = " + ".join(["up"] * 400)
    workspace.prometheus.set(long, 3)
    assert (await prometheus.query(long)).series[0].points[0].value == 3
    assert [method for method, _, _ in workspace.prometheus.requests] == ["POST"]


@pytest.mark.sockets
@pytest.mark.parametrize(
    "query", ["up&time=0", "up#x", "../../../admin", "up\r\nX: y", "?query=b", "%00", "up;drop", '"\\u0000"', "a\x00b"]
)
async def test_no_query_leaves_its_parameter(workspace: Workspace, prometheus: Prometheus, query: str) -> None:
    """Whatever stands in it arrives as the query, and at the same route."""
    workspace.prometheus.set(query, 1)
    await prometheus.query(query)
    (method, route, sent) = workspace.prometheus.requests[-1]
    assert (method, route, sent["query"]) == ("GET", "/api/v1/query", query)
    assert set(sent) == {"query", "timeout", "limit"}


@pytest.mark.sockets
async def test_a_mistake_in_a_query_is_said_in_prometheus_words(prometheus: Prometheus) -> None:
    """Shortly, without what the words stand in."""
    with pytest.raises(Permanent, match=r"^Prometheus says: 1:9: parse error: unclosed left parenthesis\.$"):
        await prometheus.query("rate(sum")
    with pytest.raises(Permanent, match="exceeded maximum resolution"):
        await prometheus.range("probe_success", START - timedelta(days=30), START, 1)


@pytest.mark.sockets
async def test_what_it_was_not_told_is_remembered(workspace: Workspace, prometheus: Prometheus) -> None:
    """The stand-in answers nothing that nobody set."""
    with pytest.raises(Permanent, match="was not told what nobody_set_this answers"):
        await prometheus.query("nobody_set_this")
    assert workspace.prometheus.surprises == ["nobody_set_this"]


@pytest.mark.sockets
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("500", "Prometheus answers 500"),
        ("refused", "cannot be reached"),
        ("broken", "sent an answer that cannot be read"),
        ("cut_after_write", "cannot be reached"),
        ("timeout_before_write", "did not answer within 0.3 s"),
    ],
)
async def test_trouble_that_may_pass(workspace: Workspace, kind: Kind, said: str) -> None:
    """Each with a sentence of its own, and none is asked again by the client."""
    workspace.prometheus.set("up", 1)
    workspace.faults.add("prometheus", "query", kind)
    async with opened(f"{workspace.url}/prometheus", seconds=0.3) as client:
        with pytest.raises(Temporary, match=said):
            await client.query("up")
    assert len(workspace.prometheus.requests) <= 1


@pytest.mark.sockets
async def test_nobody_there() -> None:
    """A closed port is trouble that may pass."""
    async with opened("http://127.0.0.1:1") as client:
        with pytest.raises(Temporary, match="cannot be reached"):
            await client.alerts()


@pytest.mark.sockets
async def test_a_token_opens_it_and_is_in_no_sentence(workspace: Workspace) -> None:
    """Without it, people are told where to look."""
    workspace.prometheus.token = "s3cret-token-value"
    workspace.prometheus.set("up", 1)
    async with opened(f"{workspace.url}/prometheus", "s3cret-token-value") as client:
        assert (await client.query("up")).series
    async with opened(f"{workspace.url}/prometheus", "wr0ng") as client:
        with pytest.raises(Permanent, match=r"does not let us in \(401\)\. Look at PROMETHEUS_TOKEN") as no:
            await client.query("up")
    assert "wr0ng" not in no.value.sentence


@pytest.mark.sockets
async def test_a_password_in_the_address_is_sent_as_one_and_shown_nowhere(odd: Wire) -> None:
    """Neither in a link, nor in a sentence, nor in what an error says of itself."""
    odd.will("/query", Answer({"status": "success", "data": {"resultType": "vector", "result": []}}), Answer(cut=True))
    async with opened(odd.url.replace("http://", "http://ana:hunter2%21@")) as client:
        await client.query("up")
        assert odd.headers[-1]["Authorization"] == f"Basic {b64encode(b'ana:hunter2!').decode()}"
        with pytest.raises(Temporary) as cut:
            await client.query("up")
    told = f"{client.link('up', START)} {client.url} {cut.value.sentence} {cut.value.__cause__!r}"
    assert "hunter2" not in told
    assert "ana" not in told


@pytest.mark.sockets
async def test_it_is_not_sent_elsewhere(odd: Wire) -> None:
    """A redirect could lead anywhere, with the token in hand."""
    odd.will("/query", Answer({}, 302, {"Location": f"{odd.url}/elsewhere"}))
    async with opened(odd.url, "a-token") as client:
        with pytest.raises(Permanent, match="another address, which is not followed"):
            await client.query("up")
    assert [path for path in odd.seen if "elsewhere" in path] == []


@pytest.mark.sockets
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Answer(text="x" * (MOST + 1)), "more than 4 MB"),
        (Answer(text="<html>"), "sent an answer that cannot be read"),
        (Answer(text="[" * 100_000), "sent an answer that cannot be read"),
        (Answer([1]), "sent an answer that cannot be read"),
        (Answer({"status": "success"}), "sent an answer that cannot be read"),
        (Answer({"status": "success", "data": {"resultType": "string", "result": [1, "x"]}}), "answers with a text"),
        (Answer({"status": "error", "error": "query timed out"}, 503), "Prometheus says: query timed out."),
        (Answer({"status": "error", "error": "a" * 9000}, 422), "Prometheus says: a{100,300}…"),
        (Answer({"status": "error", "error": {"not": "text"}}, 422), "Prometheus answers 422"),
        (Answer(text="404 page not found", status=404), "no Prometheus at PROMETHEUS_URL"),
    ],
)
async def test_answers_that_are_none(odd: Wire, given: Answer, said: str) -> None:
    """Too much, not JSON, of another shape, or a mistake: a sentence each."""
    odd.will("/query", given)
    async with opened(odd.url) as client:
        with pytest.raises(HoldfastError, match=said) as no:
            await client.query("up")
    assert len(no.value.sentence) < 400


@given(st.one_of(ODD, st.dictionaries(KEYS, st.one_of(ODD, st.lists(st.dictionaries(KEYS, ODD))))))
def test_nothing_that_is_answered_breaks_the_reading(data: object) -> None:
    """It is read, or refused with a sentence."""
    for read in (answer, firing, rules):
        with suppress(HoldfastError):
            read(data)


def test_warnings_of_prometheus_are_kept() -> None:
    """A partial answer says so."""
    said = {"resultType": "vector", "result": [], "warnings": ["one store is down"]}
    assert answer(said) == Read((), ("one store is down",))


def test_without_an_address_there_is_none() -> None:
    """It is optional; its token is a secret like the others."""
    assert open_prometheus(load({})) is None
    settings = load({"PROMETHEUS_URL": "http://prometheus:9090/", "PROMETHEUS_TOKEN": "ana:a-pass-word"})
    opened = open_prometheus(settings)
    assert opened is not None
    assert opened.url == "http://prometheus:9090"
    assert {"ana:a-pass-word", "a-pass-word"} <= set(settings.secrets())
    assert "a-pass-word" not in repr(settings)


@pytest.mark.parametrize("url", ["http://ana:secret-word@prometheus", "http://token-in-here@prometheus"])
def test_credentials_do_not_stand_in_the_address(url: str) -> None:
    """Where they would be shown; they have a variable of their own."""
    with pytest.raises(SettingsError, match=r"PROMETHEUS_URL: .* PROMETHEUS_TOKEN is the place for them"):
        load({"PROMETHEUS_URL": url})


def test_a_link_shows_the_query_to_people() -> None:
    """Nothing in a query breaks out of it."""
    link = Prometheus("http://prometheus:9090").link('a{b="c d"}&x=<y>', START)
    assert link == (
        "http://prometheus:9090/graph?g0.expr=a%7Bb%3D%22c+d%22%7D%26x%3D%3Cy%3E&g0.tab=0"
        "&g0.end_input=2026-03-02+14%3A30%3A00&g0.range_input=1h"
    )
