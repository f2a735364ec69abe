"""What GitHub answers, in our errors; PyGithub below us asks once and never again."""

import asyncio

import pytest

from bot.adapters.github import GitHub, Issue
from bot.errors import Permanent, Temporary, Unsure
from tests.clock import START
from tests.wire import Answer, Wire

pytestmark = pytest.mark.sockets

ISSUES = "/repos/example/infra/issues"
MADE = {"number": 7, "html_url": "https://github.example.com/7", "body": "<!-- holdfast:1 -->", "labels": []}


async def _file(github: GitHub) -> Issue:
    return await github.create_issue("[INCIDENT] it", "<!-- holdfast:1 -->", ["incident"])


async def test_an_issue_is_filed_by_one_request(github: GitHub, line: Wire) -> None:
    """Nothing is read first."""
    line.will(ISSUES, Answer(MADE, status=201))
    assert await _file(github) == Issue(number=7, url="https://github.example.com/7")
    assert line.seen == [f"POST {ISSUES}"]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer({"message": "Server Error"}, status=500), id="500"),
        pytest.param(Answer(text="<html>Bad gateway</html>", status=502), id="502 without JSON"),
        pytest.param(Answer(text="", status=503), id="503 and empty"),
        pytest.param(Answer({"message": "upstream"}, status=504), id="504"),
        pytest.param(Answer(hangs=True), id="no answer in time"),
        pytest.param(Answer(cut=True), id="cut off in the middle"),
    ],
)
async def test_a_lost_answer_is_unsure_and_asked_once(github: GitHub, line: Wire, answer: Answer) -> None:
    """It may have happened."""
    line.will(ISSUES, answer)
    with pytest.raises(Unsure):
        await _file(github)
    assert line.seen == [f"POST {ISSUES}"]


async def test_nobody_there_is_temporary() -> None:
    """A refused connection did nothing."""
    github = GitHub("ghp_test", "example/infra", "http://127.0.0.1:1", timeout=1)
    with pytest.raises(Temporary, match="cannot be reached") as error:
        await _file(github)
    assert not isinstance(error.value, Unsure)
    await github.close()


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        (Answer({"message": "slow"}, status=429, headers={"Retry-After": "9"}), 9.0),
        (Answer({"message": "slow"}, status=403, headers={"Retry-After": "11"}), 11.0),
        (Answer({"message": "API rate limit exceeded for user"}, status=403), 60.0),
        (Answer({"message": "You have exceeded a secondary rate limit"}, status=403), 60.0),
        (Answer(text="slow down", status=429), 60.0),
    ],
)
async def test_slower_is_temporary(github: GitHub, line: Wire, answer: Answer, after: float) -> None:
    """With how long; nothing was done, and nothing below us waits or tries again."""
    line.will(ISSUES, answer)
    with pytest.raises(Temporary, match="go slower") as told:
        await _file(github)
    assert not isinstance(told.value, Unsure)
    assert told.value.after == after
    assert len(line.seen) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_what_somebody_can_mend_is_temporary(github: GitHub, line: Wire, status: int) -> None:
    """A token or a name is wrong: tried again late, with a sentence about what to mend."""
    line.will(ISSUES, Answer({"message": "no"}, status=status))
    with pytest.raises(Temporary, match="mend the token") as told:
        await _file(github)
    assert not isinstance(told.value, Unsure)
    assert told.value.after >= 60
    assert len(line.seen) == 1


@pytest.mark.parametrize("status", [410, 422])
async def test_what_will_never_work_is_permanent(github: GitHub, line: Wire, status: int) -> None:
    """With GitHub's word for it."""
    line.will(ISSUES, Answer({"message": "Issues are disabled for this repo"}, status=status))
    with pytest.raises(Permanent, match="Issues are disabled"):
        await _file(github)
    assert len(line.seen) == 1


async def test_an_issue_is_found_by_its_marker(github: GitHub, line: Wire) -> None:
    """By listing; another issue of that time is not it, nor is one that somebody else copied the marker into."""
    line.will("/user", Answer({"login": "holdfast-bot"}))
    mine, forged = MADE | {"user": {"login": "holdfast-bot"}}, MADE | {"number": 8, "user": {"login": "eve"}}
    line.will(ISSUES, Answer([forged, mine | {"number": 6, "body": None}, mine]))
    found = await github.find_issue("holdfast:1", since=START)
    assert found is not None
    assert found.number == 7
    assert await github.find_issue("holdfast:2", since=START) is None


