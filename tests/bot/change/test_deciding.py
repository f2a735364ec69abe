"""Who may click, on what, until when: by examples, and by anything that could be clicked."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.change.deciding import decided, lasts_until, may_decide, rejected
from bot.change.model import Approval, ApprovalState, Ask, Change, ChangeClass, ChangeState, TrackedItem
from bot.change.policy import Policy, Who
from bot.errors import Refused
from bot.incident.policy import Circle, NotAllowed, Rank, Rights
from bot.postmortem.model import Kind
from tests.bot.change.examples import BOUND, NOW, a_change, a_question, an_item

PEOPLE = ("U0VIKTOR", "U0ANA", "U0BEN", "U0CAT")
OWNER, ANA, BEN, CAT = PEOPLE
CIRCLE = Circle(owner=OWNER, approvers=frozenset({ANA, BEN}))
ALONE = Circle(owner=OWNER)
BY_TWO = Policy(approve={ChangeClass.CONFIG: Who(people=2)})


def click(
    actor: str,
    approval: Approval | None = None,
    *,
    item: TrackedItem | None = None,
    change: Change | None = None,
    circle: Circle = CIRCLE,
    policy: Policy | None = None,
    after: timedelta = timedelta(),
    saying_no: bool = False,
) -> None:
    """A full member's click; without more, on a question that nobody in particular has started."""
    asked, about = approval or a_question(), item or an_item()
    of = change or a_change()
    rights = circle.rights(actor, guest=False)
    may_decide(asked, about, of, rights, circle, policy or Policy(), NOW + after, saying_no=saying_no)


def test_any_approver_may_and_the_owner_is_one() -> None:
    """Where nobody in particular has started it."""
    for actor in (OWNER, ANA, BEN):
        click(actor)


def test_a_stranger_is_told_who_may() -> None:
    """Being a member of the workspace is not enough."""
    with pytest.raises(NotAllowed, match="Only <@U0ANA> or <@U0BEN> or <@U0VIKTOR> can decide this"):
        click(CAT)


def test_whoever_started_it_does_not_allow_it_but_may_say_no() -> None:
    """Unless there is nobody else."""
    own = a_question(requester=ANA)
    with pytest.raises(NotAllowed, match="You started this change, so somebody else has to allow it: <@U0BEN>"):
        click(ANA, own)
    click(ANA, own, saying_no=True)
    click(BEN, own)
    click(OWNER, a_question(requester=OWNER), circle=ALONE)


@pytest.mark.parametrize("kind", [Kind.ARCHITECTURE, Kind.MIGRATION])
def test_the_second_click_is_another_persons(kind: Kind) -> None:
    """For what is asked about twice; for the rest the first click says nothing about the second."""
    twice = an_item(kinds=(kind,), first_by=ANA)
    with pytest.raises(NotAllowed, match="You let it be prepared"):
        click(ANA, item=twice)
    click(BEN, item=twice)
    click(OWNER, item=twice.model_copy(update={"first_by": OWNER}), circle=ALONE)
    click(ANA, item=an_item(first_by=ANA))


def test_where_two_have_to_agree_one_person_is_not_two() -> None:
    """Neither by clicking twice, nor by two clicks at the same moment."""
    once = decided(a_question(people=2), ANA, NOW)
    assert (once.state, once.agreed) == (ApprovalState.PENDING, (ANA,))
    with pytest.raises(Refused, match="You have agreed already"):
        click(ANA, once, policy=BY_TWO)
    with pytest.raises(Refused, match="You have agreed already"):
        decided(once, ANA, NOW)
    twice = decided(once, BEN, NOW)
    assert (twice.state, twice.agreed, twice.decided_by) == (ApprovalState.APPROVED, (ANA, BEN), BEN)


def test_it_ends_at_its_instant_and_is_planned_again() -> None:
    """A second before, it could be allowed."""
    click(ANA, after=timedelta(hours=4, seconds=-1))
    with pytest.raises(Refused, match=r"A-57 has run out\. It can be planned again"):
        click(ANA, after=timedelta(hours=4))


