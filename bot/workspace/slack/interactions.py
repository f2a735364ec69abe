"""What Slack sends the bot when somebody commands, clicks, submits or closes."""

from dataclasses import dataclass
from typing import Any

from bot.errors import Refused
from bot.workspace.slack import forms, payloads, validate
from bot.workspace.slack.delivery import Json, Parcel
from bot.workspace.slack.model import TEAM_DOMAIN, TEAM_ID, Block, Channel, Ephemeral, Message, Person, View
from bot.workspace.slack.tickets import Tickets
from bot.workspace.slack.world import World

ECHOED = {"type", "action_id", "text", "value", "style", "url", "placeholder", "confirm"}


@dataclass(frozen=True)
class Target:
    """An element somebody can use, and where it stands."""

    place: Message | Ephemeral | View
    block: Block
    element: Json

    @property
    def key(self) -> tuple[str, str]:
        return self.block["block_id"], self.element["action_id"]


def targets(place: Message | Ephemeral | View) -> list[Target]:
    """Everything in a message or view that can be clicked, chosen from or filled in."""
    return [Target(place, block, element) for block in place.blocks for _, element in validate.elements(block)]


def field_of(view: View, block_id: str) -> Target:
    """The input in this block. Raises Refused."""
    for target in targets(view):
        if target.block["block_id"] == block_id and target.element["type"] != "button":
            return target
    raise Refused(f"The form {view.title!r} has no field {block_id}.")


class Interactions:
    """Builds parcels; each that may open a view carries a fresh trigger."""

    def __init__(self, world: World, tickets: Tickets) -> None:
        self._world = world
        self._tickets = tickets

    def slash(self, person: Person, channel: Channel, command: str, text: str) -> tuple[Parcel, str]:
        """A command, and the path of its response URL."""
        path = self._tickets.response_url("commands", person.id, channel.id)
        names = {"im": "directmessage", "group": "privategroup", "channel": channel.name}
        payload = payloads.app(self._world.app) | {
            "trigger_id": self._tickets.trigger(person.id),
            "team_id": TEAM_ID,
            "team_domain": TEAM_DOMAIN,
            "channel_id": channel.id,
            "channel_name": names[channel.kind],
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": text,
            "is_enterprise_install": "false",
            "response_url": self._world.url + path,
        }
        return Parcel("slash_commands", payload), path

    def action(self, person: Person, target: Target, chosen: Json) -> Parcel:
        """A click or a choice; `chosen` is what the element holds now, empty for a button."""
        echoed = {k: v for k, v in target.element.items() if k in ECHOED or k.startswith("initial_")}
        done = echoed | chosen | {"block_id": target.block["block_id"], "action_ts": self._world.next_ts()}
        return self._sent(
            self._from(person, "block_actions") | self._where(person, target, chosen) | {"actions": [done]}
        )

    def _where(self, person: Person, target: Target, chosen: Json) -> Json:
        place = target.place
        if isinstance(place, View):
            return {"container": {"type": "view", "view_id": place.id}, "view": payloads.view(self._world, place)}
        whispered = isinstance(place, Ephemeral)
        state = forms.initial(place.blocks)
        if chosen and target.block["block_id"] in state:
            state[target.block["block_id"]][target.element["action_id"]] = chosen
        path = self._tickets.response_url(
            "actions", person.id, place.channel, ts=place.ts, ephemeral=whispered, thread_ts=place.thread_ts
        )
        container: Json = {
            "type": "message",
            "message_ts": place.ts,
            "channel_id": place.channel,
            "is_ephemeral": whispered,
        }
        if place.thread_ts:
            container["thread_ts"] = place.thread_ts
        return {
            "container": container,
            "channel": self._channel(place.channel),
            "message": self._shown(place),
            "state": {"values": state},
            "response_url": self._world.url + path,
        }

    def submission(self, person: Person, view: View) -> Parcel:
        shown = payloads.view(self._world, view)
        return self._sent(self._from(person, "view_submission") | {"view": shown, "response_urls": []})

    def closed(self, person: Person, view: View, *, cleared: bool) -> Parcel:
        body = self._from(person, "view_closed") | {"view": payloads.view(self._world, view), "is_cleared": cleared}
        del body["trigger_id"]
        return self._sent(body)

    def shortcut(self, person: Person, callback_id: str, message: Message | None) -> Parcel:
        """A global shortcut, or one on a message."""
        body = self._from(person, "shortcut") | {"callback_id": callback_id, "action_ts": self._world.next_ts()}
        del body["api_app_id"]
        if message is None:
            return self._sent(body | {"user": {key: body["user"][key] for key in ("id", "username", "team_id")}})
        path = self._tickets.response_url("app", person.id, message.channel, ts=message.ts)
        return self._sent(
            body
            | {
                "type": "message_action",
                "channel": self._channel(message.channel),
                "response_url": self._world.url + path,
                "message_ts": message.ts,
                "message": payloads.message(self._world, message),
            }
        )

    def _from(self, person: Person, kind: str) -> Json:
        who: Json = {"type": kind, "user": payloads.actor(person), "team": payloads.TEAM}
        trigger = {"trigger_id": self._tickets.trigger(person.id)}
        return payloads.app(self._world.app) | payloads.ORG | trigger | who

    def _channel(self, id: str) -> Json:
        channel = self._world.channels[id]
        names = {"im": "directmessage", "group": "privategroup", "channel": channel.name}
        return {"id": id, "name": names[channel.kind]}

    def _shown(self, place: Message | Ephemeral) -> Json:
        if isinstance(place, Message):
            return payloads.message(self._world, place)
        return {"type": "message", "ts": place.ts, "user": place.sender, "app_id": self._world.app.id}

    def _sent(self, payload: dict[str, Any]) -> Parcel:
        return Parcel("interactive", payload)
