"""What a change reaches without touching it: a value that it edits may be run or sent by a block that it leaves."""

import re
from collections.abc import Collection, Iterator, Mapping

from bot.change.gates.constructs import RUNNING, SENDING, Construct, has_provisioner, stays
from bot.change.gates.parsed import Block, Parsed
from bot.change.gates.texts import calls
from bot.change.model import Result
from bot.change.policy import matches

_DOT = re.compile(r"\s*\.\s*")
_NAME = re.compile(r"\bdata\.[\w-]+\.[\w-]+|\b[A-Za-z_][\w-]*\.[A-Za-z_][\w-]*")

Files = Mapping[str, Parsed]  # by path


def fed(before: Files, after: Files, texts: Collection[str], stack: str) -> Iterator[Construct]:
    """Blocks of `after` that are as they were and get what is not. `texts` are names of other edited files."""
    now = _definitions(after, stack)
    changed = _definitions(before, stack).items() ^ now.items()
    if not changed and not texts:
        return
    reached = _closure({name for (_, name), _ in changed}, now, texts)
    if any(name.startswith("module.") for name in reached):  # what it hands to a module of the stack's own
        reached = _closure(reached | {name for folder, name in now if folder and name.startswith("var.")}, now, texts)
    for path, file in after.items():
        old = {block.text for block in before[path].blocks} if path in before else set()
        for block in file.blocks:
            if not block.within and block.text in old and _uses(block.text, reached, texts):
                yield from _sink(block, file)
        for call in file.calls:
            if not stays(call) and call.name.startswith(("file", "template")) and _uses(call.text, reached, texts):
                yield Construct("hcl.feeds", Result.REFUSE, f"{call.name}() in {call.inside}", "")
        for heredoc in file.heredocs:
            if any(_uses(call, reached, texts) for call in calls(heredoc)):
                yield Construct("hcl.feeds", Result.REFUSE, f"text in {path}", "")


def _sink(block: Block, file: Parsed) -> Iterator[Construct]:
    second = block.words[1] if len(block.words) > 1 else ""
    if block.kind in ("provider", "terraform", "ephemeral") or (block.kind == "data" and matches(SENDING, second)):
        yield Construct("hcl.feeds", Result.REFUSE, block.address, "")
    elif block.kind == "resource" and (matches(RUNNING, second) or has_provisioner(block, file)):
        yield Construct("hcl.feeds_run", Result.PERSON, block.address, "")


def _definitions(files: Files, stack: str) -> dict[tuple[str, str], str]:
    """What other blocks can name, by folder and name, with its text."""
    found: dict[tuple[str, str], str] = {}
    for path, file in files.items():
        folder = path.rpartition("/")[0].removeprefix(stack)
        for block in (each for each in file.blocks if not each.within):
            for name, text in _named(block):
                found[folder, name] = found.get((folder, name), "") + text
    return found


def _named(block: Block) -> Iterator[tuple[str, str]]:
    if block.kind == "locals":
        yield from ((f"local.{name}", text) for name, text in block.attributes)
    elif block.kind == "variable":
        yield f"var.{block.words[-1]}", block.text
    elif block.kind == "resource":
        yield ".".join(block.words[1:]), block.text
    elif block.kind in ("data", "module"):
        yield ".".join(block.words), block.text


def _closure(names: set[str], definitions: Mapping[tuple[str, str], str], texts: Collection[str]) -> set[str]:
    reached = set(names)
    grown = True
    while grown:
        more = {name for (_, name), text in definitions.items() if name not in reached and _uses(text, reached, texts)}
        grown = bool(more)
        reached |= more
    return reached


def _uses(text: str, names: Collection[str], texts: Collection[str]) -> bool:
    said = _DOT.sub(".", text)
    return any(name in names for name in _NAME.findall(said)) or any(each in said for each in texts)
