"""What to make of an answer: the end of the work, or a reason to ask once more."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from agents.runtime.checks import mistakes
from agents.runtime.ends import NoAnswer
from agents.runtime.given import Given, opening, text_block
from agents.runtime.role import A, Role
from agents.runtime.session import Session
from agents.runtime.transcript import CUT, LAST, TASK, Transcript
from bot.storage.transcripts import ANSWER, OURS, Draft, Turn

#: How often the answer is asked for, and how often in a role it may be cut off for its length.
ASKS = 2
CUTS = 2

_LAST = (
    "Answer now, with one JSON object of the form that you were given and nothing around it, from what you have seen. "
    "No tool can be used any more. Where something is not known, say so."
)
_CUT = "Your answer was longer than it may be, and was cut off. Go on with less: fewer calls at once, shorter words."


async def judge(session: Session, role: Role[A], talk: Transcript, reply: Turn) -> None:
    """Keep what follows from an answer that calls no tool: the role's answer, or what we say next. Raises NoAnswer."""
    if reply.stop_reason == "max_tokens" and not talk.asked_for_answer and talk.cuts < CUTS:
        return await say(session, talk, CUT, _CUT)
    try:
        answer = _read(role, "" if reply.stop_reason == "max_tokens" else _text(reply))
        kept = role.answer.model_validate(session.redactor.deep(answer.model_dump(mode="json")))
    except ValidationError as error:
        if not talk.asked_for_answer:
            return await ask_for_answer(session, talk)
        return await ask_for_answer(session, talk, f"That was not of the form. {mistakes(error)} ")
    draft = Draft(role=ANSWER, blocks=(kept.model_dump(mode="json"),))
    return await _write(session, talk, draft)


async def say_opening(session: Session, talk: Transcript, task: str, given: Sequence[Given]) -> None:
    """Begin the work: the task, and what is known already."""
    blocks = tuple(opening(task, given, session.nonce, session.redactor))
    await _write(session, talk, Draft(role=OURS, stop_reason=TASK, blocks=blocks))


async def ask_for_answer(session: Session, talk: Transcript, before: str = "") -> None:
    """Begin the last turn, or begin it again. Raises NoAnswer where that was of no use before."""
    if talk.asked_for_answer >= ASKS:
        raise NoAnswer(f"{talk.agent} gave no answer of the form that was asked for.")
    await say(session, talk, LAST, before + _LAST)


async def say(session: Session, talk: Transcript, about: str, text: str) -> None:
    """Say something of our own."""
    await _write(session, talk, Draft(role=OURS, stop_reason=about, blocks=(text_block(text),)))


async def _write(session: Session, talk: Transcript, draft: Draft) -> None:
    now = session.clock.now()
    async with session.database.write() as connection:
        rows = await talk.write(connection, now, draft)
    talk.keep(rows)


def _read(role: Role[A], text: str) -> A:
    """The answer in a text; what stands around the JSON is left out. Raises ValidationError."""
    first, last = text.find("{"), text.rfind("}")
    return role.answer.model_validate_json(text[first : last + 1] if 0 <= first < last else text)


def _text(reply: Turn) -> str:
    texts: list[Any] = [block.get("text") for block in reply.blocks if block.get("type") == "text"]  # Any: outside JSON
    return "".join(text for text in texts if isinstance(text, str))
