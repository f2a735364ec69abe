"""A cluster that can break, and be mended: what tests, the demo and the fault panel use."""

from bot.workspace.kubernetes import trouble
from bot.workspace.kubernetes.state import State
from bot.workspace.kubernetes.trouble import How


class Cluster(State):
    """One cluster, with trouble. Nothing in it happens by itself."""

    def break_(self, name: str, how: How) -> None:
        """Break a workload; or a node (`node_down`, the pressures), by its name or that of a workload on it."""
        trouble.break_(self, name, how)

    def heal(self, name: str) -> None:
        """Mend a workload and the nodes that it is on, or a node and all that broke on it. Events stay."""
        trouble.heal(self, name)
