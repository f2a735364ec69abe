"""What happens on GitHub: a report filed there, a wish, a comment, an issue that somebody closed; and our answers."""

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.durable.engine import Json
from bot.errors import Refused
from bot.incident import acts, heard
from bot.incident.issue_forms import Kind, kind_of, read
from bot.incident.model import Event, Incident, Moved, State
from bot.incident.policy import Rank, may
from bot.incident.report import missing
from bot.incident.requests import KeepOpen, Trust
from bot.incident.requests_heard import FiledIssue, GitHubHeard, IssueComment, IssueTouched
from bot.incident.schemes import scheme
from bot.incident.wanted import GITHUB, EffectKind, Wanted
from bot.ports import Outcome
from bot.storage import audit, effects, github, incidents
from bot.views.issue import OURS
from bot.workflows import assessing
from bot.workflows.github_people import actor_of, login_of, rights_of
from bot.workflows.story import Desk
from bot.workflows.transition import Change, House, new_id, saved

#: What was filed at most so long before our first look is still ours: clocks differ, and GitHub counts whole seconds.
JUST_BEFORE = timedelta(minutes=2)
#: Look at what was done to the issue.
HEAR = Wanted(kind=EffectKind.HEAR)


async def filed(desk: Desk, id: str, payload: Json) -> Outcome:
    """An issue was filed: a report becomes an incident, a wish is recorded, and anything else is left alone."""
    request = FiledIssue.model_validate(payload)

    async def act(connection: AsyncConnection, now: datetime) -> Outcome:
        if await github.issue(connection, request.number) is not None:
            return Outcome(ok=True, text=f"Issue #{request.number} is known already.")
        since = (await github.heard(connection)).get(github.SINCE)
        if not request.fresh and since is not None and request.filed < since - JUST_BEFORE:
            return Outcome(ok=True, text=f"Issue #{request.number} is from before our time.")
        match kind_of(request.body, request.labels):
            case Kind.OUTAGE:
                return await _reported(desk, id, request, connection, now)
            case Kind.FEATURE:
                return await _wished(desk, id, request, connection, now)
        return Outcome(ok=True, text=f"Issue #{request.number} is neither a report nor a request.")

    return await desk.transitions.record(Change(id, request.actor, "github_issue"), act)


async def _reported(desk: Desk, id: str, request: FiledIssue, connection: AsyncConnection, now: datetime) -> Outcome:
    login = login_of(request.actor)
    collaborator = heard.is_collaborator(request.person, request.association)
    rights = rights_of(desk.file, desk.people, login, collaborator)
    vouched = bool(request.vouched) or await github.trusts(connection, login)
    zone = desk.people.get(rights.actor).timezone
    report = read(request.title, request.body, desk.file.catalogue, min(request.filed, now), zone)
    await incidents.hold_reports(connection)  # whoever reports the same in Slack at this moment finds it
    moved = acts.declare(
        report,
        id=new_id(id),
        number=await incidents.next_number(connection, "incident"),
        by=rights.actor,
        at=now,
        trusted=vouched or rights.rank >= Rank.TRUSTED,
        scheme=scheme(desk.file.severity.scheme),
        catalogue=desk.file.catalogue,
    )
    places = moved.incident.places.model_copy(update={"issue_number": request.number, "issue_url": request.url})
    incident = moved.incident.model_copy(update={"places": places})
    events = tuple(_from_github(event, request.url) for event in moved.events)
    change = Change(id, rights.actor, "github_issue")
    incident = await saved(
        connection, change, None, Moved(incident=incident, events=events), now, House.of(desk.file), (HEAR,)
    )
    had = [label for label in request.labels if label in OURS]
    await github.remember(connection, request.number, github.INCIDENT, incident.id, had)
    asked = " ".join(missing(report).values())
    return Outcome(ok=True, text=f"{incident.key} is {incident.state}. {asked}".strip(), incident_id=incident.id)


def _from_github(event: Event, url: str) -> Event:
    return event.model_copy(update={"data": {**event.data, **heard.SOURCE, "url": url}})


async def _wished(desk: Desk, id: str, request: FiledIssue, connection: AsyncConnection, now: datetime) -> Outcome:
    """A wish is no incident: it is written down and answered, and a person decides.

    Agents assess what comes from somebody who may have work begun.
    """
    subject = str(uuid5(NAMESPACE_URL, id))
    await github.remember(connection, request.number, github.FEATURE, subject)
    reply = Wanted(kind=EffectKind.REPLY, line="issue", request={"number": str(request.number), "say": "feature"})
    login = login_of(request.actor)
    collaborator = heard.is_collaborator(request.person, request.association)
    trusted = rights_of(desk.file, desk.people, login, collaborator).rank >= Rank.TRUSTED
    looks = desk.file.agents.starts and (trusted or await github.trusts(connection, login))
    asked = assessing.wanted(request.number, request.title, request.body, request.actor)
    await effects.add(connection, subject, 1, (reply, *((asked,) if looks else ())), now)
    await audit.record(connection, now, request.actor, "feature", f"#{request.number}", {"url": request.url})
    return Outcome(ok=True, text=f"The request in issue #{request.number} is recorded.")


