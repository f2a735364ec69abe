"""What a Slack message says, read from its text, its blocks and its attachments: other bots often have only those."""

from collections.abc import Iterator, Mapping
from typing import Any

LONGEST = 12_000


def words(message: Mapping[str, Any]) -> str:
    """The words as Slack wrote them, with its `<...>` and `&amp;` in them; of people the text, of bots everything."""
    text = str(message.get("text") or "").strip()
    if text and not message.get("bot_id"):
        return text[:LONGEST]
    parts = [text, *_blocks(message.get("blocks")), *_attachments(message.get("attachments"))]
    return "\n".join(_distinct(parts))[:LONGEST].strip()


def pictures(message: Mapping[str, Any]) -> int:
    """How many pictures came with it."""
    return sum(str(file.get("mimetype", "")).startswith("image/") for file in _objects(message.get("files")))


def files(message: Mapping[str, Any]) -> int:
    """How many other files came with it."""
    return len(list(_objects(message.get("files")))) - pictures(message)


def _blocks(given: object) -> Iterator[str]:
    for block in _objects(given):
        if block.get("type") == "rich_text":
            yield "".join(_rich(block))
        elif block.get("type") in {"section", "header", "context"}:
            texts = [block.get("text"), *_list(block.get("fields")), *_list(block.get("elements"))]
            yield from (str(text["text"]) for text in _objects(texts) if isinstance(text.get("text"), str))
        elif block.get("type") == "markdown":
            yield str(block.get("text") or "")


def _rich(part: Mapping[str, Any]) -> Iterator[str]:
    """The leaves of rich text, in Slack's older notation."""
    kind = part.get("type")
    if kind == "text":
        yield str(part.get("text") or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    elif kind == "link":
        yield str(part.get("url") or "")
    elif kind == "user":
        yield f"<@{part.get('user_id')}>"
    elif kind == "channel":
        yield f"<#{part.get('channel_id')}>"
    elif kind == "emoji":
        yield f":{part.get('name')}:"
    for inner in _objects(part.get("elements")):
        yield from _rich(inner)
    if kind in {"rich_text_section", "rich_text_quote", "rich_text_preformatted"}:
        yield "\n"


def _attachments(given: object) -> Iterator[str]:
    for attached in _objects(given):
        told = [str(attached.get(name) or "") for name in ("pretext", "title", "text")]
        told += [f"{field.get('title', '')}: {field.get('value', '')}" for field in _objects(attached.get("fields"))]
        told += _blocks(attached.get("blocks"))
        yield from told if any(told) else [str(attached.get("fallback") or "")]


def _distinct(parts: list[str]) -> Iterator[str]:
    """Each part once: a bot's text often only repeats its blocks."""
    told = ""
    for part in sorted({" ".join(part.split()): part.strip() for part in parts}.values(), key=len, reverse=True):
        if " ".join(part.split()) not in told:
            told += "\n" + " ".join(part.split())
    kept = set(told.split("\n"))
    for part in parts:
        plain = " ".join(part.split())
        if plain and plain in kept:
            kept.discard(plain)
            yield part.strip()


def _list(given: object) -> list[object]:
    return given if isinstance(given, list) else []


def _objects(given: object) -> Iterator[dict[str, Any]]:
    return (item for item in _list(given) if isinstance(item, dict))
