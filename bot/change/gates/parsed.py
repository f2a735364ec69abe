"""A file of Terraform as a list of blocks, attributes and calls. What cannot be read for sure raises Unreadable."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.change.gates.lexer import MARKS, Unreadable, scan

#: Characters; the parser takes about a second for so many.
LONGEST = 128_000
#: Of empty lines in a heredoc the parser needs the square.
_BLANK = 200
_LEADING = re.compile(r"^(?:\s|(?:#|//)[^\n]*\n|/\*(?:.|\n)*?\*/)+")
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{0,200}")
_WORDS = frozenset({"NAME", "IN", "FOR", "IF", "FOR_EACH", "ELSE", "ENDIF", "ENDFOR", "TRUE", "FALSE", "NULL"})
_NAMES = frozenset({"identifier", "keyword", "literal_value"})


@dataclass(frozen=True)
class Block:
    """A block: its words (`data`, `http`, `x`), those of the blocks around it, and its text without comments."""

    words: tuple[str, ...]
    within: tuple[tuple[str, ...], ...]
    text: str
    attributes: tuple[tuple[str, str], ...]

    @property
    def kind(self) -> str:
        """Its first word."""
        return self.words[0]

    @property
    def address(self) -> str:
        """As people find it."""
        return " ".join(".".join(words) for words in (*self.within, self.words))

    def get(self, name: str) -> str | None:
        """An attribute's text; None where it has none."""
        return next((text for key, text in self.attributes if key == name), None)


@dataclass(frozen=True)
class Call:
    """A call of a function: its name, the texts of its arguments, and the top-level block that it stands in."""

    name: str
    arguments: tuple[str, ...]
    inside: str

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.name} ( {' , '.join(self.arguments)} )"


@dataclass(frozen=True)
class Parsed:
    """One file."""

    blocks: tuple[Block, ...] = ()
    calls: tuple[Call, ...] = ()
    heredocs: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def parsed(text: str) -> Parsed:
    """Reads a file. Raises Unreadable."""
    import hcl2

    if len(text) > LONGEST:
        raise Unreadable(f"it is longer than {LONGEST} characters")
    if _blank_lines(text) > _BLANK:
        raise Unreadable(f"it has more than {_BLANK} empty lines in a row")
    seen = scan(text)
    try:
        tree = hcl2.parses_to_tree(text)
    except Exception as error:  # whatever the parser says, we cannot read it
        raise Unreadable("it is not valid HCL") from error
    if _marks(tree) != seen.code:
        raise Unreadable("two readers do not see the same in it")
    blocks: list[Block] = []
    calls: list[Call] = []
    heredocs: list[str] = []
    _walk(tree, blocks, calls, heredocs)
    return Parsed(tuple(blocks), tuple(calls), tuple(heredocs))


def _blank_lines(text: str) -> int:
    """The most empty lines in a row."""
    most = run = 0
    for line in text.split("\n"):
        run = 0 if line.strip() else run + 1
        most = max(most, run)
    return most


def _walk(tree: Any, blocks: list[Block], calls: list[Call], heredocs: list[str]) -> None:  # Any: hcl2's tree
    """Collects without recursion. `Any`: the parser's trees have no types."""
    todo: list[tuple[Any, tuple[tuple[str, ...], ...]]] = [(tree, ())]
    while todo:
        node, within = todo.pop()
        if not _is_tree(node):
            continue
        if node.data == "block":
            block = _block(node, within)
            blocks.append(block)
            within = (*within, block.words)
        elif node.data == "function_call":
            calls.append(_call(node, ".".join(within[0]) if within else ""))
        elif node.data in ("heredoc_template", "heredoc_template_trim", "template_string"):
            heredocs.append(_text(node))
        if (
            node.data == "body"
            and not within
            and any(_is_tree(each) and each.data == "attribute" for each in node.children)
        ):
            raise Unreadable("an attribute stands outside every block")
        todo.extend((child, within) for child in reversed(node.children))


def _block(node: Any, within: tuple[tuple[str, ...], ...]) -> Block:  # Any: hcl2's tree
    words: list[str] = []
    body = None
    for child in node.children:
        if not _is_tree(child):
            continue
        if child.data == "string":
            words.append(_label(child))
        elif child.data in _NAMES:
            words.append(_text(child))
        elif child.data == "body":
            body = child
    attributes = tuple(
        (_text(each.children[0]), " ".join(_text(part) for part in each.children[2:]).strip())
        for each in (body.children if body else ())
        if _is_tree(each) and each.data == "attribute"
    )
    return Block(tuple(words), within, _text(node), attributes)


def _label(node: Any) -> str:  # Any: hcl2's tree
    label = "".join(_text(child) for child in node.children[1:-1])
    if not _PLAIN.fullmatch(label):
        raise Unreadable("the name of a block is not written plainly")
    return label


def _call(node: Any, inside: str) -> Call:  # Any: hcl2's tree
    name = ""
    arguments: tuple[str, ...] = ()
    for child in node.children:
        if _is_tree(child) and child.data == "arguments":
            arguments = tuple(
                _text(each) for each in child.children if _is_tree(each) and each.data != "new_line_or_comment"
            )
        elif _is_tree(child) and child.data == "identifier":
            name += _text(child)
        elif not _is_tree(child) and child.type == "COLONS":
            name += "::"
    return Call(name, arguments, inside)


def _is_tree(node: Any) -> bool:  # Any: hcl2's tree
    return hasattr(node, "children")


def _tokens(node: Any) -> Iterator[Any]:  # Any: hcl2's tree
    todo = [node]
    while todo:
        each = todo.pop()
        if _is_tree(each):
            todo.extend(reversed(each.children))
        elif each is not None and each.type != "NL_OR_COMMENT":
            yield each


def _text(node: Any) -> str:  # Any: hcl2's tree
    """All words and marks without comments, one blank between them; the text of strings and heredocs as it is."""
    return " ".join(
        str(each) if each.type.startswith(("STRING", "HEREDOC", "ESCAPED")) else _LEADING.sub("", str(each)).strip()
        for each in _tokens(node)
    )


def _marks(tree: Any) -> list[str]:  # Any: hcl2's tree
    """The same list that the lexer makes."""
    found = []
    for token in _tokens(tree):
        if token.type in ("INTERP_START", "DIRECTIVE_START"):
            found.append("{")
        elif token.type in _WORDS or (str(token) in MARKS and token.type != "STRING_CHARS"):
            found.append(str(token))
    return found
