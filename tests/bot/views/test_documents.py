"""Documents as Slack lists them: within its limits, linked, and nobody is called by what they say."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.change.model import ItemState, Standing, TrackedItem
from bot.postmortem.model import Identity, Item, Reading, Status
from bot.postmortem.passages import Hit
from bot.views.documents import ITEMS, PAGE, found, found_view, listed, todos, with_todos
from bot.workspace.slack import validate
from tests.bot.views import changes
from tests.bot.views.papers import CARDS, HITS, READINGS, a_card, an_item
from tests.bot.views.samples import NASTY, TEXT


def link(name: str) -> str:
    """Where a document is."""
    return f"https://git.example.com/{name}"


@given(st.lists(CARDS, max_size=12), st.lists(HITS, max_size=7), st.lists(READINGS, max_size=8), TEXT)
def test_anything_can_be_listed(cards: list, hits: list, readings: list, words: str) -> None:  # type: ignore[type-arg]
    """Whatever the documents say and whatever was asked."""
    every = (listed(cards, str), found(hits, words, str), todos(readings, {}, words, str), todos(readings, {}, "", str))
    for said in every:
        assert validate.message(said.blocks) == []
        assert "<!channel>" not in json.dumps(said.blocks) + said.text
    assert validate.view(found_view(hits, words, str)) == []


@pytest.mark.parametrize("text", [*NASTY, "<!channel> " * 100_000])
def test_a_megabyte_is_cut(text: str) -> None:
    """In every cell."""
    items = tuple(an_item(text or "x", details=text, reason=text, owner=text, type=text, kinds=()) for _ in range(9))
    reading = Reading(document="d.md", date=None, items=items)
    hit = Hit(name="d.md", title=text, day=None, section=text, text=text, score=1.0)
    for said in (
        listed([a_card(title=text, services=text, status=text, severity=text)], link),
        found([hit], text, link),
        todos([reading], {"d.md": text}, "", link),
    ):
        assert validate.message(said.blocks) == []
        assert "<!channel>" not in json.dumps(said.blocks) + said.text
        assert len(json.dumps(said.blocks, ensure_ascii=False)) < 50_000


def test_the_list_links_and_says_what_is_open() -> None:
    """A row a document; of more than a page it says how many there are."""
    said = json.dumps(listed([a_card(), *(a_card(f"{n}.md") for n in range(PAGE))], link).blocks)
    assert "<https://git.example.com/2026-11-20-nextcloud.md|Nextcloud gives 502>" in said
    assert "SEV2" in said
    assert "2 of 5 action items open" in said
    assert "and 1 more, `/postmortem search` finds them" in said
    assert "more, `/postmortem" not in json.dumps(listed([a_card()], link).blocks)


def test_without_an_address_a_title_is_words() -> None:
    """And an empty shelf says what to do."""
    assert "*Nextcloud gives 502*" in json.dumps(listed([a_card()], lambda name: "").blocks)
    assert "/postmortem draft" in listed([], link).text


def test_a_passage_says_where_it_stands() -> None:
    """Document, day, section and the words; nothing found says so, with what was asked."""
    day = date(2026, 1, 2)
    hit = Hit(name="d.md", title="Disk", day=day, section="Root cause", text="It was full", score=1)
    said = json.dumps(found([hit], "full", link).blocks)
    for words in ("<https://git.example.com/d.md|Disk>", "2026-01-02", "Root cause", "> It was full"):
        assert words in said
    assert "zebra" in found([], "zebra", link).text


def test_action_items_say_whether_they_may_go() -> None:
    """Below their document; those that wait say why."""
    held = an_item("Move the database", reason="It touches data.", owner="ana", due=date(2026, 12, 1))
    done = an_item("Long done", status=Status.DONE)
    reading = Reading(document="d.md", date=None, items=(an_item(), held, done))
    said = json.dumps(todos([reading], {"d.md": "Disk"}, "", link).blocks, ensure_ascii=False)
    for words in (
        "2 action items are open",
        "1 may go without a click",
        "<https://git.example.com/d.md|Disk>",
        "🟢 *P1 Alert* Alert on a full disk",
        "✋ *P1 Alert* Move the database (ana), due 2026-12-01",
        "It touches data.",
    ):
        assert words in said
    assert "Long done" not in said
    assert "✋ 1 waits for a person" in said
    alone = Reading(document="d.md", date=None, items=(an_item(),))
    assert "for a person" not in json.dumps(todos([alone], {}, "", link).blocks)


def test_words_choose_among_action_items() -> None:
    """Every word has to occur; safe and held are such words."""
    reading = Reading(document="d.md", date=None, items=(an_item(), an_item("Move it", reason="A person's call.")))
    assert "Move it" not in json.dumps(todos([reading], {}, "safe", link).blocks)
    assert "full disk" not in json.dumps(todos([reading], {}, "HELD move", link).blocks)
    assert "No open action item with: zebra" in todos([reading], {}, "zebra", link).text
    assert todos([], {}, "", link).text == "No action item is open."


def test_many_action_items_are_capped_and_counted() -> None:
    """Within what a message holds, even when each has a document of its own."""
    readings = [Reading(document=f"{n}.md", date=None, items=(an_item(),)) for n in range(ITEMS + 7)]
    said = todos(readings, {}, "", link)
    assert validate.message(said.blocks) == []
    assert "and 7 more" in json.dumps(said.blocks)


def test_what_is_followed_has_a_number_and_a_state() -> None:
    """Those of a document that wait can be worked through, where changes are made at all."""
    reading = Reading(document="d.md", date=None, items=(an_item(), an_item("Something else")))
    tracked = [Standing(item=followed(an_item(), ItemState.HELD), approval=changes.an_approval())]
    shown = todos([reading], {}, "", link, tracked=tracked, works=True)
    said = json.dumps(shown.blocks, ensure_ascii=False)
    assert "🟢 *P1 Alert* Alert on a full disk · *T-31* waits for a click, A-57" in said
    assert said.count("T-31") == 1
    button = shown.blocks[-1]["elements"][0]
    assert (button["text"]["text"], button["value"]) == ("Work through them", "d.md")
    assert "Work through" not in json.dumps(todos([reading], {}, "", link, tracked=tracked).blocks)
    assert "Work through" not in json.dumps(todos([reading], {}, "", link, works=True).blocks)
    assert validate.message(shown.blocks) == []


def test_what_is_under_way_needs_no_button() -> None:
    """One that waits in any of the documents is enough for it."""
    first, second = an_item(), an_item("Something else", identity=Identity(document="b", digest="b", ordinal=0))
    readings = [Reading(document=name, date=None, items=(item,)) for name, item in (("d.md", first), ("b", second))]
    waits = [Standing(item=followed(each, ItemState.QUEUED)) for each in (first, second)]
    (button,) = todos(readings, {}, "", link, tracked=waits, works=True).blocks[-1]["elements"]
    assert "value" not in button
    busy = [Standing(item=followed(each, ItemState.IMPLEMENTING)) for each in (first, second)]
    assert "Work through" not in json.dumps(todos(readings, {}, "", link, tracked=busy, works=True).blocks)
    assert with_todos(readings, "something") == ("b",)


def followed(item: Item, state: ItemState) -> TrackedItem:
    """It as an action item that is followed."""
    one = item.identity
    return changes.an_item(document=one.document, digest=one.digest, ordinal=one.ordinal, state=state)
