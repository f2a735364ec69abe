"""Finding services, and what is wrong with a list of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incident.catalogue import ERROR_KINDS, OTHER, Catalogue, Service, checks_for
from tests.bot.incident.examples import CATALOGUE, EXAMPLE, QUICK_CHECKS


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("nextcloud", "Nextcloud"),
        ("home-assistant", "Home Assistant"),
        ("mail", "Mail (email, roundcube)"),
        ("immich (photos)", "Immich (photos)"),
        ("https://nextcloud.example.com/apps/files", "Nextcloud"),
        ("NEXTCLOUD.example.com", "Nextcloud"),
    ],
)
def test_a_service_is_found(wanted: str, name: str) -> None:
    """By name, short name, address or host, however it is written."""
    found = CATALOGUE.find(wanted)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("wanted", ["", OTHER, "next", "example.com", "http://[", "."])
def test_what_is_not_listed_is_not_found(wanted: str) -> None:
    """No guessing."""
    assert CATALOGUE.find(wanted) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Nextcloud at nextcloud.example.com returns 502. Other services (DNS, Immich) seem fine.", "Nextcloud"),
        ("home-assistant is slow", "Home Assistant"),
        ("https://ha.example.com/lovelace does not load", "Home Assistant"),
        ("cannot send mail", "Mail (email, roundcube)"),
        ("immich since 14:00", "Immich (photos)"),
        ("mailbox full", None),
        ("nothing works", None),
    ],
)
def test_a_service_is_read_from_text(text: str, name: str | None) -> None:
    """The one mentioned first."""
    found = CATALOGUE.named_in(text)
    assert (found.name if found else None) == name


def test_what_is_wrong_with_a_list() -> None:
    """Names used twice, taken, unknown; circles, each once."""
    bad = Catalogue(
        services=(
            Service(name="a", depends_on=("b", "nowhere")),
            Service(name="b", depends_on=("c",)),
            Service(name="c", depends_on=("a",)),
            Service(name="d", depends_on=("d",)),
            Service(name="e"),
            Service(name="E"),
            Service(name="other"),
            Service(name=" "),
        )
    )
    found = "\n".join(bad.problems())
    assert "a depends on nowhere" in found
    assert found.count("circle") == 2
    assert "d -> d" in found
    assert "listed 2 times" in found
    assert "`Other` is taken" in found
    assert "empty name" in found
    assert CATALOGUE.problems() == []


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=20))
def test_circles_are_always_found(edges: list[tuple[int, int]]) -> None:
    """Whatever depends on whatever: it ends, and says nothing exactly where there is no circle."""
    needs = {n: {b for a, b in edges if a == n} for n in range(7)}
    circular = False
    left = dict(needs)
    while left and not circular:
        free = [n for n in left if not left[n] & set(left)]
        circular = not free
        for n in free:
            del left[n]
    services = tuple(Service(name=f"s{n}", depends_on=tuple(f"s{m}" for m in sorted(needs[n]))) for n in needs)
    assert bool(Catalogue(services=services).problems()) == circular


def test_the_names_end_with_other() -> None:
    """What is not in the list can still be reported."""
    assert CATALOGUE.names[-1] == OTHER
    assert CATALOGUE.names[0] == "Nextcloud"


def test_the_eight_kinds_fit_into_a_select() -> None:
    """Slack allows 75 characters for an option."""
    assert len(ERROR_KINDS) == 8
    assert all(len(kind.label) <= 75 for kind in ERROR_KINDS.values())


def test_quick_checks_fit_symptom_or_service() -> None:
    """The example has the five rows; each is shown where it helps."""
    assert [check.check[:14] for check in checks_for(QUICK_CHECKS, "bad_gateway", "Nextcloud")] == ["Is it shown as"]
    assert len(checks_for(QUICK_CHECKS, "login", "Nextcloud")) == 1
    assert "nslookup" in checks_for(QUICK_CHECKS, "other", "dns")[0].check
    assert len(checks_for(QUICK_CHECKS, "slow", "VPN")) == 2
    assert checks_for(QUICK_CHECKS, "other", OTHER) == ()


def test_the_examples_point_nowhere_real() -> None:
    """Addresses that ship are reserved ones."""
    links = [*EXAMPLE.links, *(check.link for check in QUICK_CHECKS if check.link)]
    assert all(".example.com" in link.url for link in links)
