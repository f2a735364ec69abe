"""The people and channels every local workspace starts with."""

from bot.workspace.slack.model import App, Channel, Person

PEOPLE = (
    Person("U0VIKTOR", "viktor", "Viktor Lang", "Europe/Berlin", is_owner=True),
    Person("U0ANA", "ana", "Ana Ruiz", "Europe/Madrid"),
    Person("U0BOB", "bob", "Bob Osei", "America/New_York"),
    Person("U0CARLA", "carla", "Carla Rossi", "Europe/Rome"),
    Person("U0GINA", "gina", "Gina Park", "Asia/Seoul", is_restricted=True),
)


def people(app: App) -> list[Person]:
    """Five people and the bot, fresh objects each time."""
    bot = Person(app.user_id, "holdfast", "Holdfast", is_bot=True)
    return [*(Person(**vars(person)) for person in PEOPLE), bot]


def channels(app: App, created: int) -> list[Channel]:
    """#general for the people, #alerts also for the bot. The guest is in #alerts only."""
    everyone = [person.id for person in PEOPLE]
    full = [person.id for person in PEOPLE if not person.is_restricted]
    return [
        Channel("C0ALERTS", "alerts", creator="U0VIKTOR", created=created, members=[*everyone, app.user_id]),
        Channel("C0GENERAL", "general", creator="U0VIKTOR", created=created, is_general=True, members=full),
    ]
