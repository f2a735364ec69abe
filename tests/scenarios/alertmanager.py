"""Alertmanager as it reaches us: groups of alerts that fire, repeat and resolve, delivered over HTTP."""

import io
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from tests.scenarios.story import WEBHOOK_TOKEN, Story

Json = dict[str, Any]
NEVER = "0001-01-01T00:00:00Z"


@dataclass(frozen=True)
class Answer:
    """What we answered."""

    status: int
    body: Json


def alert(name: str, started: datetime, *, ended: datetime | None = None, summary: str = "", **labels: str) -> Json:
    """One alert as it stands in a delivery."""
    return {
        "status": "resolved" if ended else "firing",
        "labels": {"alertname": name, "severity": "critical", **labels},
        "annotations": {"summary": summary} if summary else {},
        "startsAt": started.isoformat(),
        "endsAt": ended.isoformat() if ended else NEVER,
        "generatorURL": "http://prometheus.monitoring:9090/graph?g0.expr=up",
        "fingerprint": f"{abs(hash((name, *labels.items()))):016x}",
    }


def delivery(key: str, *alerts: Json, truncated: int = 0, **changes: object) -> Json:
    """A group, as version 4 of the webhook says it."""
    firing = any(each["status"] == "firing" for each in alerts)
    return {
        "version": "4",
        "groupKey": key,
        "truncatedAlerts": truncated,
        "status": "firing" if firing else "resolved",
        "receiver": "holdfast",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.monitoring:9093",
        "alerts": list(alerts),
        **changes,
    }


@dataclass
class Alertmanager:
    """Sends to the bot of a story. Each rule of `group` is about one service, named by its namespace."""

    story: Story
    token: str = WEBHOOK_TOKEN
    started: dict[str, datetime] = field(default_factory=dict)

    async def post(self, body: object, **headers: str) -> Answer:
        """Send this, whatever it is, as JSON or as it stands."""
        url = f"http://127.0.0.1:{self.story.bot.port}/alertmanager/webhook"
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.token}"} | headers
        async with aiohttp.ClientSession() as session, session.post(url, data=io.BytesIO(data), headers=sent) as answer:
            text = await answer.text()
            return Answer(answer.status, await answer.json() if text.startswith("{") else {"text": text})

    async def fires(self, name: str, service: str, summary: str = "", **labels: str) -> Answer:
        """A group with one alert begins to fire, or fires on."""
        key = _key(name, service)
        began = self.started.setdefault(key, self.story.clock.now())
        return await self._says(key, alert(name, began, summary=summary, namespace=service), labels)

    async def resolves(self, name: str, service: str, **labels: str) -> Answer:
        """It has stopped just now; when it fires the next time, that is another alert."""
        key = _key(name, service)
        stopped = alert(name, self.started.pop(key), ended=self.story.clock.now(), namespace=service)
        return await self._says(key, stopped, labels)

    async def _says(self, key: str, said: Json, labels: dict[str, str]) -> Answer:
        answer = await self.post(delivery(key, said | {"labels": said["labels"] | labels}))
        await self.story.settle()
        return answer


def _key(name: str, service: str) -> str:
    return f'{{}}:{{alertname="{name}",namespace="{service}"}}'


def ago(story: Story, **span: float) -> datetime:
    """A moment before now."""
    return story.clock.now() - timedelta(**span)
