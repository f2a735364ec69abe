"""Where agents stand with an incident, in one line: for its card, and for whoever asks how it is."""

from bot.budget.caps import MICROS, Caps, dollars
from bot.investigation.model import Investigation, State
from bot.investigation.standing import Looked
from bot.views.foreign import said
from bot.views.investigation_words import spent, sureness, title


def looked_line(looked: Looked, caps: Caps) -> str:
    """The newest investigation, and the cost of all of them; empty where nobody looked, and nothing was spent."""
    last = looked.last
    if last is None:
        return ""
    cost = f"{spent(looked.cost)} of {dollars(round(caps.issue * MICROS))}"
    held = f" (holding {dollars(looked.cost.held)})" if looked.cost.held else ""
    return f"*{title(last)}* {_standing(last)} · {cost}{held}"


def thought(last: Investigation | None) -> str:
    """What is thought to be the cause, in a sentence or two of mrkdwn; empty where nothing is known yet."""
    if last is None:
        return ""
    if last.findings is not None:
        sure = f" ({sureness(last.findings.confidence)})" if last.findings.known else " (not known yet)"
        return f"{said(last.findings.verdict, 400)}{sure}"
    if last.report is not None:
        return f"{said(last.report.verdict, 400)} (By rules, without a model.)"
    return "" if last.is_over else "Evidence is being collected."


def _standing(last: Investigation) -> str:
    match last.state:
        case State.STOPPED:
            return "was stopped"
        case State.FAILED:
            return "could not be finished"
        case State.DONE if last.findings is None:
            return "done by rules alone"
        case State.DONE:
            return "done"
    return "goes on"
