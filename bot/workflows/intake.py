"""Where every submission comes in: stored and answered in time; who was told to wait hears of a late refusal."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock, monotonic
from bot.deps import Tasks, WorkflowDeps
from bot.durable.engine import Engine, Json
from bot.errors import Permanent, Refused, Temporary
from bot.ports import Outcome
from bot.views.replies import outcome_words, refused_late

log = structlog.get_logger(__name__)

#: The work that tells somebody of a late refusal, and the key under which a payload says when it was asked for.
LATE, ASKED_AT = "late", "asked_at"
SLOW = "Storage is slow right now. Please look in a minute whether it happened before you repeat it."
PENDING = "It is stored, and I am working on it; no need to repeat it. If it cannot be done, I write to you."
BROKE = "Something went wrong inside Holdfast; it is in the log under {id}."
#: From which share of the time that a person waits an outcome counts as late: better told twice than not at all.
NEARLY = 0.9


class Intake:
    """Takes submissions for the handlers, and runs their stories for the engine."""

    def __init__(self, engine: Engine, clock: Clock, tasks: Tasks, patience: float) -> None:
        """`patience` is how long a person may wait for an outcome, in seconds: Slack wants an answer within three."""
        self._engine = engine
        self._clock = clock
        self._tasks = tasks
        self._patience = patience

    async def __call__(self, workflow: str, id: str, payload: Json) -> Outcome:
        """Store it, then wait a moment for its outcome."""
        until = monotonic() + self._patience
        asked = payload | {ASKED_AT: self._clock.now().isoformat()}
        began = await self._store(workflow, id, asked, until)
        if began is None:
            return Outcome(ok=False, pending=True, text=SLOW)
        outcome = await self._outcome(id, until)
        if outcome is not None and not outcome.ok and not began:
            # Refused before: nothing was done, and what stood in the way may be gone now that they try again.
            if await self._store(workflow, id, asked, until, anew=True) is None:
                return Outcome(ok=False, pending=True, text=SLOW)
            outcome = await self._outcome(id, until)
        return outcome or Outcome(ok=True, pending=True, text=PENDING)

    async def _store(self, workflow: str, id: str, payload: Json, until: float, *, anew: bool = False) -> bool | None:
        """Whether this began it; None while storage does not answer, which then goes on beside us."""
        storing = asyncio.ensure_future(self._engine.submit(workflow, id, payload, anew=anew))
        done, _ = await asyncio.wait({storing}, timeout=max(0.0, until - monotonic()))
        if done:
            return storing.result()
        self._tasks.track(_finish(storing), name=f"storing {id}")
        return None

    async def _outcome(self, id: str, until: float) -> Outcome | None:
        result = await self._engine.outcome(id, max(0.0, until - monotonic()))
        return None if result is None else Outcome.model_validate(result)

    async def run(self, story: Callable[[str, Json], Awaitable[Outcome]], id: str, payload: Json) -> Json:
        """Run the story of a submission. Whoever was told to wait hears of it if it then was not done."""
        request = {key: value for key, value in payload.items() if key != ASKED_AT}
        try:
            outcome = await story(id, request)
        except Temporary:
            raise
        except Exception:
            await self._tell_late(id, payload, BROKE.format(id=id))
            raise
        if not outcome.ok:
            await self._tell_late(id, payload, outcome_words(outcome))
        return outcome.model_dump(mode="json")

    async def _tell_late(self, id: str, payload: Json, why: str) -> None:
        asked = payload.get(ASKED_AT)
        if payload["actor"][:1] not in {"U", "W"}:  # GitHub and Alertmanager wait for no words
            return
        if asked is None or not self._is_late(datetime.fromisoformat(asked)):
            return
        typed = payload.get("text") or payload.get("report", {}).get("what", "")
        news = {"to": payload["actor"], "why": why, "typed": typed, ASKED_AT: asked}
        await self._engine.submit(LATE, f"{LATE}:{id}:{asked}", news)

    def _is_late(self, asked: datetime) -> bool:
        return self._clock.now() - asked >= timedelta(seconds=self._patience * NEARLY)


async def tell(deps: WorkflowDeps, id: str, payload: Json) -> Json:
    """Tell somebody that what they were told to wait for was not done; a run after a crash looks first."""
    marker = f"holdfast:{id}"
    said = refused_late(payload["why"], payload["typed"])
    try:
        channel = await deps.slack.open_dm(payload["to"])
        since = datetime.fromisoformat(payload[ASKED_AT])
        if await deps.slack.find_post(channel, marker, since=since) is None:
            await deps.slack.post(channel, said.text, said.blocks, marker=marker)
    except (Permanent, Refused):
        log.exception("not told", person=payload["to"])
    return {}


async def _finish(storing: "asyncio.Future[bool]") -> None:
    await storing
