"""A post-mortem as it stands now: what is recorded, or what git has, with what people wrote laid over it."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Protocol

from bot.incident.entries import Entry, action_items
from bot.incident.model import Frozen, Incident
from bot.outgoing import Outgoing
from bot.ports import Documents, Incidents, People
from bot.postmortem.amend import amend
from bot.postmortem.document.first_draft import Name, by_role, first_draft
from bot.postmortem.document.model import Document, Part, Written
from bot.postmortem.document.parse import parse, part_of
from bot.postmortem.document.render import render
from bot.postmortem.model import Reading
from bot.postmortem.reader import read
from bot.redact import Redactor
from bot.settings import File


class Draft(Frozen):
    """The whole of it. `written` is what people wrote in Slack and git has not yet, `in_git` the text that git has."""

    document: Document
    text: str
    written: dict[Part, str] = {}
    in_git: str | None = None
    reading: Reading

    def part(self, part: Part) -> str:
        """A section's text as it stands; empty where it waits for a person."""
        return self.written.get(part) or part_of(self.text, part)

    def seen(self, part: Part) -> str:
        """A short word for what people had written in a section when it was shown."""
        return seen(part, self.written, self.in_git)


def seen(part: Part, written: Mapping[Part, str], in_git: str | None) -> str:
    """A short word for what people have written in a section, so that an edit knows whether it began from that."""
    words = written.get(part, part_of(in_git, part) if in_git is not None else "")
    return sha256(words.encode()).hexdigest()[:16]


class Reads(Protocol):
    """What reading a post-mortem takes; handlers and workflows have it alike."""

    @property
    def incidents(self) -> Incidents: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def people(self) -> People: ...
    @property
    def file(self) -> File: ...
    @property
    def redactor(self) -> Redactor: ...


async def document_of(incident: Incident, deps: Reads) -> Draft:
    """For whoever may see the incident."""
    entries = await deps.incidents.entries(incident.id)
    words = await deps.documents.written(incident.id)
    name = incident.places.document
    in_git = await deps.documents.text(name) if name else None
    return draft(incident, entries, words, deps, in_git)


def draft(
    incident: Incident, entries: Sequence[Entry], words: Written, deps: Reads, in_git: str | None = None
) -> Draft:
    """From what is at hand. What people wrote wins; a section that they emptied again is as it is recorded."""
    if in_git is not None:
        changes = {part: (words.base.get(part, ""), said) for part, said in words.parts.items()}
        text = amend(in_git, changes, {}).text
        document = parse(text)
    else:
        document = recorded(incident, entries, deps)
        parts = document.parts | {part: said for part, said in words.parts.items() if said}
        document = document.model_copy(update={"parts": parts})
        text = render(document)
    items = read(incident.places.document or incident.key, text, deps.file.item_policy)
    return Draft(document=document, text=text, written=words.parts, in_git=in_git, reading=items)


def leaving(deps: Reads) -> Outgoing:
    """The filter for what goes into a document."""
    return Outgoing(deps.redactor, lambda person: deps.people.get(person).name, {})


def recorded(incident: Incident, entries: Sequence[Entry], deps: Reads) -> Document:
    """What the bot knows by itself, filtered as everything that leaves Slack."""
    document = first_draft(
        incident,
        entries,
        action_items([entry.event for entry in entries]),
        name=speaker(incident, deps.people, deps.file),
        owner=lambda person: deps.people.get(person).name,
        services=deps.file.catalogue.names,
    )
    return filtered(document, leaving(deps))


def speaker(incident: Incident, people: People, file: File) -> Name:
    """How the document speaks of somebody: by their part in the incident, or by name, as `postmortems.names` says."""
    names = {role.id: f"the {role.name.casefold()}" for role in file.roles}
    parts = by_role(incident, lambda role: names.get(role, "a responder"))
    if file.postmortems.names == "roles":
        return parts
    return lambda actor: people.get(actor).name if actor[:1] in {"U", "W"} else parts(actor)


def filtered(document: Document, outgoing: Outgoing) -> Document:
    """The document with every text of people filtered; what the bot says by itself needs none."""
    return document.model_copy(
        update={
            "title": outgoing.text(document.title),
            "facts": tuple(
                fact.model_copy(
                    update={"value": fact.value.model_copy(update={"text": outgoing.text(fact.value.text)})}
                )
                for fact in document.facts
            ),
            "timeline": tuple(
                moment.model_copy(update={"text": outgoing.text(moment.text)}) for moment in document.timeline
            ),
            "plan": tuple(
                row.model_copy(update={"action": outgoing.text(row.action), "details": outgoing.text(row.details)})
                for row in document.plan
            ),
            "parts": {part: outgoing.text(text) for part, text in document.parts.items()},
        }
    )
