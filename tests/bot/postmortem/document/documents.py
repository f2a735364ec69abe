"""Documents of every kind, for the properties."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from bot.postmortem.document.cells import address, tidy
from bot.postmortem.document.model import Document, Fact, Implemented, Moment, Part, Planned, Words
from tests.bot.postmortem.test_properties import MESS

#: Text as a cell keeps it: anything, less what cannot be seen.
TEXT = MESS.map(lambda text: tidy(text.replace("\r", "\n")))
LINE = TEXT.map(lambda text: " ".join(text.split()))
URL = st.sampled_from(["", "https://example.com/a_b(c)?d=1&e=|", "https://example.com/x y"]).map(address)
WORDS = st.builds(Words, text=TEXT.filter(bool), url=URL)
NAMES = LINE.filter(lambda text: text not in {"", "Date"})
MINUTES = st.integers(0, 60_000_000).map(lambda minutes: datetime.fromtimestamp(minutes * 60, UTC))
#: What fits into a section whatever stands around it; texts that do not are refused, which has its own test.
BODY = st.lists(
    st.sampled_from(
        [
            "Words, *marked* and `code | more`.",
            "- a\n  - b\n\n    c",
            "1. one\n2. two",
            "> quoted\nlazily",
            "```\n# no heading\n```",
            "#### Deeper",
            "#### Something of ours\n\nwith text",
            "| a | b |\n|---|---|\n| \\| | 🙂 |",
            "<details>\n\nאב\n\n</details>",
            "<!-- a remark -->",
            "\tcode",
        ]
    ),
    max_size=4,
).map("\n\n".join)
PLANNED = st.builds(
    Planned,
    priority=LINE,
    action=TEXT.filter(bool),
    type=LINE,
    details=TEXT,
    owner=TEXT,
    due=TEXT,
    issue=TEXT,
    status=TEXT,
)
IMPLEMENTED = st.builds(Implemented, date=LINE, action=TEXT, priority=LINE, type=LINE, commit=WORDS, by=TEXT)
DOCUMENTS = st.builds(
    Document,
    title=LINE.filter(bool),
    date=st.dates(min_value=date(1970, 1, 1)),
    facts=st.lists(st.builds(Fact, name=NAMES, value=WORDS), max_size=4).map(tuple),
    timeline=st.lists(st.builds(Moment, at=MINUTES, text=TEXT, source=WORDS), max_size=4).map(tuple),
    plan=st.lists(PLANNED, max_size=4).map(tuple),
    implemented=st.lists(IMPLEMENTED, max_size=3).map(tuple),
    parts=st.dictionaries(st.sampled_from(Part), BODY.map(lambda text: text.strip("\n")).filter(bool)),
)
