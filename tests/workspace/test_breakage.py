"""Services of the workspace break everywhere at once, and are mended everywhere at once."""

from pathlib import Path

import pytest

from bot.errors import NotFound
from bot.workspace.bare import Bare
from bot.workspace.breakage import USUAL, WAYS, How, Services, query
from bot.workspace.kubernetes import sample_cluster
from bot.workspace.prometheus import Prometheus
from bot.workspace.targets import Targets
from tests.clock import ManualClock


@pytest.fixture
def services(tmp_path: Path, clock: ManualClock) -> Services:
    """Three that are well."""
    targets = Targets()
    bare = Bare(clock, tmp_path / "infra.git")
    made = Services(sample_cluster(clock), Prometheus(clock, targets), targets, bare)
    made.know(["nextcloud", "immich", "wiki"])
    return made


def seen(services: Services) -> tuple[bool, list[str], dict[str, How]]:
    """Whether Nextcloud works for whoever looks, which alerts fire, and what is broken."""
    firing = [alert.name for alert in services.prometheus.world.alerts if alert.ended is None]
    return services.targets.known["nextcloud"].works, firing, services.broken


@pytest.mark.parametrize("how", WAYS)
def test_what_breaks_is_broken_for_whoever_looks_and_well_again_once_mended(services: Services, how: How) -> None:
    """Its page, its alert and its pods say so; mended, all of them say that it is well."""
    services.break_("nextcloud", how)
    assert seen(services) == (False, ["NextcloudDown"], {"nextcloud": how})
    services.mend("nextcloud")
    assert seen(services) == (True, [], {})
    assert services.cluster.workloads["nextcloud"].how == ""


def test_a_bad_release_is_a_change_in_git_and_a_figure_that_rises(services: Services, clock: ManualClock) -> None:
    """Whoever looks for what changed finds it."""
    before = services.repository.head()
    services.break_("nextcloud", "release")
    assert services.repository.head() != before
    lines = services.prometheus.world.answer(query("nextcloud", "errors"), clock.now())
    assert [value > USUAL["errors"] for _, value in lines] == [True]


def test_a_node_takes_what_runs_on_it_alone_along(services: Services) -> None:
    """Nextcloud's node is not Immich's."""
    services.break_("nextcloud", "node")
    assert services.targets.known["immich"].works
    services.mend("nextcloud")


def test_what_is_not_there_cannot_break(services: Services) -> None:
    """An unknown service, or one that is well already, is refused by name."""
    with pytest.raises(NotFound):
        services.break_("nothing", "release")
    with pytest.raises(NotFound):
        services.mend("immich")
