"""The documents in the repository: known from the first contact, followed after each push, found and listed."""

from bot.incident.wanted import EffectKind
from bot.storage import effects
from tests.scenarios.published import FOLDER, publish, resolved, told, with_repository
from tests.scenarios.reading import view_words
from tests.scenarios.story import Story, words

OLD = """# Post-mortem: The mail stood still

| Field | Value |
|---|---|
| Date | 2025-02-03 |
| Severity | SEV2 |

## Summary

The queue of the mail server was full of zebras.

## Prevention plan

| Priority | Action | Type | Details | Status |
|---|---|---|---|---|
| P1 | Add an alert that fires when the queue grows | Alert | none | TODO |
| P2 | Decide whether we need a second server | Architecture | none | TODO |
"""


async def test_the_first_contact_is_one_message_and_queues_nothing(story: Story) -> None:
    """The owner reads what is there, once, however often the bot starts."""
    await with_repository(story)
    viktor = story.person("viktor")
    said = [said for said in told(viktor) if "repository" in said.lower()]
    assert len(said) == 1
    assert "2 post-mortems" in said[0]
    await story.restart()
    await story.pass_time(minutes=2)
    assert len([said for said in told(viktor) if "repository" in said.lower()]) == 1
    assert (await story.incidents.listed("holdfast")) == []


async def test_a_push_is_read_at_once(story: Story) -> None:
    """Listed, searched and its action items told, without a minute's wait."""
    repository = await with_repository(story)
    carla = story.person("carla")
    repository.commit({f"{FOLDER}/2025-02-03-the-mail-stood-still.md": OLD}, "docs: an old one")
    await story.settle()
    assert "The mail stood still" in str((await carla.slash("/postmortem", "list")).blocks)
    found = str((await carla.slash("/postmortem", "search zebras")).blocks)
    assert "full of zebras" in found
    todos = str((await carla.slash("/postmortem", "todos")).blocks)
    assert "fires when the queue grows" in todos
    assert "Its type is Architecture" in todos
    repository.commit({f"{FOLDER}/2025-02-03-the-mail-stood-still.md": None}, "docs: gone again")
    await story.settle()
    assert "full of" not in str((await carla.slash("/postmortem", "search zebras")).blocks)


async def test_without_webhooks_a_look_each_minute_finds_it(story: Story) -> None:
    """Whoever does not tell us of pushes is asked."""
    repository = await with_repository(story)
    story.workspace.github.hooks.url = ""
    repository.commit({f"{FOLDER}/2025-02-03-the-mail-stood-still.md": OLD}, "docs: an old one")
    await story.pass_time(minutes=2)
    assert "The mail stood still" in str((await story.person("carla").slash("/postmortem", "list")).blocks)


async def test_the_site_is_pushed_to_its_branch(story: Story) -> None:
    """A page for each document and an index that names it; nothing else of the repository is there."""
    repository = await with_repository(story)
    await story.pass_time(minutes=1)
    files = repository.files("gh-pages")
    assert {"index.html", ".nojekyll", ".holdfast-site"} <= set(files)
    assert not [path for path in files if path.startswith("stacks")]
    await resolved(story)
    await publish(story)
    await story.pass_time(minutes=1)
    page = ((await story.incident()).places.document or "").replace(".md", ".html")
    assert page in repository.files("gh-pages")
    assert page in (repository.read("index.html", "gh-pages") or "")


async def test_a_branch_of_somebody_else_is_left_alone(story: Story) -> None:
    """A site that was there before is not ours to replace."""
    repository = story.workspace.repository
    repository.commit({"index.html": "<h1>Mine</h1>\n"}, "site", branch="gh-pages")
    await with_repository(story)
    await story.pass_time(minutes=2)
    assert repository.read("index.html", "gh-pages") == "<h1>Mine</h1>\n"
    repository.commit({"README.md": "changed\n"}, "docs: something else")
    await story.pass_time(minutes=2)
    refused = [said for said in told(story.person("viktor")) if "is not a site of ours" in said]
    assert len(refused) == 1


async def test_without_a_repository_it_is_written_and_read_in_slack(story: Story) -> None:
    """Published means readable in Slack; nothing fails for want of git."""
    await resolved(story)
    assert await publish(story) is None
    await story.follow()
    assert "INC-1 is closed" in (await story.person("bob").slash("/incident", "close 1 ok")).text
    bob = story.person("bob")
    await bob.slash("/postmortem", "show 1")
    await story.settle()
    assert "Restarted the database" in view_words(bob.view)


async def test_the_public_page_is_looked_for_until_it_is_there(story: Story) -> None:
    """With the title of the new document; while a site usually takes that long, nobody is told."""
    await with_repository(story, url=story.workspace.site)
    await resolved(story)
    await publish(story)
    assert await looked(story) in (("waiting", ""), ("done", ""))  # the site may be there as soon as the document is
    await story.pass_time(minutes=3)
    assert await looked(story) == ("done", "")


async def test_a_site_that_nobody_serves_is_told(story: Story) -> None:
    """On the card after a while, and for good after two hours: the old pipeline published nothing for four months."""
    await with_repository(story, url=f"{story.workspace.url}/nowhere")
    await resolved(story)
    await publish(story)
    await story.pass_time(minutes=9)
    assert "answers 404" not in words(await story.card())
    await story.pass_time(minutes=4)
    assert "answers 404" in words(await story.card())
    for _ in range(3):
        story.clock.advance(3600)
        await story.settle()
    await story.follow()
    assert (await looked(story))[0] == "failed"
    assert "the public site does not show it" in words(await story.card())


async def looked(story: Story) -> tuple[str, str]:
    """How the look at the public page stands, and its problem."""
    async with story.bot.database.read() as connection:
        rows = await effects.of_incident(connection, (await story.incident()).id)
    (found,) = [effect for effect in rows if effect.kind is EffectKind.VERIFY]
    return found.state, found.problem
