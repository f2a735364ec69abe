"""The loop that an agent runs in, on one page: every limit and every guardrail is a call in it."""

import asyncio
from collections.abc import Sequence

from agents.runtime.answering import ask_for_answer, judge, say_opening
from agents.runtime.calls import OutOf, call, may_go_on, take_up
from agents.runtime.ends import Broke, NoAnswer
from agents.runtime.given import Given
from agents.runtime.limits import Limit, is_full, limit
from agents.runtime.role import A, AnyRole, Role
from agents.runtime.session import Session
from agents.runtime.tooling import use_tools
from agents.runtime.transcript import Transcript, load

#: Turns beyond a role's own: for its answer, for a pause of the provider's, for answers that were cut off.
_MORE = 6


async def work(session: Session, role: Role[A], task: str, given: Sequence[Given] = ()) -> A:
    """Do the work of a role in a run that has begun, or go on with it where it was; what is done is not done again.

    `task` is our own text, `given` is what others wrote. Raises NoAnswer, Broke, Unreachable (this agent ends), or
    RunEnds (all of them do), Unpriced, and Temporary where the database is away.
    """
    async with session.database.read() as connection:
        talk = await load(connection, session.run.id, role.name)
    try:
        async with asyncio.timeout(role.seconds):
            await _until_answered(session, role, talk, task, given)
    except TimeoutError as error:
        raise NoAnswer(f"{role.name} had no answer within {role.seconds:g} seconds.") from error
    return role.answer.model_validate(talk.answer)


async def _until_answered(session: Session, role: Role[A], talk: Transcript, task: str, given: Sequence[Given]) -> None:
    until = limit(session.clock, role.seconds)
    out: OutOf | None = None  # of money or time for looking: once it is so, it stays so
    await take_up(session, talk)
    if not talk.said:
        await say_opening(session, talk, task, given)
    while talk.answer is None:
        await may_go_on(session)
        last = talk.asked_for_answer > 0
        if talk.open_uses:
            await use_tools(session, role, talk, closed=last)
            if last:
                await ask_for_answer(session, talk)
        elif reply := talk.pending:
            await judge(session, role, talk, reply)
        elif not last and (out or _has_looked(role, talk, until)):
            await ask_for_answer(session, talk)
        elif talk.turns >= role.turns + _MORE:
            raise NoAnswer(f"{role.name} came to no answer in {talk.turns} turns.")
        else:
            try:
                await call(session, role, talk, until, last=last)
            except OutOf as error:
                if last:
                    raise (Broke if error.money else NoAnswer)(error.sentence) from error
                out = error


def _has_looked(role: AnyRole, talk: Transcript, until: Limit) -> bool:
    """Whether its turns, its time or its room are used up."""
    full = is_full(role.model.model, talk.last_prompt)
    return not role.tools or talk.turns >= role.turns or until.left(last=False) <= 0 or full
