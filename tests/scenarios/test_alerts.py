"""Alerts: an incident for each service, told once, joined by what else fires, and never resolved by itself."""

import asyncio

import pytest

from bot.incident.model import EventKind, Incident, State
from tests.scenarios.alertmanager import Alertmanager, ago, alert, delivery
from tests.scenarios.reading import announcements, buttons, everything, issue, parsed, seen_by
from tests.scenarios.story import Story, words

ROOM = "inc-1-nextcloud"


async def standing(story: Story) -> Incident:
    """The incident without its version, which also grows when somebody looks at its issue."""
    return (await story.incident()).model_copy(update={"version": 0})


async def count(story: Story) -> int:
    """How many incidents there are."""
    return len(await story.incidents.listed("U0VIKTOR", limit=1000))


@pytest.mark.core
async def test_a_critical_alert_opens_an_incident(story: Story) -> None:
    """With its service, severity, start and summary; announced, with room and issue, and nobody written to."""
    outside = Alertmanager(story)
    answer = await outside.fires("TargetDown", "nextcloud", "Nextcloud does not answer")
    assert answer.status == 200
    await story.follow()
    incident = await story.incident()
    assert (incident.service, incident.severity, incident.state) == ("nextcloud", "SEV2", State.TRIAGING)
    assert incident.title == "TargetDown: Nextcloud does not answer"
    assert incident.milestones.started == outside.started.popitem()[1]
    assert "until somebody looks" in incident.severity_reason
    assert len(announcements(story)) == 1
    assert "Alertmanager reported:" in words(story.workspace.slack.messages(ROOM)[1])
    assert "Nextcloud does not answer" in (issue(story).body or "")
    assert "prometheus.monitoring" not in "\n".join(everything(story))
    assert "⚠️" not in words(await story.card())
    kinds = [event.kind for event in await story.timeline()]
    assert kinds[0] is EventKind.DECLARED
    assert EventKind.ALERT_FIRED in kinds


async def test_a_repetition_changes_nothing(story: Story) -> None:
    """Said again as it was, with other figures, or after hours: one incident, the same timeline, no further word."""
    outside = Alertmanager(story)
    await outside.fires("TargetDown", "nextcloud", "down for 1m")
    await story.follow()
    await story.pass_time(minutes=1)
    before = (await standing(story), await story.timeline(), everything(story))
    for summary in ("down for 1m", "down for 6h", ""):
        await story.pass_time(minutes=2)
        assert (await outside.fires("TargetDown", "nextcloud", summary)).status == 200
    await story.follow()
    assert (await standing(story), await story.timeline(), everything(story)) == before
    assert await count(story) == 1


@pytest.mark.core
async def test_another_group_joins_the_open_incident(story: Story) -> None:
    """Also one that a person has declared: its timeline knows the alert, and nothing is posted."""
    await story.declare()
    await story.follow()
    said = everything(story)
    outside = Alertmanager(story)
    await outside.fires("TargetDown", "nextcloud", "Nextcloud does not answer")
    await outside.fires("HighErrorRate", "nextcloud")
    await story.follow()
    assert await count(story) == 1
    fired = [event for event in await story.timeline() if event.kind is EventKind.ALERT_FIRED]
    assert [event.data["alert"] for event in fired] == ["TargetDown", "HighErrorRate"]
    assert everything(story) == said


async def test_when_all_have_stopped_it_is_suggested_to_resolve(story: Story) -> None:
    """Once, in the room, with one button that opens the form; the incident itself stays as it is."""
    outside = Alertmanager(story)
    for name in ("TargetDown", "HighErrorRate"):
        await outside.fires(name, "nextcloud")
    await story.follow()
    said = story.said(ROOM)
    await outside.resolves("TargetDown", "nextcloud")
    await story.follow()
    assert story.said(ROOM) == said, "one still fires"
    await outside.resolves("HighErrorRate", "nextcloud")
    await story.follow()
    assert (await story.incident()).state is State.TRIAGING
    message = story.workspace.slack.messages(ROOM)[-1]
    assert "every alert has stopped" in message.text
    assert "HighErrorRate" in message.text
    assert buttons(message) == ["Resolve"]
    bob = story.person("bob")
    await bob.click("resolve.open", ROOM)
    await story.settle()
    assert await bob.submit({"fix": "restarted it"}) is None
    await story.follow()
    assert (await story.incident()).state is State.RESOLVED


