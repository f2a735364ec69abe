"""What is done to one incident: each story's button, form and verb lead to the workflow of its name."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bot.deps import HandlerDeps
from bot.incident.asking import About
from bot.incident.model import Actor, Incident
from bot.incident.report import answers
from bot.incident.requests import Accept, Acknowledge, AnswerOffer, Confirm, KeepOpen, PlayRole, TakeLead, Trust
from bot.incident.roles import Role
from bot.ports import Outcome
from bot.postmortem.checklist import checklist
from bot.views.forms import (
    ack,
    ask_review,
    call,
    close,
    confirm,
    decline,
    escalate,
    handover,
    impact,
    investigate,
    lead,
    link,
    merge,
    note,
    private,
    publish,
    reopen,
    resolve,
    review,
    role,
    severity,
    status,
    update,
)
from bot.views.forms.parts import Memory, View
from bot.views.ids import Click, Form
from bot.views.replies import outcome_reply
from bot.workflows.drafting import document_of
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.submit import Ack, from_click, from_form

Build = Callable[[Incident, Memory, Actor, HandlerDeps], Awaitable[View]]


@dataclass(frozen=True)
class Story:
    """A form about one incident: what opens it, how it is built and read, and the workflow that it starts."""

    workflow: str
    label: str
    click: Click
    form: Form
    build: Build
    read: Callable[[View, Actor], About]


def _alone(build: Callable[[Incident, Memory], View]) -> Build:
    """A form that is made of the incident alone."""

    async def built(incident: Incident, memory: Memory, actor: Actor, deps: HandlerDeps) -> View:
        return build(incident, memory)

    return built


def _with_roles(build: Callable[[Incident, Memory, Sequence[Role]], View]) -> Build:
    async def built(incident: Incident, memory: Memory, actor: Actor, deps: HandlerDeps) -> View:
        return build(incident, memory, deps.file.roles)

    return built


async def _merge(incident: Incident, memory: Memory, actor: Actor, deps: HandlerDeps) -> View:
    return merge.build(incident, memory, await deps.incidents.listed(actor, open_only=True, limit=100))


async def _severity(incident: Incident, memory: Memory, actor: Actor, deps: HandlerDeps) -> View:
    return severity.build(incident, memory, answers(incident.report, deps.file.catalogue))


async def _investigate(incident: Incident, memory: Memory, actor: Actor, deps: HandlerDeps) -> View:
    return investigate.build(incident, memory, deps.file.agents.caps)


async def _publish(incident: Incident, memory: Memory, actor: Actor, deps: HandlerDeps) -> View:
    draft = await document_of(incident, deps)
    names = deps.file.postmortems.names == "people"
    reviewed = any(review.approved for review in incident.reviews)
    checks = checklist(draft.text, draft.reading, names=names, reviewed=reviewed, private=incident.private)
    repository = deps.file.repository
    how = deps.file.publish.how if repository.is_set else ""
    return publish.build(incident, memory, checks, publish.goes_to(incident, how, repository.branch))


STORIES = (
    Story("update", "Post update", Click.UPDATE, Form.UPDATE, _alone(update.build), update.read),
    Story("severity", "Severity", Click.SEVERITY, Form.SEVERITY, _severity, severity.read),
    Story("status", "Status", Click.STATUS, Form.STATUS, _alone(status.build), status.read),
    Story("lead", "Lead", Click.LEAD, Form.LEAD, _alone(lead.build), lead.read),
    Story("note", "Note", Click.NOTE, Form.NOTE, _alone(note.build), note.read),
    Story("role", "Parts", Click.ROLE, Form.ROLE, _with_roles(role.build), role.read),
    Story("handover", "Hand over", Click.HANDOVER, Form.HANDOVER, _alone(handover.build), handover.read),
    Story("call", "Call", Click.CALL, Form.CALL, _with_roles(call.build), call.read),
    Story("escalate", "Escalate", Click.ESCALATE, Form.ESCALATE, _alone(escalate.build), escalate.read),
    Story("ack", "Acknowledge", Click.ACK_OPEN, Form.ACK, _alone(ack.build), ack.read),
    Story("impact", "Impact", Click.IMPACT, Form.IMPACT, _alone(impact.build), impact.read),
    Story("link", "Link", Click.LINK, Form.LINK, _alone(link.build), link.read),
    Story("investigate", "Investigate", Click.INVESTIGATE, Form.INVESTIGATE, _investigate, investigate.read),
    Story("resolve", "Resolve", Click.RESOLVE, Form.RESOLVE, _alone(resolve.build), resolve.read),
    Story("reopen", "Reopen", Click.REOPEN, Form.REOPEN, _alone(reopen.build), reopen.read),
    Story("close", "Close", Click.CLOSE, Form.CLOSE, _alone(close.build), close.read),
    Story("merge", "Merge", Click.MERGE, Form.MERGE, _merge, merge.read),
    Story("decline", "Decline", Click.DECLINE, Form.DECLINE, _alone(decline.build), decline.read),
    Story("private", "Make private", Click.PRIVATE, Form.PRIVATE, _alone(private.build), private.read),
    Story("ask_review", "Ask for review", Click.ASK_REVIEW, Form.ASK_REVIEW, _alone(ask_review.build), ask_review.read),
    Story("answer_review", "Changes wanted", Click.REVIEW_CHANGES, Form.REVIEW, _alone(review.build), review.read),
    Story("publish", "Publish", Click.PUBLISH, Form.PUBLISH, _publish, publish.read),
    Story("confirm", "Still broken", Click.CONFIRM_BROKEN, Form.CONFIRM, _alone(confirm.build), confirm.read),
)
BY_WORKFLOW = {story.workflow: story for story in STORIES}
_BY_CLICK = {story.click: story for story in STORIES}
_BY_FORM = {story.form: story for story in STORIES}


async def clicked(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """A button that asks something first: its form."""
    story = _BY_CLICK[Click(heard.name)]
    draft = heard.memory.draft.removeprefix(f"{story.workflow} ") if heard.memory.verb == story.workflow else ""
    where = heard.channel or heard.memory.channel
    memory = Memory(incident=heard.value, channel=where, draft=draft, verb=heard.memory.verb)
    await screen.open_filled(story.label, memory, partial(filled, story, memory, heard.actor, deps))
    return None


async def filled(story: Story, memory: Memory, actor: Actor, deps: HandlerDeps) -> View:
    """The form, once its incident is read."""
    incident = await deps.incidents.by_id(memory.incident, actor, memory.channel)
    return await story.build(incident, memory, actor, deps)


async def submitted(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """A form sent."""
    story = _BY_FORM[Form(heard.name)]
    return await from_form(heard, deps, story.workflow, story.read(heard.view, heard.actor))


async def lead_taken(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Take the lead*: nothing to ask."""
    request = TakeLead(actor=heard.actor, channel=heard.channel, incident=heard.value, lead=heard.actor)
    return await _done(heard, screen, await from_click(heard, deps, "lead", request))


