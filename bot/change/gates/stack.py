"""Which modules a stack is made of."""

from bot.incident.model import Frozen


class Module(Frozen):
    """A row of `.terraform/modules/modules.json`.

    `folder` is its canonical directory from the root of the repository, empty where it lies outside.
    """

    key: str
    source: str
    folder: str
