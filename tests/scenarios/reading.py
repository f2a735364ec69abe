"""What can be read where: everything a person sees in Slack, and everything that stands in the issue tracker."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

from bot.storage import effects
from bot.workspace.github.model import Issue
from bot.workspace.slack.delivery import Parcel, Reply
from bot.workspace.slack.model import Block, Ephemeral, Message, View
from bot.workspace.slack.people import Actor
from tests.scenarios.story import Story, texts, words


def issue(story: Story, number: int = 1) -> Issue:
    return story.workspace.github.repository.issues[number]


def issue_text(filed: Issue) -> str:
    """Title, body and every comment."""
    return "\n".join([filed.title, filed.body or "", *(comment.body for comment in filed.comments)])


def thread(story: Story, number: int = 1) -> list[str]:
    """What was said below the announcement of the newest incidents, oldest first."""
    announcements = [message for message in story.workspace.slack.messages("alerts") if not message.thread_ts]
    found = next(message for message in announcements if f"INC-{number} " in message.text)
    return [words(message) for message in story.workspace.slack.messages("alerts", found.ts)[1:]]


def announcements(story: Story) -> list[Message]:
    """What stands in #alerts itself."""
    return [message for message in story.workspace.slack.messages("alerts") if not message.thread_ts]


async def of_investigations(story: Story, number: int = 1) -> list[Message]:
    """What was said about looking into an incident: how far that is, and what it came to."""
    async with story.bot.database.read() as connection:
        said = await effects.posted(connection, (await story.incident(number)).id)
    places = {(at.channel, at.ts) for what, at in said if what in ("investigation", "findings")}
    rooms = story.workspace.slack.world.messages
    return [m for channel, room in rooms.items() for m in room.values() if (channel, m.ts) in places]


def view_words(view: View | None) -> str:
    """Everything that can be read in a form or a Home, and what its inputs hold."""
    assert view is not None, "nothing is open"
    return " ".join([view.title, *texts(view.blocks), str(view.state)])


def buttons(place: Message | Ephemeral | View) -> list[str]:
    """The labels of what can be clicked, in order."""
    elements = [element for block in place.blocks for element in block.get("elements", [])]
    elements += [block["accessory"] for block in place.blocks if "accessory" in block]
    return [element["text"]["text"] for element in elements if element["type"] == "button"]


def seen_by(story: Story, person: Actor) -> str:
    """Everything this person can read in Slack, as one text: channels with their topics, answers, form and Home."""
    return "\n".join(_seen_by(story, person))


def _seen_by(story: Story, person: Actor) -> Iterator[str]:
    for channel in person.channels:
        yield f"{channel.name} {channel.topic}"
        yield from (words(message) for message in story.workspace.slack.messages(channel.id))
    yield from (f"{answer.text} {' '.join(texts(answer.blocks))}" for answer in person.ephemerals)
    yield from (view_words(view) for view in (person.view, person.home) if view is not None)


def everything(story: Story) -> list[str]:
    """Every text the bot has written anywhere: messages, answers, Homes, topics, issues and their comments."""
    found = [text for words, blocks in _written(story) for text in (words, *texts(blocks))]
    found += [channel.topic for channel in story.workspace.slack.world.channels.values()]
    return found + [issue_text(each) for each in story.workspace.github.repository.issues.values()]


def parsed(story: Story) -> list[str]:
    """Every text of the bot's in which Slack looks for people to call and links to follow."""
    return [text for words, blocks in _written(story) for text in (words, *_marked_up(blocks))]


def _written(story: Story) -> Iterator[tuple[str, list[Block]]]:
    world = story.workspace.slack.world
    ours = [m for room in world.messages.values() for m in room.values() if m.user == world.app.user_id]
    said: list[Message | Ephemeral] = [*ours, *world.ephemerals]
    yield from ((each.text, each.blocks) for each in said)
    views = (*world.homes.values(), *(view for stack in world.stacks.values() for view in stack))
    yield from (("", view.blocks) for view in views)


def _marked_up(part: object) -> list[str]:
    if isinstance(part, list):
        return [text for each in part for text in _marked_up(each)]
    if not isinstance(part, dict):
        return []
    return [part["text"]] if part.get("type") == "mrkdwn" else _marked_up(list(part.values()))


def delivered_twice(story: Story, name: str) -> Actor:
    """Somebody for whom Slack delivers everything twice, at the same time, as when an answer was lost."""
    desk = story.workspace.slack._desk

    async def twice(parcel: Parcel) -> Reply:
        first, _ = await asyncio.gather(desk.send(parcel), desk.send(parcel))
        return first

    return Actor(replace(desk, send=twice), story.person(name).person)


def outside_once(story: Story) -> None:
    """No message, room or comment was made twice."""
    made = {key: count for key, count in story.workspace.slack.world.effects.items() if "holdfast:" in key[1]}
    assert made
    assert {key: count for key, count in made.items() if count > 1} == {}
    assert {key: count for key, count in story.workspace.github.repository.effects.items() if count > 1} == {}
