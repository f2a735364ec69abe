"""The evidence of this run, looked up by its ids or by what it is about."""

from typing import Literal

from pydantic import Field

from agents.runtime.session import Book
from agents.runtime.tool import AnyTool, Input, Result, Status, Tool
from bot.evidence.model import Kind, Piece

#: Pieces that one answer shows, and characters of the text of each where there are several.
SHOWN, SHORT = 40, 300


class LookUp(Input):
    """Which pieces are meant; what is given has to fit. Nothing given: all of them, shortened."""

    ids: tuple[str, ...] = Field(default=(), max_length=SHOWN, description="Ids, such as E-7. They are shown whole.")
    kind: Kind | None = Field(default=None, description="Only pieces of this kind.")
    service: str = Field(default="", max_length=200, description="Only pieces about this service.")
    grade: Literal["", "critical", "warning", "info", "fine"] = Field(default="", description="Only of this grade.")
    after: int = Field(default=0, ge=0, le=10**9, description="Only pieces with a higher number: 40 goes on at E-41.")


def evidence_tools(book: Book) -> tuple[AnyTool, ...]:
    """Looking into the book that the run's evidence stands in."""

    async def look_up(asked: LookUp) -> Result:
        pieces = book.evidence.pieces
        unknown = [id for id in asked.ids if id not in book.evidence.ids]
        found = [piece for piece in pieces if _fits(piece, asked)]
        shown = found[:SHOWN]
        whole = bool(asked.ids)
        content = {
            "pieces": [_told(piece, whole=whole) for piece in shown],
            **({"left_out": len(found) - len(shown)} if len(found) > len(shown) else {}),
            **({"no_such_id": [id[:40] for id in unknown]} if unknown else {}),
        }
        # what stands here is evidence already: it is cited by its own ids, and the answer gets none of its own
        return Result(status=Status.OK if shown else Status.NOTHING, content=content, query=_says(asked), known=True)

    return (
        Tool(
            name="evidence_lookup",
            description=(
                "Shows pieces of evidence that were collected in this run: by id, whole, or all of a kind, a service or"
                " a grade, shortened. What you cite has to stand here."
            ),
            input=LookUp,
            run=look_up,
            says=_says,
            source="Evidence",
            seconds=5,
        ),
    )


def _fits(piece: Piece, asked: LookUp) -> bool:
    return (
        (not asked.ids or piece.id in asked.ids)
        and (asked.kind is None or piece.kind is asked.kind)
        and (not asked.service or piece.service.casefold() == asked.service.strip().casefold())
        and (not asked.grade or piece.grade == asked.grade)
        and piece.number > asked.after
    )


def _told(piece: Piece, *, whole: bool) -> dict[str, object]:
    """What there is to it; what is empty is left out."""
    told = piece.model_dump(mode="json", exclude_defaults=True) | {"id": piece.id, "grade": piece.grade.value}
    if not whole and len(piece.text) > SHORT:
        told["text"] = f"{piece.text[:SHORT]}… (ask by id for the whole)"
    return told


def _says(asked: LookUp) -> str:
    wanted = [*asked.ids[:5], asked.kind or "", asked.service[:60], asked.grade]
    return f"evidence: {', '.join(each for each in wanted if each) or 'all'}"
