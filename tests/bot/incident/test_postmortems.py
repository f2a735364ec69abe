"""The written record of an incident: the table of its states, and every act that moves it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Refused
from bot.incident import acts, endings, postmortems
from bot.incident.consequences import consequences
from bot.incident.model import HOLDFAST, EventKind, Incident, Moved, Places, State
from bot.incident.postmortem_state import PostmortemState
from bot.incident.timeline import sentence
from bot.incident.wanted import LEAD, EffectKind, Wanted
from tests.bot.incident.examples import ANA, BOB, CY, MINUTE, NOW, an_incident, tried

S = PostmortemState
KEYS = {step.source for step in postmortems.STEPS} | {step.target for step in postmortems.STEPS}


def a_draft(**also: object) -> Incident:
    """A SEV2 that Bob leads, over since now."""
    incident = endings.resolve(an_incident(lead=BOB), "Restarted it", BOB, NOW).incident
    return incident.model_copy(update=also)


def test_the_table_is_the_designs() -> None:
    """Every state can be reached and all but the last lead on; the diagram is of this table."""
    assert set(S) == KEYS
    steps = {(step.source, step.target) for step in postmortems.STEPS}
    assert {(S.DRAFT, S.PUBLISHED), (S.IN_REVIEW, S.DRAFT), (S.COMPLETE, S.IMPLEMENTING)} <= steps
    assert (S.PUBLISHED, S.DRAFT) not in steps
    assert all(f"{step.source} --> {step.target}" in postmortems.diagram() for step in postmortems.STEPS)


@pytest.mark.parametrize("source", S)
@pytest.mark.parametrize("target", S)
def test_no_step_beside_the_table(source: PostmortemState, target: PostmortemState) -> None:
    """Refused, with where it stands."""
    incident = a_draft(postmortem=source)
    if (source, target) in {(step.source, step.target) for step in postmortems.STEPS}:
        assert postmortems.step(incident, target).postmortem is target
    else:
        with pytest.raises(Refused, match=postmortems.words(source)):
            postmortems.step(incident, target)


def test_a_serious_incident_begins_its_own_when_it_is_resolved() -> None:
    """Due in three days; the lead hears of it at half of that and at the end, wherever somebody leads by then."""
    before = an_incident(lead=BOB)
    moved = endings.resolve(before, "Restarted it", BOB, NOW)
    assert (moved.incident.postmortem, moved.incident.postmortem_due) == (S.DRAFT, NOW + timedelta(hours=72))
    assert [(event.kind, event.by) for event in moved.events][-1] == (EventKind.POSTMORTEM_BEGUN, HOLDFAST)
    reminders = [each for each in _wanted(before, moved) if each.request.get("say") == "postmortem_due"]
    assert [(each.at, each.request["to"]) for each in reminders] == [
        (NOW + timedelta(hours=36), LEAD),
        (NOW + timedelta(hours=72), LEAD),
    ]


@pytest.mark.parametrize("change", [{"severity": "SEV3"}, {"severity": "SEV4"}, {"test": True}])
def test_others_have_one_only_where_somebody_begins_it(change: dict[str, object]) -> None:
    """A test, and what is minor, is never due; whoever wants to may write one."""
    resolved = endings.resolve(an_incident(**change), "ok", BOB, NOW).incident
    assert resolved.postmortem is None
    begun = postmortems.begin(resolved, ANA, NOW)
    assert (begun.incident.postmortem, begun.incident.postmortem_due) == (S.DRAFT, None)
    assert not [each for each in _wanted(resolved, begun) if each.at]


def test_one_that_turns_out_to_be_serious_begins_then() -> None:
    """After it was resolved; and only once."""
    resolved = endings.resolve(an_incident(severity="SEV3"), "ok", BOB, NOW).incident
    worse = acts.change_severity(resolved, "SEV2", "It was everybody", ANA, NOW)
    assert worse.incident.postmortem is S.DRAFT
    again = endings.reopen(worse.incident, "back", ANA, NOW).incident
    once_more = endings.resolve(again, "ok", ANA, NOW)
    assert EventKind.POSTMORTEM_BEGUN not in [event.kind for event in once_more.events]


@pytest.mark.parametrize("state", [State.QUEUED, State.DECLINED, State.MERGED])
def test_there_is_nothing_to_write_about_what_never_was(state: State) -> None:
    """Refused in a sentence."""
    with pytest.raises(Refused, match="nothing to write about"):
        postmortems.begin(an_incident(state=state), ANA, NOW)


def test_it_is_reviewed_by_whoever_was_asked() -> None:
    """Two are asked; one wants changes, which takes it back to the draft; both agree, and it can be published."""
    asked = postmortems.ask_review(a_draft(), [ANA, CY], BOB, NOW)
    assert asked.incident.postmortem is S.IN_REVIEW
    assert postmortems.may_publish(asked.incident).startswith(f"It waits for the review of <@{ANA}>, <@{CY}>.")
    assert postmortems.may_publish(asked.incident, approver=True) == ""
    with pytest.raises(Refused, match="asked you"):
        postmortems.review(asked.incident, True, "", BOB, NOW)
    with pytest.raises(Refused) as refusal:
        postmortems.review(asked.incident, False, " ", ANA, NOW)
    assert set(refusal.value.fields) == {"words"}
    wanted = postmortems.review(asked.incident, False, "The cause is wrong", ANA, NOW)
    assert wanted.incident.postmortem is S.DRAFT
    agreed = postmortems.review(wanted.incident, True, "", CY, NOW).incident
    assert (
        postmortems.may_publish(agreed)
        == f"<@{ANA}> wanted changes. Ask for the review again, then it can be published."
    )
    again = postmortems.ask_review(agreed, [ANA], BOB, NOW).incident
    both = postmortems.review(again, True, "", ANA, NOW).incident
    assert (both.postmortem, postmortems.may_publish(both)) == (S.IN_REVIEW, "")


def test_into_git_it_goes_once() -> None:
    """Sent, it waits; there, it is published, and whoever says so again changes nothing."""
    sent = postmortems.publish(a_draft(), ANA, NOW, to_git=True)
    assert (sent.incident.postmortem, sent.incident.publishing) == (S.DRAFT, ANA)
    assert [each.kind for each in _wanted(a_draft(), sent)] == [EffectKind.PUBLISH]
    with pytest.raises(Refused, match="being published already"):
        postmortems.publish(sent.incident, CY, NOW, to_git=True)
    out = postmortems.published(sent.incident, "2026-03-02-x.md", "https://x.test/x", NOW)
    assert (out.incident.postmortem, out.incident.publishing) == (S.PUBLISHED, None)
    assert (out.incident.places.document, out.incident.places.document_url) == ("2026-03-02-x.md", "https://x.test/x")
    assert [(event.kind, event.by) for event in out.events] == [(EventKind.POSTMORTEM_PUBLISHED, ANA)]
    assert postmortems.published(out.incident, "2026-03-02-x.md", "", NOW).events == ()
    assert endings.close(out.incident, ANA, NOW).incident.state is State.CLOSED


def test_everybody_hears_that_it_is_published() -> None:
    """Room, the thread in #alerts, the reporter, the issue's comment and labels, and the question who does what."""
    incident = a_draft(publishing=ANA)
    out = postmortems.published(incident, "2026-03-02-x.md", "https://x.test/x", NOW)
    told = [each.request.get("to") for each in _wanted(incident, out) if each.request.get("say") == "published"]
    assert told == ["room", "alerts-thread"]
    kinds = [each.kind for each in _wanted(incident, out)]
    assert {EffectKind.COMMENT, EffectKind.ISSUE_STATE, EffectKind.VERIFY} <= set(kinds)
    said = [each.request.get("say") for each in _wanted(incident, out)]
    assert "published_notice" in said


