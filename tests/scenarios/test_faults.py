"""The outside at its worst: each fault on each call ends in the whole story, every effect once, and people told."""

from collections import Counter

import pytest

from bot.incident.model import Incident, State
from bot.workspace.faults import Kind
from tests.scenarios.story import GOOD, Story, words

#: The outside calls of a first story.
SLACK = ("conversations.create", "chat.postMessage", "conversations.invite", "pins.add", "conversations.open")
KINDS: tuple[Kind, ...] = ("429", "500", "broken", "refused", "timeout_before_write", "timeout_after_write")
#: The rest of them have their turn in the proof.
SOME = [
    kind if kind in {"429", "timeout_after_write"} else pytest.param(kind, marks=pytest.mark.proof) for kind in KINDS
]
STEP = 1.0


async def declared(story: Story) -> Incident:
    """A report that gets a room, sent while something is wrong."""
    ana = story.person("ana")
    assert (await ana.slash("/incident", "")).error == ""
    assert await ana.submit(GOOD) is None
    await story.settle()
    return await story.incident()


async def through(story: Story, seconds: int = 40) -> None:
    """Let a while pass, second by second, so that everything that waits gets its turn."""
    for _ in range(seconds):
        story.clock.advance(STEP)
        await story.settle()


async def whole(story: Story) -> None:
    """Everything that a report sets off is there, once."""
    slack, github = story.workspace.slack, story.workspace.github
    incident = await story.incident()
    assert incident.places.room is not None
    assert incident.places.issue_number == 1
    assert [channel.name for channel in slack.world.channels.values() if "inc-1" in channel.name] == ["inc-1-nextcloud"]
    assert len(github.repository.issues) == 1
    texts = Counter(text for text in story.said(incident.places.room) if "topic" not in text and "joined" not in text)
    assert [text for text, times in texts.items() if times > 1] == []
    assert sum("INC-1" in text for text in story.said("alerts")) == 1
    assert len([m for m in story.person("ana").dm if "Thank you" in m.text]) == 1
    assert slack.channel(incident.places.room).pins == [(await story.card()).ts]
    assert story.person("ana").id in slack.channel(incident.places.room).members
    assert "keep trying" not in words(await story.card())
    assert "gave up" not in words(await story.card())


@pytest.mark.parametrize("method", SLACK)
@pytest.mark.parametrize("kind", SOME)
async def test_one_bad_answer_of_slacks_leaves_everything_there_once(story: Story, method: str, kind: Kind) -> None:
    """Whether it was done before it went wrong or not: it is looked for, and done once."""
    story.workspace.faults.add("slack", method, kind, times=1, seconds=5)
    await declared(story)
    await through(story)
    await whole(story)


@pytest.mark.parametrize("kind", KINDS)
async def test_one_bad_answer_of_githubs_leaves_one_issue(story: Story, kind: Kind) -> None:
    """Filing the issue is the slowest call of all, and the one whose double everybody sees."""
    story.workspace.faults.add("github", "POST /repos/*/issues", kind, times=1, seconds=5)
    await declared(story)
    await through(story, 70)
    await whole(story)


@pytest.mark.parametrize("kind", ["429", "500", "timeout_after_write", "refused"])
async def test_editing_the_card_may_go_wrong(story: Story, kind: Kind) -> None:
    """The newest state is shown in the end, whatever became of the edits in between."""
    await declared(story)
    await through(story, 8)
    story.workspace.faults.add("slack", "chat.update", kind, times=3, seconds=5)
    answer = await story.person("ana").slash("/incident", "status monitoring", channel=await story.room())
    assert answer.error == ""
    await through(story, 60)
    assert "Monitoring" in words(await story.card())


async def test_slack_asks_to_wait_and_is_not_asked_before(story: Story) -> None:
    """`Retry-After` holds for the method, and only for it."""
    story.workspace.faults.add("slack", "conversations.create", "429", times=1, seconds=30)
    await declared(story)
    calls = story.workspace.slack.api.calls
    await through(story, 29)
    assert calls.count("conversations.create") == 0
    assert any("INC-1" in text for text in story.said("alerts"))
    await through(story, 20)
    assert calls.count("conversations.create") == 1
    await whole(story)


