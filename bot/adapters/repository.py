"""The infra repository as post-mortems see it: documents to read, changes that land once, and the site's branch."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlsplit

from bot.adapters.git import Author, Commit, Git
from bot.adapters.git_history import PATIENCE, GitHistory
from bot.adapters.git_mirror import Moved, NoBranch
from bot.adapters.process import run
from bot.adapters.stacks import Stacks
from bot.errors import Permanent, Temporary
from bot.postmortem.document.name import SITE_MARK, is_document
from bot.settings import Settings

AUTHOR = Author(name="Holdfast", email="holdfast@users.noreply.github.com")
#: No post-mortem is larger; what is takes too long to read. Bytes.
LARGEST = 1_000_000
#: How often a change is made anew on top of what others pushed meanwhile, before it waits for a later attempt.
ATTEMPTS = 5
#: How long it may take to read where a checkout came from. Seconds.
_PATIENCE = 10.0

#: What to write, given the commit that it will stand on: whole texts by their paths from the root, None for what goes.
Write = Callable[[str], Awaitable[Mapping[str, str | None]]]


class Repository:
    """One branch of one remote with post-mortems in `folder`. Nobody's checkout is touched, and nothing is forced.

    Whatever asks the remote raises Temporary where it cannot be reached, and Permanent where it refuses us.
    """

    def __init__(self, git: Git, branch: str, folder: str, pages: str = "", stacks: str = "stacks") -> None:
        """`pages` is the address of the branch's files for people, such as `https://…/blob/master`; empty: none.
        `stacks` is the folder of stacks.
        """
        self.branch = branch
        self.folder = folder
        self._git = git
        self._pages = pages
        self._stacks = stacks

    def url(self, name: str) -> str:
        """Where people read a document; empty where that is not known."""
        return f"{self._pages}/{quote(f'{self.folder}/{name}')}" if self._pages else ""

    @property
    def web(self) -> str:
        """The repository's address for people; empty where that is not known."""
        return self._pages.removesuffix(f"/blob/{quote(self.branch)}")

    def history(self, seconds: float = PATIENCE, *, for_agents: bool = False) -> GitHistory:
        """The branch's past, to be read; one question takes at most so long.

        Agents are not shown post-mortems by it: of those about what is private by now they shall read nothing.
        """
        return GitHistory(
            self.head, self._git.hurried(seconds), self.branch, self.web, apart=self.folder if for_agents else ""
        )

    def stacks(self) -> Stacks:
        """What is planned and applied in it, at any commit."""
        return Stacks(self._git, self._stacks, AUTHOR)

    async def head(self) -> str:
        """The newest commit of the branch, after looking at the remote."""
        return await self._git.fetch()

    async def documents(self, commit: str) -> dict[str, str]:
        """The text of every post-mortem by file name; what is no text, or larger than people write, is left out."""
        found = {}
        for name, content in (await self._git.read_all(commit, self.folder)).items():
            if is_document(name) and len(content) <= LARGEST and b"\0" not in content:
                with suppress(UnicodeDecodeError):
                    found[name] = content.decode()
        return found

    async def names(self, commit: str) -> tuple[str, ...]:
        """Every file of the folder by name, whatever it is."""
        return await self._git.names(commit, self.folder)

    async def text(self, commit: str, path: str) -> str | None:
        """A file by its path from the root; None where there is none. Raises Permanent for one that is no text."""
        content = await self._git.read(commit, path)
        try:
            return None if content is None else content.decode()
        except UnicodeDecodeError as error:
            raise Permanent(f"{path} is not UTF-8 text.") from error

    async def has_folder(self, commit: str) -> bool:
        """Whether the folder of post-mortems is there yet."""
        return await self._git.is_folder(commit, self.folder)

    async def changed(self, before: str, after: str) -> tuple[str, ...]:
        """The files of the folder that differ, by name; all there are where `before` is no longer known."""
        if not await self._git.knows(before):
            return await self._git.names(after, self.folder)
        paths = await self._git.changed(before, after, self.folder)
        names = (path.removeprefix(f"{self.folder}/") for path in paths)
        return tuple(name for name in names if "/" not in name)

    async def may_push(self) -> None:
        """Ask the remote whether we may push, as far as it tells without a push. Raises Temporary or Permanent."""
        await self._git.push(await self._git.fetch(), dry=True)

    async def land(self, write: Write, message: str, marker: str, at: datetime) -> str:
        """Put what `write` says onto the branch, once: the commit that did, also where an earlier call made it; the
        branch's own newest one where nothing changes.

        `marker` is a line of its own at the end of the message. Raises Temporary where others are quicker for long.
        """
        return await self._put(self.branch, write, message, marker, at)

    async def propose(self, branch: str, write: Write, message: str, marker: str, at: datetime) -> str:
        """As `land`, but on a branch of its own, which begins at the newest commit where it is not there yet."""
        if branch == self.branch:
            raise Permanent(f"{branch} is where post-mortems are published; a proposal needs a branch of its own.")
        return await self._put(branch, write, message, marker, at)

    async def replace_branch(self, branch: str, files: Mapping[str, str], message: str, at: datetime) -> str:
        """Make these all the files of a branch that is ours alone; its newest commit where it has them already.

        Raises Permanent where the branch is somebody else's: it is there, and has no `.holdfast-site`.
        """
        if branch == self.branch or SITE_MARK not in files:
            raise Permanent(f"The site cannot go to {branch}: it would replace what is there.")
        change = _change(files, message, at)
        for _ in range(ATTEMPTS):
            head = await self._newest(branch)
            if head is not None and await self._git.read(head, SITE_MARK) is None:
                raise Permanent(
                    f"The branch {branch} is not a site of ours: it has no file {SITE_MARK}. It was left as it is."
                )
            commit = await self._git.replace(head, change)
            if commit == head:
                return commit
            if await self._pushed(commit, branch):
                return commit
        raise _busy(branch)

    async def _put(self, branch: str, write: Write, message: str, marker: str, at: datetime) -> str:
        for _ in range(ATTEMPTS):
            head = await self._newest(branch) or await self._git.fetch()
            if found := await self._git.find(head, marker):
                return found
            commit = await self._git.commit(head, _change(await write(head), f"{message}\n\n{marker}", at))
            if commit == head:
                return head
            if await self._pushed(commit, branch):
                return commit
        raise _busy(branch)

    async def _newest(self, branch: str) -> str | None:
        """None for a branch that is not there; the main one has to be."""
        try:
            return await self._git.fetch(branch)
        except NoBranch:
            if branch == self.branch:
                raise
            return None

    async def _pushed(self, commit: str, branch: str) -> bool:
        """Whether it landed; False where somebody else was quicker. Raises Temporary where it is not there then."""
        try:
            await self._git.push(commit, branch)
        except Moved:
            return False
        if not await self._git.contains(await self._git.fetch(branch), commit):
            raise Temporary(f"The repository took the commit, but {branch} does not have it.")
        return True