def test_what_is_private_stays_in_slack() -> None:
    """It counts as published, nothing of it goes to #alerts, an issue or git, and it may close with that."""
    private = a_draft(private=True)
    out = postmortems.publish(private, ANA, NOW, to_git=True)
    assert out.incident.postmortem is S.PUBLISHED
    wanted = _wanted(private, out)
    assert not {EffectKind.PUBLISH, EffectKind.COMMENT, EffectKind.ISSUE_STATE, EffectKind.VERIFY} & {
        each.kind for each in wanted
    }
    assert not [each for each in wanted if each.request.get("to") in ("alerts", "alerts-thread")]
    assert postmortems.publish(a_draft(), ANA, NOW, to_git=False).incident.postmortem is S.PUBLISHED


def test_what_git_refuses_can_be_sent_again() -> None:
    """The room reads why."""
    sent = postmortems.publish(a_draft(), ANA, NOW, to_git=True).incident
    kept = postmortems.taken_back(sent, "The branch is protected.", NOW)
    assert (kept.incident.publishing, kept.events[0].text) == (None, "The branch is protected.")
    assert postmortems.may_publish(kept.incident) == ""
    assert postmortems.taken_back(kept.incident, "again", NOW).events == ()


def test_a_pull_request_is_no_publication_yet() -> None:
    """It waits until the pull request is merged."""
    sent = postmortems.publish(a_draft(), ANA, NOW, to_git=True).incident
    waits = postmortems.proposed(sent, 7, "https://x.test/7", NOW).incident
    assert (waits.postmortem, waits.places.proposal, waits.publishing) == (S.DRAFT, 7, ANA)
    assert postmortems.published(waits, "x.md", "", NOW).incident.places.proposal is None


