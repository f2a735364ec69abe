"""What happened, in plain words: a sentence for every kind of event."""

from collections.abc import Callable, Mapping

from bot.incident.model import Actor, Event, EventKind

#: `{by}` is who did it, the other names are keys of the event's data; what somebody said about it follows a colon.
SENTENCES: dict[EventKind, str] = {
    EventKind.DECLARED: "{by} reported it",
    EventKind.ACCEPTED: "{by} let the report in",
    EventKind.STATE_CHANGED: "{by} moved it from {from} to {to}",
    EventKind.SEVERITY_CHANGED: "{by} changed the severity from {from} to {to}",
    EventKind.LEAD_CHANGED: "{by} handed the lead to {lead}",
    EventKind.UPDATED: "{by} gave an update",
    EventKind.NOTED: "{by} noted",
    EventKind.ROOM_OPENED: "{by} opened the room {room}",
    EventKind.ISSUE_FILED: "{by} filed issue {issue}",
    EventKind.RESOLVED: "{by} resolved it",
    EventKind.CLOSED: "{by} closed it",
    EventKind.REOPENED: "{by} reopened it",
    EventKind.DECLINED: "{by} found nothing wrong",
    EventKind.MERGED: "{by} merged it into {into}",
    EventKind.CONFIRMED_FIXED: "{by} said that it works again",
    EventKind.ALERT_FIRED: "{by} says that {alert} fires",
    EventKind.ALERT_STOPPED: "{by} says that {alert} has stopped",
    EventKind.EFFECT_FAILED: "{by} could not finish something",
    EventKind.REPORTED_AGAIN: "{by} reported it too",
    EventKind.MERGED_IN: "{by} merged {from} into it",
    EventKind.ROLE_TAKEN: "{person} is {role_name} now",
    EventKind.ROLE_LEFT: "{person} is no longer {role_name}",
    EventKind.HANDOVER_OFFERED: "{by} offered the lead to {person}",
    EventKind.HANDOVER_DECLINED: "{by} cannot take the lead",
    EventKind.CALLED: "{by} called {people}",
    EventKind.ESCALATED: "{by} escalated it",
    EventKind.ACKNOWLEDGED: "{by} acknowledged it",
    EventKind.IMPACT_ASSESSED: "{by} assessed the impact",
    EventKind.LINKED: "{by} added the link {url}",
    EventKind.MADE_PRIVATE: "{by} made it private",
    EventKind.PINNED: "{by} put a message on the timeline",
    EventKind.UNPINNED: "{by} took a message off the timeline",
    EventKind.CAPTURED: "{by} read a message on the timeline",
    EventKind.MESSAGE_EDITED: "{by} edited a message on the timeline",
    EventKind.MESSAGE_DELETED: "{by} deleted a message on the timeline",
    EventKind.HIDDEN: "{by} took entry {entry} off the timeline",
    EventKind.STARRED: "{by} starred entry {entry}",
    EventKind.TIME_CORRECTED: "{by} corrected the time of entry {entry}",
    EventKind.ACTION_ITEM_PROPOSED: "{by} proposed action item {key}",
    EventKind.POSTMORTEM_WAIVED: "{by} waived the post-mortem",
    EventKind.POSTMORTEM_BEGUN: "{by} began the post-mortem",
    EventKind.POSTMORTEM_WRITTEN: "{by} wrote “{part}” of the post-mortem",
    EventKind.REVIEW_ASKED: "{by} asked {people} to review the post-mortem",
    EventKind.REVIEWED: "{by} {answer} after reading the post-mortem",
    EventKind.POSTMORTEM_SENT: "{by} is publishing the post-mortem",
    EventKind.POSTMORTEM_PROPOSED: "{by} proposed the post-mortem in pull request #{number}",
    EventKind.POSTMORTEM_PUBLISHED: "{by} published the post-mortem",
    EventKind.POSTMORTEM_TAKEN_BACK: "the post-mortem was not published",
    EventKind.POSTMORTEM_CLASHED: "“{part}” of the post-mortem was edited here and in git",
    EventKind.INVESTIGATION_BEGUN: "{by} began to look into it",
    EventKind.INVESTIGATION_ENDED: "investigation {number} ended",
    EventKind.INVESTIGATION_STOPPED: "{by} stopped investigation {number}",
    EventKind.FINDINGS_WRONG: "{by} says that investigation {number} is wrong",
    EventKind.COMMAND_RUN: "{by} ran a command",
    EventKind.SUGGESTED_HEALTHY: "{by} sees nothing wrong now, and leaves it to people to say so",
}
#: Data whose values are people, and so are shown by name.
_PEOPLE = ("lead", "from_lead", "person", "people", "owner")


class _Values(dict[str, str]):
    """A key that an older event does not have reads as something, never as an error."""

    def __missing__(self, key: str) -> str:
        return "something else"


def sentence(event: Event, name: Callable[[Actor], str] = str) -> str:
    """One sentence, without the time. `name` says how a person is written: a mention in Slack, a name elsewhere."""
    values = _Values(event.data)
    values.update({key: ", ".join(map(name, event.data[key].split(","))) for key in _PEOPLE if event.data.get(key)})
    values["by"] = name(event.by)
    said = event.text.strip()
    if event.kind is EventKind.EFFECT_FAILED and said:
        return said
    happened = _template(event).format_map(values)
    if not said:
        return f"{happened}."
    return f"{happened}: {said}" if said[-1] in ".!?…" else f"{happened}: {said}."


def _template(event: Event) -> str:
    data: Mapping[str, str] = event.data
    if event.kind is EventKind.LEAD_CHANGED and data.get("first"):
        return "{lead} acted first and leads it now"
    if event.kind is EventKind.LEAD_CHANGED and data.get("lead") == event.by:
        return "{by} took over the lead from {from_lead}" if data.get("from_lead") else "{by} took the lead"
    if event.kind is EventKind.ALERT_FIRED and data.get("again"):
        return "{by} says that {alert} fires again"
    if event.kind is EventKind.DECLARED and data.get("title"):
        return "{by} reported {title}"
    return SENTENCES[event.kind]
