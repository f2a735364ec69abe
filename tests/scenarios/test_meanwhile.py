"""What people write while a push is under way, lost, or waits to be merged: it is in git in the end, or asked about."""

from tests.scenarios.published import FOLDER, MAJOR, document, publish, resolved, with_repository, write
from tests.scenarios.reading import view_words
from tests.scenarios.story import Story


async def test_words_that_were_written_after_a_lost_answer_go_into_git(story: Story) -> None:
    """The push of one section landed unheard; another one is written before it is tried again."""
    await with_repository(story)
    await resolved(story)
    assert await publish(story) is None
    await story.follow()
    story.workspace.faults.add("git", "push", "cut_after_write", times=1)
    assert await write(story, "bob", "Root cause", "The pool was too small.") is None
    assert await write(story, "carla", "Impact", "Forty people could not log in.") is None
    await story.pass_time(minutes=10)
    text = await document(story)
    assert "The pool was too small." in text
    assert "Forty people could not log in." in text


async def test_words_that_were_written_after_its_publication_was_lost_are_kept(story: Story) -> None:
    """The commit does not hold them, so that they are not taken for sent."""
    await with_repository(story)
    await resolved(story)
    story.workspace.faults.add("git", "push", "cut_after_write", times=1)
    assert await publish(story) is None
    assert await write(story, "carla", "Impact", "Forty people could not log in.") is None
    await story.pass_time(minutes=10)
    assert "Forty people could not log in." in await document(story)
    bob = story.person("bob")
    await bob.slash("/postmortem", "show 1", await story.room())
    await story.settle()
    assert "Forty people could not log in." in view_words(bob.view)


async def test_what_a_reviewer_edits_in_the_pull_request_stands(story: Story) -> None:
    """Nothing that is merged is taken back by what was written here before."""
    repository = await with_repository(story, how="pull_request")
    await resolved(story)
    assert await write(story, "bob", "Root cause", "The pool was to small.") is None
    await publish(story)
    number = (await story.incident()).places.proposal or 0
    branch = story.workspace.github.pulls.get(number).head
    (path,) = set(repository.files(branch)) - set(repository.files())
    text = repository.read(path, branch) or ""
    repository.commit({path: text.replace("The pool was to small.", "The pool leaked.")}, "docs: fix", branch=branch)
    story.workspace.github.pulls.merge("viktor", number)
    await story.pass_time(minutes=2)
    assert "INC-1 is closed" in (await story.person("bob").slash("/incident", "close 1 done")).text
    await story.follow()
    assert "The pool leaked." in await document(story)
    assert "to small" not in await document(story)


async def test_two_of_one_title_and_day_are_two_documents(story: Story) -> None:
    """Neither takes the other's for its own, although both wait."""
    repository = await with_repository(story, how="pull_request")
    await resolved(story)
    await publish(story)
    bob = story.person("bob")
    await story.declare(flags=MAJOR)
    await bob.slash("/incident", "resolve 2 Restarted another")
    await story.settle()
    await bob.slash("/postmortem", "publish 2", await story.room(2))
    await story.settle()
    assert await bob.submit({}) is None
    await story.settle()
    first, second = [(await story.incident(number)).places.proposal or 0 for number in (1, 2)]
    story.workspace.github.pulls.merge("viktor", first)
    await story.pass_time(minutes=2)
    branch = story.workspace.github.pulls.get(second).head  # both added a row to the index: somebody brings in the rest
    (path,) = {path for path in repository.files(branch) if "-2.md" in path}
    repository.commit({path: repository.read(path, branch)}, "docs: the second one")
    await story.pass_time(minutes=2)
    names = [(await story.incident(number)).places.document for number in (1, 2)]
    assert len({*names, None}) == 3
    for number, name in enumerate(names, start=1):
        assert f"| INC-{number} |" in (repository.read(f"{FOLDER}/{name}") or "")


async def test_one_that_was_merged_after_all_is_not_published_twice(story: Story) -> None:
    """Its pull request was closed, and the draft came back; somebody opened it again and merged it."""
    repository = await with_repository(story, how="pull_request")
    await resolved(story)
    await publish(story)
    number = (await story.incident()).places.proposal or 0
    story.workspace.github.pulls.close(number)
    await story.pass_time(minutes=62)
    story.workspace.github.pulls.reopen(number)
    story.workspace.github.pulls.merge("viktor", number)
    await story.settle()
    before = repository.files()
    assert await publish(story) is None
    await story.follow()
    assert (await story.incident()).places.document is not None
    assert repository.files() == before


async def test_odd_files_in_the_folder_stop_nobody(story: Story) -> None:
    """A name that is no text, a file that is none, a document of a megabyte and more: the others are read."""
    repository = await with_repository(story)
    odd = repository.git("hash-object", "-w", "--stdin", given=b"odd\n")
    tree = repository.git("ls-tree", f"master:{FOLDER}")
    made = repository.git("mktree", given=f"{tree}\n100644 blob {odd}\t".encode() + b"caf\xe9.md\n")
    repository.commit({f"{FOLDER}/2026-01-01-nul.md": "# Nul\n\n\0\n", f"{FOLDER}/2026-01-02-good.md": "# Good one\n"})
    repository.commit({f"{FOLDER}/2026-01-03-large.md": "# Large\n" + "x" * 1_100_000})
    assert made
    await story.settle()
    listed = str((await story.person("carla").slash("/postmortem", "list")).blocks)
    assert "Good one" in listed
    assert "Nul" not in listed
    assert "Large" not in listed


async def test_comments_in_a_section_stay_comments(story: Story) -> None:
    """They look like a call to everybody in Slack, and are none: what people hide in a document stays hidden."""
    await with_repository(story)
    await resolved(story)
    assert await write(story, "bob", "Impact", "Nobody. <!-- ask finance first --> <!here> look") is None
    assert await publish(story) is None
    await story.settle()
    assert "Nobody. <!-- ask finance first --> here look" in await document(story)
