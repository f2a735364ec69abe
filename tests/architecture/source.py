"""What the architecture tests read: our own files, as text and as syntax trees."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: What we ship, and beside it what tests and measures it.
SHIPPED = ("bot", "handlers", "agents")
OURS = (*SHIPPED, "tests", "benchmarks")


@cache
def modules(*packages: str) -> tuple[Path, ...]:
    """Every Python file of these packages, shortest path first."""
    return tuple(sorted(path for package in packages for path in (ROOT / package).rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    """The file's syntax."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name(path: Path) -> str:
    """The path as people write it."""
    return str(path.relative_to(ROOT))


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a file, nested ones included."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def dotted(node: ast.expr) -> str:
    """`a.b.c` as it was written; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


@cache
def tracked() -> tuple[Path, ...]:
    """Every text file in git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = (ROOT / found for found in listed.stdout.split("\0") if found)
    return tuple(path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:4096])
