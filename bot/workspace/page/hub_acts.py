"""What people do on GitHub's tab: file a form, comment, close, reopen and merge, as whoever they are there."""

from typing import Any

from bot.errors import NotFound, Refused
from bot.workspace.github import GitHub
from bot.workspace.github.model import Refusal

Json = dict[str, Any]


class HubActs:
    """Does it on the workspace's GitHub. What GitHub would not let them do raises Refused."""

    def __init__(self, github: GitHub) -> None:
        self._github = github

    def do(self, login: str, what: str, given: Json) -> None:
        """`what` is `hub-file`, `hub-say` or `hub-pull`; `given` is what their form holds."""
        acts = {"hub-file": self._file, "hub-say": self._say, "hub-pull": self._pull}
        if what not in acts:
            raise NotFound(f"Nobody can {what} here.")
        words = {key: value for key, value in given.items() if isinstance(value, str)}
        try:
            acts[what](login, words)
        except Refusal as refusal:
            raise Refused(str(refusal)) from refusal

    def _file(self, login: str, given: dict[str, str]) -> None:
        number, forms = given.get("form", ""), self._github.forms
        if not number.isdigit() or int(number) >= len(forms):
            raise NotFound("There is no such form.")
        self._github.visitor(login).file(forms[int(number)], given.get("title", ""), given)

    def _say(self, login: str, given: dict[str, str]) -> None:
        """Comment, and close or reopen where the button says so; a comment without words only does that."""
        visitor, number = self._github.visitor(login), given.get("number", "")
        if not number.isdigit():
            raise NotFound("There is no such issue.")
        text, then = given.get("text", "").strip(), given.get("then", "")
        if text or not then:
            visitor.comment(int(number), text)
        if then == "close":
            visitor.close(int(number))
        elif then == "reopen":
            visitor.reopen(int(number))

    def _pull(self, login: str, given: dict[str, str]) -> None:
        visitor, number = self._github.visitor(login), given.get("number", "")
        if not number.isdigit():
            raise NotFound("There is no such pull request.")
        if given.get("then") == "merge":
            visitor.merge(int(number))
        elif given.get("then") == "close":
            visitor.close_pull(int(number))
