"""Small modules, small functions, layers that hold, and a reason wherever the types give up."""

import ast
import re
import subprocess
import sys
from pathlib import Path

from tests.architecture.source import OURS, ROOT, SHIPPED, functions, modules, name, tree

LONGEST_MODULE = 300
LONGEST_FUNCTION = 50


def test_calls_go_down() -> None:
    """The import contracts of `.importlinter` hold."""
    linter = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run([linter, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_modules_are_small() -> None:
    """A module that grows past this has become two."""
    lengths = {name(path): len(path.read_text().splitlines()) for path in modules(*OURS)}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_functions_are_small() -> None:
    """A function that grows past this hides one that has a name."""
    found = {
        f"{name(path)}: {node.name}": lines
        for path in modules(*OURS)
        if "migrations" not in path.parts  # a list of tables, told once
        for node in functions(path)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert found == {}


def test_every_module_says_why_it_exists() -> None:
    """It opens with a sentence; only an empty file may be silent."""
    found = []
    for path in modules(*OURS):
        first = (ast.get_docstring(tree(path)) or "").split("\n\n")[0].strip()
        if path.read_text() and not re.match(r"[\w`].*[.?!:]$", first, re.DOTALL):
            found.append(f"{name(path)}: {first!r}")
    assert found == []


def test_every_test_says_what_it_shows() -> None:
    """A test function has one sentence of its own."""
    found = [
        f"{name(path)}: {node.name}"
        for path in modules("tests")
        for node in functions(path)
        if node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert found == []


def test_nothing_patches_our_own_code() -> None:
    """Tests use the real parts; a mock library has no place here."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in modules("tests")
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("unittest.mock", "mock")))
        or (isinstance(node, ast.Import) and any(alias.name == "unittest.mock" for alias in node.names))
        or (isinstance(node, ast.Attribute) and ast.unparse(node) == "monkeypatch.setattr")
    ]
    assert found == []


def test_any_has_a_reason() -> None:
    """`Any` stands for JSON (`dict[str, Any]`), or its statement says why in a comment."""
    found = []
    for path in modules(*SHIPPED):
        lines = path.read_text().splitlines()
        json = {id(part) for node in ast.walk(tree(path)) for part in _json(node)}
        found += [
            f"{name(path)}:{node.lineno}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Name) and node.id == "Any" and id(node) not in json
            # where a signature is spread over lines, its last one may say it
            if not any("#" in line for line in lines[max(0, node.lineno - 2) : node.lineno + 1])
        ]
    assert found == []


def _json(node: ast.AST) -> list[ast.expr]:
    """The `Any` of JSON objects and lists, and of tasks whose result nobody reads."""
    if not isinstance(node, ast.Subscript):
        return []
    kind = ast.unparse(node.value)
    if kind in {"dict", "Mapping", "MutableMapping"}:
        whole = isinstance(node.slice, ast.Tuple) and ast.unparse(node.slice.elts[0]) == "str"
    else:
        whole = kind in {"list", "Sequence", "Coroutine", "asyncio.Task"}
    return [part for part in ast.walk(node.slice) if isinstance(part, ast.Name)] if whole else []
