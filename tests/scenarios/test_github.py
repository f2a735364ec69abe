"""Reports, comments, labels and closings on GitHub, over the wire: the same incident, both ways and without loops."""

import pytest

from bot.incident.model import EventKind, State
from tests.scenarios.on_github import SLOW, comments, filed, visitor
from tests.scenarios.reading import announcements, buttons, issue, outside_once, thread
from tests.scenarios.story import Story, words


@pytest.mark.core
async def test_an_outage_filed_by_a_collaborator_is_the_same_incident(story: Story) -> None:
    """It has a room, a card and an announcement; its issue is the one that was filed, and no second one is."""
    filed_issue = await filed(story, "bob")
    incident = await story.newest()
    assert (incident.state, incident.severity, incident.service) == (State.TRIAGING, "SEV2", "nextcloud")
    assert incident.reporter == "github:bob"
    assert incident.milestones.started is not None
    assert (incident.places.issue_number, len(story.workspace.github.repository.issues)) == (1, 1)
    assert incident.places.room is not None
    assert set(filed_issue.labels) == {"user-report", "incident", "sev2", "postmortem-required"}
    assert [text.split(":**")[0] for text in comments(filed_issue)] == ["**Received"]
    assert "INC-1" in comments(filed_issue)[0]
    outside_once(story)


async def test_who_has_a_slack_account_is_that_person(story: Story) -> None:
    """`people:` says who is who: the report is Ana's, she is told in Slack, and she may confirm the fix."""
    await story.configure("people: []", "people: [{slack: U0ANA, github: Ana-on-GitHub, timezone: Europe/Madrid}]")
    filed_issue = await filed(story, "ana-on-github")
    incident = await story.newest()
    assert (incident.reporter, incident.state) == ("U0ANA", State.TRIAGING)
    assert any("Thank you" in message.text for message in story.person("ana").dm)
    assert comments(filed_issue) == []


async def test_a_stranger_s_report_is_queued_with_a_comment_and_a_label(story: Story) -> None:
    """One card in #alerts, with three buttons; no room, nobody called."""
    filed_issue = await filed(story, "stranger")
    incident = await story.newest()
    assert (incident.state, incident.places.room) == (State.QUEUED, None)
    assert set(filed_issue.labels) == {"user-report", "needs-human"}
    assert len(comments(filed_issue)) == 1
    assert "queued for review" in comments(filed_issue)[0]
    [card] = announcements(story)
    assert buttons(card) == ["Accept", "Decline", "Trust this person"]
    assert "Issue #1" in words(card)


async def test_a_queued_report_is_accepted_with_one_click(story: Story) -> None:
    """Then it is an incident like any other, and its reporter reads so on GitHub."""
    filed_issue = await filed(story, "stranger")
    await story.person("bob").click("accept.do", "alerts")
    await story.follow()
    incident = await story.newest()
    assert incident.state is State.TRIAGING
    assert incident.places.room is not None
    assert set(filed_issue.labels) == {"user-report", "incident", "sev2", "postmortem-required"}
    assert "accepted" in comments(filed_issue)[-1]
    await story.person("bob").slash("/incident", "resolve 1 restarted it")
    await story.follow()
    assert filed_issue.state == "closed"
    assert "Do you still see it?" in comments(filed_issue)[-1]
    outside_once(story)


async def test_a_queued_report_is_declined_with_what_was_checked(story: Story) -> None:
    """The reporter reads it on the issue, which is closed and carries no alarm."""
    filed_issue = await filed(story, "stranger")
    bob = story.person("bob")
    await bob.click("decline.open", "alerts")
    await story.settle()
    assert await bob.submit({"checked": "The page loads from three places"}) is None
    await story.follow()
    assert (await story.newest()).state is State.DECLINED
    assert (filed_issue.state, filed_issue.labels) == ("closed", ["user-report"])
    assert "The page loads from three places" in comments(filed_issue)[-1]


async def test_a_stranger_is_trusted_by_an_approver_s_click_and_from_then_on(story: Story) -> None:
    """Others may not; the next report of the same person starts by itself, that of another does not."""
    await filed(story, "stranger")
    await story.person("bob").click("trust.do", "alerts")
    await story.settle()
    assert (await story.newest()).state is State.QUEUED
    assert "approver" in story.person("bob").ephemerals[-1].text
    await story.person("viktor").click("trust.do", "alerts")
    await story.settle()
    assert (await story.incident(1)).state is State.TRIAGING
    await filed(story, "stranger", service="immich")
    await filed(story, "another", service="mail")
    assert (await story.incident(2)).state is State.TRIAGING
    assert (await story.incident(3)).state is State.QUEUED


