"""What git keeps of files: what it calls them, and how many of them are read by one program."""

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from bot.adapters.git_mirror import Mirror
from bot.adapters.process import MOST
from bot.errors import Temporary
from bot.incident.model import Frozen

#: What a file is that we read and write; links and submodules are none.
FILE, PROGRAM = "100644", "100755"


class Listed(Frozen):
    """A file right in a folder, with its size in bytes."""

    name: str
    blob: str
    size: int


def identity(content: bytes) -> str:
    """What git calls a file with this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def listed(out: bytes, largest: int) -> list[Listed]:
    """The files in the output of `ls-tree -l -z` that are at most so large."""
    found = []
    for line in filter(None, out.split(b"\0")):
        about, _, path = line.partition(b"\t")
        mode, _, blob, size = about.decode().split()
        if mode in (FILE, PROGRAM) and int(size) <= largest:
            name = PurePosixPath(path.decode(errors="surrogateescape")).name
            found.append(Listed(name=name, blob=blob, size=int(size)))
    return found


async def read(mirror: Mirror, files: list[Listed]) -> dict[str, bytes]:
    """Their content by name, in as few runs of git as their sizes allow."""
    found: dict[str, bytes] = {}
    while files:
        room, taken = MOST // 2, 0
        while taken < len(files) and (taken == 0 or room >= files[taken].size):
            room -= files[taken].size
            taken += 1
        now, files = files[:taken], files[taken:]
        asked = "".join(f"{file.blob}\n" for file in now).encode()
        out = (await mirror.must("cat-file", "--batch", given=asked)).out
        contents = _contents(out, len(now))
        found |= {file.name: contents[file.blob] for file in now}
    return found


def _contents(out: bytes, count: int) -> Mapping[str, bytes]:
    """Each answer is a line `<id> blob <size>`, then the content and a line break."""
    found, at = {}, 0
    for _ in range(count):
        head, _, _ = out[at : at + 200].partition(b"\n")
        blob, kind, size = (*head.decode().split(" "), "", "")[:3]
        if kind != "blob":
            raise Temporary("git could not read a file that it had listed.")
        start = at + len(head) + 1
        at = start + int(size) + 1
        found[blob] = out[start : at - 1]
    return found
