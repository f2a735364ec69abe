"""Secrets in manifests: all that stands in a Kubernetes Secret, and what an environment variable holds by its name."""

import re
from collections.abc import Callable, Iterator, Mapping

#: What takes the place of a secret of this kind.
Hide = Callable[[str, str], str]

#: The name of something whose value is a secret, to its end.
NAME = re.compile(
    r"(?i:(?:^|[_.-])(?:token|secret|password|passwd|passphrase|authorization|credentials?|signature|cookie"
    r"|(?:api|access|secret|private|signing|encryption)[_-]?key|key-data)$)"
    r"|(?:Token|Secret|Password|Passwd|ApiKey|AccessKey|SecretKey|PrivateKey|Signature)$"
    r"|^(?:PG|MYSQL|REDISCLI_)?(?:PASSWORD|PASS|PWD|AUTH)$"
)
_SECRET = re.compile(r"\\{0,3}[\"']?kind\\{0,3}[\"']?\s{0,8}:\s{0,8}\\{0,3}[\"']?(?:Secret|SecretList)\b")
_DOCUMENTS = re.compile(r"(^---[^\n]*\n)", re.MULTILINE)
_BLOCK = re.compile(r"(?P<indent>[ ]*)(?:- )?[\"']?(?:data|stringData)[\"']?:[ \t]*(?:#.*)?")
_ENTRY = re.compile(r"(?P<keep>[ ]*[\"']?[\w.-]{1,253}[\"']?:[ \t]+)(?P<value>[^\n]*\S)")
_FLOW = re.compile(r"(?P<keep>\\{0,3}[\"'](?:data|stringData)\\{0,3}[\"']\s{0,8}:\s{0,8}\{)(?P<value>[^{}]*)")
_MEMBER = re.compile(r"(?P<keep>:\s{0,8}\\{0,3}[\"'])(?P<value>[^\"'\\]+)")
#: What announces that the value stands in the lines below.
_HEADS = frozenset({"|", ">", "|-", ">-", "|+", ">+"})
#: `name: DB_PASSWORD` and, right after it, `value: …`, in YAML and in JSON.
_ENV = re.compile(
    r"(?P<keep>\bname\\{0,3}[\"']?:\s{0,8}\\{0,3}[\"']?(?P<name>[\w.-]{1,200})\\{0,3}[\"']?\s{0,4},?\s{1,40}\\{0,3}[\"']?"
    r"value\\{0,3}[\"']?:[ \t]{0,8})(?P<value>[^\n{}]*[^\s{}])"
    r"|(?P<keep2>\bname\\{0,3}[\"']:\s{0,8}\\{0,3}[\"'](?P<name2>[\w.-]{1,200})\\{0,3}[\"']\s{0,4},\s{0,40}\\{0,3}[\"']"
    r"value\\{0,3}[\"']:\s{0,8}\\{0,3}[\"'])(?P<value2>[^\"'\\\n]+)"
)


def in_text(text: str, hide: Hide) -> str:
    """`text` without what the manifests in it hold; other text is unchanged."""
    if "value" in text:
        text = _ENV.sub(lambda found: _variable(found, hide), text)
    if "ata" not in text or not _SECRET.search(text):
        return text
    parts = _DOCUMENTS.split(text)
    return "".join(_document(part, hide) if _SECRET.search(part) else part for part in parts)


def in_data(value: Mapping[object, object]) -> frozenset[object]:
    """The keys of an object under which everything is secret: those of a Secret, and an environment variable's."""
    if value.get("kind") == "Secret":
        return frozenset({"data", "stringData"})
    name = value.get("name")
    if isinstance(name, str) and isinstance(value.get("value"), str) and NAME.search(name):
        return frozenset({"value"})
    return frozenset()


def _variable(found: re.Match[str], hide: Hide) -> str:
    keep, name, value = (found[part] or found[f"{part}2"] for part in ("keep", "name", "value"))
    return keep + hide("variable", value) if NAME.search(name) else found[0]


def _document(text: str, hide: Hide) -> str:
    """One document that is, or holds, a Secret."""
    flowed = _FLOW.sub(lambda found: found["keep"] + _members(found["value"], hide), text)
    return "".join(_lines(flowed.splitlines(keepends=True), hide))


def _members(text: str, hide: Hide) -> str:
    return _MEMBER.sub(lambda found: found["keep"] + hide("secret-data", found["value"]), text)


def _lines(lines: list[str], hide: Hide) -> Iterator[str]:
    """YAML, line by line: all that stands deeper than `data:` is hidden, its keys stay."""
    inside: int | None = None
    for line in lines:
        depth = len(line) - len(line.lstrip(" "))
        if inside is not None and line.strip() and depth <= inside:
            inside = None
        if inside is None:
            block = _BLOCK.fullmatch(line.rstrip("\r\n"))
            inside = len(block["indent"]) if block else None
            yield line
        elif entry := _ENTRY.match(line):
            end = line[entry.end() :]
            yield (
                entry["keep"]
                + (entry["value"] if entry["value"] in "|>|->-" else hide("secret-data", entry["value"]))
                + end
            )
        elif line.strip() and not line.rstrip().endswith(":"):
            yield line[:depth] + hide("secret-data", line.strip()) + line[len(line.rstrip()) :]
        else:
            yield line
