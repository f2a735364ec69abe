"""Action items in lists: checkboxes anywhere, bullets where a heading or the words before the list promise work."""

from collections.abc import Iterator, Sequence
from copy import copy
from datetime import date
from typing import Self

from bot.postmortem import assignment, marks, orders, prose
from bot.postmortem.blocks import Entry, Heading, Listing
from bot.postmortem.draft import Draft
from bot.postmortem.model import Shape, Status
from bot.postmortem.sections import Section, all_done, alternatives, introduces
from bot.postmortem.words import first_sentence, line


class Place:
    """Where a text stands: the headings above it, what they promise, and the document's date."""

    def __init__(self, path: Sequence[Heading], section: Section, since: date | None) -> None:
        self.section = section
        self.since = since
        self.priority = next((p for h in reversed(path) if (p := marks.leading_priority(h.text))), None)
        self.horizon = next((d for h in reversed(path) if (d := assignment.due(h.text, since))), None)

    def below(self, lead: str) -> Self:
        """The same place, for the list that the words `lead` introduce: `Immediate (< 1 week):`."""
        place = copy(self)
        place.priority = marks.leading_priority(lead) or self.priority
        place.horizon = assignment.due(lead, self.since) or self.horizon
        return place

    def draft(
        self, text: str, at: int, shape: Shape, status: Status, more: str = "", box: Entry | None = None
    ) -> Draft:
        """The item that a text is; `more` is what stands below it."""
        action, rest = first_sentence(text)
        said = line(f"{text} {more}")
        return Draft(
            action=action,
            line=at,
            shape=shape,
            status=status,
            details=line(f"{rest} {more}"),
            priority=marks.leading_priority(text) or self.priority,
            owner=assignment.owner_in(said),
            due=assignment.due_in(said, self.since) or self.horizon,
            issue=assignment.issue_in(said),
            status_text=(box.box or "") if box else "",
            status_cell=box.box_span if box else None,
        )


def drafts(listing: Listing, place: Place, before: str) -> Iterator[Draft]:
    """The items of one list. `before` is the paragraph right above it, empty where there is none."""
    lead = before if before.rstrip().rstrip("*_").endswith(":") or _bold(before) else ""
    promised = introduces(lead) if lead else Section.OTHER
    section = place.section
    if section is Section.EXAMPLE or promised is Section.EXAMPLE:
        return
    if all_done(before):
        section = Section.RECORD
    elif promised in {Section.PLAN, Section.RECORD, Section.LESSONS}:
        section = promised
    place = place.below(lead) if lead else place
    choice = bool(lead) and alternatives(lead)
    if choice and section is Section.PLAN and not any(entry.box for entry in listing.entries):
        options = " ".join(f"- {line(entry.text)}" for entry in listing.entries)
        at = listing.line - 1 if before else listing.line
        yield place.draft(f"{line(lead)} {options}", at, Shape.BULLET, Status.OPEN)
        return
    for entry in listing.entries:
        yield from _entry(entry, place, section)


def _entry(entry: Entry, place: Place, section: Section) -> Iterator[Draft]:
    """An entry, or what is nested in it."""
    if entry.box is not None and entry.box in marks.BOXES:
        yield from _checkbox(entry, place, section)
        return
    boxes = any(child.box is not None for child in entry.below())
    if boxes or (section is Section.PLAN and entry.children and _only_label(entry.text)):
        for child in entry.children:
            yield from _entry(child, place, section)
        return
    status = _status(entry, section)
    if status is not None:
        yield place.draft(entry.text, entry.line, Shape.BULLET, status, _below(entry))
        return
    yield from _sentences(entry, place, section)


def _checkbox(entry: Entry, place: Place, section: Section) -> Iterator[Draft]:
    status = marks.BOXES[entry.box or " "]
    if status is Status.OPEN and orders.struck(entry.text):
        status = Status.DROPPED
    elif status is Status.OPEN and orders.deferred(entry.text):
        status = Status.DEFERRED
    if entry.text.strip():
        nested = [child for child in entry.children if child.box is None]
        more = " ".join(line(f"{child.text} {_below(child)}") for child in nested)
        yield place.draft(entry.text, entry.line, Shape.CHECKBOX, status, more, entry)
    for child in entry.children:
        if child.box is not None:
            yield from _checkbox(child, place, section)


def _status(entry: Entry, section: Section) -> Status | None:
    """How a bullet stands where it is an item; None where it is none."""
    text = entry.text
    if not text.strip():
        return None
    if section is Section.PLAN:
        if orders.finished(text):
            return Status.DONE
        return _waiting(text)
    if section is Section.MIXED and not orders.finished(text) and (orders.says_open(text) or orders.ordered(text)):
        return _waiting(text)
    if section in {Section.FIX, Section.RECORD, Section.OTHER} and orders.set_off(text):
        return _waiting(text)
    return None


def _sentences(entry: Entry, place: Place, section: Section) -> Iterator[Draft]:
    strict = section in {Section.LESSONS, Section.ASIDE, Section.MIXED}
    if section is not Section.PLAN:
        for at, text in entry.texts:
            for breaks, said in prose.calls(text, strict=strict):
                yield place.draft(said, at + breaks, Shape.PROSE, _waiting(said))
    for child in entry.children:
        yield from _sentences(child, place, section)


def _waiting(text: str) -> Status:
    return Status.DEFERRED if orders.deferred(text) else Status.OPEN


def _below(entry: Entry) -> str:
    return " ".join(line(child.text) for child in entry.below())


def _only_label(text: str) -> bool:
    """`**Monitoring:**` names a group; what is nested in it are the items."""
    bare = text.strip().strip("*_").strip()
    return bare.endswith(":") and len(bare) < 80 and not orders.ordered(text)


def _bold(text: str) -> bool:
    bare = text.strip()
    return len(bare) < 120 and bare.startswith(("**", "__")) and bare.endswith(("**", "__")) and "\n" not in bare
