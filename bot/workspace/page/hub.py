"""GitHub's tab: the list of issues, one issue with its comments, and a pull request with what it changes."""

from dataclasses import dataclass

from bot.errors import NotFound
from bot.workspace.github import GitHub
from bot.workspace.github.model import Issue, Refusal
from bot.workspace.page import render
from bot.workspace.page.mrkdwn import Reader


@dataclass(frozen=True)
class Shelf:
    """`number` is an issue's, or nothing for the list of those in `state` (open or closed).

    `form` is which form somebody is about to fill in; -1 for none yet, None for nobody is. `pull` says that the number
    is a pull request's.
    """

    number: int | None = None
    state: str = "open"
    form: int | None = None
    pull: bool = False


def check(github: GitHub, shelf: Shelf) -> None:
    """Raises NotFound for an issue or a pull request that is not there."""
    try:
        if shelf.number is not None:
            (github.pulls.get if shelf.pull else github.repository.issue)(shelf.number)
    except Refusal as refusal:
        raise NotFound(f"There is no {'pull request' if shelf.pull else 'issue'} #{shelf.number}.") from refusal


def address(github: GitHub, number: int | None = None) -> str:
    """Where the list is, or one issue."""
    return f"/github/{github.name}/issues" + (f"/{number}" if number else "")


def title(github: GitHub, shelf: Shelf) -> str:
    if shelf.form is not None:
        return "New issue"
    if shelf.number is None:
        return "Issues"
    if shelf.pull:
        return f"{github.pulls.get(shelf.number).title} · Pull request #{shelf.number}"
    return f"{github.repository.issue(shelf.number).title} · Issue #{shelf.number}"


def buttons(github: GitHub, shelf: Shelf, login: str) -> str:
    """What can be done to the issue or pull request; nothing on a list."""
    if shelf.pull and shelf.number is not None:
        return render.page("pull_buttons.html", pull=github.pulls.get(shelf.number), login=login)
    is_open = shelf.number is not None and github.repository.issue(shelf.number).state == "open"
    return render.page("issue_buttons.html", number=shelf.number, open=is_open, login=login)


def fragment(github: GitHub, shelf: Shelf, who: Reader, login: str) -> str:
    """The page's one live piece; moments are in the reader's zone."""
    home = {"repository": github.name, "url": address(github), "who": who}
    if shelf.form is not None:
        form = github.forms[shelf.form] if 0 <= shelf.form < len(github.forms) else None
        return render.page("new_issue.html", forms=github.forms, form=form, number=shelf.form, login=login, **home)
    if shelf.pull and shelf.number is not None:
        pull = github.pulls.get(shelf.number)
        return render.page("pull.html", pull=pull, changes=github.pulls.changes(pull), **home)
    if shelf.number is not None:
        return render.page("issue.html", issue=github.repository.issue(shelf.number), **home)
    every = list(github.repository.issues.values())
    shown = sorted((issue for issue in every if issue.state == shelf.state), key=lambda issue: -issue.number)
    return render.page("issues.html", issues=shown, state=shelf.state, counts=_counts(every), **home)


def _counts(issues: list[Issue]) -> dict[str, int]:
    return {state: sum(issue.state == state for issue in issues) for state in ("open", "closed")}
