"""Reads a post-mortem document: every action item, however it is written, and which of them may go without a click."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.postmortem import assignment, lists, orders, prose, rows
from bot.postmortem.blocks import Block, Heading, Listing, Paragraph, Table, blocks, commented, text
from bot.postmortem.draft import Draft
from bot.postmortem.gates import reason as gated
from bot.postmortem.gates import undecided
from bot.postmortem.lists import Place
from bot.postmortem.model import CLOSED, Identity, Item, Kind, Reading, Shape, Status
from bot.postmortem.policy import Policy
from bot.postmortem.sections import Section, alternatives, bare, finished, introduces, promise, section, waiting
from bot.postmortem.words import digest, line, sentences

_WITHOUT_TYPE = {
    Shape.ROW: "No type is written in its row; a person sets it.",
    Shape.CHECKBOX: "It is a checkbox, and only a row of a table with a type can go by itself.",
    Shape.BULLET: "It stands in a list, and only a row of a table with a type can go by itself.",
    Shape.HEADING: "It is a heading, and only a row of a table with a type can go by itself.",
    Shape.PROSE: "It stands in running text, and only a row of a table with a type can go by itself.",
}
_STANDS = {
    Status.PLANNED: "Its status is “{status}”, so somebody may have it in hand.",
    Status.IN_PROGRESS: "Its status is “{status}”, so somebody has it in hand.",
    Status.DEFERRED: "Its status is “{status}”, so it waits for a person.",
    Status.UNKNOWN: "Its status is “{status}”, which is not one of those we know.",
}
_NEVER = {
    Kind.ARCHITECTURE: "so a person decides before it is prepared and again before it is applied",
    Kind.MIGRATION: "so a person decides before it is prepared and again before it is applied",
    Kind.INVESTIGATION: "so a person starts it",
    Kind.RUNBOOK: "so a person starts it",
}


_NUMBERED = re.compile(r"\W*(?:P\d\W+)?\d{1,2}[.)]\s")


def read(document: str, content: str, policy: Policy) -> Reading:
    """Every action item of `content`, in order of its lines. `document` is the name it is known by.

    Never fails: what is no Markdown is Markdown without items.
    """
    whole = text(content)
    found = blocks(whole)
    since = assignment.document_date(document, (whole.line(n)[1] for n in range(1, min(len(whole.starts), 60) + 1)))
    hidden = commented(whole)
    done = {digest(action) for block in found if isinstance(block, Table) for action in rows.recorded(block)}
    seen: Counter[str] = Counter()
    items: list[Item] = []
    for path, kept in _sections(found):
        place = Place(path, section(path), since)
        for draft in sorted(_drafts(kept, path, place), key=lambda draft: draft.line):
            hashed = digest(draft.action)
            identity = Identity(document=document, digest=hashed, ordinal=seen[hashed])
            seen[hashed] += 1
            doubt = "It stands between the marks of a comment." if draft.line in hidden else ""
            if hashed in done:
                doubt = doubt or "The record of what was implemented has it too."
            items.append(_item(draft, identity, policy, doubt or undecided(policy, [h.text for h in path])))
    return Reading(document=document, date=since, items=tuple(items))


def _sections(found: Sequence[Block]) -> Iterator[tuple[tuple[Heading, ...], list[Block]]]:
    """The blocks below each heading, with the headings above them, outermost first. The title promises nothing."""
    path: list[Heading] = []
    kept: list[Block] = []
    headings = [block for block in found if isinstance(block, Heading)]
    name = headings[0] if len(headings) > 1 and headings[0].level == 1 else None
    for block in found:
        if isinstance(block, Heading):
            yield tuple(path), kept
            kept = []
            while path and path[-1].level >= block.level:
                path.pop()
            if block is not name:
                path.append(block)
        else:
            kept.append(block)
    yield tuple(path), kept


def _drafts(kept: Sequence[Block], path: Sequence[Heading], place: Place) -> Iterator[Draft]:
    if place.section is Section.EXAMPLE:
        return
    if path and _names_one(path, kept):
        yield from _heading(path[-1], kept, place)
        return
    before = ""
    for number, block in enumerate(kept):
        if isinstance(block, Table):
            yield from _rows(block, path, place, before)
        elif isinstance(block, Listing):
            yield from lists.drafts(block, place, before)
        elif isinstance(block, Paragraph):
            follows = number + 1 < len(kept) and isinstance(kept[number + 1], Listing)
            alone = all(isinstance(other, Paragraph) for other in kept)
            yield from _paragraph(block, place, follows=follows, alone=alone)
        before = block.text if isinstance(block, Paragraph) else ""


def _rows(table: Table, path: Sequence[Heading], place: Place, before: str) -> Iterator[Draft]:
    """The items of a table, given the paragraph above it: what it leaves to choose, or says is done, is not safe."""
    promised = introduces(before) if before.rstrip().rstrip("*_").endswith(":") else Section.OTHER
    if promised is Section.EXAMPLE:
        return
    free = promised not in {Section.RECORD, Section.LESSONS} and not alternatives(before)
    for draft in rows.drafts(table, path, place.section, place.since):
        yield draft if free else replace(draft, doubt="The words above its table leave it to a person.")


def _paragraph(block: Paragraph, place: Place, *, follows: bool, alone: bool) -> Iterator[Draft]:
    """A paragraph that is an order where orders are expected, or its sentences that call themselves work.

    Where only paragraphs stand under a plan's heading, the order may come last: "It has none. We should add one."
    """
    if follows and block.text.rstrip().rstrip("*_").endswith(":"):
        return
    planned = place.section is Section.PLAN and not block.text.rstrip().endswith(":")
    said = (said for _, said in sentences(block.text)) if alone else (block.text,)
    if planned and any(map(orders.ordered, said)) and not orders.finished(block.text):
        yield place.draft(block.text, block.line, Shape.PROSE, _open(block.text))
        return
    strict = place.section in {Section.LESSONS, Section.ASIDE, Section.MIXED}
    for breaks, call in prose.calls(block.text, strict=strict):
        yield place.draft(call, block.line + breaks, Shape.PROSE, _open(call))


def _names_one(path: Sequence[Heading], kept: Sequence[Block]) -> bool:
    """Whether the innermost heading is itself one item, `3. Upgrade the controller (deferred)`, not a list's name."""
    heading = path[-1]
    if promise(bare(heading.text)) in {Section.PLAN, Section.MIXED, Section.RECORD} and not orders.ordered(
        heading.text
    ):
        return False
    if any(isinstance(block, Table) or (isinstance(block, Listing) and _boxes(block)) for block in kept):
        return False
    above = section(path[:-1])
    if waiting(heading.text):
        return orders.ordered(heading.text) or not _listed(kept)
    told = above is Section.PLAN and orders.ordered(heading.text) and not finished(heading.text)
    return told and (bool(_NUMBERED.match(heading.text)) or not _listed(kept))


