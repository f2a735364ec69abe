"""How an investigation ends: always, and with all that it came to."""

from dataclasses import dataclass, replace

from agents.roster import Roster
from agents.runtime.llm import Ask, Reply
from agents.runtime.scripted import ScriptedLLM, calls
from bot.budget.caps import Caps, Run
from bot.deps import AgentDeps
from bot.errors import Permanent, Temporary
from bot.investigation.model import Findings, State
from bot.ports import Case, Halted, ItemCase, Note, Prepared
from bot.storage import budget
from bot.workflows.investigate import BROKE, LEASE, TRIES
from tests.bot.incident.examples import ANA
from tests.bot.workflows.conftest import Looker, Office


async def test_a_look_for_the_written_record_is_done_at_once_where_no_model_may(looker: Looker, office: Office) -> None:
    """There is no key: it is over after one attempt, says why, and is no failure."""
    await looker.begin(await office.declared(), "postmortem")
    one = await looker.work()
    assert (one.state, one.problem, one.attempt) == (State.DONE, "", 1)
    assert one.why_no_model == "No model is set up."


@dataclass
class Away:
    """Agents that cannot reach the database so many times, and then find something."""

    times: int

    def absent(self) -> str:
        return ""

    async def prepare(self, case: ItemCase, note: Note, halted: Halted) -> Prepared:
        raise Permanent("Nobody prepares anything here.")

    async def look(self, case: Case, note: Note, halted: Halted) -> Findings:
        self.times -= 1
        if self.times >= 0:
            raise Temporary("The database does not answer right now.")
        return Findings(verdict="It was the release.", known=True, confidence=0.8)


async def test_a_database_that_is_away_for_a_moment_is_no_reason_to_end(looker: Looker, office: Office) -> None:
    """It is taken up again when its lease is over, from the evidence that it had."""
    looker.deps = replace(looker.deps, agents=Away(1))
    await looker.begin(await office.declared(), by=ANA)
    broke = await looker.work()
    assert (broke.state, broke.why_no_model) == (State.LOOKING, "")
    office.clock.advance(LEASE.total_seconds())
    one = await looker.work()
    assert (one.state, one.attempt, one.evidence) == (State.DONE, 2, broke.evidence)
    assert one.findings is not None


async def test_what_breaks_off_again_and_again_is_given_up_and_holds_no_money(looker: Looker, office: Office) -> None:
    """Four attempts; then people are told, and what was kept for its report is free."""
    looker.deps = replace(looker.deps, agents=Away(99))
    incident = await office.declared()
    await looker.begin(incident, by=ANA)
    one = await looker.work()
    run = Run(id=one.id, issue=incident.id, person=ANA, started_at=office.clock.now())
    async with office.database.write() as connection:
        await budget.begin(connection, Caps(), run, 1_000_000)
    while not one.is_over:
        assert one.attempt <= TRIES
        office.clock.advance(LEASE.total_seconds())
        one = await looker.work()
    assert (one.state, one.problem) == (State.FAILED, BROKE)
    async with office.database.read() as connection:
        assert (await budget.of_issue(connection, incident.id)).held == 0


async def test_what_is_made_private_meanwhile_is_seen_by_no_model_any_more(looker: Looker, office: Office) -> None:
    """Whoever looks is asked for no more from then on, and people are told why."""
    incident = await office.declared()

    async def made_private(ask: Ask) -> Reply:
        done = await office.tell("private", "view:1", ANA, incident=incident.id, reason="Names of people")
        assert done.ok, done.text
        return calls(("t1", "evidence_lookup", {}))

    model = ScriptedLLM(made_private)
    roster = Roster(AgentDeps(office.database, office.clock, office.file, office.store, looker.deps.documents), model)
    looker.deps = replace(looker.deps, agents=roster)
    await looker.begin(incident, by=ANA)
    one = await looker.work()
    assert len(model.asked) == 1
    assert one.state is State.DONE
    assert "private" in one.why_no_model