def test_whoever_comes_second_is_told_who_decided_and_when() -> None:
    """Whatever it was that was decided."""
    with pytest.raises(Refused, match="A-57 was approved by <@U0ANA> at 12:00 UTC"):
        click(BEN, decided(a_question(), ANA, NOW))
    no = rejected(a_question(), ANA, "Too wide.", NOW)
    assert no.reason == "Too wide."
    with pytest.raises(Refused, match="A-57 was rejected by <@U0ANA> at 12:00 UTC"):
        click(BEN, no)
    with pytest.raises(Refused, match="was rejected by"):
        decided(no, BEN, NOW)


@pytest.mark.parametrize("part", ["commit", "tree", "plan", "verdict", "inputs"])
def test_a_yes_is_to_these_bytes_and_no_others(part: str) -> None:
    """Whichever of the hashes differs."""
    other = a_change(bound=BOUND.model_copy(update={part: "0" * 40}))
    with pytest.raises(Refused, match="about other bytes"):
        click(ANA, change=other)


@pytest.mark.parametrize("state", [state for state in ChangeState if state is not ChangeState.AWAITING])
def test_a_change_that_does_not_wait_is_not_allowed(state: ChangeState) -> None:
    """It is not planned yet, it was refused or moved on, or it is applied already."""
    with pytest.raises(Refused, match="does not wait any more"):
        click(ANA, change=a_change(state=state))


def test_another_change_of_the_item_is_not_allowed_by_it() -> None:
    """Not even one with the very same bytes, and nothing is where no change is left."""
    with pytest.raises(Refused, match="does not wait any more"):
        click(ANA, change=a_change(id="c2"))
    with pytest.raises(Refused, match="does not wait any more"):
        may_decide(a_question(), an_item(), None, CIRCLE.rights(ANA, guest=False), CIRCLE, Policy(), NOW)


def test_urgent_plans_wait_for_a_shorter_time() -> None:
    """Four hours, and half an hour while a critical incident is open."""
    assert lasts_until(Policy(), False, NOW) == NOW + timedelta(hours=4)
    assert lasts_until(Policy(), True, NOW) == NOW + timedelta(minutes=30)


QUESTIONS = st.builds(
    a_question,
    state=st.just(ApprovalState.PENDING) | st.sampled_from(ApprovalState),
    ask=st.sampled_from(Ask),
    requester=st.sampled_from(("", *PEOPLE)),
    people=st.sampled_from((1, 2)),
    agreed=st.sampled_from(((), (ANA,), (BEN,))),
    bound=st.just(BOUND) | st.none(),
    expires_at=st.sampled_from((None, NOW, NOW + timedelta(hours=4))),
)
OBJECTS = st.builds(
    a_change,
    id=st.sampled_from(("c1", "c2")),
    state=st.just(ChangeState.AWAITING) | st.sampled_from(ChangeState),
    bound=st.sampled_from((None, BOUND, BOUND.model_copy(update={"plan": "0" * 64}))),
)


@given(
    QUESTIONS,
    st.none() | OBJECTS,
    st.builds(an_item, kinds=st.sampled_from([(kind,) for kind in Kind]), first_by=st.sampled_from(("", *PEOPLE))),
    st.sampled_from((CIRCLE, ALONE, Circle(), Circle(owner=OWNER, approvers=frozenset({ANA})))),
    st.sampled_from(PEOPLE),
    st.sampled_from(Rank),
    st.booleans(),
    st.booleans(),
)
def test_a_click_that_counts_is_one_that_may(
    asked: Approval,
    change: Change | None,
    item: TrackedItem,
    circle: Circle,
    actor: str,
    rank: Rank,
    critical: bool,
    no: bool,
) -> None:
    """Nobody else's, on nothing else, at no other time; all other clicks are refused."""
    able = circle.approvers | ({circle.owner} if circle.owner else set())
    try:
        rights = Rights(actor=actor, rank=rank)
        may_decide(asked, item, change, rights, circle, Policy(), NOW, critical=critical, saying_no=no)
    except Refused:
        return
    assert rank is not Rank.GUEST
    assert actor in able
    assert asked.state is ApprovalState.PENDING
    assert asked.expires_at is None or asked.expires_at > NOW
    if asked.ask is Ask.APPLY:
        assert change is not None
        assert (change.id, change.state, change.bound) == (asked.change_id, ChangeState.AWAITING, asked.bound)
        assert asked.bound is not None
    if not no:
        assert actor not in asked.agreed
        assert actor != asked.requester or asked.ask is not Ask.APPLY or not able - {actor, item.first_by}
