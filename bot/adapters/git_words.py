"""What is handed to git, checked first: an address, a branch, a path or an id that it would read as something else."""

import re
from urllib.parse import urlsplit

from bot.errors import Permanent

_SHA = re.compile(r"[0-9a-f]{40}")
_BRANCH = re.compile(r"(?!.*(?:\.\.|//|@\{|\.lock$|/$|\.$))[A-Za-z0-9_][A-Za-z0-9_./-]{0,200}")
_REMOTE = re.compile(r"(?!-)(?![\w+.-]+::)[^\s\0]{1,1000}")
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_LONGEST = 1000


def remote(address: str, token: str) -> str:
    """Raises Permanent for an option, a program, a password in the address, or a token that would go in the clear."""
    if not _REMOTE.fullmatch(address):
        raise Permanent("The repository's address is none that Holdfast uses.")
    if "://" in address:
        parts = urlsplit(address)
        if parts.password or (parts.username and parts.scheme in {"http", "https"}):
            raise Permanent("The repository's address holds a password or a token. It belongs into the environment.")
        if token and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise Permanent("The repository's address begins with http://, so its token would go in the clear.")
    return address


def branch(name: str) -> str:
    """Raises Permanent for anything but a plain name."""
    if not _BRANCH.fullmatch(name):
        raise Permanent(f"“{name[:100]}” is no name of a branch.")
    return name


def sha(commit: str) -> str:
    """Raises Permanent for anything but a whole id of a commit or a tree."""
    if not _SHA.fullmatch(commit):
        raise Permanent("That is no id of a commit.")
    return commit


def path(name: str) -> str:
    """A path from the root of the repository. Raises Permanent for one that leads out of it, or into git's own."""
    parts = name.split("/")
    odd = len(name) > _LONGEST or any(not c.isprintable() for c in name if not "\udc80" <= c <= "\udcff")
    if odd or any(part in {"", ".", ".."} or part.casefold() == ".git" for part in parts):
        raise Permanent(f"“{name[:100]}” is no path in the repository.")
    return name


def line(text: str) -> str:
    """Raises Permanent for what is not one line with something in it."""
    if not text.strip() or not text.isprintable() or len(text) > _LONGEST:
        raise Permanent("That is not one line of text.")
    return text
