"""The GitHub issue's text: what somebody wrote can neither call people, nor hide, nor close or forge our marker."""

import re
from collections.abc import Collection
from datetime import datetime

from bot.incident.entries import Entry
from bot.incident.figures import utc
from bot.incident.model import Frozen, Incident, Resolution, State
from bot.incident.postmortems import OUT, missing
from bot.incident.schemes import level_of
from bot.views.blocks import clean, cut, one_line
from bot.views.words import impact, severity

TITLE, BODY, PART = 256, 60_000, 12_000
#: Breaks `@name`, `#12` and our own marker's name without being seen.
_GAP = "\u2060"
_MARKUP = re.compile(r"([\\`*_{}\[\]|~!])")
_LINK = re.compile(r"https://[^\s<>()\\]{1,500}")
_PAGE = re.compile(r"https?://[^\s<>()\\]{1,2000}")
_LINE_START = re.compile(r"^(\s*)([#>+=-]|\d+[.)])", re.MULTILINE)


class Issue(Frozen):
    """What is filed: title, Markdown body, labels."""

    title: str
    body: str
    labels: tuple[str, ...]


#: How every marker of ours begins.
MARK = "<!-- holdfast:"


def marker(effect_id: str) -> str:
    """The comment by which an issue or comment of ours is found again after a lost answer."""
    return f"{MARK}{effect_id} -->"


def words(text: str, limit: int = PART) -> str:
    """What somebody wrote, as Markdown that shows exactly that."""
    shown = cut(clean(text[: limit + 200]), limit, "… (cut, the whole text is in Slack)")
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = _MARKUP.sub(r"\\\1", shown)
    shown = _LINE_START.sub(lambda found: f"{found[1]}{_escaped(found[2])}", shown)
    shown = re.sub(r"([@#])(?=\w)", rf"\1{_GAP}", shown)
    return re.sub(r"([Gg][Hh])-(?=\d)", rf"\1{_GAP}-", shown).replace("holdfast:", f"holdfast{_GAP}:")


def issue(incident: Incident, effect_id: str) -> Issue:
    """The issue of an incident, to be found again by the effect's marker."""
    report = incident.report
    started = incident.milestones.started or incident.milestones.declared
    rows = [
        ("Incident", incident.key),
        ("Started", utc(started) if started else "not known"),
        ("Service", words(one_line(report.service, 200))),
        ("Affected", impact(incident)),
        ("Severity", f"{severity(incident.severity)}: {words(one_line(incident.severity_reason, 500))}"),
        ("How found", words(one_line(report.found_by, 300)) or "reported in Slack"),
        ("Link", _link(one_line(report.link, 1000))),
    ]
    table = "\n".join(f"- **{name}:** {value}" for name, value in rows if value)
    parts = [table, f"### What is seen\n\n{_quoted(report.what)}"]
    parts += [f"### What was expected\n\n{_quoted(report.expected)}"] if report.expected else []
    body = "\n\n".join(parts)
    return Issue(
        title=cut(f"[INCIDENT] {'[TEST] ' if incident.test else ''}{one_line(incident.title, 200)}", TITLE, "…"),
        body=f"{cut(body, BODY)}\n\n{marker(effect_id)}\n",
        labels=labels(incident),
    )


def labels(incident: Incident) -> tuple[str, ...]:
    """The labels that are ours, as they should stand now; people's own are not among them."""
    if incident.state is State.QUEUED:
        return ("user-report", "needs-human")
    if incident.state is State.DECLINED:
        return ("user-report",)
    level = level_of(incident)
    wanted = ("incident", "user-report", level.label)
    also = (
        ("postmortem-required", missing(incident)),
        ("postmortem-done", incident.postmortem in OUT),
        ("needs-human", incident.needs_human),
    )
    return (*filter(None, wanted), *(label for label, on in also if on))


def comment(lead: str, text: str, effect_id: str) -> str:
    """A comment that begins with its kind in bold, which the status page reads: `**Update:** …`."""
    return f"**{lead}:** {text}\n\n{marker(effect_id)}\n"


