"""Any claims at all, of agents who cite what exists, what does not, and nothing."""

from hypothesis import strategies as st

from bot.evidence.findings import Finding
from bot.evidence.model import Kind
from bot.investigation.claims import Claims, Contribution, Looked, Remembered, RuledOut, Section, Why, Written
from bot.investigation.factors import Factor
from bot.investigation.model import ActionItem, Command, Hypothesis
from bot.postmortem.document.model import Part
from bot.postmortem.model import Kind as ItemKind
from bot.postmortem.model import Priority
from tests.bot.views.samples import NASTY

IDS = st.lists(
    st.one_of(
        st.integers(1, 12).map(lambda number: f"E-{number}"),
        st.integers(1, 4).map(lambda number: f"L-{number}"),
        st.sampled_from(("E-999", "E-0", "", "e-1", "E-1 ", "INC-3")),
    ),
    max_size=4,
).map(tuple)
TEXT = st.one_of(
    st.sampled_from((*NASTY, "", " ", "It broke, see E-1 and E-777.", "See https://evil.example/?q=1", "It is down")),
    st.text(max_size=60),
)
SURE = st.floats(0, 1)
FINDINGS = st.lists(st.builds(Finding, sentence=TEXT, pieces=IDS), max_size=5).map(tuple)
HYPOTHESES = st.lists(
    st.builds(
        Hypothesis,
        cause=TEXT,
        confidence=SURE,
        pieces=IDS,
        category=st.sampled_from(("", "deployment", "exhaustion", "aliens")),
    ),
    max_size=5,
).map(tuple)
RULED_OUT = st.lists(
    st.builds(RuledOut, what=TEXT, pieces=IDS, kinds=st.lists(st.sampled_from(Kind), max_size=2).map(tuple)), max_size=3
).map(tuple)
LOOKED = st.builds(
    Looked,
    agent=st.sampled_from(("cluster", "workload", "report_writer")),
    findings=FINDINGS,
    hypotheses=HYPOTHESES,
    ruled_out=RULED_OUT,
    unknown=st.lists(TEXT, max_size=2).map(tuple),
)
ITEMS = st.lists(
    st.builds(
        ActionItem,
        priority=st.sampled_from(Priority),
        type=st.sampled_from(ItemKind),
        action=TEXT,
        file=TEXT,
        change=TEXT,
        pieces=IDS,
    ),
    max_size=4,
).map(tuple)
WRITTEN = st.builds(
    Written,
    verdict=TEXT,
    pieces=IDS,
    known=st.booleans(),
    confidence=SURE,
    findings=FINDINGS,
    hypotheses=HYPOTHESES,
    ruled_out=RULED_OUT,
    whys=st.lists(st.builds(Why, why=TEXT, because=TEXT, pieces=IDS), max_size=6).map(tuple),
    factors=st.lists(
        st.builds(Contribution, factor=st.sampled_from(Factor), sentence=TEXT, pieces=IDS), max_size=4
    ).map(tuple),
    items=ITEMS,
    commands=st.lists(
        st.builds(Command, command=st.sampled_from(("uptime", "rm -rf /", "terraform plan")), why=TEXT), max_size=3
    ).map(tuple),
    next_steps=st.lists(st.one_of(TEXT, st.just("Run rm -rf /")), max_size=7).map(tuple),
    sections=st.lists(st.builds(Section, part=st.sampled_from(Part), text=TEXT, pieces=IDS), max_size=4).map(tuple),
)
CLAIMS = st.builds(
    Claims,
    looked=st.lists(LOOKED, max_size=4).map(tuple),
    remembered=st.lists(st.builds(Remembered, sentence=TEXT, pieces=IDS), max_size=3).map(tuple),
    written=st.one_of(st.none(), WRITTEN),
    lines=st.integers(0, 3),
)
