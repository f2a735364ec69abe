"""A plan as people may see it: what is left of it without its secrets."""

from bot.incident.model import Frozen


class Attribute(Frozen):
    """An attribute that changes: its name, and its values as people may see them (`•••` where they may not)."""

    name: str
    before: str = ""
    after: str = ""


class Planned(Frozen):
    """One resource of a plan, as people may see it. `actions` are Terraform's words: create, update, delete, ..."""

    address: str
    type: str
    actions: tuple[str, ...]
    attributes: tuple[Attribute, ...] = ()


class Projection(Frozen):
    """A plan as people may see it: never Terraform's own output. No-ops are counted and not listed."""

    resources: tuple[Planned, ...] = ()
    outputs: tuple[str, ...] = ()  # names of outputs that change
    unchanged: int = 0

    def count(self, action: str) -> int:
        """How many resources it does this to."""
        return sum(action in each.actions for each in self.resources)
