"""The two issue forms for `.github/ISSUE_TEMPLATE`, written from the services: what `holdfast forms` puts there."""

from typing import Any

import yaml

from bot.incident.catalogue import Catalogue
from bot.incident.issue_forms import FEATURE, OUTAGE, SERVICE, Kind, Question
from bot.incident.model import Link

#: How a file of ours begins; one that does not is somebody else's.
HEADER = "# Written by `holdfast forms` from holdfast.yml. Run it again when the services change.\n"
_OUTAGE_INTRO = """\
Something is broken? Tell us here. **Everybody can read this**, so leave out passwords and private details.
What happens next is said in a comment below, with the severity and by when somebody looks.
"""
_FEATURE_INTRO = "A wish for something new or different. A person reads it and decides; nothing starts by itself.\n"


def files(catalogue: Catalogue, links: tuple[Link, ...] = ()) -> dict[str, str]:
    """By file name. `links` are shown beside the forms; blank issues stay allowed."""
    contacts = [{"name": link.name, "url": link.url, "about": "Worth a look before you report."} for link in links]
    return {
        "outage-report.yml": _written(_outage(catalogue)),
        "feature-request.yml": _written(_feature()),
        "config.yml": _written({"blank_issues_enabled": True, **({"contact_links": contacts} if contacts else {})}),
    }


def _outage(catalogue: Catalogue) -> dict[str, Any]:
    services = SERVICE.model_copy(update={"choices": tuple(dict.fromkeys(catalogue.names))})
    asked = [services if question == SERVICE else question for question in OUTAGE]
    return {
        "name": "Report an outage",
        "description": "Something is down, slow, or not as it should be.",
        "labels": [Kind.OUTAGE.value],
        "body": [_text(_OUTAGE_INTRO), *map(_question, asked)],
    }


def _feature() -> dict[str, Any]:
    return {
        "name": "Request a feature",
        "description": "A new service, a change, a new monitor.",
        "labels": [Kind.FEATURE.value],
        "body": [_text(_FEATURE_INTRO), *map(_question, FEATURE)],
    }


def _text(value: str) -> dict[str, Any]:
    return {"type": "markdown", "attributes": {"value": value}}


def _question(question: Question) -> dict[str, Any]:
    kind = "dropdown" if question.choices else "textarea" if question.long else "input"
    given = {
        "label": question.label,
        "description": question.hint,
        "placeholder": question.example,
        "options": list(question.choices),
    }
    about = {key: value for key, value in given.items() if value}
    asked: dict[str, Any] = {"type": kind, "id": question.id, "attributes": about}
    return asked | {"validations": {"required": question.required}}


def _written(content: dict[str, Any]) -> str:
    return HEADER + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
