"""How good a report is: a few plain questions, each answered by code, none by another model."""

from bot.evidence.model import Evidence
from bot.incident.model import Frozen
from bot.investigation.model import Findings
from tests.evals.case import Expected


class Point(Frozen):
    """One question, and whether the answer is yes; `why` says what was seen instead."""

    asked: str
    passed: bool
    why: str = ""


class Score(Frozen):
    """All of them for one incident. It is passed where every answer is yes."""

    points: tuple[Point, ...]

    @property
    def passed(self) -> bool:
        return bool(self.points) and all(point.passed for point in self.points)

    @property
    def share(self) -> float:
        """Of 1."""
        return sum(point.passed for point in self.points) / len(self.points) if self.points else 0.0


def score(expected: Expected, found: Findings, evidence: Evidence) -> Score:
    """Pure: the same findings have the same score."""
    first = found.hypotheses[0] if found.hypotheses else None
    told = f"{found.verdict} {first.cause if first else ''}".casefold()
    acts = " ".join((*(each.command for each in found.commands), *found.next_steps)).casefold()
    titles = {piece.id: piece.title for piece in evidence.pieces}
    ids = {id for each in found.findings for id in each.pieces}
    ids |= {id for each in found.hypotheses for id in each.pieces}
    points = [
        Point(asked="it says whether the cause is known", passed=found.known == expected.known, why=f"{found.known}"),
        Point(asked="severity", passed=found.severity in expected.severities, why=found.severity or "none"),
        Point(asked="everything cited exists", passed=ids <= titles.keys(), why=str(sorted(ids - titles.keys()))),
        Point(asked="no surer than is known", passed=found.confidence <= (0.9 if found.known else 0.3)),
    ]
    if expected.causes:
        category = first.category if first else ""
        passed = category in {cause.value for cause in expected.causes}
        points.append(Point(asked="the kind of cause", passed=passed, why=category or "none"))
    for group in expected.names:
        passed = any(word.casefold() in told for word in group)
        points.append(Point(asked=f"it names {' or '.join(group)}", passed=passed, why=found.verdict))
    for title in expected.cites:
        passed = any(titles.get(id, "").startswith(title) for id in ids)
        points.append(Point(asked=f"it cites “{title}”", passed=passed, why=", ".join(sorted(ids)) or "nothing"))
    for word in expected.never:
        passed = word.casefold() not in f"{told} {acts}"
        points.append(Point(asked=f"it does not say “{word}”", passed=passed, why=found.verdict))
    return Score(points=tuple(points))
