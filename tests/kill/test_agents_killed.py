"""An agent that is killed (-9) at every point where something is kept: case 24 of the adversarial list.

Whatever it died with, the process that goes on proposes nothing twice, makes no request without money of its own, loses
no reservation, and continues the same transcript.
"""

import asyncio
import signal
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.storage import transcripts
from bot.storage.db import Database
from bot.storage.tables import proposals, reservations
from bot.workspace.claude import Asked, Reply, ToolCall
from tests import templates
from tests.agents.mortal_process import FORKS, Death, Moment, begin
from tests.agents.runtime.kit import GOOD, Verdict
from tests.agents.wired import Wired

pytestmark = pytest.mark.sockets

VERDICT = Verdict.model_validate_json(GOOD).verdict
_runs = count(1)


class House:
    """Processes that work on one run after the other, and what is left of them."""

    def __init__(self, wired: Wired, database: Database, url: str, folder: Path) -> None:
        self._wired = wired
        self._database = database
        self._url = url
        self._told = folder / "told"
        self.run_id = ""
        self._dies_asked = 0
        self._process: BaseProcess | None = None
        self._before = 0
        wired.claude.script(self._answer)

    def _answer(self, asked: Asked) -> Reply:
        """It looks and proposes, looks once more, and answers."""
        if self._dies_asked and len(self._mine()) == self._dies_asked:
            self._dies_asked = 0
            assert self._process is not None
            self._process.kill()
        turns = sum(message["role"] == "assistant" for message in asked.body["messages"])
        if not asked.tools:
            return Reply(text=GOOD)
        if turns:
            return Reply(thinking="That will do.", text="I know enough.")
        look = ToolCall("pods", {"namespace": "nextcloud"}, id="toolu_look")
        return Reply(tool_calls=(look, ToolCall("propose_fix", {"namespace": "fix"}, id="toolu_fix")))

    def _mine(self) -> list[Asked]:
        return self._wired.claude.asked[self._before :]

    async def dies(self, death: Death) -> bool:
        """A new run whose first process dies so, if it comes to that; then another goes on. Whether the first died."""
        self.run_id = f"run-{next(_runs)}"
        self._before = len(self._wired.claude.asked)
        self._dies_asked = death.number if death.moment == "asked" else 0
        code = await self._live(death)
        assert code in {0, -signal.SIGKILL}
        if code:
            assert await self._live(Death("never")) == 0
        return bool(code)

    async def _live(self, death: Death) -> int:
        self._told.unlink(missing_ok=True)
        arguments = (self._url, self._wired.url, self.run_id, death, self._told)
        self._process = process = FORKS.Process(target=begin, args=arguments)
        process.start()
        async with asyncio.timeout(60):
            while process.is_alive():
                await asyncio.sleep(0.01)
        process.join()
        code = process.exitcode
        process.close()
        assert code is not None
        return code

    async def check(self) -> None:
        """Everything is as if nobody had died, but for the money that nobody can account for."""
        assert self._told.read_text() == VERDICT
        async with self._database.read() as connection:
            rows = await transcripts.read(connection, self.run_id, "cluster")
            mine = select(func.count()).where(proposals.c.run_id == self.run_id)
            proposed = (await connection.execute(mine)).scalar_one()
            query = select(reservations).where(reservations.c.run_id == self.run_id)
            held = (await connection.execute(query)).mappings().all()
        assert transcripts.broken(rows) is None
        assert [row.role for row in rows].count(transcripts.ANSWER) == 1
        assert proposed == 1
        assert {row["state"] for row in held} == {"settled"}
        asked = [row.reservation_id for row in rows if row.role == transcripts.ASKED]
        assert sorted(map(str, asked)) == sorted(row["id"] for row in held)
        assert len(self._mine()) <= len(held)
        assert sum(row["estimated"] for row in held) <= 1
        assert {each.status for each in self._mine()} <= {0, 200}


@pytest.fixture
def house(wired: Wired, database: Database, database_url: str, tmp_path: Path) -> House:
    """On each database."""
    return House(wired, database, database_url, tmp_path)


@pytest.mark.parametrize("death", [Death("writing", 3), Death("written", 2), Death("ran", 2), Death("asked", 2)])
async def test_24_killed_once(wired: Wired, ledger: Database, tmp_path: Path, death: Death) -> None:
    """With a writing undone, with one done, with a proposal made and not kept, and in the midst of an answer."""
    house = House(wired, ledger, f"sqlite:///{tmp_path / templates.FILES[0]}", tmp_path)
    assert await house.dies(death)
    await house.check()


@pytest.mark.proof
@pytest.mark.timeout(900)
async def test_24_killed_at_every_writing(house: House) -> None:
    """Each writing of the run, undone and done; the last number is the one at which nobody dies any more."""
    moments: tuple[Moment, ...] = ("writing", "written")
    for moment in moments:
        number = 1
        while await house.dies(Death(moment, number)):
            await house.check()
            number += 1
        assert number > 8


@pytest.mark.proof
@pytest.mark.timeout(900)
async def test_24_killed_at_every_request_and_every_tool(house: House) -> None:
    """While each request is being answered, and before and after each tool."""
    moments: tuple[Moment, ...] = ("asked", "tool", "ran")
    for moment in moments:
        number = 1
        while await house.dies(Death(moment, number)):
            await house.check()
            number += 1
        assert number > 2
