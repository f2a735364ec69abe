"""What must not stand in the tree: another clock, machine paths, unfinished work."""

import ast
import io
import re
import tokenize

from tests.architecture.source import OURS, SHIPPED, dotted, modules, name, tracked, tree

#: Who asks for the time himself cannot be moved by a test.
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.perf_counter",
    "time.gmtime",
    "time.localtime",
}
SQL_CLOCKS = re.compile(r"\bnow\(\)|current_timestamp|datetime\('now'|clock_timestamp", re.IGNORECASE)
#: A bracket around one letter keeps these lines from finding themselves.
MACHINES = re.compile(
    r"/(?:wor[k]|roo[t]|hom[e])/[a-z]|pyp[i]\.|pythonhoste[d]|index-ur[l]\s*=|C:\\User[s]", re.IGNORECASE
)
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")


def test_only_the_clock_asks_for_the_time() -> None:
    """Everything else is handed a clock; a moved clock moves everything."""
    found = [
        f"{name(path)}:{node.lineno} {dotted(node)}"
        for path in modules(*SHIPPED)
        if name(path) != "bot/clock.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and ".".join(dotted(node).split(".")[-2:]) in CLOCKS
    ]
    assert found == []


def test_no_query_asks_the_database_for_the_time() -> None:
    """Two databases, two clocks, two answers; ours is the third and the only one."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in modules(*SHIPPED)
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_CLOCKS.search(node.value))
        or (isinstance(node, ast.Attribute) and dotted(node) in {"func.now", "func.current_timestamp"})
    ]
    assert found == []


def test_nothing_names_a_machine() -> None:
    """No path and no host of the machine it was written on, in any tracked file."""
    found = [
        f"{name(path)}:{number}: {line.strip()[:80]}"
        for path in tracked()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MACHINES.search(line)
    ]
    assert found == []


def test_nothing_is_left_unfinished() -> None:
    """No comment postpones work, and nothing raises that it is missing."""
    found = []
    for path in modules(*OURS):
        for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
            if token.type == tokenize.COMMENT and UNFINISHED.search(token.string):
                found.append(f"{name(path)}:{token.start[0]}")
            if token.type == tokenize.NAME and token.string == "NotImplementedError":
                found.append(f"{name(path)}:{token.start[0]}")
    assert found == []
