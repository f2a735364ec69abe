"""What follows here when people do something on GitHub, and what GitHub need not be told."""

from bot.incident.model import Event
from bot.incident.wanted import EffectKind, Happened, Landmark, Wanted, issue_follows, labels_follow, line, post, where


def noted(it: Happened) -> list[Wanted]:
    """For those who work on it; and the issue is opened again where it should be open."""
    match it.event.data.get("what"):
        case "closed" | "reopened" as what:
            return [post(f"issue_{what}", where(it.incident), needs=Landmark.CARD, event=it.number)]
        case "ours":
            return [*line(it), *issue_follows(it, "open")]
        case "kept":
            return [*line(it), *labels_follow(it.incident, "open")]
        case "comment" | "label":
            return line(it)
    return []


def known_there(event: Event, wanted: Wanted) -> bool:
    """Whether GitHub need not be told, since it happened there."""
    told = wanted.kind is EffectKind.COMMENT and "event" in wanted.request
    return told and event.data.get("source") == "github" and event.data.get("what") != "ours"
