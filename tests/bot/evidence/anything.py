"""Any evidence at all, for rules that must stay right whatever sources say."""

from datetime import timedelta

from hypothesis import strategies as st

from bot.evidence.model import FIGURE, KNOWN, NODE, REASON, Answer, Evidence, Grade, Health, Kind, Piece, gather
from tests.bot.evidence.examples import CATALOGUE, START, WINDOW
from tests.bot.views.samples import NASTY

SERVICES = (*(service.name for service in CATALOGUE.services), "a", "Other", "", "unknown")
WORDS = st.sampled_from(
    (
        *NASTY,
        "NodeNotReady",
        "disk full",
        "OOMKilled",
        "connection refused to postgres",
        "too many requests",
        "corrupt page",
        "ImagePullBackOff",
        "nextcloud answers 502",
    )
)
TEXT = st.one_of(WORDS, st.text(max_size=40))
TIMES = st.integers(-3000, 300).map(lambda minutes: START + timedelta(minutes=minutes))
DATA = st.dictionaries(st.sampled_from((REASON, NODE, FIGURE, KNOWN, "value", "baseline", "count")), TEXT, max_size=3)
PIECES = st.builds(
    Piece,
    source=st.sampled_from(("kubernetes", "prometheus", "git", "memory", "")),
    kind=st.sampled_from(Kind),
    at=TIMES,
    title=TEXT,
    text=TEXT,
    link=st.one_of(st.just("https://x.example/?a=1&b=2"), TEXT),
    service=st.sampled_from(SERVICES),
    namespace=st.sampled_from(("", "nextcloud", "dbaas", "other")),
    subject=st.sampled_from(("", "deployment/nextcloud", "node/k3s-2", "INC-3")),
    grade=st.sampled_from(Grade),
    ended=st.one_of(st.none(), TIMES),
    data=DATA,
)
HEALTH = st.builds(
    Health,
    source=st.sampled_from(("kubernetes", "prometheus", "git")),
    asked=TEXT,
    kinds=st.lists(st.sampled_from(Kind), max_size=4).map(tuple),
    answer=st.sampled_from(Answer),
    sentence=TEXT,
)


def collected(pieces: list[Piece], health: list[Health]) -> Evidence:
    """As a collector would hand it over."""
    return gather(WINDOW, pieces, health)


EVIDENCE = st.builds(collected, st.lists(PIECES, max_size=25), st.lists(HEALTH, max_size=5))
