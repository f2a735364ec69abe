"""What git says of a change."""

from bot.incident.model import Frozen


class Touched(Frozen):
    """One entry of git's raw diff between two commits, renames detected.

    `status` is A, M, D, R, C or T; modes are git's, such as 100644, and 000000 for none. `old_path` is that of a rename
    or a copy.
    """

    path: str
    status: str
    old_mode: str
    new_mode: str
    old_path: str = ""