async def accepted(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Accept*: a queued report is let in."""
    request = Accept(actor=heard.actor, channel=heard.channel, incident=heard.value)
    return await _done(heard, screen, await from_click(heard, deps, "accept", request))


async def trusted(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Trust this person*: reports of somebody on GitHub start work by themselves from now on."""
    request = Trust(actor=heard.actor, channel=heard.channel, incident=heard.value)
    outcome = await from_click(heard, deps, "trust", request)
    await screen.tell(outcome_reply(outcome))
    return None


async def kept_open(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Keep open*: the issue was closed on GitHub, and the incident goes on."""
    request = KeepOpen(actor=heard.actor, channel=heard.channel, incident=heard.value)
    return await _done(heard, screen, await from_click(heard, deps, "keep_open", request))


async def confirmed(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Works for me*."""
    request = Confirm(actor=heard.actor, channel=heard.channel, incident=heard.value, works=True)
    return await _done(heard, screen, await from_click(heard, deps, "confirm", request))


async def role_joined(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Join* on the panel of parts; its value is the incident's id and the role's."""
    incident, _, part = heard.value.partition(":")
    request = PlayRole(actor=heard.actor, channel=heard.channel, incident=incident, role=part, person=heard.actor)
    return await _done(heard, screen, await from_click(heard, deps, "role", request))


async def offer_answered(accept: bool, heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Take the lead* or *I can't*, below an offer."""
    request = AnswerOffer(actor=heard.actor, channel=heard.channel, incident=heard.value, accept=accept)
    return await _done(heard, screen, await from_click(heard, deps, "offer", request))


async def acknowledged(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Acknowledge*; the answer is said, since the message that was clicked stays as it is."""
    request = Acknowledge(actor=heard.actor, channel=heard.channel, incident=heard.value)
    await screen.tell(outcome_reply(await from_click(heard, deps, "ack", request)))
    return None


async def severity_answered(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """An answer in the severity form was changed: show what they come to now."""

    async def build() -> View:
        incident = await deps.incidents.by_id(heard.memory.incident, heard.actor, heard.memory.channel)
        return severity.build(incident, heard.memory, severity.answered(heard.view))

    screen.refill(build)
    return None


async def _done(heard: Heard, screen: Screen, outcome: Outcome) -> Ack:
    """What became of a click, unless the message that was clicked shows it to everybody by itself."""
    if outcome.pending or not (outcome.ok and heard.shared):
        await screen.tell(outcome_reply(outcome))
    return None
