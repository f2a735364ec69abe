"""Published as a pull request: nothing is published before somebody merges it, and whatever they do to it is seen."""

from bot.incident.postmortem_state import PostmortemState
from tests.scenarios.published import FOLDER, document, documents, publish, resolved, with_repository, write
from tests.scenarios.reading import issue, issue_text
from tests.scenarios.story import Story


async def test_as_a_pull_request_it_is_published_once_it_is_merged(story: Story) -> None:
    """Until then it is a proposal; the merge is seen at the next look, and told as any other publication."""
    repository = await with_repository(story, how="pull_request")
    await resolved(story)
    before = documents(repository)
    assert await publish(story) is None
    await story.follow()
    incident = await story.incident()
    assert (incident.postmortem, incident.places.proposal is not None) == (PostmortemState.DRAFT, True)
    assert documents(repository) == before
    assert f"#{incident.places.proposal}" in " ".join(story.said(await story.room()))
    story.workspace.github.pulls.merge("viktor", incident.places.proposal or 0)
    await story.settle()
    await story.pass_time(minutes=2)
    incident = await story.incident()
    assert (incident.postmortem, incident.places.proposal) == (PostmortemState.PUBLISHED, None)
    assert len(documents(repository)) == len(before) + 1
    assert issue_text(issue(story)).count("**Post-mortem:**") == 1


async def test_a_pull_request_that_is_closed_leaves_the_draft(story: Story) -> None:
    """The room reads so, and it can be published again."""
    await with_repository(story, how="pull_request")
    await resolved(story)
    await publish(story)
    incident = await story.incident()
    story.workspace.github.pulls.close(incident.places.proposal or 0)
    await story.pass_time(minutes=62)
    incident = await story.incident()
    assert (incident.postmortem, incident.publishing) == (PostmortemState.DRAFT, None)
    assert "was closed without a merge" in " ".join(story.said(await story.room()))
    first = await publish(story)
    assert first is None
    assert (await story.incident()).places.proposal not in (None, incident.places.proposal)


async def test_what_is_written_and_proposed_while_a_pull_request_waits_follows(story: Story) -> None:
    """Whoever merges it may take their time."""
    await with_repository(story, how="pull_request")
    await resolved(story)
    await publish(story)
    assert await write(story, "carla", "Impact", "Forty people could not log in.") is None
    story.workspace.github.pulls.merge("viktor", (await story.incident()).places.proposal or 0)
    await story.pass_time(minutes=2)
    assert "Forty people could not log in." in await document(story)


async def test_a_document_that_was_renamed_in_its_pull_request_is_found(story: Story) -> None:
    """By the incident that it names; one that lost its document goes back to the draft."""
    repository = await with_repository(story, how="pull_request")
    await resolved(story)
    await publish(story)
    number = (await story.incident()).places.proposal or 0
    branch = next(name for name in repository.branches() if name.startswith("holdfast/"))
    (path,) = set(repository.files(branch)) - set(repository.files())
    text = repository.read(path, branch)
    repository.commit({path: None, f"{FOLDER}/2026-03-02-a-better-name.md": text}, "docs: rename", branch=branch)
    story.workspace.github.pulls.merge("viktor", number)
    await story.pass_time(minutes=2)
    assert (await story.incident()).places.document == "2026-03-02-a-better-name.md"


async def test_a_pull_request_that_lost_its_document_leaves_the_draft(story: Story) -> None:
    """Merged without it, nothing is published, and the room reads so."""
    repository = await with_repository(story, how="pull_request")
    await resolved(story)
    await publish(story)
    branch = next(name for name in repository.branches() if name.startswith("holdfast/"))
    (path,) = set(repository.files(branch)) - set(repository.files())
    repository.commit({path: None}, "docs: not this one", branch=branch)
    story.workspace.github.pulls.merge("viktor", (await story.incident()).places.proposal or 0)
    await story.pass_time(minutes=4)
    incident = await story.incident()
    assert (incident.postmortem, incident.publishing) == (PostmortemState.DRAFT, None)
    assert "merged without its document" in " ".join(story.said(await story.room()))
