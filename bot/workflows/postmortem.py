"""How the written record comes to be: begun, written section by section, reviewed, and sent to be published."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.deps import WorkflowDeps
from bot.durable.engine import Json
from bot.errors import Refused
from bot.incident import postmortems
from bot.incident.model import Incident, Moved
from bot.incident.policy import Rank
from bot.incident.requests_postmortem import AnswerReview, AskReview, BeginPostmortem, Publish, Waive, WritePart
from bot.ports import Outcome
from bot.postmortem.document.first_draft import mentioned
from bot.postmortem.document.model import Document, Part, Written
from bot.postmortem.document.parse import part_of
from bot.postmortem.document.render import render
from bot.postmortem.edit import with_part
from bot.storage import documents, incidents
from bot.storage.postmortems import keep, written
from bot.workflows.drafting import leaving, seen, speaker
from bot.workflows.story import Desk
from bot.workflows.transition import Change, House, saved

_CHANGED = (
    "Somebody changed “{part}” while you wrote. Your words are still here: copy them, close this, open the section "
    "again, and bring the two together."
)


async def begin(desk: Desk, id: str, payload: Json) -> Outcome:
    """A first draft, from what is recorded."""
    request = BeginPostmortem.model_validate(payload)
    return await desk.change(
        id,
        "postmortem",
        request,
        lambda incident, now: postmortems.begin(incident, request.actor, now),
        lambda incident: f"The post-mortem of {incident.key} is begun. `/postmortem` shows what is to be written.",
    )


async def write(deps: WorkflowDeps, desk: Desk, id: str, payload: Json) -> Outcome:
    """Somebody wrote a section. It goes into git at once where the document is there already."""
    request = WritePart.model_validate(payload)
    members = await desk.incidents.members(request.incident)
    change = Change(id, request.actor, "write")

    async def act(connection: AsyncConnection, now: datetime) -> Outcome:
        incident = await incidents.locked(connection, request.incident)
        desk.permit("write", request, incident, members)
        moved = postmortems.write(incident, request.part, request.actor, now)
        part = _part(request.part)
        kept = await written(connection, incident.id)
        name = incident.places.document
        in_git = await documents.text(connection, name) if name else None
        if request.seen != seen(part, kept.parts, in_git):
            raise Refused(_CHANGED.format(part=part), {"text": _CHANGED.format(part=part)})
        said = _for_the_document(deps, incident, request.text)
        _fits(in_git, part, said)
        await keep(connection, incident.id, _with(kept, part, said, in_git))
        after = await saved(connection, change, incident, moved, now, House.of(deps.file))
        where = " and on its way into git" if in_git is not None and not incident.private else ""
        return Outcome(ok=True, text=f"“{part}” of {after.key}'s post-mortem is kept{where}.", incident_id=after.id)

    return await desk.transitions.record(change, act)


def _part(name: str) -> Part:
    """Raises Refused for what is no section."""
    for part in Part:
        if part.casefold() == name.strip().casefold():
            return part
    sentence = f"“{name[:60]}” is no section of a post-mortem."
    raise Refused(sentence, {"part": sentence})


def _for_the_document(deps: WorkflowDeps, incident: Incident, text: str) -> str:
    """What people wrote, as it may leave Slack: people as documents speak of them, no contact details, no secrets."""
    return leaving(deps).text(mentioned(text.strip(), speaker(incident, deps.people, deps.file)))


def _fits(in_git: str | None, part: Part, said: str) -> None:
    """Raises Refused, at the text, for what would change anything beside its section."""
    content = in_git if in_git is not None else render(Document(title="-", date=date.min))
    try:
        with_part(content, part, said)
    except Refused as refusal:
        raise Refused(refusal.sentence, {"text": refusal.sentence}) from refusal


def _with(kept: Written, part: Part, said: str, in_git: str | None) -> Written:
    """Where it is emptied before git has it, it is as it is recorded again."""
    parts, base = dict(kept.parts), dict(kept.base)
    if in_git is not None:
        base.setdefault(part, part_of(in_git, part))
        parts[part] = said
    elif said:
        parts[part] = said
    else:
        parts.pop(part, None)
    return kept.model_copy(update={"parts": parts, "base": base})


async def ask_review(desk: Desk, id: str, payload: Json) -> Outcome:
    """These people shall read it before it is published."""
    request = AskReview.model_validate(payload)

    def decide(incident: Incident, now: datetime) -> Moved:
        for person in request.people:
            desk.a_member(person, "people", "Only members of the workspace can be asked: no guest, and no app.")
        return postmortems.ask_review(incident, request.people, request.actor, now)

    asked = ", ".join(f"<@{person}>" for person in request.people)
    return await desk.change(
        id, "ask_review", request, decide, lambda incident: f"{asked} will be asked to read it. You hear what they say."
    )


async def answer_review(desk: Desk, id: str, payload: Json) -> Outcome:
    """Whoever was asked agrees, or says what should change."""
    request = AnswerReview.model_validate(payload)

    def say(incident: Incident) -> str:
        if not request.approve:
            return f"Thank you. Those who work on {incident.key} read what you want changed."
        return f"Thank you. {postmortems.may_publish(incident) or 'It can be published now.'}"

    return await desk.change(
        id,
        "answer_review",
        request,
        lambda incident, now: postmortems.review(incident, request.approve, request.words, request.actor, now),
        say,
    )


async def publish(deps: WorkflowDeps, desk: Desk, id: str, payload: Json) -> Outcome:
    """It is finished: into git, or where it stays in Slack readable from now on."""
    request = Publish.model_validate(payload)
    to_git, approver = deps.repository is not None, desk.rights(request.actor).rank >= Rank.APPROVER

    def say(incident: Incident) -> str:
        if not incident.publishing:
            return f"The post-mortem of {incident.key} is published. `/postmortem show {incident.key}` shows it."
        return f"The post-mortem of {incident.key} is on its way into git. I say here when it is there."

    return await desk.change(
        id,
        "publish",
        request,
        lambda incident, now: postmortems.publish(incident, request.actor, now, to_git=to_git, approver=approver),
        say,
    )


async def waive(desk: Desk, id: str, payload: Json) -> Outcome:
    """It closes without a post-mortem."""
    request = Waive.model_validate(payload)
    return await desk.change(
        id,
        "waive",
        request,
        lambda incident, now: postmortems.waive(incident, request.reason, request.actor, now),
        lambda incident: f"The post-mortem of {incident.key} is waived. It can be closed without one.",
    )
