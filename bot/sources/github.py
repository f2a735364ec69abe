"""Evidence from GitHub: what people say there about the service, and which pull requests were merged."""

from collections.abc import Sequence
from datetime import timedelta

from bot.adapters.github import GitHub
from bot.adapters.github_pulls import ENOUGH, Merged
from bot.adapters.github_reading import ENOUGH as ISSUES
from bot.adapters.github_reading import Listed
from bot.evidence.model import Kind, Piece
from bot.incident.catalogue import Service
from bot.sources.source import About, Found, Question
from bot.views.issue import MARK

NAME = "GitHub"
#: How long after the start a merge counts.
AFTER = timedelta(hours=24)
#: As much of an issue and of a pull request is kept. Characters.
_TITLE, _TEXT = 300, 2000


class GitHubSource:
    """One repository's issues and pull requests; it only reads."""

    name = NAME

    def __init__(self, github: GitHub, branch: str = "") -> None:
        """`branch` is the one whose merges are asked for; empty where its commits are read from the repository itself,
        which say the same.
        """
        self._github = github
        self._branch = branch
        issues = Question("issues about it", (Kind.PERSON,), self._issues)
        merges = Question("merged pull requests", (Kind.COMMIT,), self._merges)
        self.questions: Sequence[Question] = (issues, merges) if branch else (issues,)

    async def _issues(self, about: About) -> Found:
        """What people filed since shortly before the start, and what names the service or what it needs."""
        since = about.window.start - about.window.spans.changes
        listed = await self._github.issues_since(since)
        new = [each for each in listed if each.filed >= since and self._is_theirs(each, about)]
        pieces = [_issue(each, whose) for each in new if (whose := _concerned(f"{each.title}\n{each.body}", about))]
        return Found(pieces, f"Only {ISSUES} changed issues were looked at." if len(listed) >= ISSUES else "")

    async def _merges(self, about: About) -> Found:
        opens = about.window.opens(Kind.COMMIT)
        assert opens is not None
        merged = await self._github.merged_since(self._branch, opens)
        until = about.window.start + AFTER
        theirs = [each for each in merged if each.at <= until and each.login != self._github.login]
        pieces = [piece for each in theirs if (piece := _merge(each, about)) is not None]
        return Found(pieces, f"Only {ENOUGH} pull requests were looked at." if len(merged) >= ENOUGH else "")

    def _is_theirs(self, issue: Listed, about: About) -> bool:
        """Whether a person filed it, and not we for an incident."""
        ours = issue.login == self._github.login or MARK in issue.body
        return issue.person and not ours and issue.number != about.incident.places.issue_number


def _concerned(said: str, about: About) -> Service | None:
    """The service that a text names, where the incident's rests on it; one that nobody knows where it is named."""
    named = about.catalogue.named_in(said)
    if about.services:
        return named if named in about.services else None
    wanted = about.incident.service.strip()
    return Service(name=wanted) if wanted and wanted.casefold() in said.casefold() else None


def _issue(issue: Listed, whose: Service) -> Piece:
    return Piece(
        source=NAME,
        kind=Kind.PERSON,
        at=issue.filed,
        title=f"Issue #{issue.number}: {issue.title}"[:_TITLE],
        text=issue.body[:_TEXT],
        link=issue.url,
        service=whose.name,
        subject=f"issue/{issue.number}",
        data={"state": "open" if issue.is_open else "closed"},
    )


def _merge(merged: Merged, about: About) -> Piece | None:
    """As a commit, since that is what came of it, titled as GitHub titles one that it squashes; None where it names
    only what is no matter here.
    """
    said = f"{merged.title}\n{merged.body}"
    whose = _concerned(said, about)
    if whose is None and about.services and about.catalogue.named_in(said):
        return None
    return Piece(
        source=NAME,
        kind=Kind.COMMIT,
        at=merged.at,
        title=f"{merged.title} (#{merged.number})"[:_TITLE],
        text=merged.body[:_TEXT],
        link=merged.url,
        service=whose.name if whose else "",
        subject=merged.commit or f"pull/{merged.number}",
    )
