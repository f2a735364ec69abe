"""Paths of a change: what is wrong with one, whoever wrote it."""

import re
from collections.abc import Collection

_PLAIN = re.compile(r"[A-Za-z0-9_.+@ -]+(?:/[A-Za-z0-9_.+@ -]+)*")


def odd(path: str) -> str:
    """Why a path cannot be trusted to name what it seems to; empty where it can."""
    if len(path) > 400 or not _PLAIN.fullmatch(path):
        return "it has letters or marks other than plain ones"
    parts = path.split("/")
    if any(part in (".", "..") for part in parts):
        return "it leads up or nowhere"
    if any(part != part.strip() or part.endswith(".") for part in parts):
        return "a part of it begins or ends in a blank, or ends in a dot"
    return ""


def through_link(path: str, links: Collection[str]) -> bool:
    """Whether the path, or a folder that it lies in, is a link or a submodule. Case does not matter."""
    folded = {link.casefold().strip("/") for link in links}
    parts = path.casefold().split("/")
    return any("/".join(parts[:length]) in folded for length in range(1, len(parts) + 1))


def inside(path: str, folder: str) -> bool:
    """Whether it lies below the folder, to the letter."""
    return bool(folder) and path.startswith(f"{folder}/")


def inside_any_case(path: str, folder: str) -> bool:
    """Whether it lies below the folder, or is it, on a disk that does not tell cases apart."""
    return bool(folder) and f"{path}/".casefold().startswith(f"{folder}/".casefold())
