"""`POST /alertmanager/webhook`: what Alertmanager (version 4 of its webhook) says of a group of alerts."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from aiohttp import web
from aiohttp.web_protocol import RequestPayloadError
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from bot.deps import Start
from bot.incident.alerts import Alert, Group, link
from bot.incident.model import ALERTMANAGER
from bot.incident.requests_heard import HearAlerts
from bot.incident.text import normalise, shorten
from bot.redact import Redactor

PATH = "/alertmanager/webhook"
#: The longest that a request may take to arrive. Seconds.
ARRIVAL = 10.0
#: As much as is kept: of a group, alerts; of an alert, labels and the characters of each.
ALERTS, LABELS, NAME, VALUE, SUMMARY = 1000, 64, 200, 500, 1000
#: What Go writes for a time that has not come.
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _plausible(value: datetime) -> datetime:
    if value != _NEVER and not _EARLIEST <= value <= _LATEST:
        raise ValueError("a time of this century")
    return value


Time = Annotated[AwareDatetime, AfterValidator(_plausible)]
Status = Literal["firing", "resolved"]


class _Wire(BaseModel):
    """What we read of Alertmanager's JSON; it may grow keys that we do not know."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=False, populate_by_name=True)


class _Alert(_Wire):
    status: Status
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    started: Time = Field(alias="startsAt")
    ended: Time | None = Field(default=None, alias="endsAt")


class _Delivery(_Wire):
    version: Literal["4"]
    key: str = Field(alias="groupKey", min_length=1, max_length=100_000)
    status: Status
    truncated: int = Field(default=0, alias="truncatedAlerts", ge=0)
    alerts: list[_Alert] = Field(min_length=1)


class BadDelivery(Exception):
    """What cannot be taken; the sentence goes back to the sender."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def routes(token: str, start: Start, unready: Callable[[], str]) -> list[web.RouteDef]:
    """The route; none without a token. `unready` says why nothing can be taken yet, or is empty."""

    async def webhook(request: web.Request) -> web.Response:
        try:
            _prove(request.headers.get("Authorization", ""), token)
            group = parse(await _body(request))
        except BadDelivery as bad:
            headers = {"WWW-Authenticate": "Bearer"} if bad.status == 401 else {}
            return web.json_response({"error": bad.sentence}, status=bad.status, headers=headers)
        except web.HTTPRequestEntityTooLarge:
            sentence = "the body is too large; set `max_alerts` in the receiver, such as 100"
            return web.json_response({"error": sentence}, status=413)
        if why := unready():  # it is sent again while we say so
            return web.json_response({"error": why}, status=503, headers={"Retry-After": "5"})
        asked = HearAlerts(actor=ALERTMANAGER, group=group)
        outcome = await start("alert", delivery_id(group), asked.model_dump(mode="json"))
        if not outcome.ok:
            return web.json_response({"error": outcome.text}, status=503, headers={"Retry-After": "5"})
        return web.json_response({"said": outcome.text}, status=202 if outcome.pending else 200)

    return [web.post(PATH, webhook)] if token else []


def delivery_id(group: Group) -> str:
    """The same for everything that says the same, whatever figures its annotations hold by now."""
    said = [(alert.labels, alert.firing, alert.started.isoformat(), str(alert.ended)) for alert in group.alerts]
    whole = json.dumps([group.key, group.firing, group.truncated, sorted(said, key=str)], sort_keys=True)
    return f"alert:{hashlib.sha256(whole.encode()).hexdigest()[:32]}"


def parse(body: bytes) -> Group:
    """The group in a delivery, without what looks like a secret. Raises BadDelivery, naming the field."""
    try:
        delivery = _Delivery.model_validate(json.loads(body.decode()))
    except ValidationError as error:
        raise BadDelivery(400, _sentence(error)) from error
    except (ValueError, RecursionError) as error:
        raise BadDelivery(400, "the body is not JSON that can be read") from error
    kept = delivery.alerts[:ALERTS]
    return Group(
        key=normalise(delivery.key),
        firing=delivery.status == "firing",
        alerts=tuple(_alert(alert) for alert in kept),
        truncated=delivery.truncated + len(delivery.alerts) - len(kept),
    )


def _alert(said: _Alert) -> Alert:
    labels = {_text(name, NAME): _text(value, VALUE) for name, value in sorted(said.labels.items())[:LABELS]}
    notes = said.annotations
    firing = said.status == "firing"
    summary = notes.get("summary") or notes.get("message") or notes.get("description") or ""
    return Alert(
        name=labels.get("alertname") or "An alert without a name",
        labels=labels,
        firing=firing,
        started=said.started.astimezone(UTC) if said.started != _NEVER else _EARLIEST,
        ended=None if firing or said.ended in (None, _NEVER) else said.ended,
        summary=_text(summary, SUMMARY),
        link=_text(link(notes), SUMMARY),
    )


def _text(value: str, limit: int) -> str:
    """One line without marks that cannot be kept."""
    return Redactor().text(shorten(normalise(value[: limit * 2]), limit))


def _prove(header: str, token: str) -> None:
    """Raises BadDelivery unless the header holds the token; how much of it is right does not show in the time."""
    kind, _, given = header.partition(" ")
    right = hmac.compare_digest(given.strip().encode(errors="replace"), token.encode())
    if kind.casefold() != "bearer" or not right:
        raise BadDelivery(401, "the bearer token is missing or wrong")


async def _body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(ARRIVAL):
            return await request.read()
    except TimeoutError as error:
        raise BadDelivery(408, "the request did not arrive in time") from error
    except RequestPayloadError as error:
        raise BadDelivery(400, "the request's body cannot be read") from error


def _sentence(error: ValidationError) -> str:
    """The first thing that is wrong, by its place: `alerts[2].startsAt: …`."""
    problem: Mapping[str, Any] = error.errors(include_url=False, include_input=False)[0]
    place = ""
    for part in problem["loc"]:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    return f"{place[:200] or 'the body'}: {problem['msg'][:200]}"
