"""The evidence report in Slack: the verdict first, then what somebody woken up needs, each line with its evidence."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from bot.evidence.findings import Finding
from bot.evidence.model import Answer, Health, Piece
from bot.evidence.report import Echo, EvidenceReport, Suspect
from bot.views.blocks import FALLBACK, Block, Rendered, context, cut, linked, one_line, safe, section, when
from bot.views.foreign import is_known

#: As much of a sentence is shown, and as long an address is linked, characters; as many ids stand behind a sentence.
_SENTENCE, _ADDRESS, _IDS = 300, 300, 4
_MORE = "…"
#: What is said of a source that could not be asked, where it gives no reason itself.
_SILENT = {Answer.LATE: "too late", Answer.FAILED: "failed", Answer.MISSING: "not set up", Answer.ANSWERED: "answered"}


def evidence_report(report: EvidenceReport, hosts: Collection[str] | None = None) -> Rendered:
    """The whole report as one message. Ids lead to where a piece comes from, if that can be looked at: on one of
    `hosts`, where these are given.
    """
    pieces = {piece.id: _followed(piece, hosts) for piece in report.cited}
    verdict = _said(report.verdict, 600)
    blocks: list[Block] = [section(f"*{verdict}*{_sureness(report.suspects)}")]
    why = report.suspects[0].findings if report.suspects else ()
    blocks += _list("Why", why, pieces)
    blocks += [context(_other(each, pieces)) for each in report.suspects[1:]]
    blocks += _list("What is wrong" if not why else "What else is wrong", _without(report.wrong, why), pieces)
    blocks += _list(
        "What else changed before it" if why else "What changed before it", _without(report.changes, why), pieces
    )
    blocks.append(section(fitting([f"*Before*\n{_said(report.remembered)}", *_echoes(report.similar, pieces)])))
    blocks += _small("Ruled out", [_said(each, 150) for each in report.ruled_out])
    blocks += _small("Not looked at", [unseen(each) for each in report.unseen])
    blocks.append(context(_label(report)))
    return Rendered(text=cut(f"{verdict} {_said(report.label)}", FALLBACK, _MORE), blocks=blocks)


def _sureness(suspects: Sequence[Suspect]) -> str:
    return f"\nConfidence: {suspects[0].word}, {suspects[0].confidence:.0%}" if suspects else ""


def _other(suspect: Suspect, pieces: Mapping[str, Piece]) -> str:
    """A cause that is less likely, in a line."""
    ids = tuple(id for finding in suspect.findings for id in finding.pieces)
    sure = f"({suspect.word}, {suspect.confidence:.0%})"
    return f"Or {suspect.cause}: {_said(suspect.what, 200)} {sure} {_ids(ids, pieces)}"


def _without(findings: Sequence[Finding], told: Sequence[Finding]) -> list[Finding]:
    """Those that are not told already: they rest on something else."""
    cited = {id for finding in told for id in finding.pieces}
    return [finding for finding in findings if not cited.issuperset(finding.pieces)]


def _list(title: str, findings: Sequence[Finding], pieces: Mapping[str, Piece]) -> list[Block]:
    lines = [_line(each, pieces) for each in findings]
    return [section(fitting([f"*{title}*", *lines]))] if lines else []


def _line(finding: Finding, pieces: Mapping[str, Piece]) -> str:
    return f"• {_said(finding.sentence)} {_ids(finding.pieces, pieces)}"


def _ids(ids: Sequence[str], pieces: Mapping[str, Piece]) -> str:
    """`[E-3, E-4]`, each a link where its piece has an address."""
    each = dict.fromkeys(ids)
    shown = [linked(_address(pieces.get(id)), id) for id in list(each)[:_IDS]]
    more = f" and {len(each) - _IDS} more" if len(each) > _IDS else ""
    return f"[{', '.join(shown)}{more}]"


def _address(piece: Piece | None) -> str:
    """Where it leads to; nowhere rather than to half an address."""
    return piece.link if piece and len(piece.link.replace("&", "&amp;")) <= _ADDRESS else ""


def _followed(piece: Piece, hosts: Collection[str] | None) -> Piece:
    known = hosts is None or is_known(piece.link, hosts)
    return piece if known else piece.model_copy(update={"link": ""})


def _echoes(echoes: Sequence[Echo], pieces: Mapping[str, Piece]) -> Iterator[str]:
    for echo in echoes:
        what = "known issue" if echo.known_issue else "similar"
        where = "" if echo.same_service else ", of another service"
        yield f"• {what.capitalize()}{where}: {_said(echo.title, 200)}, {when(echo.at)} {_ids([echo.piece], pieces)}"


def unseen(health: Health) -> str:
    """What could not be looked at, and why."""
    why = _said(health.sentence.rstrip("."), 200) or _SILENT[health.answer]
    return f"{_said(health.asked, 100)} ({_said(health.source, 60)}: {why})"


def _label(report: EvidenceReport) -> str:
    counted = "1 piece" if report.pieces == 1 else f"{report.pieces} pieces"
    left = f", {report.noise} of them not about this" if report.noise else ""
    return f"{_said(report.label)} {counted} of evidence{left}, looked at {when(report.at)}."


def _small(title: str, parts: Sequence[str]) -> list[Block]:
    return [context(cut(f"{title}: {'; '.join(parts)}.", 1900, _MORE))] if parts else []


def fitting(lines: Sequence[str]) -> str:
    """As many whole lines as a section holds: a link that is cut in the middle is none."""
    kept: list[str] = []
    for line in lines:
        if sum(map(len, kept)) + len(kept) + len(line) > 2900:
            break
        kept.append(line)
    return "\n".join(kept)


def _said(text: str, limit: int = _SENTENCE) -> str:
    return safe(one_line(text[: limit * 4], limit), limit * 2, _MORE)
