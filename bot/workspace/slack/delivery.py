"""How what people do reaches the bot: one shape for both transports."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

Json = dict[str, Any]


@dataclass(frozen=True)
class Parcel:
    """One thing for the bot. `attempt` and `reason` say that an event was tried before, and what became of it."""

    kind: Literal["slash_commands", "interactive", "events_api"]
    payload: Json
    attempt: int = 0
    reason: str = ""

    def again(self, reason: str) -> "Parcel":
        return replace(self, attempt=self.attempt + 1, reason=reason)

    @property
    def answerable(self) -> bool:
        """Whether Slack does something with the body of the answer."""
        kinds = {"block_actions", "view_submission", "block_suggestion"}
        return self.kind == "slash_commands" or (self.kind == "interactive" and self.payload["type"] in kinds)


@dataclass(frozen=True)
class Reply:
    """What the bot answered. `failure` is empty, or Slack's reason for trying again."""

    body: Json = field(default_factory=dict)
    failure: str = ""
    no_retry: bool = False

    @property
    def error(self) -> str:
        """The word people see after a command that failed; empty if it did not."""
        if not self.failure:
            return ""
        return "operation_timeout" if self.failure in {"http_timeout", "timeout"} else "dispatch_failed"
