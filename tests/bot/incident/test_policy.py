"""Who may do what, and who may see what."""

import pytest

from bot.errors import NotFound, Refused
from bot.incident.model import HOLDFAST, State
from bot.incident.policy import NEEDS, UNRANKED, Circle, Rank, Rights, may, may_see, trusted_reporter
from bot.incident.requests import WORKFLOWS
from bot.incident.roles import LEAD, SHIPPED
from bot.incident.verbs import VERBS
from tests.bot.incident.examples import ANA, BOB, CY, an_incident

OWNER, APPROVER = "U0OWNER", "U0APPROVER"
EVERYBODY = Circle(owner=OWNER, approvers=frozenset({APPROVER}))
LISTED = Circle(owner=OWNER, approvers=frozenset({APPROVER}), trusted=frozenset({ANA}))


@pytest.mark.parametrize(
    ("circle", "actor", "guest", "rank"),
    [
        (EVERYBODY, OWNER, True, Rank.OWNER),
        (EVERYBODY, APPROVER, False, Rank.APPROVER),
        (EVERYBODY, ANA, False, Rank.TRUSTED),
        (EVERYBODY, ANA, True, Rank.GUEST),
        (EVERYBODY, HOLDFAST, True, Rank.OWNER),
        (LISTED, ANA, False, Rank.TRUSTED),
        (LISTED, ANA, True, Rank.GUEST),
        (LISTED, BOB, False, Rank.MEMBER),
        (Circle(), BOB, False, Rank.TRUSTED),
    ],
)
def test_ranks(circle: Circle, actor: str, guest: bool, rank: Rank) -> None:
    """An empty list of the trusted means every full member; a guest is never trusted."""
    rights = circle.rights(actor, guest)
    assert rights.rank is rank
    assert trusted_reporter(rights) == (rank >= Rank.TRUSTED)


def test_everything_that_can_be_asked_has_a_rule() -> None:
    """A new verb or workflow without one would be refused to everybody."""
    assert set(NEEDS) | UNRANKED == set(VERBS) | set(WORKFLOWS)
    assert not set(NEEDS) & UNRANKED
    with pytest.raises(Refused):
        may("explode", Rights(actor=OWNER, rank=Rank.OWNER))


@pytest.mark.parametrize("verb", sorted(NEEDS))
@pytest.mark.parametrize("rank", Rank)
def test_each_verb_is_for_a_rank_and_those_above(verb: str, rank: Rank) -> None:
    """A refusal says who could do it."""
    rights = Rights(actor=BOB, rank=rank)
    if rank >= NEEDS[verb]:
        may(verb, rights, an_incident())
    else:
        with pytest.raises(Refused) as refusal:
            may(verb, rights, an_incident())
        assert "ask" in refusal.value.sentence


@pytest.mark.parametrize("verb", ["reopen", "confirm"])
def test_a_guest_may_say_that_it_is_still_broken(verb: str) -> None:
    """Of their own report; but a declined one comes back by somebody who could have accepted it."""
    guest = Rights(actor=ANA, rank=Rank.GUEST)
    may(verb, guest, an_incident(state=State.RESOLVED))
    with pytest.raises(Refused):
        may(verb, guest, an_incident(state=State.RESOLVED, reporter=BOB))
    with pytest.raises(Refused):
        may(verb, guest, an_incident(state=State.DECLINED))
    may(verb, Rights(actor=BOB, rank=Rank.TRUSTED), an_incident(state=State.DECLINED))


@pytest.mark.parametrize(
    ("rights", "seen"),
    [
        (Rights(actor=ANA, rank=Rank.GUEST), True),  # the reporter
        (Rights(actor=BOB, rank=Rank.MEMBER), True),  # the lead
        (Rights(actor=CY, rank=Rank.MEMBER), True),  # in the room
        (Rights(actor="U0DEE", rank=Rank.TRUSTED), False),
        (Rights(actor="U0DEE", rank=Rank.APPROVER), True),
        (Rights(actor=OWNER, rank=Rank.OWNER), True),
    ],
)
def test_a_private_incident_is_there_only_for_its_people(rights: Rights, seen: bool) -> None:
    """For others it does not exist, whatever they ask."""
    private = an_incident(private=True, lead=BOB)
    assert may_see(private, rights, {CY}) == seen
    if not seen:
        for verb in NEEDS:
            with pytest.raises(NotFound):
                may(verb, rights, private, {CY})
    assert may_see(an_incident(), rights)


def test_every_role_that_ships_says_what_is_expected() -> None:
    """Duties are sentences, and no two roles share a name."""
    assert all(duty.endswith(".") for role in (LEAD, *SHIPPED) for duty in role.duties)
    names = [{name.casefold() for name in (role.id, role.name, *role.also)} for role in (LEAD, *SHIPPED)]
    assert sum(map(len, names)) == len(set().union(*names))
