"""One answer of a model: money held before each attempt and booked after it, a few attempts, then the other model."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from agents.runtime.ends import Denied, NoAnswer, Overrun, Stopped, Unreachable
from agents.runtime.limits import LONGEST_CALL, Limit
from agents.runtime.llm import PASSING, Ask, Fault, Reply, Unanswered, sound
from agents.runtime.requests import request, terms_of
from agents.runtime.role import AnyRole
from agents.runtime.session import Session
from agents.runtime.transcript import Transcript
from bot.budget.caps import Granted, Refusal, Settlement
from bot.budget.prices import Terms, longest_answer, price_of, read_usage, worst_case
from bot.errors import HoldfastError
from bot.incident.model import HOLDFAST
from bot.investigation.model import Step, Word
from bot.storage import audit, budget, transcripts
from bot.storage.transcripts import ASKED, BROKEN, DENIED, MODEL, Draft
from bot.telemetry import log

T = TypeVar("T")

#: Attempts with one model, the first included.
ATTEMPTS = 3
#: No wait is longer, whatever the provider says; and how long we wait where it says nothing. Seconds.
LONGEST_WAIT = 60.0
WAITS = (1.0, 4.0)
#: An answer for which less is left is not worth asking for. Tokens.
SHORTEST = 1024
#: So many times a guardrail may say no in a run.
DENIALS = 3
#: What ends it at once: a call has used more than was held for it.
OVERRUN = "overrun"
#: How much longer than its call a reservation is ours.
GRACE = timedelta(seconds=60)


class OutOf(Exception):
    """There is no money, or no time, for another turn such as this; perhaps for the last one."""

    def __init__(self, sentence: str, *, money: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.money = money


async def may_go_on(session: Session) -> None:
    """Raises Stopped, Denied or Overrun where the run has to end now, with all its agents."""
    if why := await session.halted():
        raise Stopped(why)
    async with session.database.read() as connection:
        rules = await transcripts.denials(connection, session.run.id)
    if OVERRUN in rules:
        raise Overrun("A model used more than it was asked for, so this run was ended; look at what it has cost.")
    if len(rules) >= DENIALS:
        raise Denied(
            f"Agents tried {len(rules)} times to do what they may not, so this run was ended. A person should look."
        )


async def call(session: Session, role: AnyRole, talk: Transcript, limit: Limit, *, last: bool) -> None:
    """Get one whole answer, which is in the transcript then. Raises OutOf, Unreachable, NoAnswer and RunEnds."""
    models = [model for model in (role.model.model, role.model.fallback) if model and model not in talk.refused]
    if not models:
        raise NoAnswer("The model declines to look into this.")
    why = ""
    for model in models:
        price_of(session.keys.all_prices, model)  # before anything is sent
    for model in models:
        try:
            return await _with_one(session, role, talk, limit, model, last=last)
        except OutOf as error:
            if not why or not error.money:
                raise
        except Unanswered as error:
            if error.fault is Fault.BARRED:
                raise Unreachable(error.sentence) from error
            why = error.sentence
    raise Unreachable(why or "No model answers right now.")


async def _with_one(
    session: Session,
    role: AnyRole,
    talk: Transcript,
    limit: Limit,
    model: str,
    *,
    last: bool,
) -> None:
    """A few attempts. Raises Unanswered where there was none that helped."""
    for attempt in range(ATTEMPTS):
        await may_go_on(session)
        if not session.breakers.lets(model, session.clock.now()):
            raise Unanswered(Fault.BUSY, f"{model} did not answer lately, so it is not asked now.", charged=False)
        try:
            await _attempt(session, role, talk, limit, model, last=last)
        except Unanswered as error:
            if limit.left(last=last) <= 0:
                raise OutOf("There was not enough time.") from error
            if error.fault in PASSING:
                session.breakers.failed(model, session.clock.now())
            wait = min(error.after if error.after is not None else WAITS[min(attempt, 1)], LONGEST_WAIT)
            if error.fault not in PASSING or attempt + 1 == ATTEMPTS or wait >= limit.left(last=last):
                raise
            text = f"waiting {wait:.0f} s: {error.sentence}"
            key = f"{role.name}:wait:{talk.next_number}"
            await session.note(Step(stage=role.stage, key=key, text=text, agent=role.name, word=Word.FAILED))
            await session.sleep(wait)
        else:
            session.breakers.answered(model)
            return


async def _attempt(
    session: Session,
    role: AnyRole,
    talk: Transcript,
    limit: Limit,
    model: str,
    *,
    last: bool,
) -> None:
    """Hold money, ask, and book what it has cost with what came. Raises Unanswered."""
    seconds = min(LONGEST_CALL, limit.left(last=last))
    if seconds <= 0:
        raise OutOf("There was not enough time.")
    ask = replace(request(role, talk, model, last=last), seconds=seconds)
    try:
        terms, id = await surely(_reserve(session, role, talk, ask, last=last))
    except asyncio.CancelledError:
        await _give_up(session, talk, model, "cancelled", charged=False)
        raise
    try:
        reply = sound(await session.llm.ask(replace(ask, max_tokens=terms.max_tokens)))
    except Unanswered as error:
        await surely(_book_lost(session, talk, model, id, error.fault, charged=error.charged))
        raise
    except BaseException:
        await _give_up(session, talk, model, "cancelled", charged=True)
        raise
    booked = await surely(_book(session, talk, model, id, reply))
    if booked.beyond:
        await _overran(session, role, model)
    if not reply.complete:
        why = reply.why or "the model's answer broke off"
        raise Unanswered(Fault.AWAY, f"{why[0].upper()}{why[1:]}.", charged=True)


async def _reserve(
    session: Session,
    role: AnyRole,
    talk: Transcript,
    ask: Ask,
    *,
    last: bool,
) -> tuple[Terms, str]:
    """Hold the most that it can cost, with as long an answer as there is money for. Raises OutOf."""
    id = f"{talk.run_id}:{talk.agent}:{talk.next_number}"
    terms = terms_of(session.keys.all_prices, talk, ask)
    while True:
        now = session.clock.now()
        until = now + timedelta(seconds=ask.seconds) + GRACE
        async with session.database.write() as connection:
            verdict = await budget.reserve(
                connection, session.keys.caps, session.run.id, id, terms, now, until, last=last and role.earmarked
            )
            granted = isinstance(verdict, Granted)
            drafts = [Draft(role=ASKED, model=ask.model, reservation_id=id)] if granted else []
            rows = await talk.write(connection, now, *drafts)
        talk.keep(rows)
        if isinstance(verdict, Granted):
            return terms, id
        terms = _shorter(terms, verdict, last=last)


def _shorter(terms: Terms, refusal: Refusal, *, last: bool) -> Terms:
    """What can be paid for; before the last turn, something is left for that one. Raises OutOf."""
    kept = 0 if last else worst_case(terms.price, terms.prompt_tokens, SHORTEST)
    fits = min(longest_answer(terms.price, terms.prompt_tokens, refusal.left - kept), terms.max_tokens - 1)
    if fits < SHORTEST:
        raise OutOf(refusal.sentence, money=True)
    return terms.model_copy(update={"max_tokens": fits})


async def _book(session: Session, talk: Transcript, model: str, id: str, reply: Reply) -> Settlement:
    """What it has cost, and what came."""
    draft = Draft(
        role=MODEL if reply.complete else BROKEN,
        blocks=tuple(reply.blocks) if reply.complete else (),
        stop_reason=reply.stop_reason if reply.complete else "cut",
        model=model,
        usage=dict(reply.usage),
        reservation_id=id,
    )
    now = session.clock.now()
    async with session.database.write() as connection:
        booked = await budget.settle(connection, id, read_usage(reply.usage), now, complete=reply.complete)
        beyond = [Draft(role=DENIED, stop_reason=OVERRUN, model=model)] if booked.beyond else []
        rows = await talk.write(connection, now, draft, *beyond)
    talk.keep(rows)
    return booked


async def _book_lost(session: Session, talk: Transcript, model: str, id: str, how: str, *, charged: bool) -> None:
    now = session.clock.now()
    async with session.database.write() as connection:
        if charged:
            await budget.settle(connection, id, None, now, complete=False)
        else:
            await budget.release(connection, id, now)
        rows = await talk.write(connection, now, Draft(role=BROKEN, stop_reason=how, model=model, reservation_id=id))
    talk.keep(rows)


async def _give_up(session: Session, talk: Transcript, model: str, how: str, *, charged: bool) -> None:
    """Book what is under way while we are being ended. Where that fails it is booked as lost, by whoever reaps."""
    if id := talk.lost_call:
        try:
            await surely(_book_lost(session, talk, model, id, how, charged=charged))
        except HoldfastError as error:
            log(__name__).warning("not booked", call=id, error=error.sentence)


async def take_up(session: Session, talk: Transcript) -> None:
    """Book a request that was under way when its process died: what became of it, nobody knows."""
    if id := talk.lost_call:
        await _book_lost(session, talk, talk.rows[-1].model, id, "lost", charged=True)


async def _overran(session: Session, role: AnyRole, model: str) -> None:
    """Keep it in the audit log. Raises Overrun: the row that was written with the call ends the run, also later."""
    async with session.database.write() as connection:
        details = {"rule": OVERRUN, "agent": role.name, "model": model}
        await audit.record(connection, session.clock.now(), HOLDFAST, "agent_overran", session.run.id, details)
    await may_go_on(session)


async def surely(work: Coroutine[Any, Any, T]) -> T:
    """Finish `work` also where this task is cancelled meanwhile; the cancellation follows then."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()):
            log(__name__).warning("not booked", error=repr(error))
        raise
