"""What people do to an incident."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Refused
from bot.incident import acts, endings
from bot.incident.model import HOLDFAST, EventKind, Incident, Moved, State
from bot.incident.postmortem_state import PostmortemState
from bot.incident.schemes import SCHEMES
from bot.incident.timeline import sentence
from tests.bot.incident.examples import ANA, BOB, CY, MINUTE, NOW, a_report, an_incident, declared, tried


def test_a_trusted_report_is_recorded_and_triaged() -> None:
    """Both steps stand on the timeline, the second by the bot itself."""
    moved = declared(origin="C0ALERTS")
    assert [(event.kind, event.by) for event in moved.events] == [
        (EventKind.DECLARED, ANA),
        (EventKind.STATE_CHANGED, HOLDFAST),
    ]
    incident = moved.incident
    assert (incident.key, incident.state, incident.severity) == ("INC-12", State.TRIAGING, "SEV2")
    assert incident.severity_reason == "One service is down."
    assert (incident.milestones.declared, incident.milestones.started) == (NOW, None)
    assert incident.places.origin == "C0ALERTS"


def test_a_report_of_somebody_not_trusted_is_queued() -> None:
    """It waits for a click, and is there."""
    moved = declared(trusted=False)
    assert moved.incident.state is State.QUEUED
    assert [event.data.get("to") for event in moved.events] == [None, "queued"]


def test_security_makes_it_private_from_the_first() -> None:
    """Before anything is posted."""
    assert declared(a_report(security=True)).incident.private
    assert declared(private=True).incident.private
    assert not declared().incident.private


def test_a_start_in_the_future_is_refused_by_field() -> None:
    """A minute of skew is forgiven, and clipped."""
    with pytest.raises(Refused) as refusal:
        declared(a_report(started=NOW + timedelta(minutes=2)))
    assert set(refusal.value.fields) == {"started"}
    assert declared(a_report(started=NOW + timedelta(seconds=30))).incident.milestones.started == NOW


def test_accept_and_decline() -> None:
    """A queued report goes in or is answered with what was checked."""
    queued = declared(trusted=False).incident
    assert acts.accept(queued, BOB, NOW).incident.state is State.TRIAGING
    moved = acts.decline(queued, "All probes are green.", BOB, NOW)
    assert moved.incident.state is State.DECLINED
    assert moved.events[0].text == "All probes are green."
    with pytest.raises(Refused) as refusal:
        acts.decline(queued, " ", BOB, NOW)
    assert set(refusal.value.fields) == {"checked"}
    with pytest.raises(Refused):
        acts.accept(an_incident(), BOB, NOW)


def test_the_first_to_take_the_lead_has_it() -> None:
    """The second click is told who; the first acknowledged the incident."""
    led = acts.take_lead(an_incident(), BOB, NOW).incident
    assert (led.lead, led.milestones.acknowledged) == (BOB, NOW)
    with pytest.raises(Refused, match=f"<@{BOB}> leads INC-12 already"):
        acts.take_lead(led, ANA, NOW)
    with pytest.raises(Refused, match="You already lead"):
        acts.take_lead(led, BOB, NOW)


def test_taking_over_names_the_lead_one_saw() -> None:
    """So of two who take over from Bob at once, one wins."""
    led = acts.take_lead(an_incident(), BOB, NOW).incident
    taken = acts.take_lead(led, CY, NOW, instead_of=BOB)
    assert taken.incident.lead == CY
    assert sentence(taken.events[0]) == "U0CY took over the lead from U0BOB."
    with pytest.raises(Refused):
        acts.take_lead(taken.incident, ANA, NOW, instead_of=BOB)


def test_handing_over() -> None:
    """Anyone may name the next lead, but not for what is over."""
    moved = acts.hand_over(an_incident(lead=ANA), BOB, ANA, NOW)
    assert sentence(moved.events[0]) == "U0ANA handed the lead to U0BOB."
    with pytest.raises(Refused, match="by now"):
        acts.hand_over(an_incident(lead=CY), BOB, ANA, NOW, instead_of=ANA)
    with pytest.raises(Refused, match="already leads"):
        acts.hand_over(an_incident(lead=BOB), BOB, ANA, NOW)
    with pytest.raises(Refused):
        acts.hand_over(an_incident(state=State.CLOSED), BOB, ANA, NOW)


def test_an_update_says_when_the_next_is_due() -> None:
    """From the severity, unless it is said; never once it works again."""
    update = acts.post_update(an_incident(), " Half of it is back. ", ANA, NOW, "Restart the rest").incident.last_update
    assert update is not None
    assert (update.text, update.next_steps, update.next_at) == (
        "Half of it is back.",
        "Restart the rest",
        NOW + 30 * MINUTE,
    )
    said = acts.post_update(an_incident(), "x", ANA, NOW, next_update=5).incident.last_update
    assert said is not None
    assert said.next_at == NOW + 5 * MINUTE
    over = acts.post_update(an_incident(state=State.RESOLVED), "x", ANA, NOW).incident.last_update
    assert over is not None
    assert over.next_at is None


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (lambda incident: acts.post_update(incident, "\n", ANA, NOW), "text"),
        (lambda incident: acts.post_update(incident, "x", ANA, NOW, next_update=0), "next_update"),
        (lambda incident: acts.change_severity(incident, "SEV2", "same", ANA, NOW), "severity"),
        (lambda incident: acts.change_severity(incident, "P1", "other scheme", ANA, NOW), "severity"),
        (lambda incident: acts.change_severity(incident, "SEV1", "", ANA, NOW), "reason"),
        (lambda incident: endings.resolve(incident, "", ANA, NOW), "fix"),
        (lambda incident: endings.resolve(incident, "x", ANA, NOW, ended=NOW + 2 * MINUTE), "ended"),
        (lambda incident: endings.resolve(incident, "x", ANA, NOW, ended=NOW - 61 * MINUTE), "ended"),
    ],
)
def test_bad_words_are_refused_by_field(act: Callable[[Incident], Moved], field: str) -> None:
    """Each refusal names its field and says a sentence."""
    incident = declared(a_report(started=NOW - 60 * MINUTE)).incident
    with pytest.raises(Refused) as refusal:
        act(incident)
    assert set(refusal.value.fields) == {field}
    assert refusal.value.sentence.endswith(".")


def test_changing_severity_keeps_scheme_and_reason() -> None:
    """Either case will do; the event holds both levels."""
    moved = acts.change_severity(an_incident(), "sev1", "Sign-in is down too.", ANA, NOW)
    assert (moved.incident.severity, moved.incident.severity_reason) == ("SEV1", "Sign-in is down too.")
    assert sentence(moved.events[0]) == "U0ANA changed the severity from SEV2 to SEV1: Sign-in is down too."


def test_resolving_and_reopening() -> None:
    """When the service was back is apart from when somebody said so; reopening takes both away."""
    moved = endings.resolve(an_incident(), "Restarted it", BOB, NOW + 10 * MINUTE, "Disk full", NOW + 5 * MINUTE)
    incident = moved.incident
    assert (incident.milestones.restored, incident.milestones.all_clear) == (NOW + 5 * MINUTE, NOW + 10 * MINUTE)
    assert incident.resolution is not None
    assert incident.resolution.cause == "Disk full"
    again = endings.reopen(incident, "Still 502 here", ANA, NOW + 20 * MINUTE)
    assert again.events[0].kind is EventKind.REOPENED
    after = again.incident
    assert (after.state, after.resolution, after.milestones.restored, after.milestones.all_clear) == (
        State.INVESTIGATING,
        None,
        None,
        None,
    )
    assert endings.reopen(an_incident(state=State.DECLINED), "It is", ANA, NOW).incident.state is State.TRIAGING
    with pytest.raises(Refused, match="need not be reopened"):
        endings.reopen(an_incident(), "x", ANA, NOW)


def test_it_works_for_me() -> None:
    """Said once by each, after a fix."""
    resolved = endings.resolve(an_incident(), "Restarted it", BOB, NOW).incident
    confirmed = endings.confirm_fixed(resolved, ANA, NOW).incident
    assert confirmed.state is State.RESOLVED
    assert confirmed.resolution is not None
    assert confirmed.resolution.confirmed_by == (ANA,)
    with pytest.raises(Refused, match="already"):
        endings.confirm_fixed(confirmed, ANA, NOW)
    with pytest.raises(Refused):
        endings.confirm_fixed(an_incident(), ANA, NOW)


@pytest.mark.parametrize("postmortem", [None, *PostmortemState])
def test_what_needs_a_post_mortem_closes_when_it_is_written_or_waived(postmortem: PostmortemState | None) -> None:
    """The refusal says what is missing, and that nothing is lost."""
    resolved = endings.resolve(an_incident(lead=BOB), "Restarted it", BOB, NOW).incident
    written = resolved.model_copy(update={"postmortem": postmortem})
    if postmortem in ("published", "implementing", "complete", "waived"):
        closed = endings.close(written, ANA, NOW).incident
        assert (closed.state, closed.milestones.closed) == (State.CLOSED, NOW)
    else:
        with pytest.raises(Refused, match="Before closing: a published post-mortem"):
            endings.close(written, ANA, NOW)


def test_the_rest_closes_without() -> None:
    """Minor ones, and tests; but nothing that is still open."""
    minor = an_incident(severity="SEV3", state=State.RESOLVED)
    assert endings.close(minor, ANA, NOW).incident.state is State.CLOSED
    assert endings.close(an_incident(test=True, state=State.RESOLVED), ANA, NOW).incident.state is State.CLOSED
    with pytest.raises(Refused, match="resolve it first"):
        endings.close(an_incident(), ANA, NOW)
    with pytest.raises(Refused, match="already closed"):
        endings.close(an_incident(state=State.CLOSED), ANA, NOW)


WORDS = st.sampled_from(["", "because"])
ACTS: list[Callable[[Incident, str, int], Moved]] = [
    lambda i, w, m: acts.accept(i, BOB, NOW + m * MINUTE),
    lambda i, w, m: acts.decline(i, w, BOB, NOW + m * MINUTE),
    lambda i, w, m: acts.take_lead(i, BOB, NOW + m * MINUTE),
    lambda i, w, m: acts.hand_over(i, CY, BOB, NOW + m * MINUTE),
    lambda i, w, m: acts.post_update(i, w, BOB, NOW + m * MINUTE, w, m),
    lambda i, w, m: acts.change_severity(i, i.scheme[:2].upper() + str(m % 5), w, BOB, NOW + m * MINUTE),
    lambda i, w, m: acts.change_status(i, list(State)[m % len(State)], BOB, NOW + m * MINUTE, w),
    lambda i, w, m: endings.resolve(i, w, BOB, NOW + m * MINUTE, ended=NOW + (m - m % 3) * MINUTE),
    lambda i, w, m: endings.reopen(i, w, BOB, NOW + m * MINUTE),
    lambda i, w, m: endings.confirm_fixed(i, BOB, NOW + m * MINUTE),
    lambda i, w, m: endings.close(i, BOB, NOW + m * MINUTE),
]


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(SCHEMES)),
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(ACTS), WORDS, st.integers(0, 9)), max_size=25),
)
def test_any_sequence_of_acts_is_whole(
    scheme: str, trusted: bool, sequence: list[tuple[Callable[[Incident, str, int], Moved], str, int]]
) -> None:
    """An act gives a valid incident and events that can be said, or a refusal with a sentence; never anything else."""
    incident, minute = declared(scheme=scheme, trusted=trusted).incident, 0
    for act, words, more in sequence:
        minute += more
        moved = tried(partial(act, incident, words, minute))
        if isinstance(moved, Refused):
            assert moved.sentence.endswith(".")
            assert all(line.endswith(".") for line in moved.fields.values())
            continue
        assert moved.events
        assert all(sentence(event)[-1] in ".!?…" for event in moved.events)
        incident = Incident.model_validate_json(moved.incident.model_dump_json())
        assert incident == moved.incident
        assert (incident.resolution is not None) == (incident.state in (State.RESOLVED, State.CLOSED))
        assert (incident.milestones.all_clear is not None) == (incident.state in (State.RESOLVED, State.CLOSED))