async def commented(desk: Desk, id: str, payload: Json) -> Outcome:
    """Somebody wrote on the issue of an incident: a collaborator, or whoever reported it."""
    request = IssueComment.model_validate(payload)
    login = login_of(request.actor)
    actor = actor_of(desk.file, login)
    change = Change(id, actor, "github_comment")

    async def act(connection: AsyncConnection, now: datetime) -> Outcome:
        incident = await _incident_of(connection, request.number)
        collaborator = heard.is_collaborator(request.person, request.association)
        if incident.private or not (collaborator or actor == incident.reporter):
            return Outcome(ok=True, text="This comment is not ours to keep.")
        moved = heard.commented(incident, request.text, request.url, actor, min(request.at, now))
        await saved(connection, change, incident, moved, now, House.of(desk.file))
        return Outcome(ok=True, text=f"The comment is on the timeline of {incident.key}.", incident_id=incident.id)

    return await desk.transitions.record(change, act)


async def touched(desk: Desk, id: str, payload: Json) -> Outcome:
    """Somebody closed, reopened or labelled an issue. What was done, by whom and whether it holds is read there."""
    request = IssueTouched.model_validate(payload)
    change = Change(id, request.actor, "github_touched")

    async def act(connection: AsyncConnection, now: datetime) -> Outcome:
        incident = await _incident_of(connection, request.number)
        waiting = await effects.waiting(connection, incident.id)
        if not any(effect.kind is EffectKind.HEAR and effect.intent_at is None for effect in waiting):
            unchanged = Moved(incident=incident, events=())
            await saved(connection, change, incident, unchanged, now, House.of(desk.file), (HEAR,))
        return Outcome(ok=True, text=f"The issue of {incident.key} is looked at.", incident_id=incident.id)

    return await desk.transitions.record(change, act)


async def _incident_of(connection: AsyncConnection, number: int) -> Incident:
    """Held until the transaction ends. Raises Refused, which leaves the submission free to come again later."""
    known = await github.issue(connection, number)
    if known is None or known.kind != github.INCIDENT:
        raise Refused(f"Issue #{number} is not the issue of an incident.")
    return await incidents.locked(connection, known.subject)


async def webhook(desk: Desk, id: str, payload: Json) -> Outcome:
    """Webhooks reach us; while they do, there is less need to look ourselves."""
    request = GitHubHeard.model_validate(payload)

    async def act(connection: AsyncConnection, now: datetime) -> Outcome:
        await github.hear(connection, github.WEBHOOK, min(request.at, now))
        return Outcome(ok=True, text="Heard.")

    return await desk.transitions.record(Change(id, request.actor, "github_heard"), act)


async def trust(desk: Desk, id: str, payload: Json) -> Outcome:
    """Somebody on GitHub is trusted from now on, and the report that waits is let in."""
    request = Trust.model_validate(payload)
    change = Change(id, request.actor, "trust")

    async def act(connection: AsyncConnection, now: datetime) -> Outcome:
        incident = await incidents.locked(connection, request.incident)
        may("trust", desk.rights(request.actor), incident)
        if not incident.reporter.startswith(GITHUB):
            raise Refused("Whoever has a Slack account is trusted by `slack.trusted` in the configuration.")
        login = login_of(incident.reporter)
        if await github.trusts(connection, login) and incident.state is not State.QUEUED:
            raise Refused(f"{login} is trusted already.")
        await github.trust(connection, login, request.actor, now)
        waits = incident.state is State.QUEUED
        moved = acts.accept(incident, request.actor, now) if waits else Moved(incident=incident, events=())
        await saved(connection, change, incident, moved, now, House.of(desk.file))
        let_in = f" {incident.key} is accepted." if waits else ""
        said = f"Reports of {login} on GitHub start work by themselves from now on.{let_in}"
        return Outcome(ok=True, text=said, incident_id=incident.id)

    return await desk.transitions.record(change, act)


async def keep_open(desk: Desk, id: str, payload: Json) -> Outcome:
    """The issue was closed on GitHub, and the incident goes on."""
    request = KeepOpen.model_validate(payload)
    return await desk.change(
        id,
        "keep_open",
        request,
        lambda incident, now: heard.keep_open(incident, request.actor, now),
        lambda incident: f"{incident.key} stays open, and its issue is opened again.",
    )
