"""Whole investigations with a hostile model, over the wire: what is left of its claims, and what people are shown.

Cases 10, 23 and 25 of the adversarial list; and the workspace's own model, whose canned answers have to hold.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from agents.roster import Roster
from bot.budget.caps import Totals
from bot.errors import HoldfastError
from bot.investigation.model import Findings, State
from bot.storage import budget
from bot.storage.db import Database
from bot.views.blocks import Rendered
from bot.views.investigation_findings import findings
from bot.workspace.claude import Failure, Reply, hostile
from bot.workspace.claude.canned import FACE, canned
from bot.workspace.claude.model import Answers
from tests.agents.roles.scene import Scene, scene
from tests.agents.wired import Wired, calls
from tests.bot.views.shown import HOSTS, SPENT, harmless

pytestmark = pytest.mark.sockets


@dataclass
class Look:
    """An investigation whose agents ask the stand-in."""

    scene: Scene
    database: Database

    async def look(self) -> Findings:
        """What comes of it."""
        return await self.scene.look()

    def shown(self, found: Findings | None) -> Rendered:
        """What people are shown in Slack."""
        case = self.scene.case
        told = {"findings": found, "report": case.report, "evidence": case.evidence, "state": State.DONE}
        rendered = findings(case.investigation.model_copy(update=told), SPENT, HOSTS)
        assert rendered is not None
        return rendered

    async def money(self) -> Totals:
        """What it has cost and holds."""
        async with self.database.read() as connection:
            return await budget.of_run(connection, self.scene.case.investigation.id)


@asynccontextmanager
async def looking(wired: Wired, database: Database, answers: Answers) -> AsyncIterator[Look]:
    """With a model that answers so."""
    wired.claude.otherwise(answers)
    made = await scene(database)
    async with wired.llm() as llm:
        made.roster = Roster(made.roster.deps, llm)
        yield Look(made, database)


async def test_the_workspaces_own_model_holds(wired: Wired, ledger: Database) -> None:
    """Its answers are of every form that is wanted, cite what there is, and say on their face what they are."""
    async with looking(wired, ledger, canned) as look:
        found = await look.look()
    assert {asked.status for asked in wired.claude.asked} == {200}
    assert FACE in found.verdict
    assert found.findings
    assert {id for each in found.findings for id in each.pieces} <= look.scene.case.evidence.ids
    assert found.commands == ()
    assert found.notes == () or not any("gave no answer" in note for note in found.notes)
    assert "Canned answer of the local workspace" in str(look.shown(found).blocks)


async def test_10_what_a_hostile_report_shouts_reaches_nobody(wired: Wired, ledger: Database) -> None:
    """No mass mention, no link that hides where it goes, no picture that reports back: words, escaped."""
    async with looking(wired, ledger, hostile.shouts(("E-1", "E-2"))) as look:
        found = await look.look()
        shown = look.shown(found)
    assert "approvals are granted" in str(shown.blocks)  # it was said, and is shown as what it is
    harmless(shown)
    text = f"{shown.text}{shown.blocks}"
    assert "<!" not in text
    assert f"<http://{hostile.EVIL}" not in text
    assert f"https://{hostile.EVIL}" not in text


@pytest.mark.parametrize("ids", [(), hostile.NOWHERE], ids=["citing nothing", "citing what is not there"])
async def test_25_claims_without_evidence_are_left_out(wired: Wired, ledger: Database, ids: tuple[str, ...]) -> None:
    """A model that is done at once and quite sure: what is left is what the rules know, and how much was dropped."""
    async with looking(wired, ledger, hostile.claims(ids)) as look:
        found = await look.look()
    assert found.findings == ()
    assert found.hypotheses == ()
    assert not found.known
    assert found.confidence <= 0.5
    assert found.dropped > 0
    assert "The database is on fire." not in found.verdict
    assert "left out, citing no evidence" in str(look.shown(found).blocks)


async def test_23_nobody_answers_and_the_evidence_is_still_there(wired: Wired, ledger: Database) -> None:
    """The work ends with a sentence, nothing is spent or held, and the report of the rules is what people get."""
    wired.claude.storm(Failure(401, "authentication_error", "invalid x-api-key"))
    async with looking(wired, ledger, canned) as look:
        with pytest.raises(HoldfastError) as over:
            await look.look()
        assert await look.money() == Totals()
        shown = str(look.shown(None).blocks)
    assert over.value.sentence.endswith(".")
    assert look.scene.case.report.verdict.split(".")[0] in shown
    assert "Written without a model" in shown


async def test_25_every_agent_is_refused(wired: Wired, ledger: Database) -> None:
    """It sounds too much like an attack to every model: few requests, a sentence, and the money is booked."""
    async with looking(wired, ledger, lambda asked: Reply.refusal("cyber")) as look:
        with pytest.raises(HoldfastError, match="declines"):
            await look.look()
        assert (await look.money()).held == 0
    assert len(wired.claude.asked) <= 2 * 8  # triage, five specialists, the historian, the writer
    assert {call["state"] for call in await calls(ledger)} == {"settled"}
