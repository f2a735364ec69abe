"""Where every submission begins: secrets are taken out of what people sent before anything keeps it."""

from dataclasses import dataclass

from bot.deps import Start
from bot.durable.engine import Json
from bot.ports import Outcome
from bot.redact import MASK, Redactor

MASKED = f"Something in it looked like a secret, so I kept {MASK} instead. If it was one, please change it."


@dataclass(frozen=True)
class Masking:
    """A `Start` in front of another: neither the engine nor the database sees what the redactor masks."""

    start: Start
    redactor: Redactor

    async def __call__(self, workflow: str, id: str, payload: Json) -> Outcome:
        """As `start`. Whoever sent a secret is told so; it is not repeated."""
        kept: Json = {key: self.redactor.deep(value) for key, value in payload.items()}
        outcome = await self.start(workflow, id, kept)
        return outcome if kept == payload else outcome.model_copy(update={"notice": MASKED})