@pytest.mark.core
async def test_github_down_for_the_whole_incident_and_back(story: Story) -> None:
    """The incident goes on without it; the announcement says that the issue will follow; it does, closed, and once."""
    fault = story.workspace.faults.add("github", "*", "500")
    incident = await declared(story)
    await through(story, 4)
    assert "the issue will follow" in words(await story.card())
    room = incident.places.room
    assert room is not None
    for said in ("update we look at the disks", "resolve restarted the database"):
        assert (await story.person("ana").slash("/incident", said, channel=room)).error == ""
        await through(story, 5)
    assert (await story.incident()).state is State.RESOLVED
    assert story.workspace.github.repository.issues == {}
    story.workspace.faults.clear(fault)
    await story.pass_time(minutes=12)
    issue = story.workspace.github.repository.issues[1]
    assert issue.state == "closed"
    assert len([c for c in issue.comments if "disks" in c.body]) == 1
    assert "will follow" not in words(await story.card())


async def test_slack_down_while_declaring_and_back(story: Story) -> None:
    """The form closes once the report is stored; everything else follows when Slack is back."""
    ana = story.person("ana")
    await ana.slash("/incident", "")
    fault = story.workspace.faults.add("slack", "*", "refused")
    assert await ana.submit(GOOD) is None
    await story.settle()
    await story.pass_time(minutes=10)
    assert (await story.incident()).places.room is None
    story.workspace.faults.clear(fault)
    await story.pass_time(minutes=12)
    await whole(story)


@pytest.mark.parametrize("kind", ["500", "broken", "refused", "429"])
async def test_a_form_that_slack_does_not_open_is_said(story: Story, kind: Kind) -> None:
    """Whoever typed the command hears that it did not work, has the words still, and can try again."""
    story.workspace.faults.add("slack", "views.open", kind, times=1)
    ana = story.person("ana")
    answer = await ana.slash("/incident", "nextcloud is down")
    assert answer.error == ""
    assert "try again" in answer.text
    assert "nextcloud is down" in str(answer.blocks[1])
    assert str(answer.blocks[-1]).count("nextcloud is down") == 1
    assert "Report this as a new incident" in str(answer.blocks[-1])
    assert (await ana.slash("/incident", "nextcloud is down")).text == ""
    assert ana.view is not None


async def test_a_refused_github_token_says_who_has_to_mend_what(story: Story) -> None:
    """HTTP 401 is no end: the card says what is wrong, and the issue comes when it is mended."""
    github = story.workspace.github
    tokens, github.tokens = github.tokens, {}
    await declared(story)
    await through(story, 3)
    assert "Somebody has to mend the token" in words(await story.card())
    github.tokens = tokens
    await story.pass_time(minutes=6)
    await whole(story)


async def test_fifty_quick_changes_are_few_edits_and_the_last_one_shows(story: Story) -> None:
    """The card follows at its own pace, and ends where the incident is."""
    await declared(story)
    room = await story.room()
    await through(story, 10)
    calls = story.workspace.slack.api.calls
    before = calls.count("chat.update")
    states = ("investigating", "identified")
    for number in range(50):
        said = f"status {states[number % 2]} change {number}"
        assert (await story.person("ana").slash("/incident", said, channel=room)).error == ""
        if number % 10 == 0:
            story.clock.advance(0.1)
    assert calls.count("chat.update") - before <= 4
    await story.settle()
    await through(story, 4)
    assert calls.count("chat.update") - before <= 12
    assert "Cause identified" in words(await story.card())


async def test_each_method_and_channel_has_its_own_pace(story: Story) -> None:
    """With Slack's rates enforced by the second nothing is ever refused: we never go faster than allowed."""
    story.workspace.slack.api.enforce_rates = True
    for service in ("nextcloud", "immich", "mail", "vaultwarden", "grafana", "vpn"):
        ana = story.person("ana")
        await ana.slash("/incident", "")
        assert await ana.submit(GOOD | {"service": service}) is None
        await story.settle()
    await through(story, 120)
    rooms = [channel for channel in story.workspace.slack.world.channels.values() if channel.name.startswith("inc-")]
    assert len(rooms) == 6
    assert all(len(story.said(room.id)) >= 2 for room in rooms)
