"""A model that was talked into everything: case 25 of the adversarial list, over the wire. It is bounded, and told."""

from pathlib import Path

import pytest
from sqlalchemy import select

from agents.runtime.checks import MOST_CALLS
from agents.runtime.ends import Denied, NoAnswer, Unreachable
from agents.runtime.loop import work
from bot.investigation.model import Word
from bot.storage.db import Database
from bot.storage.tables import audit
from bot.workspace.claude import Reply, ToolCall, hostile
from tests.agents.runtime.kit import Bench, Verdict, role
from tests.agents.wired import Wired, chained, settled

pytestmark = pytest.mark.sockets

TURNS = 5
#: Turns with tools, and what may come after them: the answer, asked for twice.
MOST = TURNS + 2


async def rules(run: Bench) -> list[str]:
    """By which rules it was denied something, as the audit log has it."""
    query = select(audit.c.details).where(audit.c.act == "agent_denied").order_by(audit.c.number)
    async with run.database.read() as connection:
        return [details["rule"] for details in (await connection.execute(query)).scalars()]


def stored(folder: Path) -> int:
    """Bytes of everything that is kept."""
    return sum(path.stat().st_size for path in folder.iterdir())


async def test_25_the_same_question_for_ever(wired: Wired, ledger: Database) -> None:
    """It is answered once; then it is told to read that answer, until its turns are over."""
    wired.claude.script(hostile.asks_again())
    async with wired.bench(ledger) as run:
        assert isinstance(await work(run.session, role(run.cluster, turns=TURNS), "Why?"), Verdict)
    assert len(run.cluster.asked) == 1
    assert len(wired.claude.asked) <= MOST
    assert [result["is_error"] for asked in wired.claude.asked[1:TURNS] for result in asked.results].count(False) == 1
    assert await rules(run) == []


async def test_25_the_same_question_in_another_order(wired: Wired, ledger: Database) -> None:
    """Arguments are the same whichever comes first."""
    orders = ({"namespace": "nextcloud", "limit": 5}, {"limit": 5, "namespace": "nextcloud"})
    wired.claude.script(
        Reply(tool_calls=tuple(ToolCall("pods", order) for order in orders)),
        *(Reply(tool_calls=(ToolCall("pods", order),)) for order in orders),
    )
    wired.claude.otherwise(hostile.claims())
    async with wired.bench(ledger) as run:
        await work(run.session, role(run.cluster, turns=3), "Why?")
    assert len(run.cluster.asked) == 1


async def test_25_tools_that_nobody_offered(wired: Wired, ledger: Database) -> None:
    """Three times it is told no; then the whole run ends, a person is told, and the log says by which rule."""
    wired.claude.script(hostile.asks_unknown_tool())
    async with wired.bench(ledger) as run:
        with pytest.raises(Denied, match="A person should look"):
            await work(run.session, role(run.cluster, turns=TURNS), "Why?")
        with pytest.raises(Denied):  # also for the next agent of the run
            await work(run.session, role(run.cluster, name="workload"), "Why?")
    assert len(wired.claude.asked) == 3
    assert await rules(run) == ["unknown_tool"] * 3
    assert [step.word for step in run.steps] == [Word.REFUSED] * 3
    assert hostile.SHELL not in "".join(step.text for step in run.steps)
    assert set(await settled(run)) == {"exact"}
    assert await chained(run)


async def test_25_arguments_of_an_attack(wired: Wired, ledger: Database) -> None:
    """The same for options and paths where a name belongs; the tool never hears of them."""
    wired.claude.script(hostile.asks_wrongly())
    async with wired.bench(ledger) as run:
        with pytest.raises(Denied):
            await work(run.session, role(run.cluster, turns=TURNS), "Why?")
    assert run.cluster.asked == []
    assert len(await rules(run)) == 3
    assert "/etc/passwd" not in wired.claude.asked[-1].last


