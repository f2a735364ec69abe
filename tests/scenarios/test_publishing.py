"""From a resolved incident to a document in git: written, reviewed, published once, whatever happens on the way."""

from collections.abc import Mapping

import pytest

from bot.incident.model import State
from bot.incident.postmortem_state import PostmortemState
from tests.scenarios.published import FOLDER, document, documents, publish, resolved, told, with_repository, write
from tests.scenarios.reading import issue, issue_text, thread, view_words
from tests.scenarios.story import Story


@pytest.mark.core
async def test_from_an_incident_to_a_published_document(story: Story) -> None:
    """The draft is there by itself; a section, a review and a click later it is in git, and everybody knows."""
    repository = await with_repository(story)
    before = documents(repository)
    incident = await resolved(story)
    room = await story.room()
    assert incident.postmortem is PostmortemState.DRAFT
    await story.follow()
    assert "is begun from what is recorded" in " ".join(story.said(room))
    assert await write(story, "bob", "Root cause", "The pool was too small for <@U0CARLA>'s import.") is None
    assert documents(repository) == before
    assert await publish(story) is None
    await story.follow()

    incident = await story.incident()
    assert (incident.postmortem, incident.publishing) == (PostmortemState.PUBLISHED, None)
    name = incident.places.document or ""
    assert set(documents(repository)) - set(before) == {name}
    text = await document(story)
    assert "The pool was too small for a responder's import." in text
    assert "Restarted the database" in text
    assert "U0" not in text
    title = text.splitlines()[0].removeprefix("# Post-mortem: ")
    assert repository.log()[0] == f"docs: post-mortem for {name[:10]} {title} [ci skip]"
    index = repository.read(f"{FOLDER}/index.md") or ""
    assert index.count(f"({name})") == 1

    filed = issue(story)
    assert {"postmortem-done"} <= set(filed.labels)
    assert "postmortem-required" not in filed.labels
    assert issue_text(filed).count("**Post-mortem:**") == 1
    assert name in issue_text(filed)
    assert "published" in " ".join(story.said(room)[-3:])
    assert any("post-mortem" in said.lower() and "published" in said.lower() for said in thread(story))
    assert "post-mortem" in told(story.person("ana"))[-1].lower()
    assert "INC-1 is closed." in (await story.person("bob").slash("/incident", "close 1 done")).text
    await story.settle()
    assert (await story.incident()).state is State.CLOSED


async def test_it_waits_for_those_who_were_asked(story: Story) -> None:
    """Carla wants changes, then agrees; until then nothing is published, by nobody but an approver."""
    repository = await with_repository(story)
    await resolved(story)
    bob, carla, room = story.person("bob"), story.person("carla"), await story.room()
    await bob.slash("/postmortem", "review 1", room)
    await story.settle()
    assert await bob.submit({"people": ["U0CARLA"]}) is None
    await story.settle()
    assert (await story.incident()).postmortem is PostmortemState.IN_REVIEW
    assert "asks you to review the post-mortem" in told(carla)[-1]
    assert "waits for the review" in str(await publish(story)) + view_words(bob.view)
    await carla.click("review.open")
    await story.settle()
    assert await carla.submit({"words": "Say since when."}) is None
    await story.pass_time(minutes=4)  # the room hears a message a second, and here the clock moves by the minute
    assert (await story.incident()).postmortem is PostmortemState.DRAFT
    assert "Say since when." in " ".join(story.said(room))
    await bob.close_view(everything=True)
    await bob.slash("/postmortem", "review 1", room)
    await story.settle()
    assert await bob.submit({"people": ["U0CARLA"]}) is None
    await story.settle()
    await carla.click("review.agree")
    await story.settle()
    before = len(documents(repository))
    assert await publish(story) is None
    assert len(documents(repository)) == before + 1


async def test_promise_once_a_push_that_landed_unheard_is_not_made_again(story: Story) -> None:
    """The answer is lost after the remote took it: one commit, one comment, one change of labels."""
    repository = await with_repository(story)
    await resolved(story)
    before = len(repository.log())
    story.workspace.faults.add("git", "push", "cut_after_write", times=1)
    await publish(story)
    await story.pass_time(minutes=3)
    assert (await story.incident()).postmortem is PostmortemState.PUBLISHED
    assert len(repository.log()) == before + 1
    assert issue_text(issue(story)).count("**Post-mortem:**") == 1


async def test_a_push_that_comes_second_goes_on_top(story: Story) -> None:
    """Somebody pushes between our look and our push: theirs stays, ours follows."""
    repository = await with_repository(story)
    await resolved(story)
    raced = False

    def race(_: Mapping[str, str]) -> None:
        nonlocal raced
        if not raced:
            raced = True
            repository.commit({"README.md": "Somebody was quicker.\n"}, "docs: quicker")

    story.workspace.git.before_push = race
    assert await publish(story) is None
    await story.pass_time(minutes=1)
    assert raced
    assert (await story.incident()).postmortem is PostmortemState.PUBLISHED
    assert repository.read("README.md") == "Somebody was quicker.\n"
    assert repository.log()[1] == "docs: quicker"


async def test_promise_alone_a_repository_that_is_away_for_an_hour(story: Story) -> None:
    """The incident goes on, the card says what is late, and it is published once, when it is back."""
    repository = await with_repository(story)
    await resolved(story)
    before = len(repository.log())
    story.workspace.faults.add("git")
    assert await publish(story) is None
    await story.pass_time(minutes=60)
    incident = await story.incident()
    assert (incident.postmortem, incident.publishing) == (PostmortemState.DRAFT, "U0BOB")
    assert "The repository cannot be reached" in str((await story.card()).blocks)
    assert "update" in (await story.person("bob").slash("/incident", "update 1 We wait for git.")).text
    story.workspace.faults.clear()
    await story.pass_time(minutes=10)
    assert (await story.incident()).postmortem is PostmortemState.PUBLISHED
    assert len(repository.log()) == before + 1
    await story.follow()
    assert "cannot be reached" not in str((await story.card()).blocks)


