"""What is heard from outside Slack: from GitHub and from Alertmanager; the rest is in `requests.py`."""

from datetime import datetime

from bot.incident.alerts import Group
from bot.incident.asking import Request


class FiledIssue(Request):
    """An issue on GitHub that is a report or a wish; `actor` is `github:<login>`, its author.

    `association` is GitHub's word for what its author is to the repository; `person` is false for apps.
    `vouched` is a collaborator who put the label on, `fresh` whether it was filed or labelled just now.
    """

    number: int
    url: str
    title: str
    body: str = ""
    labels: tuple[str, ...] = ()
    association: str = "NONE"
    person: bool = True
    filed: datetime
    vouched: str = ""
    fresh: bool = True


class IssueComment(Request):
    """Somebody wrote on an issue; `actor` is `github:<login>`."""

    number: int
    url: str
    text: str
    association: str = "NONE"
    person: bool = True
    at: datetime


class IssueTouched(Request):
    """Somebody closed, reopened or labelled an issue; what exactly is then read on GitHub."""

    number: int


class GitHubHeard(Request):
    """A webhook has come; `at` is when."""

    at: datetime


class HearAlerts(Request):
    """What Alertmanager says of a group of alerts; the actor is `ALERTMANAGER`."""

    group: Group
