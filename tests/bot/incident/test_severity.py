"""The worked examples of the documents that the schemes come from, and what every table must hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.incident.model import Scope
from bot.incident.report import answers
from bot.incident.schemes import SCHEMES, level_of, scheme
from bot.incident.severity import Answers, Scheme, Share, Starts, Symptom, assess, in_words
from tests.bot.incident import severity_page
from tests.bot.incident.examples import CATALOGUE, MINUTE, a_report, an_incident, declared

DOWN, FEATURE, SLOW = Symptom.DOWN, Symptom.FEATURE, Symptom.SLOW
EXAMPLES: list[tuple[str, str, Answers, str]] = [
    ("sev", "DNS down", Answers(symptom=DOWN, core=True), "SEV1"),
    ("sev", "sign-in broken", Answers(symptom=DOWN, core=True, share=Share.SOME), "SEV1"),
    ("sev", "cluster node unreachable", Answers(symptom=DOWN, core=True), "SEV1"),
    ("sev", "several services down", Answers(symptom=DOWN, several=True), "SEV1"),
    ("sev", "data loss", Answers(data_at_risk=True), "SEV1"),
    ("sev", "security breach", Answers(security=True), "SEV1"),
    ("sev", "Nextcloud 502", Answers(symptom=DOWN), "SEV2"),
    ("sev", "Immich not loading", Answers(symptom=DOWN, share=Share.SOME), "SEV2"),
    ("sev", "mail not sending", Answers(symptom=FEATURE), "SEV2"),
    ("sev", "slow dashboard", Answers(symptom=SLOW), "SEV3"),
    ("sev", "one monitor flapping", Answers(), "SEV3"),
    ("sev", "a CronJob that can wait failed", Answers(symptom=FEATURE, workaround=True), "SEV3"),
    ("sev", "down for one person", Answers(symptom=DOWN, share=Share.FEW), "SEV3"),
    ("sev", "slow sign-in", Answers(symptom=SLOW, core=True), "SEV2"),
    ("sev", "cosmetic", Answers(symptom=Symptom.COSMETIC), "SEV4"),
    ("sev", "documentation error", Answers(symptom=Symptom.NONE), "SEV4"),
    ("p1", "all services down", Answers(symptom=DOWN, several=True, share=Share.EVERYONE), "P1"),
    ("p1", "security breach", Answers(security=True), "P1"),
    ("p1", "database unavailable", Answers(symptom=DOWN, core=True), "P2"),
    ("p1", "single service degraded", Answers(symptom=SLOW), "P3"),
    ("p1", "page glitch", Answers(symptom=Symptom.COSMETIC), "P4"),
    ("p1", "documentation error", Answers(symptom=Symptom.NONE), "P5"),
    ("p0", "outage with data loss", Answers(symptom=DOWN, data_at_risk=True), "P0"),
    ("p0", "outage with a security risk", Answers(symptom=DOWN, security=True), "P0"),
    ("p0", "complete outage for all", Answers(symptom=DOWN, several=True, share=Share.EVERYONE), "P0"),
    ("p0", "service down, data safe", Answers(symptom=DOWN), "P1"),
    ("p0", "database connections exhausted", Answers(symptom=DOWN, core=True), "P1"),
    ("p0", "errors after a deployment", Answers(symptom=FEATURE, share=Share.SOME), "P1"),
    ("p0", "node not ready, pods evicted", Answers(symptom=DOWN, several=True), "P1"),
    ("p0", "major feature, few users", Answers(symptom=FEATURE, share=Share.FEW), "P2"),
    ("p0", "external service times out", Answers(symptom=SLOW), "P2"),
    ("p0", "minor, with a workaround", Answers(symptom=FEATURE, workaround=True), "P3"),
    ("p0", "alert for awareness", Answers(symptom=Symptom.NONE), "P4"),
    ("p0", "cosmetic", Answers(symptom=Symptom.COSMETIC), "P4"),
]


@pytest.mark.parametrize(("which", "what", "said", "level"), EXAMPLES)
def test_worked_examples(which: str, what: str, said: Answers, level: str) -> None:
    """Each document's own examples come out as it says."""
    assert assess(SCHEMES[which], said).level == level, what


@pytest.mark.parametrize(
    ("service", "kind", "level"),
    [
        ("DNS", "timeout", "SEV1"),
        ("Authentik", "login", "SEV1"),
        ("Nextcloud", "bad_gateway", "SEV2"),
        ("Immich (photos)", "timeout", "SEV2"),
        ("Mail (email, roundcube)", "feature", "SEV2"),
        ("Home Assistant", "slow", "SEV3"),
        ("Home Assistant", "data", "SEV1"),
        ("Other", "other", "SEV3"),
    ],
)
def test_worked_examples_through_the_form(service: str, kind: str, level: str) -> None:
    """What the reporter chooses is enough; whether a service is core is known from the catalogue."""
    assert declared(a_report(service=service, error_kind=kind)).incident.severity == level


