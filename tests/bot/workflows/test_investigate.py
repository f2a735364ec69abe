"""How an investigation ends: always, and with all that it came to."""

from bot.investigation.model import State
from tests.bot.workflows.conftest import Looker, Office


async def test_a_look_for_the_written_record_is_done_at_once_where_no_model_may(looker: Looker, office: Office) -> None:
    """There is no key: it is over after one attempt, says why, and is no failure."""
    await looker.begin(await office.declared(), "postmortem")
    one = await looker.work()
    assert (one.state, one.problem, one.attempt) == (State.DONE, "", 1)
    assert one.why_no_model == "No model is set up."