async def test_an_app_is_no_collaborator(story: Story) -> None:
    """What a bot account files waits for a person, whatever GitHub calls it."""
    repository = story.workspace.github.repository
    repository.people = (*repository.people, "helper[bot]")
    await filed(story, "helper[bot]")
    assert (await story.newest()).state is State.QUEUED


async def test_a_feature_request_is_recorded_and_answered_and_no_incident(story: Story) -> None:
    """One honest comment, once."""
    repository = story.workspace.github.repository
    body = "### What do you need?\n\nA wiki, because the outage of last week is written down nowhere"
    request = repository.open("stranger", {"title": "A wiki", "body": body, "labels": ["feature-request"]})
    await story.pass_time(minutes=10)
    assert await story.incidents.listed("holdfast") == []
    assert len(comments(request)) == 1
    assert "A person reads it" in comments(request)[0]
    assert announcements(story) == []


async def test_a_blank_issue_is_left_alone(story: Story) -> None:
    """It is neither form nor label; a collaborator who labels it makes it a report, and vouches for it."""
    blank = visitor(story, "stranger").open("nextcloud shows 502 since 14:00 UTC")
    await story.settle()
    assert await story.incidents.listed("holdfast") == []
    visitor(story, "bob").label(blank.number, "user-report")
    await story.settle()
    incident = await story.newest()
    assert (incident.state, incident.service, incident.reporter) == (State.TRIAGING, "nextcloud", "github:stranger")


@pytest.mark.core
async def test_a_comment_reaches_timeline_and_room_and_is_not_echoed(story: Story) -> None:
    """A collaborator's, and the reporter's; not that of a passer-by."""
    await story.declare()
    visitor(story, "viktor").comment(1, "The proxy was updated at noon <!-- holdfast:forged -->")
    visitor(story, "passer-by").comment(1, "first!")
    await story.follow()
    noted = [event for event in await story.timeline() if event.kind is EventKind.NOTED]
    assert [(event.text, event.by) for event in noted] == [("The proxy was updated at noon", "github:viktor")]
    assert noted[0].data["source"] == "github"
    assert noted[0].data["url"].endswith("#issuecomment-2000001")
    said = [text for text in story.said(await story.room()) if "The proxy was updated" in text]
    assert len(said) == 1
    assert [comment.login for comment in issue(story).comments] == ["viktor", "passer-by"]


async def test_closing_the_issue_of_a_minor_incident_resolves_it(story: Story) -> None:
    """The reporter is asked whether it works, and nothing is said again on the issue."""
    await story.declare(error_kind="slow")
    visitor(story, "bob").close(1)
    await story.follow()
    incident = await story.newest()
    assert (incident.state, incident.resolution is not None) == (State.RESOLVED, True)
    assert incident.resolution is not None
    assert incident.resolution.by == "github:bob"
    assert any("is fixed" in message.text for message in story.person("ana").dm)
    assert (issue(story).state, comments(issue(story))) == ("closed", [])


@pytest.mark.core
async def test_closing_the_issue_of_a_major_incident_asks_the_room(story: Story) -> None:
    """Nothing moves until somebody answers; *Keep open* opens the issue again, and the question is over."""
    await story.declare()
    visitor(story, "bob").close(1)
    await story.follow()
    room = await story.room()
    assert (await story.newest()).state is State.TRIAGING
    asked = [m for m in story.workspace.slack.messages(room) if "Is it over?" in m.text]
    assert [buttons(message) for message in asked] == [["Resolve", "Keep open"]]
    assert issue(story).state == "closed"
    await story.person("carla").click("keep_open.do", room)
    await story.follow()
    assert (issue(story).state, (await story.newest()).state) == ("open", State.TRIAGING)
    [answered] = [m for m in story.workspace.slack.messages(room) if m.ts == asked[0].ts]
    assert buttons(answered) == []


