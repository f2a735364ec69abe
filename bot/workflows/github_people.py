"""Who somebody on GitHub is to us: their Slack account where we know it, and how far they are trusted."""

from bot.incident.model import Actor
from bot.incident.policy import Rank, Rights
from bot.incident.wanted import GITHUB
from bot.ports import People
from bot.settings import File


def actor_of(file: File, login: str) -> Actor:
    """The Slack user whom `people:` names for the login, else `github:<login>`."""
    known = {person.github.casefold(): person.slack for person in file.people if person.github}
    return known.get(login.casefold(), f"{GITHUB}{login}")


def login_of(actor: Actor) -> str:
    """The login of an actor `github:<login>`."""
    return actor.removeprefix(GITHUB)


def rights_of(file: File, people: People, login: str, collaborator: bool) -> Rights:
    """What they may do: what their Slack account may, and collaborators at least what trusted people may."""
    actor = actor_of(file, login)
    known = not actor.startswith(GITHUB)
    rights = file.slack.circle.rights(actor, people.get(actor).guest) if known else Rights(actor=actor, rank=Rank.GUEST)
    return rights.model_copy(update={"rank": max(rights.rank, Rank.TRUSTED)}) if collaborator else rights
