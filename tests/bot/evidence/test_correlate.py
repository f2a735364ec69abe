"""What belongs to an incident: places in the graph, folded repetitions, noise, and the timeline of changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evidence.correlate import Correlated, correlate
from bot.evidence.graph import Relation, Surroundings
from bot.evidence.model import MEMORY, NODE, Evidence, Grade, Kind, Piece
from bot.incident.catalogue import OTHER, Catalogue, Service
from tests.bot.evidence.anything import EVIDENCE, SERVICES
from tests.bot.evidence.examples import CATALOGUE, RING, a_piece, evidence, fine


def sorted_out(*pieces: Piece, service: str = "nextcloud") -> Correlated:
    """What comes of these pieces."""
    return correlate(evidence(*pieces), Surroundings(CATALOGUE, service))


@pytest.mark.parametrize(
    ("said", "relation", "distance"),
    [
        ({"service": "nextcloud"}, Relation.ITSELF, 0),
        ({"service": "Next_Cloud"}, Relation.ELSEWHERE, 0),
        ({"service": "NEXTCLOUD"}, Relation.ITSELF, 0),
        ({"service": "", "namespace": "nextcloud"}, Relation.ITSELF, 0),
        ({"service": "cron", "namespace": "nextcloud"}, Relation.NAMESPACE, 0),
        ({"service": "postgres"}, Relation.DEPENDENCY, 1),
        ({"service": "", "namespace": "dbaas"}, Relation.DEPENDENCY, 1),
        ({"service": "storage"}, Relation.DEPENDENCY, 2),
        ({"service": "dns"}, Relation.DEPENDENCY, 2),
        ({"service": "portal"}, Relation.DEPENDENT, 1),
        ({"service": "", "kind": Kind.NODE, "namespace": "blog"}, Relation.CLUSTER, 0),
        ({"service": OTHER}, Relation.CLUSTER, 0),
        ({"service": "blog"}, Relation.ELSEWHERE, 0),
        ({"service": "", "namespace": "blog"}, Relation.ELSEWHERE, 0),
    ],
)
def test_where_a_piece_stands(said: dict, relation: Relation, distance: int) -> None:  # type: ignore[type-arg]
    """By the service it names, else by its namespace; what is nobody's is everybody's."""
    place = Surroundings(CATALOGUE, "Nextcloud").place(a_piece(said.pop("kind", Kind.ALERT), 0, "x", **said))
    assert (place.relation, place.distance) == (relation, distance)


@pytest.mark.parametrize("service", [OTHER, "", "gone"])
def test_around_an_unknown_service_nothing_is_far(service: str) -> None:
    """Nobody can say that something has nothing to do with it."""
    around = Surroundings(CATALOGUE, service)
    assert around.place(a_piece(Kind.ALERT, 0, "x", service="blog")).relation is Relation.CLUSTER
    own = around.place(a_piece(Kind.ALERT, 0, "x", service="Gone"))
    assert own.relation is (Relation.ITSELF if service == "gone" else Relation.CLUSTER)


def test_a_ring_of_services_ends() -> None:
    """Each once, in the nearest way round; what is needed before what needs."""
    around = Surroundings(RING, "a")
    places = {name: around.place(a_piece(Kind.ALERT, 0, "x", service=name)) for name in "abcd"}
    assert {name: (place.relation.value, place.distance) for name, place in places.items()} == {
        "a": ("itself", 0),
        "b": ("dependency", 1),
        "c": ("dependent", 1),
        "d": ("dependent", 1),
    }


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("could not reach PG.example.com:5432", "Mail (email, roundcube)"),
        ("mail does not answer, then data-base", "Mail (email, roundcube)"),
        ("It says: Data Base is away", "data_base"),
        ("web does not answer", ""),
        ("mailing list", ""),
        ("", ""),
    ],
)
def test_what_is_needed_is_found_in_words(text: str, named: str) -> None:
    """By host or name, however it is written; of what is not needed nothing is found."""
    needed = Service(name="Mail (email, roundcube)", url="https://pg.example.com")
    web = Service(name="web", depends_on=("mail", "data_base"))
    around = Surroundings(Catalogue(services=(web, needed, Service(name="data_base"))), "web")
    assert around.needed_in(a_piece(Kind.LOG, 0, text)) == named


def test_the_node_it_runs_on_is_nearer_than_others() -> None:
    """As far as anything of the service says where it runs."""
    nodes = [a_piece(Kind.NODE, 1, "NotReady", service="", subject=f"node/{name}") for name in ("k3s-2", "k3s-3")]
    found = sorted_out(*nodes, fine(Kind.WORKLOAD, "x", data={NODE: "k3s-2"}))
    assert [(fact.piece.subject, fact.place.relation) for fact in found.troubles] == [
        ("node/k3s-2", Relation.HOST),
        ("node/k3s-3", Relation.BESIDE),
    ]
    assert {fact.place.relation for fact in sorted_out(*nodes).troubles} == {Relation.CLUSTER}


def test_changes_stand_nearest_first() -> None:
    """With the minutes before the start; one a little after it may still have come before it."""
    found = sorted_out(
        a_piece(Kind.ROLLOUT, 600, "old"),
        a_piece(Kind.COMMIT, 8.5, "b"),
        a_piece(Kind.COMMIT, 119, "c"),
        a_piece(Kind.CONFIG, -4, "during"),
        a_piece(Kind.ROLLOUT, -30, "the fix"),
    )
    assert [(fact.piece.title, fact.minutes) for fact in found.changes] == [
        ("during", -4),
        ("b", 8),
        ("c", 119),
        ("old", 600),
    ]
    assert [fact.piece.title for fact in found.later] == ["the fix"]


def test_what_repeats_itself_is_folded() -> None:
    """The earliest stands for all, as bad as the worst; what is random in a name does not matter, a subject does."""
    own, names = "deployment/nextcloud", ("nextcloud-7d9c8b5f6-xkbtz", "nextcloud-5b6f4-qqzvw")
    one, two = (f"pod {name} restarted" for name in names)
    found = sorted_out(
        a_piece(Kind.RESTART, 9, one, subject=own, grade=Grade.WARNING),
        a_piece(Kind.RESTART, 3, two, subject=own),
        a_piece(Kind.RESTART, 3, two, subject=own, source="prometheus"),
        a_piece(Kind.RESTART, 2, "pod cron-5b6f4-qqzvw restarted", subject="deployment/cron"),
    )
    assert [(fact.minutes, len(fact.ids), fact.grade) for fact in found.troubles] == [
        (9, 3, Grade.CRITICAL),
        (2, 1, Grade.CRITICAL),
    ]
    assert found.troubles[0].sources == ("kubernetes", "prometheus")
    assert found.folded == 2


def test_two_changes_are_two_however_alike() -> None:
    """A revision has its number."""
    found = sorted_out(*(a_piece(Kind.ROLLOUT, n, f"revision {n}", subject="deployment/nextcloud") for n in (5, 6)))
    assert len(found.changes) == 2


@pytest.mark.parametrize(
    "piece",
    [
        a_piece(Kind.EVENT, 31, "BackOff"),
        a_piece(Kind.COMMIT, 121, "x"),
        a_piece(Kind.ROLLOUT, 1441, "x"),
        a_piece(Kind.EVENT, 1, "Pulled image", grade=Grade.INFO),
        a_piece(Kind.ALERT, 1, "Watchdog", grade=Grade.INFO),
        a_piece(Kind.ALERT, 1, "Down", service="blog"),
        a_piece(Kind.ALERT, 90, "Down", ended=a_piece(Kind.ALERT, 60, "x").at),
    ],
)
def test_noise_is_counted_and_dropped(piece: Piece) -> None:
    """Too old, about something else, long over, or no sign of anything."""
    found = sorted_out(piece)
    assert (found.facts, found.noise) == ((), 1)


def test_what_lasts_is_told_from_what_is_over() -> None:
    """An alert that fires, one that stopped, and an event, which is over at once."""
    ended = a_piece(Kind.ALERT, 5, "Stopped", ended=a_piece(Kind.ALERT, 1, "x").at)
    found = sorted_out(a_piece(Kind.ALERT, 600, "Fires"), ended, a_piece(Kind.EVENT, 1, "BackOff"))
    assert {fact.piece.title: fact.lasts for fact in found.troubles} == {
        "Fires": True,
        "Stopped": False,
        "BackOff": False,
    }


@given(EVIDENCE, st.sampled_from(SERVICES))
def test_every_piece_is_accounted_for(collected: Evidence, service: str) -> None:
    """In one fact, or as noise, or aside because it is memory."""
    found = correlate(collected, Surroundings(CATALOGUE, service))
    ids = [id for fact in found.facts for id in fact.ids]
    assert len(ids) == len(set(ids))
    told = [piece for piece in collected.pieces if piece.kind not in MEMORY]
    assert len(ids) + found.noise == len(told)
    assert len(found.facts) + found.folded == len(ids)
