"""What the bot sees itself of a service and of what that needs."""

from collections.abc import AsyncIterator

import pytest

from bot.adapters.probes import Prober
from bot.evidence.model import Grade, Kind
from bot.incident.catalogue import Service
from bot.incident.probes import Probe, ProbeKind
from bot.investigation.healthy import WEAK
from bot.sources.probes import MOST, ProbeSource, probes_of
from bot.sources.source import NotSetUp
from bot.workspace.workspace import Workspace
from tests.bot.sources.shown import about, ask, mail, nextcloud
from tests.clock import START, ManualClock

pytestmark = pytest.mark.sockets


@pytest.fixture
async def workspace(clock: ManualClock) -> AsyncIterator[Workspace]:
    started = await Workspace.start(clock)
    yield started
    await started.stop()


@pytest.fixture
async def prober(clock: ManualClock) -> AsyncIterator[Prober]:
    made = Prober(clock)
    yield made
    await made.close()


async def test_the_service_and_what_it_needs_are_looked_at(workspace: Workspace, prober: Prober) -> None:
    """Each with what was seen, from where, and when."""
    asked = about(nextcloud(workspace), mail(workspace))
    workspace.targets.down("mail", 502)
    works, broken = (await ask(ProbeSource(prober), 0, asked)).pieces
    assert (works.kind, works.title, works.grade, works.at) == (Kind.PROBE, "nextcloud answers 200", Grade.FINE, START)
    assert works.data == {"place": "Holdfast", "target": f"{workspace.url}/services/nextcloud"}
    assert (broken.service, broken.title, broken.grade) == ("mail", "mail answers 502", Grade.CRITICAL)


async def test_a_hanging_one_does_not_keep_the_others(workspace: Workspace, prober: Prober) -> None:
    """It is left out, and that is said."""
    slow = Service(name="mail", probes=(Probe(target=workspace.targets.url("mail"), seconds=15),))
    workspace.targets.down("mail", hangs=True)
    found = await ask(ProbeSource(prober, seconds=0.5), 0, about(nextcloud(workspace), slow))
    assert [piece.service for piece in found.pieces] == ["nextcloud"]
    assert found.sentence == "1 of 2 probes were not run, or took too long."


async def test_so_many_and_no_more(workspace: Workspace, prober: Prober) -> None:
    """The nearest first."""
    url = workspace.targets.url("nextcloud")
    many = Service(name="nextcloud", probes=tuple(Probe(target=f"{url}?{n}") for n in range(MOST + 5)))
    found = await ask(ProbeSource(prober), 0, about(many))
    assert len(found.pieces) == workspace.targets.asked["nextcloud"] == MOST
    assert found.sentence == f"5 of {MOST + 5} probes were not run, or took too long."


async def test_what_proves_little_says_so(workspace: Workspace, prober: Prober) -> None:
    """A name, and an open port where there should be a page; of what has no page, a port is all there is."""
    host = workspace.url.removeprefix("http://")
    name, port = Probe(kind=ProbeKind.DNS, target="localhost"), Probe(kind=ProbeKind.TCP, target=host)
    paged = Service(name="nextcloud", url="https://nextcloud.example.com", probes=(name, port))
    bare = Service(name="mail", probes=(port,))
    pieces = (await ask(ProbeSource(prober), 0, about(paged, bare))).pieces
    assert {piece.grade for piece in pieces} == {Grade.FINE}
    assert [piece.data.get(WEAK) for piece in pieces] == ["yes", "yes", None]


async def test_nothing_to_look_at(prober: Prober) -> None:
    """It is named, so that people know that nobody looked."""
    with pytest.raises(NotSetUp, match=r"dns has neither an address nor probes in holdfast\.yml"):
        await ask(ProbeSource(prober), 0, about(Service(name="dns")))


def test_what_is_looked_at_of_a_service() -> None:
    """Its own probes, each once; its address where it has none that are ours to run."""
    theirs = Probe(kind=ProbeKind.PROMETHEUS, target="up", place="frankfurt")
    own = Probe(target="https://cloud.example.com/status")
    url = "https://cloud.example.com"
    assert list(probes_of(Service(name="a", url=url, probes=(own, theirs, own)))) == [own]
    assert list(probes_of(Service(name="a", url=url, probes=(theirs,)))) == [Probe(target=url)]
    assert list(probes_of(Service(name="a", url="cloud.example.com"))) == []
    assert list(probes_of(Service(name="a"))) == []
