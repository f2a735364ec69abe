"""Services that need each other, and what sources show when something breaks."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.evidence.model import (
    BASELINE,
    BEFORE,
    COUNT,
    FIGURE,
    NODE,
    REASON,
    VALUE,
    Answer,
    Evidence,
    Grade,
    Health,
    Kind,
    Piece,
    Window,
    gather,
)
from bot.incident.catalogue import Catalogue, Service

START = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
WINDOW = Window(started=START, detected=START + timedelta(minutes=4), until=START + timedelta(minutes=6))
CATALOGUE = Catalogue(
    services=(
        Service(name="nextcloud", namespace="nextcloud", depends_on=("postgres", "redis")),
        Service(name="postgres", namespace="dbaas", depends_on=("storage",)),
        Service(name="redis", namespace="redis"),
        Service(name="storage", namespace="longhorn"),
        Service(name="portal", namespace="portal", depends_on=("nextcloud",)),
        Service(name="dns", namespace="dns", core=True),
        Service(name="blog", namespace="blog"),
    )
)
#: Services that need each other in a ring, as a configuration would refuse.
RING = Catalogue(
    services=tuple(
        Service(name=name, depends_on=(needed,)) for name, needed in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"))
    )
)
ASKED = (
    Health(source="prometheus", asked="firing alerts", kinds=(Kind.ALERT,), took=0.2),
    Health(source="prometheus", asked="figures of the service", kinds=(Kind.METRIC,), took=0.4),
    Health(
        source="kubernetes",
        asked="workloads, nodes, events and releases",
        kinds=(Kind.WORKLOAD, Kind.NODE, Kind.EVENT, Kind.RESTART, Kind.ROLLOUT, Kind.CONFIG, Kind.LOG),
        took=1.1,
    ),
    Health(source="git", asked="commits", kinds=(Kind.COMMIT,), took=0.1),
    Health(source="probes", asked="whether it answers", kinds=(Kind.PROBE,), took=2.0),
)
DOWN = tuple(each.model_copy(update={"answer": Answer.FAILED, "sentence": "No answer within 5 s."}) for each in ASKED)


def a_piece(kind: Kind, minutes: float, title: str, **said: Any) -> Piece:  # Any: whichever fields a test cares for
    """About Nextcloud, bad unless it is a change, `minutes` before the start (below zero: after it)."""
    sources = {Kind.ALERT: "prometheus", Kind.METRIC: "prometheus", Kind.COMMIT: "git", Kind.PROBE: "probes"}
    change = kind in (Kind.ROLLOUT, Kind.COMMIT, Kind.CONFIG, Kind.PERSON)
    usual = {
        "source": sources.get(kind, "kubernetes"),
        "service": "nextcloud",
        "grade": Grade.INFO if change else Grade.CRITICAL,
    }
    return Piece(kind=kind, at=START - timedelta(minutes=minutes), title=title, **{**usual, **said})


def fine(kind: Kind, title: str, **said: Any) -> Piece:  # Any: as above
    """Looked at after the start, and as it should be."""
    return a_piece(kind, -5, title, grade=Grade.FINE, **said)


WELL = (
    fine(Kind.PROBE, "nextcloud answers"),
    fine(Kind.WORKLOAD, "nextcloud: 2 of 2 ready", subject="deployment/nextcloud"),
    fine(Kind.NODE, "k3s-2 is ready", subject="node/k3s-2", service=""),
    fine(Kind.METRIC, "errors", data={FIGURE: "errors", VALUE: "0.1", BASELINE: "0.1"}),
)
DEPLOYMENT = (
    a_piece(
        Kind.ROLLOUT,
        8,
        "revision 12, image nextcloud:31",
        subject="deployment/nextcloud",
        link="https://k8s.example/12",
    ),
    a_piece(Kind.COMMIT, 11, "Update nextcloud to 31", subject="3f2a91c", link="https://git.example/3f2a91c"),
    a_piece(Kind.ALERT, -1, "HighErrorRate", link="https://prom.example/1"),
    a_piece(Kind.PROBE, 0, "nextcloud answers 502"),
    a_piece(Kind.RESTART, 5, "nextcloud restarted 4 times", subject="deployment/nextcloud", grade=Grade.WARNING),
    a_piece(Kind.ROLLOUT, 30, "revision 4", service="blog", subject="deployment/blog"),
)
DISK = (
    a_piece(Kind.NODE, 6, "k3s-2 has DiskPressure", subject="node/k3s-2", service="", data={REASON: "DiskPressure"}),
    a_piece(Kind.ALERT, 9, "NodeFilesystemAlmostOutOfSpace", subject="node/k3s-2", service=""),
    a_piece(
        Kind.EVENT,
        3,
        "Evicted: the node was low on ephemeral storage",
        subject="deployment/nextcloud",
        grade=Grade.WARNING,
        data={REASON: "Evicted", NODE: "k3s-2"},
    ),
    a_piece(Kind.WORKLOAD, 0, "nextcloud: 0 of 2 ready", subject="deployment/nextcloud", data={NODE: "k3s-2"}),
    a_piece(Kind.ROLLOUT, 20 * 60, "revision 11", subject="deployment/nextcloud"),
)
DEPENDENCY = (
    a_piece(Kind.WORKLOAD, 4, "postgres: 0 of 1 ready", service="postgres", subject="statefulset/postgres"),
    a_piece(Kind.ALERT, 2, "PostgresDown", service="", namespace="dbaas"),
    a_piece(Kind.LOG, 1, "could not connect to server postgres: Connection refused", data={COUNT: "412", BEFORE: "0"}),
    a_piece(Kind.PROBE, 0, "nextcloud answers 500"),
    a_piece(Kind.COMMIT, 100, "Change the theme", subject="77aa"),
)
TRAFFIC = (
    a_piece(Kind.METRIC, 2, "rate", data={FIGURE: "rate", VALUE: "900/s", BASELINE: "40/s"}),
    a_piece(
        Kind.METRIC, 1, "saturation", data={FIGURE: "saturation", VALUE: "0.98", BASELINE: "0.3"}, grade=Grade.WARNING
    ),
    a_piece(Kind.LOG, 1, "429 too many requests", data={COUNT: "5000", BEFORE: "2"}, grade=Grade.WARNING),
    a_piece(Kind.PROBE, 0, "nextcloud is slow", grade=Grade.WARNING),
)
DATA = (
    a_piece(Kind.LOG, 1, 'relation "oc_jobs" does not exist', data={COUNT: "90", BEFORE: "0"}),
    a_piece(Kind.PROBE, 0, "nextcloud answers 500"),
)


def evidence(*pieces: Piece, health: tuple[Health, ...] = ASKED) -> Evidence:
    """Collected a few minutes after the start."""
    return gather(WINDOW, pieces, health)