def update_comment(said: str, effect_id: str) -> str:
    return comment("Update", words(said), effect_id)


def resolved_comment(resolution: Resolution, started: datetime | None, effect_id: str) -> str:
    """How it ended: fix, cause, end, and how long it took."""
    lasted = f" after {int((resolution.ended - started).total_seconds() // 60)} minutes" if started else ""
    cause = f"\n\n**Cause:** {words(resolution.cause)}" if resolution.cause else ""
    return comment("Resolved", f"{words(resolution.fix)}{cause}\n\nEnded {utc(resolution.ended)}{lasted}.", effect_id)


def severity_comment(incident: Incident, effect_id: str) -> str:
    return comment("Severity", f"{severity(incident.severity)}. {words(incident.severity_reason)}", effect_id)


def reopened_comment(reason: str, effect_id: str) -> str:
    return comment("Reopened", words(reason), effect_id)


def declined_comment(checked: str, effect_id: str) -> str:
    return comment("Declined", f"Nothing wrong was found. What was checked:\n\n{_quoted(checked)}", effect_id)


def timeline_comment(entry: Entry, said: str, effect_id: str) -> str:
    """An entry of the public timeline: when, what was said, and what of it stays in Slack."""
    source = entry.source
    came = [] if source is None else [(source.pictures, "picture"), (source.files, "file")]
    kept = ", ".join(f"{count} {what}{'s' if count > 1 else ''}" for count, what in came if count)
    parts = [words(said)] if said else []
    parts += [f"{kept}, kept in Slack."] if kept else []
    link = f" · [in Slack]({source.permalink})" if source and _LINK.fullmatch(source.permalink) else ""
    return comment("Timeline", f"{utc(entry.at)}{link}\n\n" + "\n\n".join(parts), effect_id)


def merged_comment(into: str, note: str, effect_id: str) -> str:
    """It ends here; `into` is the key of the incident that goes on."""
    return comment("Merged", f"This is the same as {into}, which goes on for both. {words(note)}".rstrip(), effect_id)


def merged_in_comment(other: str, note: str, effect_id: str) -> str:
    """`other` is the key of the incident that ended in this one."""
    return comment("Merged", f"{other} turned out to be the same, and goes on here. {words(note)}".rstrip(), effect_id)


def published_comment(incident: Incident, effect_id: str) -> str:
    """Where its post-mortem is to be read."""
    url, title = incident.places.document_url or "", words(one_line(incident.title, 200))
    elsewhere = f"{title} ({words(incident.places.document)})" if incident.places.document else f"{title}, in Slack"
    where = f"[{title}]({url})" if _PAGE.fullmatch(url) else elsewhere
    return comment("Post-mortem", where, effect_id)


def blank(incident: Incident) -> tuple[str, str]:
    """Title and body of the issue of an incident that was made private: that it has moved, and nothing about it."""
    return f"[INCIDENT] {incident.key} has moved", "This incident goes on elsewhere.\n"


#: The labels that we put on and take off.
OURS = frozenset(
    {"incident", "user-report", "sev1", "sev2", "sev3", "postmortem-required", "postmortem-done", "needs-human"}
)


def changed_labels(had: Collection[str], wanted: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which to put on and which to take off, from those that we put on last time (none: not known) to the wanted ones.

    Nothing else is touched, so whatever people put on or take off at the same moment stays as they want it.
    """
    add = tuple(label for label in wanted if label not in had)
    return add, tuple(sorted((set(had) or OURS) - set(wanted)))


def _link(url: str) -> str:
    """A web address as a link, whatever marks are in it; anything else as words."""
    return f"<{url}>" if re.fullmatch(r"https?://[^\s<>\\]+", url) else words(url)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in words(text).split("\n"))


def _escaped(start: str) -> str:
    """The beginning of a line, so that it starts no list, heading or rule."""
    return start if start == "&gt;" else f"{start[:-1]}\\{start[-1]}"
