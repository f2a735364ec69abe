"""Whether it happened before: past incidents, post-mortems and known issues that say the same, the likest first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.evidence.model import BAD, KNOWN, MEMORY, Evidence, Kind, Piece
from bot.incident.catalogue import OTHER
from bot.incident.model import Frozen
from bot.postmortem.bm25 import folded, weigh

#: As much is compared: candidates, words of the question, words of a candidate.
CANDIDATES, ASKED, READ = 2000, 48, 1500
#: What is less like it is not similar; of 1. Fewer words in common are a coincidence.
ENOUGH, IN_COMMON = 0.15, 2
#: What is about the same service counts so much more; what is so old counts half, and never less than the least.
_SAME, _HALF_DAYS, _LEAST = 1.5, 365.0, 0.3
#: Words that say nothing, in any incident.
_EMPTY = frozenset(
    folded(
        "a an and are as at be but by can do does for from had has have i in into is it its no not of on or our since"
        " so that the then there they this to us was we were what when which while with you your alert service error"
    )
)


class Like(Frozen):
    """Something that is similar. `score` is of 1; `shared` are the words that both have, the question's order."""

    piece: Piece
    score: float
    shared: tuple[str, ...]
    same_service: bool

    @property
    def known_issue(self) -> bool:
        """Whether it describes an issue that is known, and not something that happened once."""
        return KNOWN in self.piece.data


class Memory(Frozen):
    """What is remembered. `recurrence` counts the similar things that happened to the same service before."""

    similar: tuple[Like, ...] = ()
    recurrence: int = 0
    considered: int = 0

    @property
    def first_recorded(self) -> bool:
        """Whether nothing like it is remembered of this service."""
        return self.recurrence == 0


def similar(asked: str, service: str, past: Iterable[Piece], at: datetime, limit: int = 3) -> Memory:
    """Compares words (BM25) with at most the newest 2,000 of `past`, whose kinds are incident and document.

    Pieces with the same subject are about the same thing, and count once. `at` is when it began; `asked` is all that
    is said of it, best from `question`.
    """
    candidates = sorted((piece for piece in past if piece.kind in MEMORY), key=_newest, reverse=True)[:CANDIDATES]
    wanted = tuple(dict.fromkeys(word for word in folded(asked) if _telling(word)))[:ASKED]
    texts = [list(folded(f"{piece.title} {piece.text}"))[:READ] for piece in candidates]
    weighed = weigh(texts)
    most = weighed.most(wanted)
    shared: defaultdict[int, list[str]] = defaultdict(list)
    for word in wanted:
        for number in weighed.having(word):
            shared[number].append(word)
    best: dict[str, Like] = {}
    for number, score in weighed.scores(wanted).items():
        like = _like(candidates[number], shared[number], score / most, service, at)
        about = like.piece.subject or like.piece.link or like.piece.title
        if _enough(like) and (about not in best or _order(like) < _order(best[about])):
            best[about] = like
    found = sorted(best.values(), key=_order)
    again = [like for like in found if like.same_service and not like.known_issue]
    return Memory(similar=tuple(found[:limit]), recurrence=len(again), considered=len(candidates))


def question(evidence: Evidence, *told: str) -> str:
    """What to look for: what people told first, then the titles of what is bad."""
    people = (piece.title for piece in evidence.pieces if piece.kind is Kind.PERSON)
    bad = sorted((piece for piece in evidence.pieces if piece.grade in BAD), key=lambda piece: piece.number)
    return "\n".join([*told, *people, *(piece.title for piece in bad)])[:20_000]


def _like(piece: Piece, shared: Sequence[str], score: float, service: str, at: datetime) -> Like:
    same = bool(service.strip()) and service != OTHER and piece.service.casefold() == service.casefold()
    days = max(0.0, (at - piece.at).total_seconds() / 86400)
    aged = max(_LEAST, 0.5 ** (days / _HALF_DAYS))
    whole = min(1.0, score * (_SAME if same else 1.0) * aged)
    return Like(piece=piece, score=round(whole, 6), shared=tuple(shared), same_service=same)


def _enough(like: Like) -> bool:
    return like.score >= ENOUGH and len(like.shared) >= IN_COMMON


def _telling(word: str) -> bool:
    return len(word) > 1 and word not in _EMPTY and not word.isdecimal()


def _newest(piece: Piece) -> tuple[datetime, str, str, str]:
    return piece.at, piece.subject, piece.title, piece.text


def _order(like: Like) -> tuple[float, float, str, str, str]:
    piece = like.piece
    return -like.score, -piece.at.timestamp(), piece.subject, piece.title, piece.text
