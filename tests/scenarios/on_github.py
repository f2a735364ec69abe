"""What the stories do and read on GitHub: an outage filed by its form, and what stands in the issue then."""

from bot.incident.issue_forms import ERROR, LINK, SCOPE, SERVICE, WHAT, WHEN
from bot.workspace.github.forms import Form, read
from bot.workspace.github.hooks import Delivery
from bot.workspace.github.model import Issue
from bot.workspace.github.visitors import Visitor
from tests.scenarios.story import Story

#: What somebody answers who saw Nextcloud fail: SEV2 by its answers.
ANSWERS = {
    SERVICE.id: "nextcloud",
    WHAT.id: "502 Bad Gateway on every page",
    ERROR.id: "502 Bad Gateway",
    WHEN.id: "14:10 UTC",
    SCOPE.id: "Several people are affected",
}
#: The same for something that is a nuisance: SEV3.
SLOW = ANSWERS | {ERROR.id: "Slow, degraded performance", WHAT.id: "Every page takes half a minute"}


def visitor(story: Story, login: str) -> Visitor:
    """Somebody on GitHub."""
    return story.workspace.github.visitor(login)


def outage_body(**answers: str) -> str:
    """The body that GitHub makes of the outage form."""
    given = ANSWERS | answers
    asked = (SERVICE, WHAT, ERROR, WHEN, SCOPE, LINK)
    return "\n\n".join(f"### {each.label}\n\n{given.get(each.id) or '_No response_'}" for each in asked)


async def filed(story: Story, login: str = "bob", title: str = "Nextcloud is down", **answers: str) -> Issue:
    """An outage by the form; the form's label is on it."""
    repository = story.workspace.github.repository
    given = {"title": title, "body": outage_body(**answers), "labels": ["user-report"]}
    issue = repository.open(login, given)
    await story.settle()
    return issue


def comments(issue: Issue, login: str = "holdfast-bot") -> list[str]:
    """What we said on it."""
    return [comment.body for comment in issue.comments if comment.login == login]


async def delivered(story: Story, *deliveries: Delivery) -> list[int]:
    """Deliver these, in this order; the statuses that came back."""
    statuses = [await story.workspace.github.hooks.deliver(delivery) for delivery in deliveries]
    await story.settle()
    return statuses


def form(text: str) -> Form:
    """A form as GitHub reads it."""
    return read(text)
