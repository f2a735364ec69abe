"""The audit chain: who asked, who clicked, what ran. Each entry seals the one before, so a change anywhere shows."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

#: What the first entry seals.
GENESIS = "0" * 64


class Entry(BaseModel):
    """One sealed act. `details` holds ids, hashes and redacted arguments, never texts of private incidents.

    `at` is aware, to the microsecond, so that it comes back from a database as it went in. Numbers begin at 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    at: datetime
    actor: str
    act: str
    subject: str
    details: dict[str, str]
    previous: str
    hash: str


class Head(BaseModel):
    """The end of the chain: what the next entry is appended to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = 0
    hash: str = GENESIS


class Broken(BaseModel):
    """Where the chain stops being true: the first bad entry's number, and why, in a sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    why: str


def append(head: Head, *, at: datetime, actor: str, act: str, subject: str, details: Mapping[str, str]) -> Entry:
    """The entry that follows `head`. Raises ValueError when `at` has no time zone."""
    number = head.number + 1
    seal = _seal(number, at, actor, act, subject, details, head.hash)
    return Entry(
        number=number,
        at=at.astimezone(UTC),
        actor=actor,
        act=act,
        subject=subject,
        details=dict(details),
        previous=head.hash,
        hash=seal,
    )


def head_of(entry: Entry) -> Head:
    """The head after `entry`."""
    return Head(number=entry.number, hash=entry.hash)


def verify(entries: Iterable[Entry], head: Head | None = None) -> Broken | None:
    """None if `entries`, from the first in order, are a whole chain that ends at `head` (where one is known)."""
    last = Head()
    for entry in entries:
        expected = last.number + 1
        if entry.number != expected:
            return Broken(number=expected, why=f"Entry {expected} is missing; {entry.number} stands in its place.")
        if entry.previous != last.hash:
            return Broken(number=expected, why=f"Entry {expected} does not follow the one before it.")
        if entry.hash != _seal_of(entry):
            return Broken(number=expected, why=f"Entry {expected} was changed after it was written.")
        last = head_of(entry)
    if head is not None and head != last:
        number = min(last.number, head.number) + 1
        return Broken(number=number, why=f"The chain ends at {last.number}; its head says {head.number}.")
    return None


def _seal_of(entry: Entry) -> str:
    return _seal(entry.number, entry.at, entry.actor, entry.act, entry.subject, entry.details, entry.previous)


def _seal(
    number: int, at: datetime, actor: str, act: str, subject: str, details: Mapping[str, str], previous: str
) -> str:
    """SHA-256 over canonical JSON: sorted keys, no spaces, everything outside ASCII escaped."""
    if at.tzinfo is None:
        raise ValueError("an audit entry needs a time with its zone")
    what = [number, at.astimezone(UTC).isoformat(timespec="microseconds"), actor, act, subject, dict(details), previous]
    text = json.dumps(what, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