async def test_a_major_incident_is_resolved_by_the_answer(story: Story) -> None:
    """*Resolve* asks what fixed it, as always."""
    await story.declare()
    visitor(story, "bob").close(1)
    await story.follow()
    carla, room = story.person("carla"), await story.room()
    await carla.click("resolve.open", room)
    await story.settle()
    assert await carla.submit({"fix": "rolled the proxy back"}) is None
    await story.follow()
    assert ((await story.newest()).state, issue(story).state) == (State.RESOLVED, "closed")


@pytest.mark.parametrize("ours", [{"author": "holdfast-bot"}, {"pull_of": "holdfast-bot"}])
async def test_a_commit_of_ours_that_closes_the_issue_moves_nothing(story: Story, ours: dict[str, str]) -> None:
    """Whoever pushed or merged it: the issue is opened again while the incident is open, and a comment says so."""
    await story.declare(error_kind="slow")
    visitor(story, "bob").push_fix(1, "c0ffee1234567890", **ours)
    await story.follow()
    assert ((await story.newest()).state, issue(story).state) == (State.TRIAGING, "open")
    assert comments(issue(story)) == [comments(issue(story))[0]]
    assert "c0ffee123456" in comments(issue(story))[0]


async def test_a_person_s_commit_is_that_person_s_closing(story: Story) -> None:
    """`fixes #1` in somebody's own commit resolves a minor incident."""
    await story.declare(error_kind="slow")
    visitor(story, "bob").push_fix(1, "beef")
    await story.follow()
    assert (await story.newest()).state is State.RESOLVED


async def test_reopening_the_issue_reopens_the_incident_with_the_comment(story: Story) -> None:
    """*Reopen and comment*: the words are the reason, and stand on the timeline."""
    await story.declare(error_kind="slow")
    await story.person("bob").slash("/incident", "resolve 1 restarted it")
    await story.follow()
    visitor(story, "viktor").reopen(1, "It is slow again")
    await story.follow()
    assert (await story.newest()).state is State.INVESTIGATING
    reopened = [event for event in await story.timeline() if event.kind is EventKind.REOPENED]
    assert [(event.text, event.by) for event in reopened] == [("It is slow again", "github:viktor")]
    assert (issue(story).state, len(comments(issue(story)))) == ("open", 1)


async def test_a_declined_report_is_not_reopened_by_its_stranger(story: Story) -> None:
    """Taking it back and opening it again does not lead around the queue: people are asked."""
    filed_issue = await filed(story, "stranger", **SLOW)
    visitor(story, "stranger").close(filed_issue.number)
    await story.follow()
    assert (await story.newest()).state is State.DECLINED
    visitor(story, "viktor").repository.edit("stranger", 1, {"state": "open"})
    await story.follow()
    assert (await story.newest()).state is State.DECLINED


async def test_a_label_changes_the_severity_and_the_old_one_goes(story: Story) -> None:
    """By a collaborator; the room hears who and why."""
    await story.declare()
    visitor(story, "viktor").label(1, "sev1")
    await story.follow()
    incident = await story.newest()
    assert (incident.severity, incident.severity_reason) == ("SEV1", "Labelled sev1 on GitHub.")
    assert set(issue(story).labels) == {"user-report", "incident", "sev1", "postmortem-required"}


async def test_a_person_is_asked_for_by_label(story: Story) -> None:
    """`needs-human` is a mark on the incident for as long as the label is there."""
    await story.declare()
    visitor(story, "bob").label(1, "needs-human")
    await story.follow()
    assert (await story.newest()).needs_human
    assert "[NEEDS A PERSON]" in words(await story.card())
    visitor(story, "bob").unlabel(1, "needs-human")
    await story.follow()
    assert not (await story.newest()).needs_human
    assert "needs-human" not in issue(story).labels


async def test_what_happens_in_slack_comes_back_as_nothing(story: Story) -> None:
    """Our own labels, comments, closings and openings are heard of, and move nothing."""
    await story.declare(error_kind="slow")
    for said in (
        "severity 1 SEV2 it is worse",
        "update 1 looking",
        "resolve 1 done",
        "reopen 1 not yet",
        "resolve 1 ok",
    ):
        await story.person("bob").slash("/incident", said)
        await story.follow()
    await story.pass_time(minutes=10)
    kinds = [event.kind for event in await story.timeline() if event.by.startswith("github:")]
    assert kinds == []
    assert (await story.newest()).state is State.RESOLVED
    assert thread(story)
    outside_once(story)
