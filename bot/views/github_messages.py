"""What people do on an incident's issue, as those who work on it read it in Slack."""

from bot.incident.model import Event, Incident
from bot.views.blocks import FALLBACK, Rendered, actions, button, cut, linked, quoted, safe, section, who
from bot.views.ids import Click
from bot.views.words import marks


def github_line(incident: Incident, event: Event) -> Rendered | None:
    """A comment, or something done to the issue; None where a message of its own asks about it."""
    by, named = who(event.by), _named(incident)
    if event.data.get("what") == "comment":
        issue = linked(event.data.get("url", ""), f"issue #{incident.places.issue_number}")
        return _say(f"{named}: {by} wrote on {issue}\n{quoted(event.text, 2000)}")
    return _say(f"{named}: {safe(event.text, 500)} ({by})")


def issue_closed(incident: Incident) -> Rendered:
    """Somebody closed the issue while the incident is open: is it over? Without buttons once that is answered."""
    closed_by = incident.places.closed_by
    if not incident.is_open:
        return _say(f"{_named(incident)}: its issue was closed on GitHub, and it is {incident.state}.")
    if closed_by is None:
        return _say(f"{_named(incident)}: its issue was closed on GitHub, and is open again. The incident goes on.")
    text = f"{_named(incident)}: {who(closed_by)} closed {_issue(incident)} on GitHub. Is it over?"
    choice = actions(
        button("Resolve", Click.RESOLVE, incident.id, style="primary"),
        button("Keep open", Click.KEEP_OPEN, incident.id),
    )
    asked = section(f"{text}\nNothing changes until somebody answers.")
    return Rendered(text=cut(text, FALLBACK), blocks=[asked, choice])


def issue_reopened(incident: Incident) -> Rendered | None:
    """Somebody reopened the issue who may not reopen the incident; None where it is open by now."""
    if incident.is_open:
        return None
    text = f"{_named(incident)} is {incident.state}, and {_issue(incident)} was reopened on GitHub. Is it still broken?"
    return Rendered(text=text, blocks=[section(text), actions(button("Reopen", Click.REOPEN, incident.id))])


def _issue(incident: Incident) -> str:
    return linked(incident.places.issue_url or "", f"issue #{incident.places.issue_number}")


def _named(incident: Incident) -> str:
    return f"{marks(incident)}*{incident.key}*"


def _say(text: str) -> Rendered:
    return Rendered(text=cut(text, FALLBACK), blocks=[section(text)])
