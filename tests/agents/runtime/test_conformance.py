"""What the loop makes of every way in which the API can fail, over the wire: no partial turn, and no lost money."""

import pytest

from agents.runtime.ends import NoAnswer, Unreachable
from agents.runtime.loop import work
from bot.errors import HoldfastError
from bot.storage.db import Database
from bot.workspace.claude import Broken, Claude, Failure, Hang, Reply
from bot.workspace.claude.model import How, Where
from tests.agents.runtime.kit import FALLBACK, GOOD, MODEL, Pods, Verdict, role
from tests.agents.wired import DONE, LOOK, Wired, chained, settled

pytestmark = pytest.mark.sockets

ANSWER = Verdict.model_validate_json(GOOD)
PLACES: tuple[Where, ...] = ("start", "middle", "tool", "stop")
#: Attempts with a model, the first included; and both models have as many.
ATTEMPTS = 3
#: Time enough to ask on a busy machine, and none to wait for. Seconds.
SHORT = 3


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("how", ["cut", "ends", "error"])
async def test_a_turn_that_breaks_is_asked_for_again(wired: Wired, ledger: Database, how: How, where: Where) -> None:
    """Nothing of it is used, also where it looks whole: its tool runs once, for the turn that came to its end."""
    wired.claude.script(LOOK, DONE)
    wired.claude.storm(Broken(how, where), times=1)
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster), "Why?") == ANSWER
    assert run.cluster.asked == [Pods(namespace="nextcloud")]
    assert [asked.became for asked in wired.claude.asked] == ["broken", "whole", "whole"]
    assert await settled(run) == ["estimated", "exact", "exact"]
    assert len(run.waits) == 1
    assert await chained(run)


@pytest.mark.parametrize("where", PLACES)
async def test_a_stream_that_stalls_is_given_up(wired: Wired, ledger: Database, where: Where) -> None:
    """Within the time of its role; what it may have cost is booked, and no tool has run."""
    wired.claude.storm(Broken("stalls", where, LOOK))
    async with wired.bench(ledger) as run:
        with pytest.raises((NoAnswer, Unreachable)):
            await work(run.session, role(run.cluster, seconds=SHORT), "Why?")
    assert run.cluster.asked == []
    assert "estimated" in await settled(run)


async def test_what_hangs_before_its_answer_is_given_up(wired: Wired, ledger: Database) -> None:
    """Nobody knows whether it was worked on, so the worst is booked."""
    wired.claude.storm(Hang())
    async with wired.bench(ledger) as run:
        with pytest.raises((NoAnswer, Unreachable)):
            await work(run.session, role(run.cluster, seconds=SHORT), "Why?")
    assert "estimated" in await settled(run)


async def test_a_stream_that_is_too_slow_is_given_up(wired: Wired, ledger: Database) -> None:
    """Pieces that keep coming are no answer: the time of the role is for all of it."""
    wired.claude.script(lambda asked: Reply(text="slowly " * 600, pace=0.05))
    async with wired.bench(ledger) as run:
        with pytest.raises((NoAnswer, Unreachable)):
            await work(run.session, role(run.cluster, seconds=SHORT), "Why?")
    assert "estimated" in await settled(run)
    assert len(wired.claude.asked) <= ATTEMPTS * 2


@pytest.mark.parametrize(
    ("header", "waited"),
    [
        ({"retry_after": "7"}, 7.0),
        ({"retry_after_ms": "1500"}, 1.5),
        ({"retry_after": "3600"}, 60.0),
        ({"retry_after": "soon"}, 1.0),
        ({"retry_after": "-5"}, 1.0),
        ({"retry_after": "inf"}, 1.0),
        ({"retry_after_ms": "nan"}, 1.0),
        ({}, 1.0),
    ],
)
async def test_it_waits_as_long_as_it_is_told(
    wired: Wired, ledger: Database, header: dict[str, str], waited: float
) -> None:
    """But never longer than a minute, and a bit where it is told nothing of use; the refused call costs nothing."""
    wired.claude.script(DONE)
    wired.claude.storm(Failure.rate_limit(**header), times=1)
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster, seconds=240), "Why?") == ANSWER
    assert run.waits == [waited]
    assert await settled(run) == ["nothing", "exact"]


