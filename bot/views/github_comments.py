"""What is said on an issue to whoever filed it there: the same notices that others get in Slack, without a name."""

from bot.change.model import Change, TrackedItem
from bot.incident.model import Incident
from bot.incident.report import missing
from bot.incident.schemes import level_of
from bot.incident.severity import in_words
from bot.incident.wanted import GITHUB
from bot.investigation.model import Findings
from bot.views.issue import comment, words

_SOME_TIME = "Somebody looks at it when there is time"


def notice(what: str, incident: Incident, effect_id: str) -> str | None:
    """The notice of that name; None where there is none."""
    match what:
        case "reported":
            return comment("Received", _received(incident), effect_id)
        case "queued":
            return comment("Queued", _queued(incident), effect_id)
        case "accepted":
            text = f"This report was accepted as {incident.key}. You hear here when somebody takes it on, and when it "
            return comment("Accepted", f"{text}is fixed.", effect_id)
        case "investigating":
            return comment("Investigating", "Somebody is looking into it now.", effect_id)
    return None


def with_question(said: str, incident: Incident) -> str:
    """How it ended, and for a reporter who has only GitHub what to do where it has not."""
    if not incident.reporter.startswith(GITHUB):
        return said
    text, mark, rest = said.rpartition("\n\n<!--")
    return f"{text}\n\nDo you still see it? Say so in a comment here, and somebody looks again.{mark}{rest}"


def still_open(commit: str, effect_id: str) -> str:
    """A commit of ours closed the issue of an incident that is not over."""
    named = f" by {commit[:12]}" if commit.isalnum() else ""
    text = f"This issue was closed{named}; the incident is not over, so it is open again."
    return comment("Still open", text, effect_id)


def feature(effect_id: str) -> str:
    """The answer to a feature request: what happens next, and what does not."""
    text = (
        "Thank you. This request is recorded. A person reads it and decides; nothing starts by itself, "
        "and there is no promised date. What is decided is said here."
    )
    return comment("Recorded", text, effect_id)


def assessed(found: Findings, effect_id: str) -> str:
    """What agents make of a feature request: what it would take, and who decides."""
    steps = "".join(f"\n- {words(step, 300)}" for step in found.next_steps[:8])
    more = f"\n\n{steps.strip()}" if steps else ""
    who = "A person decides whether it is done." if found.known else "A person has to look at this; nothing is decided."
    text = f"{words(found.verdict, 800)}{more}\n\n{who} This was written by a model, which can be wrong."
    return comment("Assessed" if found.known else "Escalated", text, effect_id)


def item_needs_human(item: TrackedItem, change: Change | None, effect_id: str) -> str:
    """What could not be done without a person: what, why, and what was found out."""
    found = "".join(f"\n- {words(each.sentence, 300)}" for each in (change.findings if change else ())[:8])
    tried = f"\n\nWhat was tried: {words(change.summary, 400)}" if change and change.summary else ""
    text = f"{item.key}, {words(item.action, 200)}: {words(item.reason, 500)}{tried}{found}"
    return comment("Needs a person", text, effect_id)


def item_done(item: TrackedItem, change: Change | None, effect_id: str) -> str:
    """A wish that was carried out."""
    landed = f" in {change.landed}" if change and change.landed else ""
    said = f" {words(change.summary, 400)}" if change and change.summary else ""
    return comment("Done", f"This is done{landed}.{said}", effect_id)


def _received(incident: Incident) -> str:
    level = level_of(incident)
    promise = f"Somebody looks at it within {in_words(level.respond_within)}" if level.respond_within else _SOME_TIME
    rhythm = f", and there is news at least every {in_words(level.update_every)}" if level.update_every else ""
    return f"Thank you. This is {incident.key} now, rated {level.title}. {promise}{rhythm}.{_asked(incident)}"


def _queued(incident: Incident) -> str:
    text = f"Thank you. Your report is queued for review as {incident.key}: a person of the team reads it first, since "
    text += "you are not a collaborator of this repository. You hear here whether it is accepted or declined; there is "
    return f"{text}no need to send it again.{_asked(incident)}"


def _asked(incident: Incident) -> str:
    """What would help to know, where the report says too little."""
    wanted = missing(incident.report)
    return "\n\nOne thing would help: which service it is, and what exactly you see." if wanted else ""
