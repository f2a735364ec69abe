"""When somebody has no answer, no money or no time, or is stopped: what is found is kept, and the rest is said."""

import asyncio
import json
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from agents.roster import Roster
from agents.runtime.ends import Denied, Stopped, Unreachable
from agents.runtime.llm import Ask, Fault, Reply, Unanswered
from agents.runtime.null import NullLLM
from agents.runtime.scripted import calls, says
from bot.budget.caps import Caps
from bot.errors import Permanent, Temporary
from bot.investigation.model import Kind, Stage, Word
from bot.settings import File
from bot.settings.agents import AgentKeys, ModelKeys, RoleModels
from bot.storage.db import Database
from bot.storage.tables import turns
from bot.storage.transcripts import ANSWER
from tests.agents.roles.answers import REPORT, TRIAGE
from tests.agents.roles.scene import Scene, hangs, scene
from tests.bot.evidence.examples import DEPLOYMENT, evidence

AWAY = Unanswered(Fault.BARRED, "The API of the models does not take our key.", charged=False)


async def test_one_that_has_no_answer_is_noted_and_the_others_go_on(ledger: Database) -> None:
    """A specialist that says nothing of use costs its part only."""
    made = await scene(ledger, {"workload": "I do not know what to say."})
    found = await made.look()
    assert found.verdict == REPORT["verdict"]
    assert [note for note in found.notes if note.startswith("Workload: ")]
    failed = [step for step in made.steps if step.word is Word.FAILED]
    assert [(step.stage, step.agent) for step in failed] == [(Stage.SPECIALISTS, "workload")]


async def test_without_triage_the_evidence_chooses(ledger: Database) -> None:
    """Nobody suggests a severity, and the specialists are those whom the evidence points to."""
    made = await scene(ledger, {"triage": "I do not know what to say."})
    found = await made.look()
    assert "delivery" in made.asked
    assert (found.verdict, found.severity) == (REPORT["verdict"], "")
    assert [note for note in found.notes if note.startswith("Triage: ")]


async def test_where_no_model_says_a_word_the_others_are_not_asked(ledger: Database) -> None:
    """They would be as silent, at a price that nobody knows; the reason is told at once."""
    made = await scene(ledger, {"triage": AWAY})
    with pytest.raises(Unreachable, match="does not take our key"):
        await made.look()
    assert set(made.asked) == {"triage"}


async def test_a_model_that_hangs_keeps_nobody_waiting_for_long(ledger: Database) -> None:
    """Triage has had its time without a word: nobody else waits as long, so that the rules' report is told now."""
    keys = AgentKeys.model_validate({"stages": {"triage": 1}})
    made = await scene(ledger, {"triage": hangs(asyncio.Event())}, keys=keys)
    with pytest.raises(Permanent, match="no answer within 1 seconds"):
        await made.look()
    assert set(made.asked) == {"triage"}


async def test_without_a_report_what_specialists_found_is_told(ledger: Database) -> None:
    """It is checked all the same; the verdict is the rules' own, and people are told that there is no report."""
    made = await scene(ledger, {"report_writer": AWAY})
    found = await made.look()
    assert found.verdict == made.case.report.verdict
    assert [each.sentence for each in found.findings] == ["The probe fails.", "A release came 8 min before."]
    assert [each.cause for each in found.hypotheses] == ["The release changed the image."]
    assert f"Report writer: {AWAY.sentence}" in found.notes
    assert (await made.money()).held == 0


async def test_where_nobody_answers_the_reason_is_told(ledger: Database) -> None:
    """Nothing is made up; the money is free."""
    everybody = ("triage", "cluster", "workload", "observability", "delivery", "network", "historian", "report_writer")
    made = await scene(ledger, dict.fromkeys(everybody, AWAY))
    with pytest.raises(Unreachable, match="does not take our key"):
        await made.look()
    assert (await made.money()).held == 0


@pytest.mark.parametrize("kind", [Kind.TRIAGE, Kind.FEATURE])
async def test_where_the_only_one_has_no_answer_the_reason_is_told(ledger: Database, kind: Kind) -> None:
    """One agent, no answer, no findings."""
    made = await scene(ledger, {"triage": AWAY, "issue_responder": AWAY}, kind=kind)
    with pytest.raises(Unreachable, match="does not take our key"):
        await made.look()


async def test_a_guardrail_that_said_no_three_times_ends_all_of_it(ledger: Database) -> None:
    """Tools that there are not, asked for again and again: the run ends, and no report is written."""
    numbers = iter(range(100))

    def hostile(ask: Ask) -> Reply:
        return calls((f"t{next(numbers)}", "terraform_apply", {"stack": "vault"}))

    made = await scene(ledger, {"cluster": hostile})
    with pytest.raises(Denied):
        await made.look()
    assert "report_writer" not in made.asked
    assert (await made.money()).held == 0


