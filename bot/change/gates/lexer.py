"""A second reader of HCL, as strict as Terraform's own: what it and the parser do not read alike is refused."""

import re
from dataclasses import dataclass, field

_COMMENT = re.compile(r"(?:#|//)[^\n]*|/\*(?:.|\n)*?\*/")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_HEREDOC = re.compile(r"<<-?([A-Za-z][A-Za-z0-9._-]*)\r?\n")
#: Templates within templates, and brackets within brackets.
_DEEPEST, _BRACKETS = 20, 100
#: Marks whose order two readers must agree on.
MARKS = frozenset('"(){}')


class Unreadable(ValueError):
    """The text is not HCL that we can be sure about; says why."""


@dataclass
class Scanned:
    """What was found: `code` are words and marks outside heredocs, `heredocs` the words within their templates."""

    code: list[str] = field(default_factory=list)
    heredocs: list[str] = field(default_factory=list)


def scan(text: str) -> Scanned:
    """Words and marks of a text. Raises Unreadable."""
    reader = _Reader(text)
    if reader.code(0, reader.found.code, 0) != len(text):
        raise Unreadable("a brace is closed that was never opened")
    return reader.found


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.found = Scanned()

    def code(self, at: int, into: list[str], deep: int) -> int:
        """Reads from `at` to the end, or to the brace that ends a template, and returns where that is."""
        if deep > _DEEPEST:
            raise Unreadable("it is nested too deeply")
        open_braces = brackets = 0
        while at < len(self.text):
            mark = self.text[at]
            if mark == "}" and open_braces == 0:
                return at
            if mark in "{}":
                open_braces += 1 if mark == "{" else -1
            brackets += {"(": 1, "[": 1, ")": -1, "]": -1}.get(mark, 0)
            if open_braces + brackets > _BRACKETS:
                raise Unreadable("it is nested too deeply")
            at = self._token(at, into, deep)
        if deep or open_braces:
            raise Unreadable("a brace is never closed")
        return at

    def _token(self, at: int, into: list[str], deep: int) -> int:
        comment = _COMMENT.match(self.text, at)
        if comment:
            return comment.end()
        if self.text.startswith("/*", at):
            raise Unreadable("a comment is never closed")
        heredoc = _HEREDOC.match(self.text, at)
        if heredoc:
            return self._heredoc(heredoc, deep)
        word = _WORD.match(self.text, at) or _NUMBER.match(self.text, at)
        if word:
            if not word[0][0].isdigit():
                into.append(word[0])
            return word.end()
        mark = self.text[at]
        if mark == '"':
            return self._string(at, into, deep)
        if mark == "\\" or not mark.isascii() or self.text.startswith("<<", at):
            raise Unreadable("it has a letter or mark that does not belong there")
        if mark in MARKS:
            into.append(mark)
        return at + 1

    def _string(self, at: int, into: list[str], deep: int) -> int:
        into.append('"')
        at += 1
        while at < len(self.text):
            mark = self.text[at]
            if mark == '"':
                into.append('"')
                return at + 1
            if mark == "\n":
                break
            at = at + 2 if mark == "\\" else self._template(at, into, deep)
        raise Unreadable("a string is never closed")

    def _template(self, at: int, into: list[str], deep: int) -> int:
        """One step in the text of a template; all of what stands in `${}` or `%{}`."""
        for sign in "$%":
            if self.text.startswith(f"{sign}{sign}{sign}{{", at):
                raise Unreadable("it has three signs before a brace, which readers understand differently")
            if self.text.startswith(f"{sign}{sign}{{", at):
                return at + 3
            if self.text.startswith(f"{sign}{{", at):
                into.append("{")
                end = self.code(at + 2, into, deep + 1)
                into.append("}")
                return end + 1
        return at + 1

    def _heredoc(self, start: re.Match[str], deep: int) -> int:
        """Ends as Terraform ends it: at a line that, without blanks around it, is the marker."""
        at = start.end()
        while at < len(self.text):
            end = self.text.find("\n", at)
            end = len(self.text) if end < 0 else end
            if self.text[at:end].strip() == start[1]:
                return end
            while at < end:
                at = self._template(at, self.found.heredocs, deep)
                if at > end:  # a template went on over the line
                    end = self.text.find("\n", at)
                    end = len(self.text) if end < 0 else end
            at = end + 1
        raise Unreadable("a heredoc is never closed")