async def test_an_alert_that_comes_and_goes_is_quiet(story: Story) -> None:
    """The room hears that it stopped and that it fires again, and then has peace for a while."""
    outside = Alertmanager(story)
    await outside.fires("TargetDown", "nextcloud")
    await story.follow()
    quiet = len(story.said(ROOM))
    for _ in range(6):
        await story.pass_time(minutes=1)
        await outside.resolves("TargetDown", "nextcloud")
        await story.pass_time(seconds=30)
        await outside.fires("TargetDown", "nextcloud")
        await story.follow()
    new = story.said(ROOM)[quiet:]
    assert len(new) == 2
    assert "every alert has stopped" in new[0]
    assert "TargetDown fires again" in new[1]
    assert await count(story) == 1


async def test_after_it_was_resolved_only_a_new_alert_opens_another(story: Story) -> None:
    """What fires on is part of what people have ended; what begins after that is not."""
    outside = Alertmanager(story)
    await outside.fires("TargetDown", "nextcloud")
    await story.pass_time(minutes=5)
    await story.person("bob").slash("/incident", "resolve 1 restarted it")
    await story.pass_time(minutes=5)
    await outside.fires("TargetDown", "nextcloud", "still")
    assert await count(story) == 1
    await outside.resolves("TargetDown", "nextcloud")
    assert (await story.timeline())[-1].kind is EventKind.ALERT_STOPPED
    await story.pass_time(minutes=5)
    await outside.fires("TargetDown", "nextcloud")
    assert await count(story) == 2
    assert (await story.incident(1)).state is State.RESOLVED


async def test_late_and_reordered_deliveries_undo_nothing(story: Story) -> None:
    """A resolution from before it fired again is overtaken, and so is a firing from before it resolved."""
    outside = Alertmanager(story)
    first, stopped, second = ago(story, minutes=30), ago(story, minutes=20), ago(story, minutes=10)
    await outside.post(delivery("g", alert("A", first, namespace="mail")))
    await outside.post(delivery("g", alert("A", second, namespace="mail")))
    await outside.post(delivery("g", alert("A", first, ended=stopped, namespace="mail")))
    await story.settle()
    assert [e.kind for e in await story.timeline()].count(EventKind.ALERT_STOPPED) == 0
    await story.person("bob").slash("/incident", "resolve 1 restarted it")
    await outside.post(delivery("g", alert("A", second, ended=story.clock.now(), namespace="mail")))
    await outside.post(delivery("g", alert("A", second, namespace="mail", pod="other")))
    await story.settle()
    assert await count(story) == 1


async def test_a_group_of_several_services_is_an_incident_for_each(story: Story) -> None:
    """Grouped by name, as most are; and what does not match opens none."""
    outside, began = Alertmanager(story), ago(story, minutes=1)
    alerts = [alert("PodCrashLooping", began, namespace=name) for name in ("nextcloud", "immich", "redis")]
    alerts.append(alert("PodCrashLooping", began, namespace="mail", severity="warning"))
    assert (await outside.post(delivery("g", *alerts))).status == 200
    await story.settle()
    found = await story.incidents.listed("U0VIKTOR", limit=10)
    assert {incident.service for incident in found} == {"nextcloud", "immich", "redis"}


async def test_labels_answer_what_severity_is_judged_by(story: Story) -> None:
    """A core service that is down is worse than a slow one; security stays private."""
    outside = Alertmanager(story)
    await outside.fires("Down", "dns")
    await outside.fires("Slow", "grafana", error_kind="slow")
    await outside.fires("Breach", "vaultwarden", security="true")
    levels = [(await story.incident(number)).severity for number in (1, 2, 3)]
    assert levels == ["SEV1", "SEV3", "SEV1"]
    assert (await story.incident(3)).private
    await story.follow()
    carla = story.person("carla")
    await carla.slash("/incident", "list")
    assert "Breach" not in seen_by(story, carla)


async def test_a_private_incident_takes_in_no_alert_that_others_would_miss(story: Story) -> None:
    """Beside somebody's private report of a service its outage gets an incident that everybody sees."""
    await story.declare(flags=["security"])
    outside = Alertmanager(story)
    answer = await outside.fires("TargetDown", "nextcloud")
    assert not (await story.incident(2)).private
    assert len(await story.incidents.listed("U0BOB", limit=10)) == 1
    assert "INC" not in str(answer.body)