async def test_whoever_is_stopped_asks_nobody_more(ledger: Database) -> None:
    """From the moment that somebody says so."""
    made = await scene(ledger)

    def stops(ask: Ask) -> Reply:
        made.halted = "Somebody stopped it."
        return calls(("t1", "evidence_lookup", {"id": "E-1"}))

    made.llm._answer = stops  # the script is ours to change
    with pytest.raises(Stopped, match="Somebody stopped it"):
        await made.look()
    assert made.asked == ["triage"]


async def test_without_money_nobody_is_asked(ledger: Database) -> None:
    """Not even the report's money is there, so it does not begin; the sentence names the cap."""
    made = await scene(ledger, keys=_keys("0.10"))
    with pytest.raises(Permanent, match="One run may cost"):
        await made.look()
    assert made.asked == []


async def test_where_money_runs_out_there_still_is_a_report(ledger: Database) -> None:
    """What was kept for it is spent on nothing else: specialists have none left, the writer has."""
    made = await scene(ledger, keys=_keys("1.31"))
    found = await made.look()
    assert made.asked == ["triage", "report_writer"]
    assert found.verdict == REPORT["verdict"]
    assert len([note for note in found.notes if "may cost" in note]) == 6
    money = await made.money()
    assert money.spent <= 1_310_000
    assert money.held == 0


def _keys(dollars: str) -> AgentKeys:
    return AgentKeys(caps=Caps(run=Decimal(dollars)))


async def test_after_a_crash_it_goes_on_where_it_was(database: Database) -> None:
    """What was answered is not asked again, envelopes have the code that they had, and nothing stays held."""
    reached = asyncio.Event()
    made = await scene(database, {"delivery": hangs(reached)})
    task = asyncio.create_task(made.look())
    await _until(made, reached, 6)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    after = made.again({})
    found = await after.look()
    assert after.asked == ["delivery", "historian", "report_writer"]
    assert found.verdict == REPORT["verdict"]
    codes = {str(ask.messages[0]["content"][1]["text"])[:50] for ask in (*made.llm.asked, *after.llm.asked)}
    assert len(codes) == 1
    assert (await made.money()).held == 0


async def test_a_database_that_is_away_for_a_moment_ends_nothing(database: Database) -> None:
    """The run keeps its money, and whoever goes on with it asks only those who have not answered."""
    made = await scene(database)

    def away(ask: Ask) -> Reply:
        made.trouble = Temporary("The database does not answer right now.")
        return says(json.dumps(TRIAGE))

    made.llm._answer = away  # the script is ours to change
    with pytest.raises(Temporary, match="The database"):
        await made.look()
    assert (await made.money()).held > 0
    after = made.again({})
    found = await after.look()
    assert "triage" not in after.asked
    assert found.verdict == REPORT["verdict"]
    assert (await made.money()).held == 0


async def test_what_was_found_is_found_again_where_writing_it_down_broke(database: Database) -> None:
    """The run is over by then, so whoever had no answer is not asked anew, and the others' answers stand."""
    made = await scene(database, {"workload": AWAY})
    found = await made.look()
    after = made.again({})
    again = await after.look()
    assert after.asked == []
    assert again.model_copy(update={"notes": ()}) == found.model_copy(update={"notes": ()})
    assert [note for note in again.notes if note.startswith("Workload: ")]


async def _until(made: Scene, reached: asyncio.Event, asked: int) -> None:
    """Until it hangs, and the others have their answers."""
    async with asyncio.timeout(20):
        await reached.wait()
        while len(made.asked) < asked or not await _answered(made, 5):
            await asyncio.sleep(0.01)


async def _answered(made: Scene, many: int) -> bool:
    async with made.database.read() as connection:
        query = select(func.count()).select_from(turns).where(turns.c.role == ANSWER)
        return int((await connection.execute(query)).scalar_one()) >= many


async def test_the_same_look_after_a_crash_whatever_tools_have_shown(ledger: Database) -> None:
    """What agents asked for themselves is evidence by then, and chooses nobody."""
    first = await scene(ledger)
    shown = DEPLOYMENT[1].model_copy(update={"title": "postgres is down", "data": {"query": "x"}})
    again = first.again({}, evidence(*DEPLOYMENT, *(shown.model_copy(update={"text": f"{n}"}) for n in range(9))))
    await first.look()
    await again.look()
    assert again.asked == []


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        (AgentKeys(kill=True), "agents.kill"),
        (AgentKeys(models=RoleModels(triage=ModelKeys(model="claude-unheard-of"))), "no price for claude-unheard-of"),
    ],
)
async def test_absent_says_why(ledger: Database, keys: AgentKeys, why: str) -> None:
    """Switched off, or a model that nobody knows the price of: nobody is asked."""
    made = await scene(ledger, keys=keys)
    assert why in made.roster.absent()
    with pytest.raises(Permanent, match=why):
        await made.look()
    assert made.asked == []


async def test_without_a_key_it_is_absent(ledger: Database) -> None:
    """The model says so itself; with one, nothing is in the way."""
    made = await scene(ledger)
    assert made.roster.absent() == ""
    assert File().agents.problems() == ()
    assert Roster(made.roster.deps, NullLLM("There is no key.")).absent() == "There is no key."
