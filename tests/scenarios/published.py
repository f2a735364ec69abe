"""The words in which stories about post-mortems in git are told."""

from bot.incident.model import Incident
from bot.workspace.bare import Bare
from bot.workspace.slack.people import Actor
from tests.scenarios.story import Story, words

FOLDER = "docs/post-mortems"
#: Where a critical one leads: a room, a post-mortem that is due.
MAJOR = ["several_services", "data_at_risk"]


async def with_repository(story: Story, **publish: str) -> Bare:
    """From now on the bot has the workspace's infra repository, and has looked at it once."""
    keys = ", ".join(f"{name}: {value!r}" for name, value in publish.items())
    publishing = f"publish: {{{keys}}}" if keys else ""
    await story.add(f"repository: {{remote: {story.workspace.remote!r}}}\n{publishing}")
    return story.workspace.repository


async def resolved(story: Story) -> Incident:
    """A critical one, led by Bob, is over; its draft is there."""
    await story.declare(flags=MAJOR)
    bob = story.person("bob")
    await bob.slash("/incident", "lead 1")
    await bob.slash("/incident", "resolve 1 Restarted the database")
    await story.settle()
    return await story.incident()


async def write(story: Story, name: str, part: str, text: str) -> dict[str, str] | None:
    """Somebody writes a section in its form; what the form says against it."""
    person = story.person(name)
    answer = await person.slash("/postmortem", "draft 1", await story.room())
    assert not answer.error, answer.error
    await story.settle()
    await person.fill("part", part)
    await story.settle()
    errors = await person.submit({"part": part, "text": text})
    await story.settle()
    return errors


async def publish(story: Story, name: str = "bob") -> dict[str, str] | None:
    """Somebody publishes it, by the form with the checklist; what the form says against it."""
    person = story.person(name)
    answer = await person.slash("/postmortem", "publish 1", await story.room())
    assert not answer.error, answer.error
    await story.settle()
    errors = await person.submit({})
    await story.settle()
    return errors


def documents(repository: Bare) -> list[str]:
    """The names of the files beside the index."""
    found = [path.removeprefix(f"{FOLDER}/") for path in repository.files() if path.startswith(f"{FOLDER}/")]
    return [name for name in found if name != "index.md"]


async def document(story: Story) -> str:
    """The text of the incident's post-mortem, as git has it."""
    name = (await story.incident()).places.document
    assert name is not None, "it is not published"
    text = story.workspace.repository.read(f"{FOLDER}/{name}")
    assert text is not None, "it is not in git"
    return text


async def edit(story: Story, old: str, new: str, message: str = "docs: a better word") -> None:
    """Somebody edits the document in git, and pushes."""
    name, text = (await story.incident()).places.document, await document(story)
    assert old in text
    story.workspace.repository.commit({f"{FOLDER}/{name}": text.replace(old, new)}, message)
    await story.settle()


def told(person: Actor) -> list[str]:
    """What the bot wrote to somebody directly, oldest first."""
    return [words(message) for message in person.dm]