def test_the_document_follows_what_happens_after_that() -> None:
    """A change of what stands in it is brought into git; what does not, is not; nor before it is published."""
    places = Places(document="2026-03-02-x.md")
    out = a_draft(postmortem=S.PUBLISHED, places=places)
    worse = acts.change_severity(out, "SEV1", "It was everybody", ANA, NOW)
    assert EffectKind.AMEND in [each.kind for each in _wanted(out, worse)]
    written = postmortems.write(out, "Summary", ANA, NOW)
    assert [each.kind for each in _wanted(out, written)] == [EffectKind.AMEND]
    draft = a_draft()
    assert _wanted(draft, postmortems.write(draft, "Summary", ANA, NOW)) == ()
    led = acts.hand_over(out, CY, BOB, NOW)
    assert EffectKind.AMEND in [each.kind for each in _wanted(out, led)]
    clashed = postmortems.clashed(out, "Summary", "ours", NOW)
    assert EffectKind.AMEND not in [each.kind for each in _wanted(out, clashed)]
    private = out.model_copy(update={"private": True})
    assert EffectKind.AMEND not in [each.kind for each in _wanted(private, acts.hand_over(private, CY, BOB, NOW))]


def test_it_is_complete_once_nothing_is_open() -> None:
    """And no longer, when an edit adds an item."""
    out = a_draft(postmortem=S.PUBLISHED)
    assert postmortems.followed(out, 2) == out
    complete = postmortems.followed(out, 0)
    assert complete.postmortem is S.COMPLETE
    assert postmortems.followed(complete, 1).postmortem is S.IMPLEMENTING
    assert postmortems.followed(a_draft(), 0).postmortem is S.DRAFT


