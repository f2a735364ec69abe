"""What every view of an investigation says the same way: how sure, what it cost, how long it took, where ids lead."""

from collections.abc import Collection, Mapping, Sequence

from bot.budget.caps import Totals, dollars
from bot.evidence.model import Piece
from bot.investigation.model import Investigation, Kind
from bot.investigation.standing import Money
from bot.views.foreign import known_link

_LIKELY, _POSSIBLE = 0.6, 0.4
#: As many ids stand behind a sentence, and as long an address is linked, in characters.
_IDS, _ADDRESS = 4, 300

KINDS: dict[Kind, str] = {
    Kind.TRIAGE: "Triage",
    Kind.INVESTIGATION: "Investigation",
    Kind.POSTMORTEM: "For the post-mortem",
    Kind.FEATURE: "The wish, looked at",
}


def title(investigation: Investigation) -> str:
    """`Investigation 2`: the number is that of its incident."""
    return f"{KINDS[investigation.kind]} {investigation.number}"


def id_of(investigation: Investigation) -> str:
    """The value of a button about it: the incident's id and its own, with a colon between."""
    return f"{investigation.incident_id}:{investigation.id}"


def sureness(confidence: float) -> str:
    """`likely, 72%`, by the same steps as in a report that rules wrote."""
    word = "likely" if confidence >= _LIKELY else "possible" if confidence >= _POSSIBLE else "weak"
    return f"{word}, {confidence:.0%}"


def spent(totals: Totals) -> str:
    """`$0.42`, and that it is estimated where a part of it is."""
    return f"{dollars(totals.spent)}{' (estimated)' if totals.estimated else ''}"


def running_cost(money: Money) -> str:
    """`$0.42 of $5.00 (holding $0.18)`."""
    holding = f" (holding {dollars(money.run.held)})" if money.run.held else ""
    return f"{spent(money.run)} of {dollars(_cap(money))}{holding}"


def final_cost(money: Money) -> str:
    """What it came to, and what all of them about the incident did, where that is more."""
    more = money.issue.spent > money.run.spent
    issue = f"; {spent(money.issue)} for this incident so far" if more else ""
    return f"{spent(money.run)} of {dollars(_cap(money))}{issue}"


def took(investigation: Investigation) -> str:
    """`74 s` or `12 min`; empty while it goes on."""
    if investigation.ended_at is None:
        return ""
    seconds = max(0, round((investigation.ended_at - investigation.asked_at).total_seconds()))
    return f"{seconds} s" if seconds < 600 else f"{seconds // 60} min"


def cited(ids: Sequence[str], pieces: Mapping[str, Piece], hosts: Collection[str]) -> str:
    """`[E-3, E-4]`: each that exists, a link where its piece has an address on one of the hosts."""
    each = [id for id in dict.fromkeys(ids) if id in pieces]
    shown = [known_link(_address(pieces[id]), id, hosts) for id in each[:_IDS]]
    more = f" and {len(each) - _IDS} more" if len(each) > _IDS else ""
    return f"[{', '.join(shown)}{more}]" if shown else ""


def _address(piece: Piece) -> str:
    """Where it leads to; nowhere rather than to half an address."""
    return piece.link if len(piece.link.replace("&", "&amp;")) <= _ADDRESS else ""


def _cap(money: Money) -> int:
    return round(money.caps.run * 1_000_000)