ANSWERS = st.builds(
    Answers,
    symptom=st.sampled_from(Symptom),
    share=st.sampled_from(Share),
    core=st.booleans(),
    several=st.booleans(),
    data_at_risk=st.booleans(),
    security=st.booleans(),
    workaround=st.booleans(),
)


@given(st.sampled_from(sorted(SCHEMES)), ANSWERS)
def test_every_answer_has_a_level_and_a_reason(which: str, said: Answers) -> None:
    """The tables are total."""
    found = assess(SCHEMES[which], said)
    assert SCHEMES[which].level(found.level).id == found.level
    assert found.reason.endswith(".")


@given(st.sampled_from(sorted(SCHEMES)), ANSWERS, st.sampled_from(["core", "several", "data_at_risk", "security"]))
def test_a_worse_answer_is_never_a_milder_level(which: str, said: Answers, flag: str) -> None:
    """Nobody lowers a severity by reporting more trouble, nor raises it by knowing a way around."""
    the = SCHEMES[which]
    milder, worse = (assess(the, said.model_copy(update={flag: flagged})) for flagged in (False, True))
    assert the.level(worse.level).rank <= the.level(milder.level).rank
    none, around = (assess(the, said.model_copy(update={"workaround": known})) for known in (False, True))
    assert the.level(none.level).rank <= the.level(around.level).rank


@given(st.text(), st.sampled_from(sorted(SCHEMES)))
def test_words_never_decide(words: str, which: str) -> None:
    """Whatever is written, only the answers count."""
    plain, wordy = (answers(a_report(what=what), CATALOGUE) for what in ("x", f"SECURITY BREACH data loss {words}"))
    assert assess(SCHEMES[which], plain) == assess(SCHEMES[which], wordy)


@pytest.mark.parametrize("the", SCHEMES.values(), ids=list(SCHEMES))
def test_levels_are_whole(the: Scheme) -> None:
    """Ranks count from 1; the first two have a room, a label and a post-mortem; SEV4 and its like have no label."""
    assert [level.rank for level in the.levels] == list(range(1, len(the.levels) + 1))
    assert [level.label for level in the.levels][:4] == ["sev1", "sev2", "sev3", None]
    assert [level.room for level in the.levels] == [level.rank <= 2 for level in the.levels]
    assert [level.postmortem_required for level in the.levels] == [level.rank <= 2 for level in the.levels]
    assert the.levels[0].starts is Starts.INVESTIGATION_AND_ESCALATION
    assert {rule.level for rule in the.rules} == {level.id for level in the.levels}
    assert the.rules[-1].conditions() == "anything else"
    assert all(level.response and level.criteria.endswith(".") and level.examples for level in the.levels)


def test_the_clocks_of_sev() -> None:
    """As the document says: 15, 30 and 120 minutes."""
    assert [level.update_every for level in SCHEMES["sev"].levels] == [15 * MINUTE, 30 * MINUTE, 120 * MINUTE, None]
    assert [level.respond_within for level in SCHEMES["sev"].levels][:3] == [15 * MINUTE, 30 * MINUTE, 120 * MINUTE]


def test_a_level_is_never_a_bare_p1() -> None:
    """P1 could be a priority."""
    assert SCHEMES["p1"].level("p1").title == "severity P1 (critical)"
    assert SCHEMES["sev"].level(" sev1 ").title == "SEV1 (critical)"


def test_what_is_not_a_level_or_scheme_is_refused() -> None:
    """With what is allowed."""
    with pytest.raises(Refused, match="SEV1, SEV2, SEV3, SEV4"):
        SCHEMES["sev"].level("P1")
    with pytest.raises(Refused, match="sev, p1, p0"):
        scheme("p9")


def test_the_scheme_is_fixed_per_incident() -> None:
    """P1 means one thing in one scheme and another in the other."""
    assert level_of(an_incident(scheme="p0", severity="P1")).rank == 2
    assert level_of(an_incident(scheme="p1", severity="P1")).rank == 1


def test_one_person_is_few_and_not_knowing_is_not() -> None:
    """The reporter's three answers."""
    shares = [answers(a_report(scope=scope), CATALOGUE).share for scope in Scope]
    assert shares == [Share.FEW, Share.SOME, Share.UNKNOWN]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "a minute"), (15, "15 minutes"), (60, "an hour"), (90, "90 minutes"), (240, "4 hours"), (1440, "a day")],
)
def test_clocks_in_words(minutes: int, words: str) -> None:
    """As people say them."""
    assert in_words(minutes * MINUTE) == words
    assert in_words(None) == "as needed"


def test_the_page_says_what_the_tables_say() -> None:
    """docs/severity.md is today's; `python -m tests.bot.incident.severity_page` writes it."""
    assert severity_page.PATH.read_text(encoding="utf-8") == severity_page.page()