def _listed(kept: Sequence[Block]) -> bool:
    """Whether a list below a heading holds the items, rather than the choices there are."""
    for number, block in enumerate(kept):
        if isinstance(block, Listing):
            before = kept[number - 1] if number else None
            lead = before.text if isinstance(before, Paragraph) else ""
            if introduces(lead) is Section.PLAN or not alternatives(lead):
                return True
    return False


def _boxes(listing: Listing) -> bool:
    return any(e.box is not None for entry in listing.entries for e in (entry, *entry.below()))


def _heading(heading: Heading, kept: Sequence[Block], place: Place) -> Iterator[Draft]:
    below = " ".join(_text(block) for block in kept)
    status = Status.DEFERRED if orders.deferred(heading.text) else Status.OPEN
    yield place.draft(heading.text, heading.line, Shape.HEADING, status, below)


def _text(block: Block) -> str:
    if isinstance(block, Listing):
        return " ".join(line(e.text) for entry in block.entries for e in (entry, *entry.below()))
    return line(block.text) if isinstance(block, Paragraph) else ""


def _open(said: str) -> Status:
    return Status.DEFERRED if orders.deferred(said) else Status.OPEN


def _item(draft: Draft, identity: Identity, policy: Policy, doubt: str) -> Item:
    return Item(
        identity=identity,
        action=draft.action,
        details=draft.details,
        type=draft.type,
        kinds=draft.kinds,
        priority=draft.priority,
        status=draft.status,
        status_text=draft.status_text,
        owner=draft.owner,
        due=draft.due,
        issue=draft.issue,
        shape=draft.shape,
        line=draft.line,
        status_cell=draft.status_cell,
        reason="" if draft.status in CLOSED else _reason(draft, policy, doubt),
    )


def _reason(draft: Draft, policy: Policy, doubt: str) -> str:
    """The first reason to hold an open item; empty where there is none."""
    if draft.shape is not Shape.TYPED_ROW:
        return _WITHOUT_TYPE[draft.shape]
    if not draft.kinds:
        return f"“{draft.type[:60]}” is not a type we know; a person sets it."
    for kind in draft.kinds:
        if kind not in policy.safe_kinds:
            return f"Its type is {kind}, {_NEVER.get(kind, 'which your configuration leaves to people')}."
    if draft.status is not Status.OPEN:
        written = draft.status_text[:60] or "empty"
        return _STANDS[draft.status].format(status=written)
    return doubt or draft.doubt or gated(policy, draft.kinds, draft.action, f"{draft.details} · {draft.beside}")
