"""The guises in which a value that is known to be secret may turn up: encoded, escaped, or inside something encoded."""

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

#: An encoded piece that is shorter says too little: it would turn up in what has nothing to do with the secret.
_SHORTEST = 7


def forms(value: str) -> frozenset[str]:
    """Every guise of `value`, itself too."""
    found = {value, *_escaped(value), *_in_url(value)}
    data = value.encode("utf-8", "surrogatepass")
    found |= {data.hex(), data.hex().upper(), data.hex(":"), data.hex(" ")}
    once = set(_in_base64(data))
    twice = {piece for each in once for piece in _in_base64(each.encode())}
    in_url = {escaped for each in once for escaped in _in_url(each)}
    return frozenset(each for each in (*found, *once, *twice, *in_url) if each == value or len(each) >= _SHORTEST)


def _escaped(value: str) -> Iterator[str]:
    """As it stands in JSON, and in JSON within JSON; Go writes some signs in its own way, PHP escapes slashes."""
    once = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    once |= {each.replace("/", "\\/") for each in tuple(once)}
    once |= {each.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e") for each in tuple(once)}
    yield from once
    yield from (json.dumps(each, ensure_ascii=False)[1:-1] for each in once)
    yield value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _in_url(value: str) -> Iterator[str]:
    for each in (quote(value, safe=""), quote(value), quote_plus(value)):
        yield from (each, _lower(each))


def _lower(quoted: str) -> str:
    """With the digits after each `%` in small letters."""
    first, *others = quoted.split("%")
    return "%".join([first, *(each[:2].lower() + each[2:] for each in others)])


def _in_base64(data: bytes) -> Iterator[str]:
    """The part of its base64 that depends on nothing around it, for each of the three places it can begin at."""
    for before in range(3):
        first, last = -(-8 * before // 6), 8 * (before + len(data)) // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(bytes(before) + data).decode()[first:last]