async def test_a_wait_that_is_longer_than_the_time_left_is_not_begun(wired: Wired, ledger: Database) -> None:
    """The other model is asked at once, which answers."""
    wired.claude.script(DONE)
    wired.claude.storm(Failure.rate_limit(retry_after="3600"), times=1)
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster, seconds=30), "Why?") == ANSWER
    assert run.waits == []
    assert [asked.model for asked in wired.claude.asked] == [MODEL, FALLBACK]


@pytest.mark.parametrize("failure", [Failure.overloaded(), Failure(), Failure(503, "api_error", "Unavailable")])
async def test_a_storm_ends_in_a_sentence(wired: Wired, ledger: Database, failure: Failure) -> None:
    """A few attempts with each model, then it is over, for nothing; the next agent does not try for a while."""
    wired.claude.storm(failure)
    async with wired.bench(ledger) as run:
        with pytest.raises(Unreachable) as over:
            await work(run.session, role(run.cluster, seconds=240), "Why?")
        assert len(wired.claude.asked) == ATTEMPTS * 2
        assert set(await settled(run)) == {"nothing"}
        assert (await run.money()).held == 0
        with pytest.raises(Unreachable):
            await work(run.session, role(run.cluster, name="workload", seconds=240), "Why?")
        assert len(wired.claude.asked) == ATTEMPTS * 2
    assert over.value.sentence.endswith(".")
    assert "overloaded_error" not in over.value.sentence


async def test_a_storm_that_passes_is_waited_for(wired: Wired, ledger: Database) -> None:
    """Two failures, then the answer, from the first model."""
    wired.claude.script(DONE)
    wired.claude.storm(Failure.overloaded(), times=2)
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster, seconds=240), "Why?") == ANSWER
    assert {asked.model for asked in wired.claude.asked} == {MODEL}
    assert await settled(run) == ["nothing", "nothing", "exact"]
    assert run.waits == sorted(run.waits)


@pytest.mark.parametrize(
    ("failure", "requests"),
    [
        (Failure(401, "authentication_error", "invalid x-api-key"), 1),
        (Failure(402, "billing_error", "Your credit balance is too low."), 1),
        (Failure(403, "permission_error", "Your key may not use this."), 1),
        (Failure(404, "not_found_error", "model: nobody"), 2),
        (Failure(400, "invalid_request_error", "prompt is too long"), 2),
        (Failure(413, "request_too_large", "Request exceeds the maximum size"), 2),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Failure) else "",
)
async def test_what_asking_again_does_not_help_is_not_asked_again(
    wired: Wired, ledger: Database, failure: Failure, requests: int
) -> None:
    """Not with a key that nobody takes; the other model is asked once where it is about the model or the prompt."""
    wired.claude.storm(failure)
    async with wired.bench(ledger) as run:
        with pytest.raises(HoldfastError) as over:
            await work(run.session, role(run.cluster, seconds=240), "Why?")
    assert len(wired.claude.asked) <= requests
    assert set(await settled(run)) == {"nothing"}
    assert "x-api-key" not in over.value.sentence


async def test_the_environment_of_the_sdk_changes_nothing(
    wired: Wired, ledger: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other addresses, other credentials, other headers and a proxy: none is obeyed."""
    for name, value in {
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:9/evil",
        "ANTHROPIC_AUTH_TOKEN": "other-token",
        "ANTHROPIC_API_KEY": "other-key",
        "ANTHROPIC_CUSTOM_HEADERS": "x-evil: yes",
        "ANTHROPIC_PROFILE": "evil",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    wired.claude.script(DONE)
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster), "Why?") == ANSWER
    assert "x-evil" not in {name.lower() for name in wired.claude.asked[0].headers}


async def test_nobody_there(ledger: Database) -> None:
    """An address where nothing listens is told from an answer, costs nothing, and is a sentence."""
    async with Wired(Claude(), "http://127.0.0.1:9").bench(ledger) as run:
        with pytest.raises(Unreachable) as over:
            await work(run.session, role(run.cluster, seconds=240), "Why?")
    assert set(await settled(run)) == {"nothing"}
    assert "127.0.0.1" not in over.value.sentence
