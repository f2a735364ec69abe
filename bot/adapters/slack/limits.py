"""How fast we may call Slack: a bucket per method and channel, and what `Retry-After` says. Nothing here waits.

Rates are Slack's published tiers per minute (docs.slack.dev, rate limits, 2026-11); bursts are tolerated there,
so each bucket starts full. The limiter is in memory and per process; between replicas `Retry-After` is the arbiter.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

TIER_PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
TIERS = {
    "chat.postEphemeral": 4,
    "chat.update": 3,
    "conversations.create": 2,
    "conversations.history": 3,
    "conversations.invite": 3,
    "conversations.join": 3,
    "conversations.list": 2,
    "conversations.open": 3,
    "conversations.replies": 3,
    "conversations.setTopic": 2,
    "pins.add": 2,
    "users.list": 2,
    "views.publish": 4,
}
BURST = 10
#: Posting has a limit of its own: about one message a second and channel, with a small burst.
POSTS_PER_SECOND = 1.0
POST_BURST = 3


#: What adding up fractions of a second may lose.
ROUNDING = 1e-6


@dataclass
class _Bucket:
    tokens: float
    at: datetime
    #: How many were told to wait and have not come back: each next one is sent behind them, so that they do not all
    #: come at once. Those who never come back are forgotten once the bucket is full.
    queue: int = 0


class Limiter:
    """Says how long a call has to wait; 0 takes the place in the queue at once."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], _Bucket] = {}
        self._paused: dict[str, datetime] = {}

    def wait(self, method: str, channel: str, now: datetime) -> float:
        """Seconds until this call may be made. When it is 0 the call is counted as made."""
        until = self._paused.get(method)
        if until is not None and now < until:
            return (until - now).total_seconds()
        if method == "chat.postMessage":
            return self._take((method, channel), POSTS_PER_SECOND, POST_BURST, now)
        tier = TIERS.get(method)
        return 0.0 if tier is None else self._take((method, ""), TIER_PER_MINUTE[tier] / 60, BURST, now)

    def pause(self, method: str, seconds: float, now: datetime) -> None:
        """Slack said `Retry-After`: no call of this method before then."""
        self._paused[method] = now + timedelta(seconds=seconds)

    def _take(self, key: tuple[str, str], per_second: float, burst: int, now: datetime) -> float:
        bucket = self._buckets.setdefault(key, _Bucket(float(burst), now))
        elapsed = max(0.0, (now - bucket.at).total_seconds())
        bucket.tokens = min(float(burst), bucket.tokens + elapsed * per_second)
        bucket.at = now
        if bucket.tokens >= burst:
            bucket.queue = 0
        if bucket.tokens < 1.0 - ROUNDING:
            bucket.queue += 1
            return (bucket.queue - bucket.tokens) / per_second
        bucket.tokens -= 1.0
        bucket.queue = max(0, bucket.queue - 1)
        return 0.0
