"""Who is who, in memory: read once at start, kept fresh by Slack's own events, so that no handler ever has to ask."""

from collections.abc import Mapping

from bot.adapters.slack.client import Slack
from bot.incident.model import Actor
from bot.ports import Person


class Directory:
    """Everybody we know. `timezones` of the configuration win over what Slack says."""

    def __init__(self, timezones: Mapping[Actor, str]) -> None:
        self._timezones = timezones
        self._people: dict[Actor, Person] = {}

    def get(self, actor: Actor) -> Person:
        return self._people.get(actor) or self._known(Person(id=actor, name=actor, guest=True))

    def refresh(self, person: Person) -> None:
        self._people[person.id] = self._known(person)

    async def load(self, slack: Slack) -> None:
        """Read everybody from Slack. Raises what the adapter raises; who is missing then counts as a guest."""
        async for person in slack.people():
            self.refresh(person)

    def _known(self, person: Person) -> Person:
        zone = self._timezones.get(person.id)
        return person.model_copy(update={"timezone": zone}) if zone else person