async def test_a_repository_that_refuses_is_told_and_asked_again(story: Story) -> None:
    """A protected branch: the room reads why; once it is open, the same click publishes."""
    repository = await with_repository(story)
    await resolved(story)
    hook = repository.folder / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'the branch is protected' >&2\nexit 1\n")
    hook.chmod(0o755)
    assert await publish(story) is None
    await story.follow()
    incident = await story.incident()
    assert (incident.postmortem, incident.publishing) == (PostmortemState.DRAFT, None)
    assert "was not published" in " ".join(story.said(await story.room()))
    hook.unlink()
    assert await publish(story) is None
    await story.follow()
    assert (await story.incident()).postmortem is PostmortemState.PUBLISHED


async def test_an_index_that_cannot_be_added_to_is_told(story: Story) -> None:
    """Its code block is never closed, so that a row would not be read as one; mended, it is published."""
    repository = await with_repository(story)
    await resolved(story)
    index = repository.read(f"{FOLDER}/index.md") or ""
    repository.commit({f"{FOLDER}/index.md": "# Post-mortems\n\n```\nexample\n"})
    assert await publish(story) is None
    await story.pass_time(minutes=3)
    assert (await story.incident()).publishing is None
    assert "ends within a code block" in " ".join(story.said(await story.room()))
    repository.commit({f"{FOLDER}/index.md": index})
    assert await publish(story) is None
    await story.settle()
    assert (await story.incident()).postmortem is PostmortemState.PUBLISHED


async def test_promise_private_a_private_one_stays_in_its_room(story: Story) -> None:
    """Published, it is in no repository, index, site, list or search; its room reads it, and it may close."""
    repository = await with_repository(story)
    await story.declare(flags=["security"])
    await story.person("bob").slash("/incident", "lead 1")
    viktor = story.person("viktor")
    await viktor.slash("/incident", "resolve 1 Rotated the password quietly")
    await story.settle()
    before = repository.branches()
    assert await write(story, "viktor", "Root cause", "A leaked zebra password.") is None
    assert await publish(story, "viktor") is None
    await story.pass_time(minutes=2)
    assert (await story.incident()).postmortem is PostmortemState.PUBLISHED
    assert repository.branches()["master"] == before["master"]
    carla = story.person("carla")
    assert "leaked" not in str((await carla.slash("/postmortem", "search zebra")).blocks)
    assert "INC-1" not in str((await carla.slash("/postmortem", "list")).blocks)
    assert "may not see it" in (await carla.slash("/postmortem", "show 1")).text
    assert "zebra" not in " ".join(story.said("alerts"))
    await viktor.slash("/postmortem", "show 1", await story.room())
    await story.settle()
    assert "zebra" in view_words(viktor.view)


async def test_promise_private_what_became_private_on_its_way_is_not_pushed(story: Story) -> None:
    """Published while git was away, then opened again and made private: it stays here, and the room reads so."""
    repository = await with_repository(story)
    await resolved(story)
    before = repository.branches()["master"]
    story.workspace.faults.add("git")
    assert await publish(story) is None
    bob = story.person("bob")
    assert "open again" in (await bob.slash("/incident", "reopen 1 It is back")).text
    assert "private now" in (await bob.slash("/incident", "private 1 It names customers")).text
    story.workspace.faults.clear()
    await story.pass_time(minutes=30)
    assert repository.branches()["master"] == before
    incident = await story.incident()
    assert (incident.postmortem, incident.publishing) == (PostmortemState.DRAFT, None)
    assert "was not published" in " ".join(story.said(await story.room()))


async def test_what_is_written_while_it_is_on_its_way_follows(story: Story) -> None:
    """Git is away; a section written meanwhile is in the document once both have arrived."""
    await with_repository(story)
    await resolved(story)
    story.workspace.faults.add("git")
    assert await publish(story) is None
    assert await write(story, "carla", "Impact", "Forty people could not log in.") is None
    story.workspace.faults.clear()
    await story.pass_time(minutes=10)
    assert "Forty people could not log in." in await document(story)
    found = await story.person("carla").slash("/postmortem", "search forty people")
    assert "could not log in" in str(found.blocks)


async def test_the_lead_is_reminded_at_half_and_at_the_end(story: Story) -> None:
    """Whoever leads then; twice, and not again."""
    await resolved(story)
    await story.person("bob").slash("/incident", "lead 1 @carla")
    await story.settle()
    carla = story.person("carla")
    before = len(told(carla))
    for hours, reminders in ((35, 0), (2, 1), (34, 1), (2, 2), (72, 2)):
        story.clock.advance(hours * 3600)
        await story.settle()
        assert len(told(carla)) == before + reminders
    assert "is due now" in told(carla)[-1]


async def test_nobody_is_reminded_of_what_is_published(story: Story) -> None:
    """Of what is still empty at half of its time; at its end there is nothing left to say."""
    await resolved(story)
    bob = story.person("bob")
    before = len(told(bob))
    story.clock.advance(36 * 3600 + 60)
    await story.settle()
    half = told(bob)[before:]
    assert len(half) == 1
    assert "INC-1" in half[0]
    assert await publish(story) is None
    story.clock.advance(40 * 3600)
    await story.settle()
    assert len([said for said in told(bob)[before:] if "due" in said.lower()]) <= 1
