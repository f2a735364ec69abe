"""People on GitHub's pages: each may do what GitHub lets them do, by what they are to the repository."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import Refused
from bot.workspace.github.forms import Form
from bot.workspace.github.model import Comment, Commit, Issue
from bot.workspace.github.pulls import Pull, Pulls
from bot.workspace.github.repository import Repository


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in as `login`. What GitHub would not let them do raises Refused."""

    repository: Repository
    pulls: Pulls
    login: str

    @property
    def may_triage(self) -> bool:
        """Whether they are a collaborator; others may only open, comment, and close what is their own."""
        return self.login in self.repository.people

    def open(self, title: str, body: str = "", labels: tuple[str, ...] = ()) -> Issue:
        """A blank issue. GitHub leaves out the labels of somebody who may not set any."""
        given = {"title": title, "body": body, "labels": list(labels) if self.may_triage else []}
        return self.repository.open(self.login, given)

    def file(self, form: Form, title: str, answers: Mapping[str, str]) -> Issue:
        """An issue by a form: its labels are the form's, whoever files it."""
        body = form.body(answers)
        return self.repository.open(self.login, {"title": title, "body": body, "labels": list(form.labels)})

    def comment(self, number: int, text: str) -> Comment:
        return self.repository.comment(self.login, number, text)

    def close(self, number: int, reason: str = "completed") -> None:
        """Authors may close their own."""
        if not self.may_triage and self.repository.issue(number).login != self.login:
            raise Refused("You may not close this issue.")
        self.repository.edit(self.login, number, {"state": "closed", "state_reason": reason})

    def reopen(self, number: int, words: str = "") -> None:
        """Authors may reopen what they closed themselves. With words it is *Reopen and comment*."""
        issue = self.repository.issue(number)
        if not self.may_triage and (issue.login, issue.closed_by) != (self.login, self.login):
            raise Refused("You may not reopen this issue.")
        if words:
            self.comment(number, words)
        self.repository.edit(self.login, number, {"state": "open"})

    def label(self, number: int, *names: str) -> None:
        self._triages()
        self.repository.add_labels(number, list(names), login=self.login)

    def unlabel(self, number: int, name: str) -> None:
        self._triages()
        self.repository.remove_label(number, name, login=self.login)

    def push_fix(self, number: int, sha: str, *, author: str = "", pull_of: str = "") -> None:
        """Push (or merge) a commit that says `fixes #number`: it closes the issue as this person's act."""
        self._triages()
        pulls = (pull_of,) if pull_of else ()
        self.repository.commits[sha] = Commit(sha, author or self.login, pulls)
        self.repository.edit(self.login, number, {"state": "closed", "state_reason": "completed"}, commit=sha)

    def merge(self, number: int) -> Pull:
        """Merge a pull request. Raises GitHub's refusal where it cannot be merged."""
        self._triages()
        return self.pulls.merge(self.login, number)

    def close_pull(self, number: int) -> Pull:
        """Close a pull request without merging it; authors may close their own."""
        if not self.may_triage and self.pulls.get(number).login != self.login:
            raise Refused("You may not close this pull request.")
        return self.pulls.close(number)

    def _triages(self) -> None:
        if not self.may_triage:
            raise Refused("Only collaborators may do this.")
