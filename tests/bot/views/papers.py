"""Cards, action items and passages of documents, for what Slack shows of them."""

from datetime import date

from hypothesis import strategies as st

from bot.postmortem.card import Card
from bot.postmortem.model import Identity, Item, Kind, Priority, Reading, Shape, Status
from bot.postmortem.passages import Hit
from tests.bot.views.samples import TEXT

DAYS = st.one_of(st.none(), st.dates())
CARDS = st.builds(
    Card,
    name=TEXT,
    page=TEXT,
    title=TEXT,
    day=DAYS,
    severity=TEXT,
    services=TEXT,
    status=TEXT,
    summary=TEXT,
    open_items=st.integers(0, 99),
    items=st.integers(0, 99),
    words=TEXT,
)
HITS = st.builds(Hit, name=TEXT, title=TEXT, day=DAYS, section=TEXT, text=TEXT, score=st.just(1.0))
ITEMS = st.builds(
    Item,
    identity=st.builds(Identity, document=TEXT, digest=st.just("d"), ordinal=st.just(0)),
    action=TEXT,
    details=TEXT,
    type=TEXT,
    kinds=st.lists(st.sampled_from(Kind), max_size=3).map(tuple),
    priority=st.one_of(st.none(), st.sampled_from(Priority)),
    status=st.sampled_from(Status),
    status_text=TEXT,
    owner=TEXT,
    due=DAYS,
    issue=TEXT,
    shape=st.sampled_from(Shape),
    line=st.integers(1, 99),
    reason=TEXT,
)
READINGS = st.builds(Reading, document=TEXT, date=DAYS, items=st.lists(ITEMS, max_size=4).map(tuple))


def a_card(name: str = "2026-11-20-nextcloud.md", **changes: object) -> Card:
    """A document with two open action items of five, unless said otherwise."""
    card = Card(
        name=name,
        page="p.html",
        title="Nextcloud gives 502",
        day=date(2026, 11, 20),
        severity="SEV2",
        services="Nextcloud",
        status="",
        summary="",
        open_items=2,
        items=5,
        words="",
    )
    return card.model_copy(update=changes)


def an_item(action: str = "Alert on a full disk", **changes: object) -> Item:
    """Open, typed and safe, unless said otherwise."""
    item = Item(
        identity=Identity(document="d.md", digest=action, ordinal=0),
        action=action,
        kinds=(Kind.ALERT,),
        priority=Priority.P1,
        status=Status.OPEN,
        shape=Shape.TYPED_ROW,
        line=7,
    )
    return item.model_copy(update=changes)
