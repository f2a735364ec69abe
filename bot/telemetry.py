"""The log: one line per fact, with the ids it belongs to and no secret in it; other libraries' lines included."""

import logging
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.clock import Clock, SystemClock
from bot.redact import Redactor

#: Libraries that tell more than we want to keep.
_CHATTY = ("slack_bolt", "slack_sdk", "aiohttp.access", "alembic", "apscheduler", "github", "dbos", "httpx")


def setup(json: bool, secrets: Iterable[str] = (), clock: Clock | None = None, stream: TextIO | None = None) -> None:
    """Send every log line to `stream` (standard error), as JSON or for people. Calling it again replaces the set-up."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        _Stamp(clock or SystemClock()),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _Redact(Redactor(secrets)),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(json)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def log(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module: `log(__name__).info("room opened", room=…)`. An event is a phrase; facts are keys."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def about(**ids: str) -> AbstractContextManager[None]:
    """Binds ids (`incident`, `request`, `effect`) to every line logged in the block, tasks started there included."""
    return structlog.contextvars.bound_contextvars(**ids)


def _renderer(json: bool) -> Processor:
    if json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)


class _Stamp:
    """Says when, by our own clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["at"] = self._clock.now().isoformat(timespec="milliseconds")
        return event


class _Redact:
    """Masks secrets in every text of a line, as the last thing before it is rendered."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        for key, value in event.items():
            if not key.startswith("_"):
                event[key] = self._redactor.deep({key: value})[key]
        return event