@pytest.mark.parametrize("name", ["x;id", "$(id)", "-A", "a\nb", "a\x00b", "../../etc/passwd", "N" * 64, ""])
async def test_25_a_name_that_is_none(wired: Wired, ledger: Database, name: str) -> None:
    """Whatever it is, the tool is not called with it."""
    wired.claude.script(Reply(tool_calls=(ToolCall("pods", {"namespace": name}),)))
    wired.claude.otherwise(hostile.claims())
    async with wired.bench(ledger) as run:
        await work(run.session, role(run.cluster, turns=TURNS), "Why?")
    assert run.cluster.asked == []


async def test_25_two_hundred_calls_in_one_turn(wired: Wired, ledger: Database) -> None:
    """A few are answered, the others are told so; every call has a result, as the API wants it."""
    wired.claude.script(hostile.asks_much(200))
    async with wired.bench(ledger) as run:
        await work(run.session, role(run.cluster, turns=2, max_tokens=16_000), "Why?")
    assert len(run.cluster.asked) <= 2 * MOST_CALLS
    assert [len(asked.results) for asked in wired.claude.asked[1:]] == [200, 200]
    assert {asked.status for asked in wired.claude.asked} == {200}
    assert await chained(run)


async def test_25_five_megabytes_of_arguments(wired: Wired, ledger: Database, tmp_path: Path) -> None:
    """Nobody asked for as much, so it is no answer: nothing of it is kept, and the worst of it is paid."""
    wired.claude.script(hostile.asks_at_length(5_000_000))
    async with wired.bench(ledger) as run:
        with pytest.raises((NoAnswer, Unreachable)):
            await work(run.session, role(run.cluster, turns=TURNS), "Why?")
        assert (await run.money()).held == 0
    assert run.cluster.asked == []
    assert len(wired.claude.asked) <= 6
    assert stored(tmp_path) < 4_000_000


async def test_25_arguments_that_are_too_long(wired: Wired, ledger: Database) -> None:
    """Those of a size that an answer may have are refused before the tool."""
    long = Reply(tool_calls=(ToolCall("pods", {"namespace": "x" * 50_000}),))
    wired.claude.script(long)
    wired.claude.otherwise(hostile.claims())
    async with wired.bench(ledger) as run:
        await work(run.session, role(run.cluster, turns=TURNS, max_tokens=16_000), "Why?")
    assert run.cluster.asked == []


async def test_25_a_refusal_ends_it(wired: Wired, ledger: Database) -> None:
    """What sounds like an attack to a model gets no answer from it; a person reads so."""
    wired.claude.script(lambda asked: Reply.refusal("cyber"))
    async with wired.bench(ledger) as run:
        with pytest.raises(NoAnswer, match="declines"):
            await work(run.session, role(run.cluster, turns=TURNS), "Why?")
    assert len(wired.claude.asked) == 2


async def test_25_a_tool_of_another_role(wired: Wired, ledger: Database) -> None:
    """Whoever only reads cannot be made with a tool that proposes, and is told no where the model tries."""
    wired.claude.script(*[Reply(tool_calls=(ToolCall("propose_fix", {}),))] * 3)
    async with wired.bench(ledger) as run:
        with pytest.raises(Denied):
            await work(run.session, role(run.cluster, turns=TURNS), "Why?")
    assert await rules(run) == ["unknown_tool"] * 3


async def test_25_done_in_no_form(wired: Wired, ledger: Database) -> None:
    """Words, a list, another form, or nothing: asked once more, and then it is over."""
    for number, text in enumerate(("All done!", "[]", '{"verdict": "x", "sure": 1, "approved": true}', "null")):
        wired.claude.script(*[Reply(text=text)] * 3)
        async with wired.bench(ledger, run=f"run-{number}") as run:
            with pytest.raises(NoAnswer):
                await work(run.session, role(run.cluster), "Why?")
    assert len(wired.claude.asked) == 12