async def open_repository(settings: Settings) -> Repository | None:
    """The repository that the settings name; None where they name none. Nothing is asked of the remote yet.

    Raises Permanent where it cannot be told where the remote is, or the address is none that may be used.
    """
    keys = settings.file.repository
    if not keys.is_set:
        return None
    remote = keys.remote or await _origin(Path(keys.path))
    folder = settings.data / "repositories" / sha256(remote.encode()).hexdigest()[:12]
    web = web_host(settings.github_api_url)
    there, github = urlsplit(remote), urlsplit(web)
    ours = there.scheme in {"http", "https"} and there.netloc == github.netloc
    token = settings.github_token.get_secret_value() if ours else ""
    pushing = settings.github_push_token.get_secret_value() if ours else ""
    name = settings.github_repository
    pages = f"{web}/{name}/blob/{quote(keys.branch)}" if name else ""
    git = Git(folder, remote, keys.branch, token, pushing=pushing)
    return Repository(git, keys.branch, keys.postmortems, pages, keys.stacks)


def web_host(api_url: str) -> str:
    """The address of GitHub's pages, whose REST API is at this one: `https://github.com` for api.github.com."""
    parts = urlsplit(api_url)
    host = parts.netloc
    if host == "api.github.com" or (host.startswith("api.") and host.endswith(".ghe.com")):
        host = host.removeprefix("api.")
    return f"{parts.scheme}://{host}"


async def _origin(checkout: Path) -> str:
    """Where a checkout came from. It is read, whoever owns it, and nothing in it is run."""
    quiet = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    argv = ("git", "-C", str(checkout), "-c", "safe.directory=*", "config", "--get", "remote.origin.url")
    asked = await run(argv, folder=Path("/"), seconds=_PATIENCE, environment=quiet)
    where = asked.out.decode(errors="replace").strip()
    if not where:
        raise Permanent(f"repository.path: {checkout} is no checkout with an origin; set repository.remote instead.")
    return _seen_from(checkout, where)


def _seen_from(checkout: Path, remote: str) -> str:
    """An origin may be a path beside the checkout, which means nothing from elsewhere."""
    is_path = "://" not in remote and ":" not in remote.partition("/")[0]
    return str((checkout / remote).resolve()) if is_path else remote


def _change(files: Mapping[str, str | None], message: str, at: datetime) -> Commit:
    contents = {path: None if text is None else text.encode(errors="replace") for path, text in files.items()}
    return Commit(message=message, files=dict(contents), at=at, author=AUTHOR)


def _busy(branch: str) -> Temporary:
    return Temporary(f"Others keep changing {branch} at the same moment; Holdfast tries again.")
