"""What happens, step by step: a file per story, and the table of all of them."""

from collections.abc import Awaitable, Callable

from bot.durable.engine import Json
from bot.ports import Outcome
from bot.workflows import declare, ending, facts, people, respond, spoken
from bot.workflows.story import Desk

Story = Callable[[Desk, str, Json], Awaitable[Outcome]]

#: Every submission by its name; `bot.incident.requests.WORKFLOWS` says what each payload holds.
STORIES: dict[str, Story] = {
    "declare": declare.declare,
    "accept": declare.accept,
    "decline": declare.decline,
    "lead": respond.lead,
    "update": respond.update,
    "severity": respond.severity,
    "status": respond.status,
    "resolve": ending.resolve,
    "confirm": ending.confirm,
    "reopen": ending.reopen,
    "close": ending.close,
    "role": people.role,
    "handover": people.offer_lead,
    "offer": people.answer_offer,
    "call": people.call,
    "escalate": people.escalate,
    "ack": people.acknowledge,
    "impact": facts.impact,
    "link": facts.link,
    "merge": facts.merge,
    "private": facts.private,
    "spoken": spoken.spoken,
    "membership": spoken.membership,
}
