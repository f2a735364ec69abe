"""Who does what while an incident lasts."""

from bot.incident.model import Frozen


class Role(Frozen):
    """A part somebody plays in an incident, and what is expected of them."""

    id: str
    name: str
    duties: tuple[str, ...]


#: The person in charge.
LEAD = Role(
    id="lead",
    name="Lead",
    duties=(
        "Decide what is done next, and by whom.",
        "Give an update before the next one is due.",
        "Resolve the incident when it works again.",
    ),
)

ROLES: dict[str, Role] = {role.id: role for role in (LEAD,)}
