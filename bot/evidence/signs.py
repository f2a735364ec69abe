"""What a piece speaks for: the five causes that people begin with, and the words by which they are known."""

import re
from collections.abc import Mapping
from enum import StrEnum

from bot.evidence.model import BAD, CHANGES, FIGURE, REASON, Kind, Piece


class Cause(StrEnum):
    """Where people look first; of equals the first."""

    DEPLOYMENT = "deployment"
    EXHAUSTION = "exhaustion"
    DEPENDENCY = "dependency"
    TRAFFIC = "traffic"
    DATA = "data"


#: As much of a text is read. Characters.
_READ = 2000
_FIGURES: Mapping[str, Cause] = {"rate": Cause.TRAFFIC, "saturation": Cause.EXHAUSTION}


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


#: The first row that fits counts: a full disk breaks data and connections, so it is looked for before them.
_WORDS: tuple[tuple[Cause, re.Pattern[str]], ...] = (
    (
        Cause.EXHAUSTION,
        _any(
            r"(?:disk|memory|pid)[ _-]?pressure",
            r"\bOOM(?:\b|kill)",
            r"out[ -]?of[ -]?(?:memory|disk|space|inodes|file descriptors)",
            r"no space left",
            r"(?:disk|volume|file ?system|inodes?|quota|pool|queue)s?\b.{0,40}(?:full|exhausted|exceeded|filling|"
            r"running out|out of space|almost out)",
            r"filesystem(?:almost)?outof|fillingup|diskfull",
            r"too many (?:open files|connections|clients)",
            r"connection ?(?:pool|slots?).{0,20}(?:exhausted|full|reserved)",
            r"evicted|throttl(?:ed|ing)|insufficient (?:cpu|memory)|memory ?leak",
            r"(?:memory|cpu|disk)(?:usage|utilization|saturation)?(?:high|full)|high(?:memory|cpu|disk)",
        ),
    ),
    (
        Cause.DATA,
        _any(
            r"corrupt",
            r"checksum (?:mismatch|fail)",
            r"(?:relation|table|column)\b.{0,60}\bdoes not exist",
            r"(?:constraint|duplicate key|foreign key)\b.{0,20}violat|violates .{0,20}constraint",
            r"migration.{0,30}(?:failed|error|pending)|schema (?:mismatch|version)",
            r"malformed|invalid (?:page|block|checksum)|data ?loss|replication ?(?:broken|lag)",
        ),
    ),
    (
        Cause.TRAFFIC,
        _any(
            r"\bd?dos\b|rate[ -]?limit|too many requests|\b429\b",
            r"(?:traffic|request(?: rate|s)?|connections?)\b.{0,20}(?:spike|surge|flood|unusually high)",
            r"(?:traffic|request ?rate|requests)(?:high|spike)|high(?:traffic|requestrate)|crawler|bot traffic",
        ),
    ),
    (
        Cause.DEPLOYMENT,
        _any(
            r"(?:err)?image ?pull(?:backoff)?|errimage|invalidimagename",
            r"createcontainer(?:config)?error|progress deadline exceeded|progressdeadlineexceeded",
            r"(?:rollout|deployment|release|upgrade)\b.{0,30}(?:stuck|failed|incomplete)|rolloutstuck",
            r"(?:unknown|invalid|missing) (?:flag|option|setting|configuration|environment variable)",
        ),
    ),
    (
        Cause.DEPENDENCY,
        _any(
            r"connection (?:refused|reset|timed out)|connect(?:ion)? timeout|i/o timeout|no route to host|unreachable",
            r"could not (?:connect|resolve|translate)|no such host|nxdomain|servfail|name resolution",
            r"upstream\b.{0,60}(?:timed out|refused|unavailable|answer)|circuit ?breaker|econnrefused|etimedout",
            r"not ?ready\b.{0,20}node|node\b.{0,20}not ?ready|nodenotready|kubelet stopped",
        ),
    ),
)


def cause_of(piece: Piece) -> Cause | None:
    """What a piece speaks for; None where it only says that something is wrong, or that nothing is."""
    if piece.kind in CHANGES:
        return Cause.DEPLOYMENT
    if piece.grade not in BAD and piece.kind is not Kind.PERSON:
        return None
    if piece.kind is Kind.METRIC:
        return _FIGURES.get(piece.data.get(FIGURE, ""))
    said = (f"{piece.data.get(REASON, '')} {piece.title}"[:_READ], piece.text[:_READ])
    worded = next((cause for text in said for cause, words in _WORDS if words.search(text)), None)
    # a node that is not well, for whatever reason, is something that the service needs
    return worded or (Cause.DEPENDENCY if piece.kind is Kind.NODE else None)
