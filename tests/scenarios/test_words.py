"""What somebody typed is what stands in the form, on the card and in the issue: no sign is lost on the way."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from bot.incident.catalogue import Catalogue
from bot.incident.report import draft, missing, title
from bot.incident.text import normalise
from bot.incident.verbs import Command, Freeform, parse
from bot.views import issue
from bot.views.forms import declare
from bot.views.forms.declare import DeclareForm
from bot.workspace.slack.typed import escaped
from tests.bot.incident.examples import CATALOGUE, NOW, an_incident
from tests.bot.views.filling import filled
from tests.scenarios.reading import issue as filed
from tests.scenarios.reading import issue_text
from tests.scenarios.story import Story

SIGNS = "immich shows wrong data if x<y and z>2 for <admin> users & a|b, with &lt; and &amp;amp; in it"
#: Words and the signs that Slack escapes, in any order; the first word is no verb.
TYPED = st.lists(st.sampled_from(["<", ">", "&", "|", "&lt;", "&amp;", "x", "ab", "<admin>", "<@U1>", " "]), min_size=1)


def as_markdown_shows_it(text: str) -> str:
    """The issue's Markdown, as GitHub renders it, without the marks that break mentions."""
    return html.unescape(re.sub(r"\\([^\w\s])", r"\1", text)).replace("\u2060", "")


@given(TYPED)
def test_no_sign_is_lost_between_the_command_the_form_and_the_issue(parts: list[str]) -> None:
    """Slack escapes three signs in a command and none in a form; each is undone once, where it was done."""
    said = normalise(f"nextcloud gives {''.join(parts)} since noon")
    read = parse(escaped(said))
    assert isinstance(read, Freeform)
    assert read.text == said
    form = declare.build(DeclareForm(draft=draft(read.text, CATALOGUE, NOW, "UTC"), catalogue=CATALOGUE))
    report = declare.read(filled(form, service="Nextcloud", error_kind="slow"), "U0ANA").report
    assert report.what == said
    assert missing(report) == {}
    body = issue.issue(an_incident(report=report), "e1").body
    assert said in as_markdown_shows_it(body)


@given(TYPED)
def test_a_verb_keeps_every_sign_of_its_text(parts: list[str]) -> None:
    """An update about `x<y` says `x<y`."""
    said = normalise(f"rolled back {''.join(parts)} now")
    read = parse(escaped(f"update INC-2 {said}"))
    assert isinstance(read, Command)
    assert (read.ref, " ".join(read.text.split())) == ("INC-2", " ".join(said.split()))


def test_a_title_keeps_every_sign_of_its_form() -> None:
    """The title is made of the form's text, which nobody has escaped."""
    report = an_incident().report.model_copy(update={"service": "other", "what": "the <title> tag shows 1<2 &lt; 3"})
    assert title(report, Catalogue(services=())).endswith("the <title> tag shows 1<2 &lt; 3")


async def test_the_issue_says_what_was_typed(story: Story) -> None:
    """From the line in Slack to the issue on GitHub, with the form left as it was filled."""
    ana = story.person("ana")
    await ana.slash("/incident", SIGNS)
    assert ana.view is not None
    assert next(iter(ana.view.state["what"].values()))["value"] == SIGNS
    assert await ana.submit({"service": "immich", "error_kind": "data"}) is None
    await story.settle()
    assert SIGNS in as_markdown_shows_it(issue_text(filed(story)))
    assert (await story.incident()).report.what == SIGNS