async def test_a_flood_is_one_incident_and_one_message_a_service(story: Story) -> None:
    """Five hundred groups within a minute, many at once: three services, three incidents, three announcements."""
    outside, began = Alertmanager(story), ago(story, minutes=1)
    services = ("nextcloud", "immich", "mail")
    turns = asyncio.Semaphore(20)

    async def one(number: int) -> int:
        async with turns:
            service = services[number % len(services)]
            return (await outside.post(delivery(f"g{number}", alert(f"A{number}", began, namespace=service)))).status

    assert set(await asyncio.gather(*(one(number) for number in range(500)))) <= {200, 202}
    await story.follow()
    await story.follow()
    found = await story.incidents.listed("U0VIKTOR", limit=1000)
    assert sorted(incident.service for incident in found) == sorted(services)
    assert len(announcements(story)) == len(services)
    fired = [e for n in (1, 2, 3) for e in await story.timeline(n) if e.kind is EventKind.ALERT_FIRED]
    assert len(fired) == 500
    for incident in found:
        assert incident.places.room is not None
        # what looks into it says two things more: how far it is, and what it came to
        assert len(story.said(incident.places.room)) < 6 + (2 if story.looks else 0)


@pytest.mark.core
async def test_what_is_delivered_twice_at_once_is_one_incident(story: Story) -> None:
    """Two Alertmanagers say the same at the same moment, while somebody declares it by hand."""
    outside, began = Alertmanager(story), ago(story, minutes=1)
    same = delivery("g", alert("A", began, namespace="immich"))
    other = delivery("h", alert("B", began, namespace="immich"))
    answers = await asyncio.gather(*(outside.post(body) for body in (same, other, same, other, same)))
    assert {answer.status for answer in answers} <= {200, 202}
    await story.settle()
    assert await count(story) == 1


async def test_only_the_token_opens_the_door(story: Story) -> None:
    """Missing, wrong, almost right or of another kind: 401, and nothing is read."""
    body = delivery("g", alert("A", ago(story, minutes=1), namespace="mail"))
    outside = Alertmanager(story)
    for header in ("", "Bearer", "Bearer wrong", f"Bearer {outside.token}x", f"Basic {outside.token}", "Bearer \xe9"):
        assert (await outside.post(body, Authorization=header)).status == 401, header
    assert await count(story) == 0
    assert (await outside.post(body, Authorization=f"bearer {outside.token}")).status == 200


BROKEN: list[tuple[object, int, str]] = [
    (b"", 400, "not JSON"),
    (b"\xff", 400, "not JSON"),
    (b"[" * 100_000, 400, "not JSON"),
    ([], 400, "the body"),
    ({}, 400, "version"),
    ({"version": "3"}, 400, "version"),
    ({"groupKey": ""}, 400, "groupKey"),
    ({"groupKey": 7}, 400, "groupKey"),
    ({"groupKey": "\ud800"}, 400, "groupKey"),
    ({"status": "maybe"}, 400, "status"),
    ({"alerts": []}, 400, "alerts"),
    ({"alerts": [7]}, 400, "alerts[0]"),
    ({"alerts": [{"status": "firing", "labels": {"a": 1}, "startsAt": "x"}]}, 400, "alerts[0].labels.a"),
    ({"truncatedAlerts": -1}, 400, "truncatedAlerts"),
    (b'{"x": "' + b"a" * 2_000_000 + b'"}', 413, "max_alerts"),
]


async def test_a_broken_body_is_refused_by_name(story: Story) -> None:
    """Never an error of ours; the sentence names the field."""
    outside = Alertmanager(story)
    good = delivery("g", alert("A", ago(story, minutes=1), namespace="mail"))
    for body, status, named in BROKEN:
        sent = {**good, **body} if isinstance(body, dict) and body else body
        answer = await outside.post(sent)
        assert (answer.status, named in answer.body["error"]) == (status, True), (body, answer)
    for time in ("x", "2026-01-01T00:00:00", "1066-01-01T00:00:00Z", 10**30):
        broken = delivery("g", {**alert("A", ago(story, minutes=1)), "startsAt": time})
        answer = await outside.post(broken)
        assert (answer.status, "alerts[0].startsAt" in answer.body["error"]) == (400, True), answer
    assert await count(story) == 0


async def test_whatever_alerts_say_reaches_nobody_as_markup(story: Story) -> None:
    """Hostile names, marks that cannot be stored, secrets: an incident all the same, harmless to read."""
    nasty = "<!channel> \x00\u202e <https://evil.example|x> password=hunter2hunter2 " + "x" * 5000
    body = delivery("g\x00", alert(nasty, ago(story, minutes=1), summary=nasty, namespace="im\x00mich" + nasty))
    assert (await Alertmanager(story).post(body)).status == 200
    await story.follow()
    assert await count(story) == 1
    marked_up = "\n".join(parsed(story))
    assert "<!channel>" not in marked_up
    assert "<https://evil" not in marked_up
    said = "\n".join(everything(story))
    assert "hunter2" not in said
    assert "hunter2" not in str(await story.incident())
