"""Post-mortems of a house like ours, for the pictures: written by the bot's own writer, then by people."""

from datetime import UTC, date, datetime, timedelta

from bot.postmortem.document.model import Document, Fact, Implemented, Moment, Part, Planned, Words
from bot.postmortem.document.name import file_name
from bot.postmortem.document.render import render

_NOON = datetime(2026, 3, 2, 13, 58, tzinfo=UTC)
_ISSUE = "https://github.com/example/infra/issues/12"

#: What people write into the post-mortem of the story, by section.
SECTIONS = {
    "Impact": "- **Users:** everybody, at home and on the road, for as long as it lasted\n- **Data:** none lost",
    "Root cause": "A nightly job opens a connection for each folder and closes none until it ends. With all 20"
    " in use none was left for the pages.\n\nThe job was new: [its change](https://example.com/infra/commit/4f2a91c).",
    "Five whys": "1. Why did pages fail? No connection was left.\n2. Why? A job held all twenty.\n"
    "3. Why? It closes them at its end.\n4. Why did nobody see it? Nothing watches the pool.\n"
    "5. Why? The pool came after the dashboards.",
}


def documents() -> dict[str, str]:
    """By file name."""
    found: dict[str, str] = {}
    for document in (_nextcloud(), _certificates(), _disk()):
        found[file_name(document.date, document.title, found)] = render(document)
    return found


def _nextcloud() -> Document:
    told = (
        (0, "Nextcloud answers 502 on every page", Words(text="Slack", url="https://example.slack.com/p1")),
        (4, "The reporter reported it", Words(text="Holdfast")),
        (7, "The person in charge took the lead", Words(text="Holdfast")),
        (21, "The scribe: The pool has 20 connections, all in use", Words(text="Slack")),
        (40, "The person in charge moved it from investigating to mitigating", Words(text="Holdfast")),
        (71, "The person in charge resolved it: Raised the limit and restarted the pool", Words(text="Holdfast")),
    )
    return Document(
        title="Nextcloud gives 502 on every page",
        date=date(2026, 3, 2),
        facts=_facts("1 h 11 min", "SEV2 (major): it cannot be used at all", "nextcloud", "Published"),
        timeline=tuple(Moment(at=_NOON + timedelta(minutes=at), text=said, source=by) for at, said, by in told),
        plan=(
            Planned(
                priority="P1", action="Alert when the pool is 80 % full", type="Alert", owner="@ana", status="Done"
            ),
            Planned(priority="P2", action="Raise the pool to 50", type="Config", owner="@bob", due="2026-03-20"),
            Planned(priority="P3", action="Write down how to restart the pool", type="Runbook", owner="@carla"),
        ),
        implemented=(
            Implemented(
                date="2026-03-04",
                action="Alert when the pool is 80 % full",
                priority="P1",
                type="Alert",
                commit=Words(text="4f2a91c", url="https://github.com/example/infra/commit/4f2a91c"),
                by="Holdfast, approved in Slack",
            ),
        ),
        parts={
            Part.SUMMARY: "For 71 minutes nobody could open Nextcloud: its database had no connection left, because a"
            " nightly job kept every one it had opened. The limit was raised and the pool restarted.",
            Part.IMPACT: "- **Users:** everybody at home and on the road\n- **Data:** none lost",
            Part.ROOT_CAUSE: "The nightly job opens a connection for each folder and closes none until it ends.",
            Part.WHYS: "1. Why did pages fail? No connection was left.\n2. Why? A job held all twenty.\n"
            "3. Why? It closes them at its end.\n4. Why did nobody see it? Nothing watches the pool.\n"
            "5. Why? The pool came after the dashboards.",
            Part.WELL: "The report said what was seen, so nobody had to ask.",
            Part.LUCKY: "It was noon, and the backup had just ended.",
        },
    )


def _certificates() -> Document:
    return Document(
        title="Mail refuses its own certificate",
        date=date(2026, 1, 17),
        facts=_facts("3 h 40 min", "SEV3 (minor): two programs are affected", "mail", "Complete"),
        plan=(Planned(priority="P1", action="Alert 14 days before a certificate ends", type="Alert", status="Done"),),
        parts={
            Part.SUMMARY: "The certificate of mail ended at night. Two programs could not send until it was renewed."
        },
    )


def _disk() -> Document:
    return Document(
        title="DNS is gone after a disk filled up",
        date=date(2025, 11, 9),
        facts=_facts("26 min", "SEV1 (critical): nothing could be reached by name", "dns, traefik", "Implementing"),
        plan=(
            Planned(priority="P0", action="Keep logs on a disk of their own", type="Architecture", owner="@bob"),
            Planned(priority="P1", action="Monitor free space on every node", type="Monitor", status="Done"),
        ),
        parts={Part.SUMMARY: "Logs filled the disk that the name server writes to, and it stopped answering."},
    )


def _facts(duration: str, severity: str, services: str, status: str) -> tuple[Fact, ...]:
    return (
        Fact(name="Duration", value=Words(text=duration)),
        Fact(name="Severity", value=Words(text=severity)),
        Fact(name="Affected services", value=Words(text=services)),
        Fact(name="Issue", value=Words(text="#12", url=_ISSUE)),
        Fact(name="Status", value=Words(text=status)),
    )
