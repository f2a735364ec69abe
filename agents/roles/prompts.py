"""Prompts are files beside the code; what they leave open is filled in here, all of it and nothing else."""

import re
from importlib.resources import files

from agents.runtime.envelope import EXPLAINED

_OPEN = re.compile(r"\{\{([a-z_]+)\}\}")


def read(name: str) -> str:
    """The file `prompts/<name>.md`, as it is written."""
    return files("agents").joinpath("prompts", *f"{name}.md".split("/")).read_text(encoding="utf-8").strip()


def prompt(name: str, **values: str) -> str:
    """The prompt, with what every agent is told. All of it is our own text: nothing of an incident stands in one.

    Raises ValueError where a placeholder has no value, or a value no placeholder.
    """
    common = filled(read("common"), {"envelopes": EXPLAINED})
    return filled(read(name), {"common": common, **values})


def filled(text: str, values: dict[str, str]) -> str:
    """`text` with every `{{placeholder}}` replaced, once: what stands in a value is not looked at again."""
    wanted = set(_OPEN.findall(text))
    if wanted != set(values):
        raise ValueError(f"placeholders and values differ: {sorted(wanted ^ set(values))}")
    return _OPEN.sub(lambda found: values[found[1]], text)
