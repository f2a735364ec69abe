"""A published document has two authors: what people change in git, and what is written or recorded here, both stay."""

from bot.incident.model import EventKind
from bot.incident.postmortem_state import PostmortemState
from tests.scenarios.published import document, documents, edit, publish, resolved, with_repository, write
from tests.scenarios.reading import view_words
from tests.scenarios.story import Story


async def published(story: Story) -> None:
    """In git, with one section written."""
    await with_repository(story)
    await resolved(story)
    assert await write(story, "bob", "Root cause", "The pool was too small.") is None
    assert await publish(story) is None
    await story.follow()
    assert (await story.incident()).postmortem is PostmortemState.PUBLISHED


async def test_edits_in_git_and_here_come_together(story: Story) -> None:
    """One section each, at the same time; and what is recorded later follows too."""
    await published(story)
    await edit(story, "The pool was too small.", "The pool was far too small.")
    assert await write(story, "carla", "Impact", "Nobody could log in for ten minutes.") is None
    await story.follow()
    text = await document(story)
    assert "The pool was far too small." in text
    assert "Nobody could log in for ten minutes." in text
    await story.person("bob").slash("/incident", "severity 1 SEV2 Fewer people than we thought")
    await story.follow()
    text = await document(story)
    assert "SEV2" in text.split("## Summary")[0]
    assert "The pool was far too small." in text
    log = story.workspace.repository.log()
    assert log[0].startswith("docs: update post-mortem for ")
    assert log[0].endswith("[ci skip]")


async def test_what_nothing_changes_is_no_commit(story: Story) -> None:
    """A note for members is not in it; that somebody else leads is."""
    await published(story)
    before = len(story.workspace.repository.log())
    await story.person("bob").slash("/incident", "note 1 The disk is old.")
    await story.follow()
    assert len(story.workspace.repository.log()) == before
    await story.person("bob").slash("/incident", "lead 1 @carla")
    await story.follow()
    assert len(story.workspace.repository.log()) == before + 1
    assert "The disk is old" not in await document(story)


async def test_the_same_lines_here_and_in_git_are_asked_about(story: Story) -> None:
    """Git's words stand; ours are shown beside them in the room, and nothing is lost."""
    await published(story)
    bob, room = story.person("bob"), await story.room()
    await bob.slash("/postmortem", "draft 1", room)
    await story.settle()
    await bob.fill("part", "Root cause")
    await story.settle()
    name = (await story.incident()).places.document
    text = await document(story)
    changed = text.replace("The pool was too small.", "The pool leaked connections.")
    story.workspace.repository.commit({f"docs/post-mortems/{name}": changed}, "docs: the true cause", login="carla")
    assert await bob.submit({"part": "Root cause", "text": "The limit was wrong."}) is None
    await story.follow()
    text = await document(story)
    assert "The pool leaked connections." in text
    assert "The limit was wrong." not in text
    said = " ".join(str(message.blocks) for message in story.workspace.slack.messages(room))
    assert "The limit was wrong." in said
    assert "The pool leaked connections." in said
    assert EventKind.POSTMORTEM_CLASHED in [event.kind for event in await story.timeline()]
    assert await write(story, "bob", "Root cause", "The pool leaked, since the limit was wrong.") is None
    await story.follow()
    assert "The pool leaked, since the limit was wrong." in await document(story)


async def test_who_wrote_meanwhile_is_not_overwritten(story: Story) -> None:
    """The form that was open says so, and keeps what was typed."""
    await published(story)
    bob, room = story.person("bob"), await story.room()
    await bob.slash("/postmortem", "draft 1", room)
    await story.settle()
    await bob.fill("part", "Root cause")
    await story.settle()
    assert await write(story, "carla", "Root cause", "Carla was quicker.") is None
    errors = await bob.submit({"part": "Root cause", "text": "Bob was slower."})
    assert errors is not None
    assert "while you wrote" in " ".join(errors.values())
    assert "Bob was slower." in view_words(bob.view)


async def test_a_row_that_is_done_in_git_completes_it(story: Story) -> None:
    """And one that is added opens it again."""
    await published(story)
    await edit(story, "| TODO |", "| Done |")
    assert (await story.incident()).postmortem is PostmortemState.COMPLETE
    await edit(story, "| Done |", "| TODO |")
    assert (await story.incident()).postmortem is PostmortemState.IMPLEMENTING


async def test_a_document_that_people_took_away_stays_away(story: Story) -> None:
    """What is written after that is kept here, and nothing is put back."""
    await published(story)
    name = (await story.incident()).places.document
    story.workspace.repository.commit({f"docs/post-mortems/{name}": None}, "docs: we tell nobody")
    await story.settle()
    assert await write(story, "carla", "Impact", "Nobody could log in.") is None
    await story.follow()
    assert name not in documents(story.workspace.repository)


async def test_an_urgent_item_that_nobody_has_is_asked_for_once(story: Story) -> None:
    """In the room, when it comes into the document; not again at the next change, and not once somebody has it."""
    await published(story)
    room = await story.room()
    await edit(story, "| P2 |", "| P1 |")
    await story.follow()
    asked = [said for said in story.said(room) if "Who takes" in said]
    assert len(asked) == 1
    assert "Add an alert that fires" in asked[0]
    await edit(story, "The pool was too small.", "The pool was much too small.")
    await story.follow()
    assert len([said for said in story.said(room) if "Who takes" in said]) == 1


async def test_an_item_that_is_proposed_later_gets_its_row(story: Story) -> None:
    """At the end of the plan; a row that people take away does not come back."""
    await published(story)
    bob, room = story.person("bob"), await story.room()
    said = await bob.say("We should page the database team first.", room)
    await bob.shortcut("action_item.message", said)
    await story.settle()
    assert await bob.submit({"what": "Page the database team first", "type": "Runbook"}) is None
    await story.follow()
    text = await document(story)
    (row,) = [line for line in text.splitlines() if "| Page the database team first | Runbook | Proposed as T-" in line]
    await edit(story, f"{row}\n", "")
    await bob.slash("/incident", "update 1 All is well.", room)
    await story.follow()
    assert row not in await document(story)
