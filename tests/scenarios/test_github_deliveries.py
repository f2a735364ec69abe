"""Webhooks as they really come: twice, in another order, late, forged, or not at all; and GitHub in trouble."""

import hashlib
import hmac
import json
from io import BytesIO

import aiohttp
import pytest

from bot.incident.model import EventKind, State
from bot.workspace.faults import Kind
from tests.scenarios.on_github import ANSWERS, SLOW, comments, delivered, filed, outage_body, visitor
from tests.scenarios.reading import issue, outside_once, parsed
from tests.scenarios.story import Story


async def posted(story: Story, body: bytes, secret: str = "", **headers: str) -> int:
    """Send something to the webhook's address as anybody could; the status that comes back."""
    hooks = story.workspace.github.hooks
    signature = hmac.new((secret or hooks.secret).encode(), body, hashlib.sha256).hexdigest()
    given = {"X-GitHub-Event": "issues", "X-GitHub-Delivery": "1", "X-Hub-Signature-256": f"sha256={signature}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(hooks.url, data=BytesIO(body), headers=given | headers) as said,
    ):
        status = said.status
    await story.settle()
    return status


@pytest.mark.core
async def test_every_delivery_twice_is_everything_once(story: Story) -> None:
    """A report, a comment and a closing, each delivered again, also after a restart."""
    await filed(story, "bob", **SLOW)
    visitor(story, "viktor").comment(1, "Looking at it")
    visitor(story, "viktor").close(1)
    await story.follow()
    before = len(await story.timeline())
    every = list(story.workspace.github.hooks.deliveries)
    await delivered(story, *every)
    await story.restart()
    assert set(await delivered(story, *reversed(every))) == {202}
    await story.follow()
    assert len(await story.incidents.listed("holdfast")) == 1
    assert len(await story.timeline()) == before
    assert (await story.newest()).state is State.RESOLVED
    outside_once(story)


async def test_the_other_way_round_comes_to_the_same(story: Story) -> None:
    """Comment, closing and reopening before the report itself: what stands on GitHub decides."""
    hooks = story.workspace.github.hooks
    hooks.held = True
    repository = story.workspace.github.repository
    given = {"title": "Nextcloud is slow", "body": outage_body(**SLOW), "labels": ["user-report"]}
    repository.open("bob", given)
    visitor(story, "viktor").comment(1, "I see it too")
    for step in (visitor(story, "viktor").close, visitor(story, "viktor").reopen, visitor(story, "viktor").close):
        story.clock.advance(1)
        step(1)
    story.clock.advance(1)
    await delivered(story, *reversed(hooks.release()))
    await story.follow()
    incident = await story.newest()
    assert (incident.state, incident.reporter) == (State.RESOLVED, "github:bob")
    assert [event.text for event in await story.timeline() if event.kind is EventKind.NOTED] == ["I see it too"]
    assert len(await story.incidents.listed("holdfast")) == 1


async def test_a_closing_that_was_taken_back_moves_nothing(story: Story) -> None:
    """Late: by the time we hear of it, the issue is open again."""
    await story.declare(error_kind="slow")
    hooks = story.workspace.github.hooks
    hooks.held = True
    visitor(story, "bob").close(1)
    visitor(story, "bob").reopen(1)
    [closed, _] = hooks.release()
    await delivered(story, closed)
    await story.follow()
    assert (await story.newest()).state is State.TRIAGING


async def test_an_hour_late_is_as_good_as_at_once_and_never_overtakes(story: Story) -> None:
    """A closing heard of after it was resolved, reopened and worked on again in Slack does nothing."""
    await story.declare(error_kind="slow")
    hooks = story.workspace.github.hooks
    hooks.held = True
    visitor(story, "viktor").close(1)
    late = hooks.release()
    bob = story.person("bob")
    await bob.slash("/incident", "resolve 1 restarted it")
    await story.follow()
    await bob.slash("/incident", "reopen 1 it is back")
    await story.follow()
    await story.pass_time(minutes=3)
    await delivered(story, *late)
    await story.follow()
    assert (await story.newest()).state is State.INVESTIGATING
    assert issue(story).state == "open"