def test_it_is_waived_with_a_reason_once_it_is_over() -> None:
    """Not before, not twice, not where none is needed or in review; reopening takes the waiver back."""
    waived = postmortems.waive(a_draft(), "We know this one.", ANA, NOW)
    assert waived.incident.postmortem is S.WAIVED
    assert [(event.kind, event.text) for event in waived.events] == [(EventKind.POSTMORTEM_WAIVED, "We know this one.")]
    assert endings.close(waived.incident, ANA, NOW).incident.state is State.CLOSED
    assert endings.reopen(waived.incident, "It is back", ANA, NOW).incident.postmortem is None
    assert postmortems.begin(waived.incident, ANA, NOW).incident.postmortem is S.DRAFT
    for incident, reason, refusal in (
        (a_draft(), " ", "Say why nobody needs"),
        (an_incident(), "why", "once it is resolved"),
        (waived.incident, "why", "waived already"),
        (a_draft(severity="SEV3"), "why", "needs no post-mortem"),
        (a_draft(test=True), "why", "needs no post-mortem"),
        (a_draft(publishing=ANA), "why", "being published"),
        (a_draft(postmortem=S.IN_REVIEW), "why", "in review"),
    ):
        with pytest.raises(Refused, match=refusal):
            postmortems.waive(incident, reason, ANA, NOW)


ACTS: list[Callable[[Incident, str, int], Moved]] = [
    lambda i, w, m: endings.resolve(i, "fixed", BOB, NOW + m * MINUTE),
    lambda i, w, m: endings.reopen(i, w, BOB, NOW + m * MINUTE),
    lambda i, w, m: endings.close(i, BOB, NOW + m * MINUTE),
    lambda i, w, m: postmortems.begin(i, BOB, NOW + m * MINUTE),
    lambda i, w, m: postmortems.write(i, "Summary", BOB, NOW + m * MINUTE),
    lambda i, w, m: postmortems.ask_review(i, (ANA, CY)[: m % 3], BOB, NOW + m * MINUTE),
    lambda i, w, m: postmortems.review(i, bool(m % 2), w, (ANA, CY)[m % 2], NOW + m * MINUTE),
    lambda i, w, m: postmortems.publish(i, ANA, NOW + m * MINUTE, to_git=bool(m % 2)),
    lambda i, w, m: postmortems.proposed(i, m, "https://x.test", NOW) if i.publishing else _refuse(),
    lambda i, w, m: postmortems.published(i, "x.md", "", NOW) if i.publishing else _refuse(),
    lambda i, w, m: postmortems.taken_back(i, "refused", NOW),
    lambda i, w, m: postmortems.waive(i, w, BOB, NOW + m * MINUTE),
    lambda i, w, m: Moved(incident=postmortems.followed(i, m % 2), events=()),
]


def _refuse() -> Moved:
    raise Refused("Nothing is on its way.")


@settings(max_examples=120)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(["", "because"]), st.integers(0, 9)), max_size=30))
def test_any_sequence_of_acts_walks_the_table(
    sequence: list[tuple[Callable[[Incident, str, int], Moved], str, int]],
) -> None:
    """Each act gives a valid incident and events that can be said, or a refusal; no state is reached beside the table,
    but that whoever reopens takes a waiver back."""
    incident, minute = an_incident(lead=BOB), 0
    for act, words, more in sequence:
        minute += more
        moved = tried(partial(act, incident, words, minute))
        if isinstance(moved, Refused):
            assert moved.sentence.endswith(".")
            continue
        before, after = incident.postmortem, moved.incident.postmortem
        assert before is after or _leads(before or S.DUE, after) or (before is S.WAIVED and after is None)
        assert not (after in postmortems.OUT and moved.incident.publishing)
        assert all(sentence(event)[-1] in ".!?…" for event in moved.events)
        incident = Incident.model_validate_json(moved.incident.model_dump_json())


def _leads(source: PostmortemState, target: PostmortemState | None) -> bool:
    """In one step or several through states that nobody sees."""
    seen = {source}
    for _ in S:
        seen |= {step.target for step in postmortems.STEPS if step.source in seen}
    return target in seen


def _wanted(before: Incident, moved: Moved) -> tuple[Wanted, ...]:
    return consequences(before, moved, 3, "U0OWNER")
