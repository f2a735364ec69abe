"""The post-mortems in the repository, as Slack lists them: all, passages about something, what is to be done."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.change.model import ItemState, Standing
from bot.incident.text import readable
from bot.postmortem.card import Card
from bot.postmortem.model import Item, Reading
from bot.postmortem.passages import Hit
from bot.postmortem.words import plain
from bot.views.approval import state
from bot.views.blocks import FALLBACK, Block, Rendered, actions, button, context, cut, linked, one_line, safe, section
from bot.views.forms.parts import View, message
from bot.views.ids import Click

#: Documents, passages and action items that are shown at once.
PAGE, PASSAGES, ITEMS = 10, 5, 20
#: A document's address by its file name; empty where nobody can be sent there.
Link = Callable[[str], str]


def listed(cards: Sequence[Card], link: Link) -> Rendered:
    """The newest documents, and how to find the others."""
    if not cards:
        return _say("No post-mortem is published yet. `/postmortem draft INC-12` begins one.")
    more = len(cards) - PAGE
    rest = [context(f"and {more} more, `/postmortem search` finds them.")] if more > 0 else []
    rows = [section(_row(card, link)) for card in cards[:PAGE]]
    search = actions(button("Search", Click.DOCUMENTS_SEARCH))
    return Rendered(text="Post-mortems", blocks=[section("*Post-mortems*"), *rows, *rest, search])


def found(hits: Sequence[Hit], words: str, link: Link) -> Rendered:
    """The best passages."""
    asked = safe(one_line(readable(words), 200), 250, "…")
    again = actions(button("Search", Click.DOCUMENTS_SEARCH))
    if not hits:
        said = f"No published post-mortem says anything about: {asked}"
        return Rendered(text=said, blocks=[section(said), again])
    head = f"Post-mortems about: {asked}"
    return Rendered(text=head, blocks=[section(head), *(section(_hit(hit, link)) for hit in hits[:PASSAGES]), again])


def found_view(hits: Sequence[Hit], words: str, link: Link) -> View:
    """The same in a modal."""
    return message("Post-mortems", *found(hits, words, link).blocks)


def with_todos(readings: Sequence[Reading], words: str) -> Sequence[str]:
    """The documents whose action items `todos` shows."""
    return tuple(dict.fromkeys(reading.document for reading, _ in _fitting(readings, words)[:ITEMS]))


def todos(
    readings: Sequence[Reading],
    titles: Mapping[str, str],
    words: str,
    link: Link,
    *,
    tracked: Sequence[Standing] = (),
    works: bool = False,
) -> Rendered:
    """The open action items in which every word occurs, below their documents; `titles` are by file name.

    Safe ones say so, the others why they wait for a person. `safe` and `held` are words like any other here. `tracked`
    are those that are followed: they have a number and a state. `works`: whatever may go can be taken up.
    """
    known = {standing.item.identity: standing for standing in tracked}
    fitting = _fitting(readings, words)
    asked = f" with: {safe(one_line(words, 200), 250, '…')}" if words.strip() else ""
    if not fitting:
        return _say(f"No open action item{asked}" if asked else "No action item is open.")
    safe_ones = sum(item.safe for _, item in fitting)
    held = len(fitting) - safe_ones
    kinds = [f"🟢 {safe_ones} may go without a click"] if safe_ones else []
    kinds += [f"✋ {held} {'waits' if held == 1 else 'wait'} for a person"] if held else []
    head = f"*{_count(len(fitting))}*{asked}\n{' · '.join(kinds)}"
    blocks, last = [section(head)], ""
    for reading, item in fitting[:ITEMS]:
        if reading.document != last:
            last = reading.document
            blocks.append(section(f"*{_titled(last, titles.get(last) or last, link)}*"))
        blocks.append(context(_item(item, known.get(item.identity))))
    more = len(fitting) - ITEMS
    rest = [context(f"and {more} more; `/postmortem todos INC-12` or further words show fewer.")] if more > 0 else []
    rest += _work_through([known[item.identity] for _, item in fitting if item.identity in known] if works else [])
    return Rendered(text=cut(head, FALLBACK), blocks=[*blocks, *rest])


def _fitting(readings: Sequence[Reading], words: str) -> list[tuple[Reading, Item]]:
    return [(one, item) for one in readings for item in one.items if item.is_open and _fits(item, one, words)]


def _work_through(found: Sequence[Standing]) -> list[Block]:
    """The button that takes up what stands there, where something does; its value is their document, if it is one."""
    waiting = [each.item for each in found if each.item.state in (ItemState.HELD, ItemState.QUEUED)]
    names = {item.document for item in waiting}
    name = names.pop() if len(names) == 1 else ""
    return [actions(button("Work through them", Click.WORK_THROUGH, name))] if waiting else []


def _row(card: Card, link: Link) -> str:
    still = f"{card.open_items} of {card.items} action items open" if card.items else ""
    day = card.day.isoformat() if card.day else ""
    facts = [day, safe(card.severity, 20), safe(card.services, 150, "…"), still or safe(card.status, 80, "…")]
    return f"*{_titled(card.name, card.title, link)}*\n{' · '.join(filter(None, facts))}"


def _hit(hit: Hit, link: Link) -> str:
    day = f"{hit.day.isoformat()} · " if hit.day else ""
    where = f"{day}{safe(one_line(hit.section, 150), 200, '…')}".removesuffix(" · ")
    passage = safe(one_line(hit.text, 600), 800, "…")
    return f"*{_titled(hit.name, hit.title, link)}*\n{where}\n> {passage}"


def _titled(name: str, title: str, link: Link) -> str:
    return linked(link(name), one_line(title, 150) or one_line(name, 150) or "–")


def _item(item: Item, standing: Standing | None) -> str:
    kind = " + ".join(item.kinds) or one_line(item.type, 40)
    what = " ".join(filter(None, (item.priority, safe(kind, 60))))
    owner = f" ({safe(one_line(item.owner, 60), 100)})" if item.owner else ""
    due = f", due {item.due.isoformat()}" if item.due else ""
    said = f"{f'*{what}* ' if what else ''}{safe(one_line(plain(item.action[:1000]), 400), 600, '…')}{owner}{due}"
    said += f" · *{standing.item.key}* {state(standing)}" if standing else ""
    return f"🟢 {said}" if item.safe else f"✋ {said}\n{safe(one_line(item.reason, 300), 400, '…')}"


def _fits(item: Item, reading: Reading, words: str) -> bool:
    said = " ".join(_said(item, reading)).casefold()
    return all(word in said for word in words.casefold().split()[:20])


def _said(item: Item, reading: Reading) -> Iterator[str]:
    yield from (item.action, item.details, item.type, item.owner, item.status_text, reading.document)
    yield from (item.priority or "", "safe" if item.safe else f"held {item.reason}")


def _count(number: int) -> str:
    return "1 action item is open" if number == 1 else f"{number} action items are open"


def _say(text: str) -> Rendered:
    return Rendered(text=cut(text, FALLBACK), blocks=[section(text)])
