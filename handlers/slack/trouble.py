"""The one place of the handlers that catches everything: a refusal is shown as it is, a fault gets an id."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.errors import HoldfastError, Refused, Temporary
from bot.telemetry import log
from bot.views.forms.parts import View
from bot.views.replies import said
from handlers.slack.heard import Heard

#: Slack's words for what needs no answer: the form was opened by an earlier delivery, was changed since, or is closed.
_HARMLESS = {"exchanged_trigger_id", "hash_conflict", "not_found"}
#: Slack's words, or its silence, where it can do nothing for now.
_BUSY = {"", "fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable"}


@dataclass
class Wrong:
    """What went wrong, for the person who asked; empty where nothing did. `later` means that it may work later."""

    sentence: str = ""
    later: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def view(self) -> View | None:
        """As a view, where there is something to say."""
        return said("Holdfast", self.sentence) if self.sentence else None


@contextmanager
def trouble(heard: Heard) -> Iterator[Wrong]:
    """Whatever the block raises ends here, and is in the value that it is given."""
    wrong = Wrong()
    try:
        yield wrong
    except Refused as refusal:
        rule, fields = refusal.rule, " ".join(refusal.fields)
        log(__name__).info("refused", actor=heard.actor, kind=heard.kind, verb=heard.name, rule=rule, fields=fields)
        wrong.sentence, wrong.fields = refusal.sentence, refusal.fields
    except HoldfastError as error:
        wrong.sentence, wrong.later = error.sentence, isinstance(error, Temporary)
    except TimeoutError:
        log(__name__).warning("slack request took too long", kind=heard.kind, name=heard.name)
        wrong.later = True
        wrong.sentence = "This took too long, so I stopped waiting. Look whether it happened before you try again."
    except (SlackApiError, ClientError) as error:
        code = _code(error)
        if code in _BUSY:
            log(__name__).warning("slack did not do it", kind=heard.kind, name=heard.name, problem=code or repr(error))
            wrong.sentence = "Slack has trouble of its own right now. Please try again in a moment."
        elif code not in _HARMLESS:
            wrong.sentence = _unexpected(heard)
    except Exception:  # noqa: BLE001 - nothing may leave a listener: Bolt would answer late, or not at all
        wrong.sentence = _unexpected(heard)


def _code(error: SlackApiError | ClientError) -> str:
    """Slack's word for what is wrong; empty where its answer held none, was no JSON, or did not come."""
    data = getattr(getattr(error, "response", None), "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def _unexpected(heard: Heard) -> str:
    id = uuid.uuid4().hex[:8]
    log(__name__).exception("slack request failed", kind=heard.kind, name=heard.name, actor=heard.actor, error_id=id)
    return f"Something went wrong on my side (error {id}). Please try again; if it stays, tell whoever runs me that id."