async def test_a_comment_is_found_by_its_marker(github: GitHub, line: Wire) -> None:
    """So that a lost answer does not make two; one that somebody else copied it into does not count."""
    line.will("/user", Answer({"login": "holdfast-bot"}))
    line.will(f"{ISSUES}/7", Answer(MADE | {"url": f"{line.url}{ISSUES}/7"}))
    words = ("hello", "x <!-- holdfast:1 -->", "<!-- holdfast:2 -->")
    said = [{"id": number, "body": body} for number, body in enumerate(words)]
    authors = [{"user": {"login": login}} for login in ("eve", "holdfast-bot", "eve")]
    line.will(f"{ISSUES}/7/comments", Answer([text | by for text, by in zip(said, authors, strict=True)]))
    assert await github.has_comment(7, "holdfast:1", since=START)
    assert not await github.has_comment(7, "holdfast:2", since=START)
    assert await github.find_comment(7, "holdfast:1", since=START) == 1


COMMENT = f"{ISSUES}/comments/5"


async def test_a_comment_is_edited_and_deleted(github: GitHub, line: Wire) -> None:
    """By its id, with one request each."""
    line.will(f"{ISSUES}/7/comments", Answer({"id": 5, "body": "x"}, status=201))
    line.will(COMMENT, Answer({"id": 5, "body": "y"}))
    assert await github.comment(7, "x") == 5
    assert await github.edit_comment(7, 5, "y")
    line.will(COMMENT, Answer(text="", status=204))
    assert await github.delete_comment(7, 5)
    assert [seen.partition(" ")[0] for seen in line.seen] == ["POST", "PATCH", "DELETE"]


async def test_a_comment_that_is_gone(github: GitHub, line: Wire) -> None:
    """Somebody deleted it on GitHub; that is no error, as long as the repository itself can be seen."""
    line.will(COMMENT, Answer({"message": "Not Found"}, status=404))
    line.will("/repos/example/infra", Answer({"id": 1, "full_name": "example/infra"}))
    assert not await github.edit_comment(7, 5, "y")
    assert not await github.delete_comment(7, 5)
    line.will("/repos/example/infra", Answer({"message": "Not Found"}, status=404))
    with pytest.raises(Temporary, match="mend the token"):
        await github.delete_comment(7, 5)


async def test_other_calls_go_on_while_one_hangs(github: GitHub, line: Wire) -> None:
    """A pool of threads, not one: a slow call delays nobody but itself, and the loop never."""
    line.will(ISSUES, Answer(hangs=True), Answer(MADE, status=201))
    slow = asyncio.create_task(_file(github))
    while not line.seen:
        await asyncio.wait({slow}, timeout=0.01)
    assert (await _file(github)).number == 7
    assert not slow.done()
    with pytest.raises(Unsure):
        await slow


async def test_a_token_that_may_not_read_commits_still_hears_of_issues(github: GitHub, line: Wire) -> None:
    """A token for issues alone: whose commit closed it cannot be told, and so it was a person's."""
    ana = {"login": "ana", "id": 1, "type": "User"}
    closed = {"id": 11, "event": "closed", "actor": ana, "commit_id": "c0ffee", "created_at": START.isoformat()}
    issue = {"number": 7, "state": "closed", "labels": [], "user": ana, "author_association": "MEMBER", "events": 1}
    line.will("/user", Answer({"login": "holdfast", "id": 2}))
    line.will(f"{ISSUES}/7", Answer(issue | {"url": f"{line.url}{ISSUES}/7"}))
    line.will(f"{ISSUES}/7/events", Answer([closed]))
    line.will(
        "/repos/example/infra/commits/c0ffee", Answer({"message": "Resource not accessible by token"}, status=403)
    )
    (done,) = (await github.history(7, 0)).done
    assert (done.kind, done.login, done.our_commit) == ("closed", "ana", "")
