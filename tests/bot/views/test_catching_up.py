"""What somebody reads who comes late: short, in order, and harmless whatever others wrote."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.incident.entries import Entry, Source
from bot.incident.model import Event, EventKind, Incident
from bot.incident.model import State as Stands
from bot.investigation.model import State
from bot.investigation.standing import Looked
from bot.views.catching_up import caught_up
from tests.bot.views.looked import LOOKED, an_investigation
from tests.bot.views.samples import ACTORS, NOW, TEXT, TIMES, UPDATES, an_incident, incidents
from tests.bot.views.shown import harmless, labels, lines
from tests.bot.views.test_messages import THOROUGH

EVENTS = st.builds(
    Event,
    kind=st.sampled_from(EventKind),
    at=TIMES,
    by=ACTORS,
    text=TEXT,
    data=st.dictionaries(st.sampled_from(("number", "from", "person", "alert")), TEXT, max_size=3),
)
ENTRIES = st.builds(
    Entry,
    number=st.integers(1, 99),
    event=EVENTS,
    at=TIMES,
    by=ACTORS,
    text=TEXT,
    source=st.one_of(st.none(), st.builds(Source, channel=TEXT, ts=TEXT)),
)


def an_entry(kind: EventKind, text: str, by: str = "U0BOB") -> Entry:
    """On the timeline at three."""
    return Entry(number=1, event=Event(kind=kind, at=NOW, by=by, text=text), at=NOW, by=by, text=text)


def test_everything_that_somebody_needs_first() -> None:
    """What, since when, how bad, who leads, the last word, what is thought, what was tried; and how to help."""
    entries = [an_entry(EventKind.NOTED, "Restarted it"), an_entry(EventKind.COMMAND_RUN, "kubectl get pvc")]
    shown = caught_up(an_incident(), Looked(last=an_investigation()), entries)
    said = lines(shown)
    assert said[0].startswith("🟠 *INC-12 Nextcloud gives 502 · SEV2 · Investigating")
    assert "> 502 Bad Gateway since 14:00" in said
    assert said[said.index("*Last update*") + 1] == "None yet."
    assert said[said.index("*What is thought*") + 1] == "The volume of Nextcloud is full (likely, 72%)"
    tried = said[said.index("*What was tried*") + 1 :]
    assert tried[0].endswith("<@U0BOB> noted: Restarted it.")
    assert tried[1].endswith("<@U0BOB> ran a command: kubectl get pvc.")
    assert labels(shown) == ["Take the lead", "Show"]


def test_who_leads_already_need_not_be_found() -> None:
    """Then there is nothing to take; nor where it is over."""
    assert labels(caught_up(an_incident(lead="U0BOB"), Looked(), ())) == ["Show"]
    assert labels(caught_up(an_incident(state=Stands.DECLINED), Looked(), ())) == ["Show"]


def test_while_nothing_is_known_that_is_said() -> None:
    """Evidence is still being collected; what was given up says nothing."""
    begun = an_investigation(state=State.COLLECTING, findings=None, report=None)
    assert "Evidence is being collected." in lines(caught_up(an_incident(), Looked(last=begun), ()))
    failed = an_investigation(state=State.FAILED, findings=None, report=None)
    assert "*What is thought*" not in lines(caught_up(an_incident(), Looked(last=failed), ()))


@THOROUGH
@given(incidents(), LOOKED, st.lists(ENTRIES, max_size=5))
def test_any_incident_can_be_told(incident: Incident, looked: Looked, tried: Sequence[Entry]) -> None:
    """Within Slack's limits, nobody called but people by name, no foreign link."""
    harmless(caught_up(incident, looked, tried))


@THOROUGH
@given(UPDATES)
def test_any_update_can_be_told(update: object) -> None:
    """The longest one is cut."""
    harmless(caught_up(an_incident(last_update=update), Looked(), ()))
