"""What is said about post-mortems by itself: begun, due, to be reviewed, published, and what only people can settle."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.incident.model import Event, Incident
from bot.incident.postmortems import OPEN, OUT
from bot.postmortem.card import Card
from bot.postmortem.document.cells import plain_prose
from bot.postmortem.document.model import Part
from bot.postmortem.model import Item
from bot.postmortem.words import plain
from bot.views.blocks import (
    FALLBACK,
    Block,
    Rendered,
    actions,
    button,
    context,
    cut,
    linked,
    one_line,
    quoted,
    safe,
    section,
    when,
    who,
    whole,
)
from bot.views.forms.part import section_of
from bot.views.forms.parts import INPUT
from bot.views.ids import Click
from bot.views.postmortem import answers, choices, empty, needed, stands
from bot.views.words import marks

#: Lines of a list in a message.
_LINES = 10


class Titled(Protocol):
    """An issue, as it is listed."""

    @property
    def number(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def url(self) -> str: ...


def begun(incident: Incident, event: Event, waiting: Sequence[Part]) -> Rendered | None:
    """To those who work on it: the draft is there, by when it is due, and what waits for them."""
    if not needed(incident):
        return None
    due = f" It is due {when(incident.postmortem_due)}." if incident.postmortem_due else ""
    text = (
        f"{marks(incident)}The post-mortem of *{incident.key}* {_titled(incident)} is begun from what is recorded.{due}"
    )
    return _say(text, context(empty(waiting)), actions(_show(incident), *choices(incident)))


def due(incident: Incident, event: Event, waiting: Sequence[Part], now: datetime) -> Rendered | None:
    """To the lead, at half of its time and at its end; None where there is nothing left to be reminded of."""
    by = incident.postmortem_due
    if not needed(incident) or incident.is_open or by is None:
        return None
    said = f"{marks(incident)}The post-mortem of *{incident.key}* {_titled(incident)}"
    text = f"{said} is due {'now' if now >= by else when(by)}."
    asked = [review.person for review in incident.reviews if review.approved is None]
    waits = [f"No answer yet from {', '.join(map(who, asked))}."] if asked else []
    return _say(text, context(empty(waiting), *waits), actions(_show(incident), *choices(incident)))


def review_asked(incident: Incident, event: Event) -> Rendered | None:
    """To whoever shall read it; without buttons once there is nothing left to answer."""
    asked = set(event.data.get("people", "").split(","))
    open_ = any(review.approved is None for review in incident.reviews if review.person in asked)
    text = f"{who(event.by)} asks you to review the post-mortem of {_named(incident)} before it is published."
    if incident.postmortem not in OPEN or incident.publishing or not open_:
        return _say(f"{text}\n{stands(incident, incident.places.document_url or '')}", actions(_show(incident)))
    read = button("Read it", Click.POSTMORTEM, incident.id)
    return _say(text, actions(read, *answers(incident)), context("Agree, or say what should change."))


def published(incident: Incident, event: Event) -> Rendered | None:
    """To the room and the announcement's thread. Of a private incident it says no more than that."""
    if incident.private:
        return _say(f"{marks(incident)}The post-mortem of *{incident.key}* is finished. {_in_slack(incident)}")
    url = incident.places.document_url or event.data.get("url", "")
    where = linked(url, one_line(incident.title, 150)) if url else _titled(incident)
    said = f"{marks(incident)}The post-mortem of *{incident.key}* is published: {where}."
    return _say(said if url else f"{said} {_in_slack(incident)}")


def published_notice(incident: Incident) -> Rendered | None:
    """To whoever reported it: what was found can be read, and what fixed it."""
    if incident.postmortem not in OUT:
        return None
    url = incident.places.document_url or ""
    what = linked(url, "the post-mortem") if url else "the post-mortem"
    text = f"What happened with your report {_named(incident)} is written down: {what} is published."
    fixed = f"\n*What fixed it* {safe(incident.resolution.fix, 1400)}" if incident.resolution else ""
    return _say(f"{text}{'' if url else f' {_in_slack(incident)}'}{fixed}")


def ownerless(incident: Incident, items: Sequence[Item]) -> Rendered | None:
    """To the room, once: who takes the urgent action items that have no owner? None where all have one."""
    if not items:
        return None
    lines = [f"• *{item.priority}* {_line(plain(item.action[:1000]))}" for item in items[:_LINES]]
    one = len(items) == 1
    text = f"{_named(incident)}: {'this action item has' if one else 'these action items have'} no owner. Who takes "
    document = linked(incident.places.document_url or "", "the document")
    how = f"Write the name into the column Owner of {document}, or say it here."
    return _say(f"{text}{'it' if one else 'them'}?\n" + "\n".join(lines), *_more(len(items)), context(how))


def clash(incident: Incident, event: Event, ours: str, theirs: str) -> Rendered | None:
    """A section was edited here and in git: both texts, and the way to bring them together."""
    part = section_of(event.data.get("part", ""))
    text = (
        f"{_named(incident)}: “{part}” of the post-mortem was edited here and in git, in different words. "
        "What git has stands; what was written here is kept below. Please bring the two together."
    )
    there = section(
        f"*In git*\n{quoted(plain_prose(theirs[:6000]) or '(nothing)', 1200, '… (cut; the form has it all)')}"
    )
    here = [section("*Written here*"), *(whole(ours[:INPUT]) or [section("> (nothing)")])]
    return _say(text, there, *here, actions(button(f"Write “{part}”", Click.PART, f"{incident.id}:{part}")))


def baseline(cards: Sequence[Card], open_items: int, safe_items: int, issues: Sequence[Titled]) -> Rendered:
    """The first contact with a repository: what is there, and that nothing of it starts by itself."""
    of_those = f", {safe_items} of them could go without a click" if open_items else ""
    text = (
        f"I have read the repository for the first time: {_counted(len(cards), 'post-mortem')}, "
        f"{_counted(open_items, 'open action item')}{of_those}, {_counted(len(issues), 'open incident issue')}.\n"
        "Nothing of this is queued or announced until somebody says which. From now on I follow what changes."
    )
    lines = [f"• {linked(issue.url, f'#{issue.number}')} {_line(issue.title)}" for issue in issues[:_LINES]]
    listing = [section("*Open incident issues*\n" + "\n".join(lines)), *_more(len(issues))] if lines else []
    return _say(text, *listing, context("`/postmortem list` shows the post-mortems, `/postmortem todos` what is open."))


def site_refused(why: str) -> Rendered:
    """The site of post-mortems is not where it should be."""
    return _say(f"The site of post-mortems could not be pushed. {safe(why, 600)}\nEverything else goes on.")


def _named(incident: Incident) -> str:
    return f"{marks(incident)}*{incident.key}* {_titled(incident)}"


def _titled(incident: Incident) -> str:
    return f"“{safe(one_line(incident.title, 150), 300)}”"


def _line(text: str) -> str:
    return safe(one_line(text, 180), 250, "…")


def _more(number: int) -> list[Block]:
    return [context(f"and {number - _LINES} more")] if number > _LINES else []


def _counted(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _in_slack(incident: Incident) -> str:
    return f"`/postmortem show {incident.key}` shows it."


def _show(incident: Incident) -> Block:
    return button("Show", Click.POSTMORTEM, incident.id)


def _say(text: str, *more: Block) -> Rendered:
    return Rendered(text=cut(text, FALLBACK), blocks=[section(text), *more])
