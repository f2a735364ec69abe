"""Investigations to look at: one that went well, and any at all."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from bot.budget.caps import Caps, Totals
from bot.evidence.findings import Finding
from bot.evidence.report import EvidenceReport, report
from bot.incident.model import HOLDFAST
from bot.investigation.model import (
    ActionItem,
    Command,
    Findings,
    Hypothesis,
    Investigation,
    Kind,
    Stage,
    State,
    Step,
    Word,
)
from bot.investigation.standing import Looked, Money
from bot.postmortem.model import Kind as ItemKind
from bot.postmortem.model import Priority
from tests.bot.evidence.anything import EVIDENCE, SERVICES
from tests.bot.evidence.examples import CATALOGUE, DEPLOYMENT, evidence
from tests.bot.views.samples import ACTORS, MAYBE, NOW, TEXT, TIMES

COST = Totals(spent=420_000, held=180_000)
FOUND = Findings(
    verdict="The volume of Nextcloud is full",
    known=True,
    confidence=0.72,
    findings=(Finding(sentence="It was released just before", pieces=("E-3", "E-4")),),
    hypotheses=(
        Hypothesis(cause="The volume is full", confidence=0.72, pieces=("E-3",)),
        Hypothesis(cause="The database is slow", confidence=0.3, pieces=("E-4",), category="dependency"),
    ),
    ruled_out=("the node is ready",),
    commands=(
        Command(command="kubectl -n nextcloud get pvc", why="Shows how full it is; it changes nothing."),
        Command(command="kubectl -n nextcloud rollout undo deployment/nextcloud", why="Takes the release back."),
    ),
    severity="SEV1",
    severity_reason="Data may be at risk.",
    history="First recorded incident of this kind.",
    next_steps=("Make the volume larger",),
    notes=("The network specialist was too late",),
    dropped=2,
)


def an_investigation(**changes: object) -> Investigation:
    """The first of INC-12, done in 74 seconds, unless said otherwise."""
    collected = evidence(*DEPLOYMENT)
    done = Investigation(
        id="look-1",
        incident_id="incident-12",
        number=1,
        kind=Kind.INVESTIGATION,
        state=State.DONE,
        by="U0ANA",
        evidence=collected,
        report=report(collected, CATALOGUE, "nextcloud"),
        findings=FOUND,
        asked_at=NOW,
        ended_at=NOW + timedelta(seconds=74),
    )
    return done.model_copy(update=changes)


IDS = st.lists(st.one_of(st.sampled_from(("E-1", "E-2", "E-3", "E-99")), TEXT), max_size=6).map(tuple)
CONFIDENCE = st.floats(0, 1)
TEXTS = st.lists(TEXT, max_size=8).map(tuple)
FINDINGS = st.builds(
    Findings,
    verdict=TEXT,
    known=st.booleans(),
    confidence=CONFIDENCE,
    findings=st.lists(st.builds(Finding, sentence=TEXT, pieces=IDS), max_size=6).map(tuple),
    hypotheses=st.lists(
        st.builds(Hypothesis, cause=TEXT, confidence=CONFIDENCE, pieces=IDS, category=TEXT), max_size=6
    ).map(tuple),
    ruled_out=TEXTS,
    commands=st.lists(st.builds(Command, command=TEXT, why=TEXT), max_size=5).map(tuple),
    severity=TEXT,
    severity_reason=TEXT,
    history=TEXT,
    next_steps=TEXTS,
    notes=TEXTS,
    items=st.lists(
        st.builds(ActionItem, priority=st.sampled_from(Priority), type=st.sampled_from(ItemKind), action=TEXT),
        max_size=6,
    ).map(tuple),
    dropped=st.integers(0, 10**6),
)
STEPS = st.lists(
    st.builds(Step, stage=st.sampled_from(Stage), key=TEXT, text=TEXT, agent=TEXT, word=st.sampled_from(Word)),
    max_size=30,
)
AMOUNTS = st.integers(0, 10**12)
TOTALS = st.builds(Totals, spent=AMOUNTS, estimated=AMOUNTS, held=AMOUNTS)
MONEY = st.builds(Money, run=TOTALS, issue=TOTALS, caps=st.just(Caps(run=Decimal("0.5"))))


@st.composite
def investigations(draw: st.DrawFn) -> Investigation:
    """Any investigation, in any state, whatever sources and models say."""
    collected = draw(EVIDENCE)
    wrote: EvidenceReport = report(collected, CATALOGUE, draw(st.sampled_from(SERVICES)))
    return Investigation(
        id=draw(st.uuids()).hex,
        incident_id=draw(st.uuids()).hex,
        number=draw(st.integers(1, 10**6)),
        kind=draw(st.sampled_from(Kind)),
        state=draw(st.sampled_from(State)),
        by=draw(st.one_of(st.just(HOLDFAST), ACTORS)),
        question=draw(TEXT),
        why_no_model=draw(TEXT),
        problem=draw(TEXT),
        evidence=draw(st.sampled_from((None, collected))),
        report=draw(st.sampled_from((None, wrote))),
        findings=draw(st.one_of(st.none(), FINDINGS)),
        stopped_by=draw(st.one_of(st.none(), ACTORS)),
        asked_at=draw(TIMES),
        ended_at=draw(MAYBE),
    )


LOOKED = st.builds(Looked, last=st.one_of(st.none(), investigations()), cost=TOTALS)
