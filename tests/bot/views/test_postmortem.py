"""What Slack shows of a post-mortem: valid for any document, and nobody is called by what somebody wrote."""

import json

from hypothesis import given

from bot.incident.model import PostmortemState, State
from bot.postmortem.document.model import Document, Part
from bot.views.postmortem import known, stands, usage
from bot.workspace.slack import validate
from tests.bot.incident.examples import NOW, an_incident
from tests.bot.postmortem.document.documents import DOCUMENTS


@given(DOCUMENTS)
def test_any_document_can_be_shown(document: Document) -> None:
    """However long or hostile."""
    view = known(an_incident(), document)
    assert validate.view(view) == []
    assert "<!channel>" not in json.dumps(view)


def test_a_long_one_is_cut() -> None:
    """Slack takes so much and no more."""
    parts = dict.fromkeys(Part, "word " * 5000)
    assert validate.view(known(an_incident(), Document(title="t" * 500, date=NOW.date(), parts=parts))) == []


def test_where_it_stands() -> None:
    """Needed or not, now or later, or waived."""
    resolved = an_incident(state=State.RESOLVED)
    assert "before it is closed" in stands(resolved)
    assert "once it is resolved" in stands(an_incident())
    assert "needs no post-mortem" in stands(an_incident(severity="SEV3"))
    assert "was waived" in stands(resolved.model_copy(update={"postmortem": PostmortemState.WAIVED}))
    assert "waive [INC-12] [why]" in usage().text