async def test_a_forged_delivery_is_refused(story: Story) -> None:
    """Another secret, no signature, a changed body: 401, and nothing happens."""
    await story.declare(error_kind="slow")
    visitor(story, "passer-by").comment(1, "hello")
    await story.settle()
    [real] = [
        each for each in story.workspace.github.hooks.deliveries if each.payload["sender"]["login"] == "passer-by"
    ]
    forged = real.payload | {"action": "closed", "sender": {"login": "viktor", "type": "User"}}
    body = json.dumps(forged).encode()
    assert await posted(story, body, secret="guessed") == 401
    assert await posted(story, body, **{"X-Hub-Signature-256": ""}) == 401
    assert await posted(story, body, **{"X-Hub-Signature-256": "sha256=é"}) == 401
    assert await story.workspace.github.hooks.deliver(real, secret="guessed") == 401
    assert (await story.newest()).state is State.TRIAGING


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"[" * 100_000, 400),
        (b"\xff\xfe", 400),
        (b'{"action": "opened"}', 400),
        (b'{"action": "opened", "issue": {"number": -1}}', 400),
        (b"x" * 2_000_000, 413),
    ],
)
async def test_what_is_no_webhook_is_refused(story: Story, body: bytes, status: int) -> None:
    """Whoever knows the secret can still send nonsense."""
    assert await posted(story, body) == status
    assert await story.incidents.listed("holdfast") == []


async def test_another_repository_and_other_events_are_heard_without_effect(story: Story) -> None:
    """A ping is answered; what happens elsewhere is none of our business."""
    story.workspace.github.hooks.held = True
    repository = story.workspace.github.repository
    repository.open("bob", {"title": "x", "body": outage_body(), "labels": ["user-report"]})
    [opened, _] = story.workspace.github.hooks.release()
    elsewhere = opened.payload | {"repository": {"full_name": "example/other"}}
    assert await posted(story, json.dumps(elsewhere).encode()) == 202
    assert await posted(story, b'{"zen": "Keep it simple"}', **{"X-GitHub-Event": "ping"}) == 202
    assert await posted(story, opened.body, **{"X-GitHub-Event": "push"}) == 400
    push = {"ref": "refs/heads/master", "after": "a" * 40, "repository": {"full_name": "example/other"}}
    for elsewhere in (push, push | {"ref": "refs/heads/wip", "repository": {"full_name": "example/infra"}}):
        assert await posted(story, json.dumps(elsewhere).encode(), **{"X-GitHub-Event": "push"}) == 202
    assert story.bot._repository_watch.begun == 0
    assert await story.incidents.listed("holdfast") == []


async def test_without_a_secret_there_is_no_route(story: Story) -> None:
    """Nobody could prove to be GitHub."""
    story.workspace.github.hooks.secret = ""
    await story.restart()
    async with aiohttp.ClientSession() as session, session.post(story.workspace.github.hooks.url) as said:
        assert said.status == 404


@pytest.mark.core
async def test_without_webhooks_everything_is_heard_within_a_minute(story: Story) -> None:
    """Reports, comments, closings and labels by polling: the same story, each once."""
    story.workspace.github.hooks.url = ""
    await story.pass_time(minutes=1)
    await filed(story, "bob", **SLOW)
    visitor(story, "viktor").comment(1, "Looking at it")
    assert await story.incidents.listed("holdfast") == []
    await story.pass_time(minutes=1)
    assert (await story.newest()).state is State.TRIAGING
    visitor(story, "viktor").label(1, "needs-human")
    await story.pass_time(minutes=2)
    assert (await story.newest()).needs_human
    visitor(story, "viktor").close(1)
    await story.pass_time(minutes=2)
    assert (await story.newest()).state is State.RESOLVED
    await story.pass_time(minutes=5)
    noted = [event.text for event in await story.timeline() if event.data.get("what") == "comment"]
    assert noted == ["Looking at it"]
    outside_once(story)


async def test_a_webhook_and_a_look_at_the_same_thing_are_one(story: Story) -> None:
    """Webhooks that stop and come again: what was heard one way is not taken the other way once more."""
    await filed(story, "bob")
    visitor(story, "viktor").comment(1, "Looking at it")
    await story.settle()
    url, story.workspace.github.hooks.url = story.workspace.github.hooks.url, ""
    visitor(story, "viktor").comment(1, "Found it")
    await story.pass_time(minutes=7)
    story.workspace.github.hooks.url = url
    await delivered(story, *story.workspace.github.hooks.deliveries)
    noted = [event.text for event in await story.timeline() if event.data.get("what") == "comment"]
    assert noted == ["Looking at it", "Found it"]
    assert len(await story.incidents.listed("holdfast")) == 1


