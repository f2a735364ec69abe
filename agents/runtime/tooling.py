"""The tools of one turn: run side by side, each for so long, and what a model and people are shown of them."""

import asyncio
import json
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from agents.runtime.calls import may_go_on
from agents.runtime.checks import Call, No, checked
from agents.runtime.envelope import wrap
from agents.runtime.given import clean
from agents.runtime.llm import Block
from agents.runtime.role import AnyRole
from agents.runtime.session import Session
from agents.runtime.tool import AnyTool, Attack, Capability, Result, Status
from agents.runtime.transcript import RESULTS, Transcript
from bot.errors import HoldfastError
from bot.evidence.model import Piece
from bot.incident.model import HOLDFAST
from bot.investigation.model import Step, Word
from bot.storage import audit, proposals
from bot.storage.transcripts import DENIED, OURS, Draft
from bot.telemetry import log

#: Calls that run side by side.
AT_ONCE = 4
#: The longest result, and all results of a turn together, in bytes: some 25,000 tokens, and what a call can be paid for
#: that has to assume a token a byte.
LONGEST_RESULT = 100_000
MOST_A_TURN = 240_000
#: What is shorter is shown whatever the others of its turn took: what a tool has written down is always told. Bytes.
SHORT = 6_000
#: What is longer is not even read. Characters.
FAR_TOO_LONG = 1_000_000
#: What a piece of evidence keeps of a result. Characters.
_KEPT = 4000


@dataclass(frozen=True)
class _Made:
    """What became of a call: the tool's `result`, or a sentence why there is none; `rule` where it was denied."""

    use: Block
    sentence: str = ""
    rule: str = ""
    call: Call | None = None
    says: str = ""
    result: Result | None = None


async def use_tools(session: Session, role: AnyRole, talk: Transcript, *, closed: bool) -> None:
    """Answer every call of the last turn, in one row. With `closed` none is made any more. Raises Stopped."""
    uses = talk.open_uses
    made = [_Made(use=use, sentence="No tool can be used any more. Answer from what you have seen.") for use in uses]
    if not closed:
        gate = asyncio.Semaphore(AT_ONCE)
        made = [_judged(role, talk, use, uses[:number]) for number, use in enumerate(uses)]
        made = await _together([_run(session, role, each, gate) for each in made])
    await may_go_on(session)
    room = MOST_A_TURN
    results: list[Block] = []
    for each in made:
        results.append(await _shown(session, each, room))
        room -= len(results[-1]["content"].encode())
    await _keep(session, role, talk, made, results)


def _judged(role: AnyRole, talk: Transcript, use: Block, before: Sequence[Block]) -> _Made:
    try:
        return _Made(use=use, call=checked(role, talk, use, before))
    except No as no:
        return _Made(use=use, sentence=no.sentence, rule=no.rule)


