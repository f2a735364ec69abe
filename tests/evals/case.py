"""What an eval is: an incident, what sources show of it, what tools would show, and what a good report says."""

from collections.abc import Mapping

from bot.evidence.model import Evidence, Health, Kind, Piece, gather
from bot.evidence.signs import Cause
from bot.incident.model import Frozen
from bot.incident.severity import Symptom
from tests.bot.evidence.examples import ASKED, WINDOW


class Expected(Frozen):
    """What a good report says. `names`: of each group of words at least one stands in the verdict or the first cause.

    `cites` are beginnings of titles of pieces, each of which something that is shown has to cite. `never` are words
    that may not stand in the verdict, a cause, a command or a next step. `severities` are those that may be suggested.
    """

    known: bool = True
    causes: tuple[Cause, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    cites: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    severities: tuple[str, ...]


class Case(Frozen):
    """One incident. `shows` is what tools answer, by the tool and what it is asked about; else there is nothing."""

    name: str
    title: str
    what: str
    service: str = "nextcloud"
    symptom: Symptom = Symptom.DOWN
    pieces: tuple[Piece, ...]
    health: tuple[Health, ...] = ASKED
    shows: Mapping[str, Mapping[str, str]] = {}
    timeline: tuple[str, ...] = ()
    expected: Expected

    @property
    def evidence(self) -> Evidence:
        """As it would have been collected."""
        return gather(WINDOW, self.pieces, self.health)


#: What each scripted tool is for, and the kind of evidence that its answers are.
TOOLS: Mapping[str, tuple[str, Kind]] = {
    "logs": ("The last lines of a workload's log, by its name: `nextcloud`.", Kind.LOG),
    "describe": ("How an object stands, by kind and name: `deployment/nextcloud`, `node/k3s-2`.", Kind.WORKLOAD),
    "commit": ("What a commit changed, by its hash.", Kind.COMMIT),
    "query": ("A figure of a service over the last hours, by words: `nextcloud memory`.", Kind.METRIC),
}