async def test_a_report_from_before_our_time_is_no_incident(story: Story) -> None:
    """Somebody writes on an old report that was never ours: it stays what it was."""
    hooks = story.workspace.github.hooks
    url, hooks.url = hooks.url, ""
    old = {"title": "x", "body": outage_body(), "labels": ["user-report"]}
    story.workspace.github.repository.open("bob", old).created = "2024-01-01T00:00:00Z"
    hooks.url = url
    visitor(story, "viktor").comment(1, "Was this ever solved?")
    await story.pass_time(minutes=8)
    assert await story.incidents.listed("holdfast") == []


@pytest.mark.parametrize("kind", ["429", "500", "timeout_after_write", "timeout_before_write", "refused"])
async def test_github_in_trouble_while_answering_leaves_one_comment(story: Story, kind: Kind) -> None:
    """Secondary rate limits are waited out; after a lost answer the comment is looked for first."""
    story.workspace.faults.add("github", "POST /repos/*/comments", kind, times=1, seconds=5)
    report = await filed(story, "stranger")
    await story.pass_time(minutes=2)
    assert len(comments(report)) == 1
    assert set(report.labels) == {"user-report", "needs-human"}
    outside_once(story)


@pytest.mark.parametrize("kind", ["429", "500", "refused"])
async def test_github_in_trouble_while_we_look_is_asked_again(story: Story, kind: Kind) -> None:
    """The closing is not forgotten: who closed it is read as soon as GitHub answers."""
    await story.declare(error_kind="slow")
    story.workspace.faults.add("github", "GET /repos/*/events", kind, times=2, seconds=3)
    visitor(story, "bob").close(1)
    await story.pass_time(minutes=3)
    assert (await story.newest()).state is State.RESOLVED


async def test_a_person_and_the_bot_labelling_at_once_lose_nothing(story: Story) -> None:
    """Between our decision and our writing somebody labels: theirs stay, ours come, nobody's are taken."""
    await story.declare()
    slow = story.workspace.faults.add("github", "*/labels*", "slow", seconds=0.2)
    await story.person("bob").slash("/incident", "severity 1 SEV3 only uploads")
    visitor(story, "viktor").label(1, "storage", "needs-human")
    await story.settle()
    visitor(story, "viktor").label(1, "customer")
    visitor(story, "viktor").unlabel(1, "incident")
    await story.follow()
    story.workspace.faults.clear(slow)
    await story.person("bob").slash("/incident", "update 1 still looking")
    await story.follow()
    assert set(issue(story).labels) == {"user-report", "sev3", "storage", "needs-human", "customer"}
    assert (await story.newest()).needs_human


async def test_hostile_words_stay_words(story: Story) -> None:
    """Mass mentions, markup, forged markers and headings, and a body of the largest size GitHub takes."""
    evil = "<!-- holdfast:11111111-1111-1111-1111-111111111111 -->\n<script>alert(1)</script> <!channel> @everyone "
    evil += "@example/all " * 50 + "\n### What kind of error?\n\nData missing or incorrect\n\n" + "x" * 50_000
    report = await filed(story, "stranger", description=evil)
    visitor(story, "stranger").comment(1, "<!here> <@U0VIKTOR> " + "y" * 60_000)
    await story.follow()
    incident = await story.newest()
    assert (incident.state, incident.report.error_kind) == (State.QUEUED, "bad_gateway")
    assert len(incident.report.what) <= 8_000
    written = [text for text in parsed(story) if "<!channel>" in text or "<!here>" in text or "<@U0VIKTOR>" in text]
    assert written == []
    assert all("@everyone" not in text and "@example/all" not in text for text in comments(report))
    assert "11111111" not in incident.report.what


async def test_a_report_with_our_marker_in_it_is_a_report_all_the_same(story: Story) -> None:
    """Everybody can read a marker, and copy it: only our own login makes an issue ours."""
    await story.declare()
    copied = issue(story).body or ""
    marker = copied[copied.index("<!--") :]
    await filed(story, "bob", description=f"{ANSWERS['description']}\n{marker}", service="immich")
    assert (await story.incident(2)).service == "immich"
    assert len(story.workspace.github.repository.issues) == 2
