"""A commit's files on disk, in a folder that only we can read: written fresh, and compared with the commit later.

Nothing but our own code writes them: no attributes, filters or hooks of the repository have a say, and no file is
linked to one elsewhere.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bot.adapters.git_blobs import FILE, PROGRAM
from bot.errors import Permanent
from bot.incident.model import Frozen

LINK, SUBMODULE = "120000", "160000"
_CHUNK = 1024 * 1024


class Entry(Frozen):
    """A file or a link of a commit's tree: its path from the root, git's mode, git's name of its content, its size."""

    path: str
    mode: str
    blob: str
    size: int = 0


def make_folder(folder: Path) -> None:
    """Make it, with those above it, for us alone; what is there stays as it is."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def write_files(folder: Path, entries: Iterable[Entry], contents: Mapping[str, bytes]) -> None:
    """Write these files, by the paths of `contents`. Raises Permanent where a path is there already."""
    for entry in entries:
        place = folder / entry.path
        make_folder(place.parent)
        mode = 0o700 if entry.mode == PROGRAM else 0o600
        try:
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        except OSError as error:
            raise Permanent(f"{entry.path} cannot be written ({error.strerror}).") from error
        with os.fdopen(handle, "wb") as file:
            file.write(contents[entry.path])


def write_links(folder: Path, links: Mapping[str, bytes]) -> None:
    """Make these links, by path with their targets, once all files are there; what leads out of it is left out."""
    root = os.fsencode(folder.resolve())
    made = []
    for path, target in links.items():
        place = folder / path
        make_folder(place.parent)
        if target and not target.startswith(b"/") and b"\0" not in target:
            place.symlink_to(os.fsdecode(target))
            made.append(place)
    for place in [each for each in made if not _inside(root, each)]:  # all are looked at before one goes
        place.unlink()


def _inside(root: bytes, place: Path) -> bool:
    real = os.path.realpath(os.fsencode(place))
    return real == root or real.startswith(root + b"/")


def unlike(folder: Path, entries: Iterable[Entry]) -> str:
    """The first path at which the folder is not the commit's; empty where all its files are there, as they were.

    What is there beside them is not looked at, and neither is a link that was left out.
    """
    for entry in entries:
        place = folder / entry.path
        if entry.mode == LINK:
            target = _target(place) if place.is_symlink() else None
            same = _blob_of(target) == entry.blob if target is not None else not place.exists()
        else:
            mode = FILE if not os.access(place, os.X_OK) else PROGRAM
            same = not place.is_symlink() and place.is_file() and mode == entry.mode and _blob(place) == entry.blob
        if not same:
            return entry.path
    return ""


def seal(folder: Path) -> str:
    """A SHA-256 over everything in the folder: every path, what it is, and what is in it."""
    whole = hashlib.sha256()
    for place in _all(folder):
        name = os.fsencode(place.relative_to(folder))
        if place.is_symlink():
            about = b"link " + _target(place)
        elif place.is_file():
            with place.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            about = f"{place.stat().st_mode & 0o111:o} {content}".encode()
        else:
            about = b"folder" if place.is_dir() else b"other"
        whole.update(b"%d %s %d %s\n" % (len(name), name, len(about), about))
    return whole.hexdigest()


def file_hash(path: Path) -> str:
    """The SHA-256 of a file; empty where it is none."""
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _target(link: Path) -> bytes:
    """Where it leads, to the byte; pathlib would tidy it."""
    return os.readlink(os.fsencode(link))  # noqa: PTH115


def _all(folder: Path) -> Iterator[Path]:
    """Everything below it, in a fixed order; links are not followed."""
    for each in sorted(folder.iterdir()):
        yield each
        if each.is_dir() and not each.is_symlink():
            yield from _all(each)


def _blob(path: Path) -> str:
    """What git calls this file, read in pieces."""
    made = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            made.update(piece)
    return made.hexdigest()


def _blob_of(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