async def _together(works: Sequence[Coroutine[Any, Any, _Made]]) -> list[_Made]:
    """All of them side by side; where one raises, or we are cancelled, none goes on."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run(session: Session, role: AnyRole, made: _Made, gate: asyncio.Semaphore) -> _Made:
    """Call the tool, where that may be done, and tell people of it."""
    call = made.call
    if call is None:
        return made
    async with gate:
        if why := await session.halted():
            return replace(made, sentence=why)
        made = replace(made, says=_line(session, call))
        await session.note(_step(role, made, Word.RUNNING))
        made = await _called(made, call)
        await session.note(_step(role, made, Word.FAILED if _is_error(made) else Word.DONE))
        return made


def _line(session: Session, call: Call) -> str:
    """What people read of a call."""
    return clean(session.redactor.text(call.tool.says(call.input)), 150)


async def _called(made: _Made, call: Call) -> _Made:
    """What the tool answers; whatever it raises is an answer too."""
    tool = call.tool
    try:
        async with asyncio.timeout(tool.seconds):
            return replace(made, result=await tool.run(call.input))
    except Attack as error:
        return replace(made, sentence=error.sentence, rule=error.rule)
    except HoldfastError as error:
        return replace(made, sentence=error.sentence)
    except TimeoutError:
        return replace(made, sentence=f"There was no answer within {tool.seconds:g} seconds. Ask for less.")
    except Exception as error:  # noqa: BLE001 - a tool's own fault is logged, and the model learns no more
        log(__name__).error("tool failed", tool=tool.name, call=made.use["id"], error=repr(error))
        return replace(made, sentence="It failed.")


def _is_error(made: _Made) -> bool:
    return made.result is None or made.result.status is Status.ERROR


async def _shown(session: Session, made: _Made, room: int) -> Block:
    """The block that answers a call, in so many bytes. What a tool has found is evidence then, and has an id."""
    if made.result is None or made.call is None:
        said = clean(session.redactor.text(made.sentence), 2000)
        if made.call is not None:  # it was asked, so that a service may have worded this
            said = wrap(made.call.tool.source, "", said, session.nonce)
        return _block(made, said, is_error=True)
    tool, result = made.call.tool, made.result
    if isinstance(result.content, str) and len(result.content) > FAR_TOO_LONG:  # before it is read for secrets
        return _block(made, "The answer is much too long to be shown. Ask for less.", is_error=True)
    content = session.redactor.deep(result.content)
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, default=str)
    if len(text) > tool.most:
        said = f"The answer has {len(text):,} characters, and at most {tool.most:,} can be shown. Ask for less."
        return _block(made, said, is_error=True)
    if len(wrap(tool.source, "", content, session.nonce).encode()) > min(LONGEST_RESULT, max(room, SHORT)):
        return _block(made, "The answer is too long to be shown. Ask for less, and for less at once.", is_error=True)
    id = ""
    if result.status is Status.OK and tool.capability is Capability.READ and not result.known:
        id = await session.book.add(_piece(session, made.says, tool, result, text))
    return _block(made, wrap(tool.source, id, content, session.nonce), is_error=_is_error(made))


def _piece(session: Session, says: str, tool: AnyTool, result: Result, text: str) -> Piece:
    query = clean(session.redactor.text(result.query), 500)
    return Piece(
        source=tool.source,
        kind=result.kind,
        at=session.clock.now(),
        title=says,
        text=text[:_KEPT],
        link=session.redactor.text(result.link),
        service=result.service,
        namespace=result.namespace,
        subject=result.subject,
        data={"query": query} if query else {},
    )


def _block(made: _Made, text: str, *, is_error: bool) -> Block:
    return {"type": "tool_result", "tool_use_id": made.use["id"], "content": text, "is_error": is_error}


async def _keep(
    session: Session,
    role: AnyRole,
    talk: Transcript,
    made: Sequence[_Made],
    results: Sequence[Block],
) -> None:
    """Results, proposals and denials, in one transaction."""
    now = session.clock.now()
    denied = [each for each in made if each.rule]
    drafts = [Draft(role=DENIED, stop_reason=each.rule) for each in denied]
    async with session.database.write() as connection:
        rows = await talk.write(connection, now, *drafts, Draft(role=OURS, stop_reason=RESULTS, blocks=tuple(results)))
        for each in denied:
            details = {"rule": each.rule, "agent": role.name, "tool": clean(each.use["name"], 80)}
            await audit.record(connection, now, HOLDFAST, "agent_denied", session.run.id, details)
        for each, shown in zip(made, results, strict=True):
            if not shown["is_error"] and each.result and each.call and each.call.tool.capability is Capability.PROPOSE:
                await _propose(connection, session, role, each.use["id"], each.result)
    talk.keep(rows)
    for each in denied:
        await session.note(_step(role, replace(each, says="a call that is not allowed"), Word.REFUSED))


async def _propose(connection: AsyncConnection, session: Session, role: AnyRole, id: str, result: Result) -> None:
    """Write down what a tool proposes: once a call, whatever is run again."""
    body, kind = session.redactor.deep(result.content) if result.body is None else result.body, result.query
    await proposals.add(connection, session.run.id, role.name, id, session.incident_id, kind, body, session.clock.now())


def _step(role: AnyRole, made: _Made, word: Word) -> Step:
    return Step(stage=role.stage, key=f"{role.name}:{made.use['id']}", text=made.says, agent=role.name, word=word)
