"""Submitting a request and saying what became of it: in its form, or to the person who clicked or typed."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from bot.deps import HandlerDeps
from bot.incident.asking import Request
from bot.incident.text import readable
from bot.ports import Outcome, People
from bot.views.blocks import Block, Rendered, context, quoted
from bot.views.forms.parts import lost_draft
from bot.views.replies import answer, outcome_words, said
from handlers.slack.heard import Heard

#: What a listener answers Slack with, as Bolt's `ack` takes it; None is the empty answer.
Ack = dict[str, Any] | None
_PERSON = re.compile(r"<@([A-Z0-9]+)>")


async def from_form(heard: Heard, deps: HandlerDeps, workflow: str, request: Request) -> Ack:
    """Submit what a form holds. The same words sent twice are one submission; corrected ones are another."""
    payload = request.model_dump(mode="json")
    words = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()[:12]
    outcome = await deps.start(workflow, f"view:{heard.view['id']}:{words}", payload)
    return form_ack(heard, outcome, deps.people)


async def from_click(heard: Heard, deps: HandlerDeps, workflow: str, request: Request) -> Outcome:
    """Submit what a button means."""
    return await deps.start(workflow, f"click:{heard.trigger}", request.model_dump(mode="json"))


async def typed(heard: Heard, deps: HandlerDeps, workflow: str, request: Request) -> Outcome:
    """Submit what was typed."""
    return await deps.start(workflow, f"cmd:{heard.trigger}", request.model_dump(mode="json"))


async def from_command(heard: Heard, deps: HandlerDeps, workflow: str, request: Request) -> Ack:
    """Submit what was typed; what was refused is shown again, so that it need not be typed again."""
    outcome = await typed(heard, deps, workflow, request)
    again = [] if outcome.ok or outcome.pending else [you_typed(heard.text, deps)]
    return message_ack(answer(outcome_words(outcome), *again))


def you_typed(text: str, deps: HandlerDeps) -> Block:
    """What a command said, shown again to its author, so that it need not be typed again; without its secrets."""
    return context(f"You typed:\n{quoted(deps.redactor.text(readable(text)), 1500)}")


def typed_again(text: str, draft: str, deps: HandlerDeps) -> list[Block]:
    """What a command said that led nowhere, and `draft`, one click from a report of its own: no report is ever lost."""
    return [you_typed(text, deps), lost_draft(deps.redactor.text(draft))]


def message_ack(reply: Rendered) -> Ack:
    """An answer to a command that only its author sees."""
    return {"text": reply.text, "blocks": reply.blocks, "response_type": "ephemeral"}


def form_ack(heard: Heard, outcome: Outcome, people: People) -> Ack:
    """Close the form when it is done; keep it open, with what was filled in, when it was refused."""
    if outcome.pending or (outcome.ok and outcome.notice):
        return {"response_action": "update", "view": said("Holdfast", outcome_words(outcome))}
    return None if outcome.ok else refused_ack(heard, outcome.text, outcome.fields, people)


def refused_ack(heard: Heard, sentence: str, fields: Mapping[str, str], people: People) -> Ack:
    """The sentences at their fields; one that has no field stands at the first, so that nothing typed is lost."""
    inputs = [_id(block) for block in heard.view.get("blocks") or () if block.get("type") == "input"]
    errors = {field: said for field, said in fields.items() if field in inputs}
    if not errors and inputs:
        errors = {inputs[0]: " ".join(dict.fromkeys([sentence, *fields.values()]))}
    if errors:
        shown = {field: _plainly(said, people) for field, said in errors.items()}
        return {"response_action": "errors", "errors": shown}
    return {"response_action": "update", "view": said("Holdfast", sentence)}


def _plainly(text: str, people: People) -> str:
    """A field's error is plain text, so people stand there by name and nothing is bold."""
    return _PERSON.sub(lambda found: people.get(found[1]).name, text).replace("*", "")


def _id(block: Block) -> str:
    return str(block.get("block_id", ""))
