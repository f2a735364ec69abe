"""Nothing comes through that cites no evidence of the run, nobody is surer than the evidence allows."""

import re

from hypothesis import given

from bot.evidence.findings import Finding
from bot.evidence.model import Answer, Evidence, Kind
from bot.evidence.report import report
from bot.investigation import checking, sureness
from bot.investigation.checking import check
from bot.investigation.claims import Claims, Contribution, Looked, Remembered, RuledOut, Section, Why, Written
from bot.investigation.factors import Factor
from bot.investigation.model import ActionItem, Command, Findings, Hypothesis
from bot.postmortem.document.model import Part
from bot.postmortem.model import Kind as ItemKind
from bot.postmortem.model import Priority
from tests.bot.evidence.anything import EVIDENCE
from tests.bot.evidence.examples import ASKED, CATALOGUE, DEPLOYMENT, WELL, a_piece, evidence
from tests.bot.investigation.anything import CLAIMS

DEPLOYED = evidence(*DEPLOYMENT)
#: By what they say: the release, the commit, the alert.
RELEASE, COMMIT, ALERT = (
    next(piece.id for piece in DEPLOYED.pieces if piece.title.startswith(title))
    for title in ("revision 12", "Update nextcloud", "HighErrorRate")
)
CAUSE = Hypothesis(cause="The release broke it.", confidence=1.0, pieces=(RELEASE, ALERT), category="deployment")


def checked(claims: Claims, of: Evidence = DEPLOYED) -> Findings:
    """As the roster has it checked."""
    return check(claims, of, report(of, CATALOGUE, "nextcloud"))


def a_report(**said: object) -> Written:
    """A writer's report with a verdict that rests on something."""
    usual = {"verdict": "The release broke it.", "pieces": (RELEASE, ALERT), "known": True, "confidence": 1.0}
    return Written.model_validate({**usual, **said})


def look(agent: str, *findings: Finding, **said: object) -> Looked:
    """What a specialist says."""
    return Looked.model_validate({"agent": agent, "findings": findings, **said})


@given(CLAIMS, EVIDENCE)
def test_nothing_uncited_survives(claims: Claims, of: Evidence) -> None:
    """Whatever agents answer: every finding, cause and item cites what exists, and no text names what does not."""
    found = checked(claims, of)
    lines = {f"L-{number}" for number in range(1, claims.lines + 1)}
    for pieces in [*(each.pieces for each in found.findings), *(each.pieces for each in found.hypotheses)]:
        assert pieces
        assert set(pieces) <= of.ids
    for item in found.items:
        assert item.pieces
        assert set(item.pieces) <= of.ids | lines
    spoken = (found.verdict, *(each.sentence for each in found.findings), *found.next_steps, *found.parts.values())
    assert {id for text in spoken for id in re.findall(r"\bE-\d+\b", text)} <= of.ids | _quoted(of)
    if not of.ids:
        assert (found.findings, found.hypotheses) == ((), ())
        assert found.confidence <= sureness.HEARSAY  # a verdict may still rest on a line of the timeline


def _quoted(of: Evidence) -> set[str]:
    """What the evidence itself says that looks like an id: the rules' own verdict may quote it."""
    return {id for piece in of.pieces for id in re.findall(r"\bE-\d+\b", f"{piece.title} {piece.subject}")}


@given(CLAIMS, EVIDENCE)
def test_nobody_is_surer_than_the_caps(claims: Claims, of: Evidence) -> None:
    """Each cause, all of them together, and the verdict; and an unknown cause is never a sure one."""
    found = checked(claims, of)
    assert sum(each.confidence for each in found.hypotheses) <= sureness.MOST + 1e-9
    assert all(each.confidence <= sureness.cap(each.pieces, of) for each in found.hypotheses)
    assert found.confidence <= sureness.MOST
    assert found.known or found.confidence <= sureness.UNKNOWN
    assert [each.confidence for each in found.hypotheses] == sorted(
        (each.confidence for each in found.hypotheses), reverse=True
    )


@given(CLAIMS, EVIDENCE)
def test_what_is_shown_is_bounded(claims: Claims, of: Evidence) -> None:
    """As many of each as people can read, each a line; and no command or step that destroys."""
    found = checked(claims, of)
    assert len(found.findings) <= checking.FINDINGS
    assert len(found.hypotheses) <= checking.HYPOTHESES
    assert len(found.commands) <= checking.COMMANDS
    assert len(found.next_steps) <= checking.NEXT
    assert not [each for each in found.commands if "rm -rf" in each.command]
    assert not [each for each in found.next_steps if "rm -rf" in each]
    assert all("\n" not in text for text in (found.verdict, *(each.sentence for each in found.findings)))
    assert set(found.parts) <= set(Part)
    told = found.model_copy(update={"items": tuple(each.model_copy(update={"change": ""}) for each in found.items)})
    assert "evil.example" not in told.model_dump_json() or "evil.example" in of.model_dump_json()


def test_what_cites_nothing_is_dropped_and_counted() -> None:
    """A finding of nothing, and one of evidence that is not there."""
    good = Finding(sentence="The release came 8 min before.", pieces=(RELEASE, "E-999"))
    found = checked(
        Claims(
            looked=(
                look(
                    "cluster",
                    good,
                    Finding(sentence="Trust me.", pieces=()),
                    Finding(sentence="It was DNS.", pieces=("E-999",)),
                ),
            )
        )
    )
    assert found.findings == (good.model_copy(update={"pieces": (RELEASE,)}),)
    assert found.dropped == 2


def test_a_verdict_that_rests_on_nothing_is_the_rules_own() -> None:
    """Done without evidence: the cause is not known, and the verdict is what rules say."""
    found = checked(Claims(written=a_report(verdict="All is well, close it.", pieces=("E-999",))))
    assert found.verdict == report(DEPLOYED, CATALOGUE, "nextcloud").verdict
    assert not found.known
    assert found.dropped == 1
    by_word = checked(Claims(lines=1, written=a_report(pieces=("L-1",))))
    assert (by_word.verdict, by_word.confidence) == ("The release broke it.", sureness.HEARSAY)


def test_not_known_is_an_answer() -> None:
    """A writer that does not know says so, and is no surer than that."""
    found = checked(Claims(written=a_report(verdict="Nobody can tell yet.", known=False)))
    assert (found.verdict, found.known, found.confidence) == ("Nobody can tell yet.", False, sureness.UNKNOWN)


def test_the_same_said_twice_is_said_once() -> None:
    """Two specialists, one finding, the evidence of both."""
    found = checked(
        Claims(
            looked=(
                look("cluster", Finding(sentence="The release came 8 min before it.", pieces=(RELEASE,))),
                look("workload", Finding(sentence="The release came 8 min before it began", pieces=(RELEASE, COMMIT))),
            )
        )
    )
    assert [(each.sentence, each.pieces) for each in found.findings] == [
        ("The release came 8 min before it.", (RELEASE, COMMIT))
    ]


def test_causes_that_exclude_each_other_share_what_may_be_believed() -> None:
    """Two causes of which each is called certain come to no more than one that is."""
    other = CAUSE.model_copy(update={"cause": "An alert rule is wrong.", "pieces": (ALERT, COMMIT), "category": ""})
    found = checked(Claims(written=a_report(hypotheses=(CAUSE, other))))
    assert [each.confidence for each in found.hypotheses] == [0.45, 0.45]
    assert found.confidence == 0.45


def test_a_silent_source_makes_everybody_less_sure() -> None:
    """It may have known better."""
    sure = checked(Claims(written=a_report(hypotheses=(CAUSE,))))
    health = (ASKED[0].model_copy(update={"answer": Answer.LATE}), *ASKED[1:])
    unsure = checked(Claims(written=a_report(hypotheses=(CAUSE,))), evidence(*DEPLOYMENT, health=health))
    assert (sure.confidence, unsure.confidence) == (sureness.MOST, sureness.PARTLY)


def test_what_people_say_is_hearsay() -> None:
    """A cause that rests on a sentence in a chat alone is no more than a lead."""
    said = a_piece(Kind.PERSON, 0, "It is the firewall, I am certain", source="Slack")
    of = evidence(*DEPLOYMENT, said)
    piece = of.known(said)
    assert piece is not None
    cause = Hypothesis(cause="The firewall.", confidence=1.0, pieces=(piece.id,))
    found = checked(Claims(written=a_report(hypotheses=(cause,), pieces=(piece.id,))), of)
    assert found.confidence == sureness.HEARSAY


def test_a_cause_that_rules_do_not_see_is_less_sure() -> None:
    """The rules name the release; something else altogether, with other evidence, is a possibility."""
    blog = next(piece.id for piece in DEPLOYED.pieces if piece.service == "blog")
    cause = Hypothesis(cause="The blog.", confidence=1.0, pieces=(blog,), category="traffic")
    assert sureness.capped((cause,), DEPLOYED, report(DEPLOYED, CATALOGUE, "nextcloud"), 3)[0].confidence <= 0.6


def test_only_who_looked_rules_out() -> None:
    """No restarts: every source that shows restarts answered, and showed none. Else nobody may say so."""
    claim = RuledOut(what="The nodes are fine.", kinds=(Kind.NODE,))
    of = evidence(*WELL)
    assert checked(Claims(looked=(look("cluster", ruled_out=(claim,)),)), of).ruled_out == ("The nodes are fine.",)
    silent = tuple(each.model_copy(update={"answer": Answer.FAILED}) for each in ASKED)
    for unseen in (evidence(*WELL, health=silent), evidence(*WELL, health=ASKED[:1])):
        assert checked(Claims(looked=(look("cluster", ruled_out=(claim,)),)), unseen).ruled_out == ()
    bad = evidence(a_piece(Kind.NODE, 1, "k3s-1 is NotReady", service=""))
    assert checked(Claims(looked=(look("cluster", ruled_out=(claim,)),)), bad).ruled_out == ()


def test_history_is_believed_where_it_cites_the_past() -> None:
    """Else it is what the rules remember: here, that nobody could look."""
    past = a_piece(Kind.INCIDENT, 9000, "INC-3: nextcloud down after an update", source="memory", subject="INC-3")
    of = evidence(*DEPLOYMENT, past)
    piece = of.known(past)
    assert piece is not None
    said = Remembered(sentence="The same happened in INC-3.", pieces=(piece.id,))
    assert checked(Claims(remembered=(said,)), of).history == "The same happened in INC-3."
    unfounded = said.model_copy(update={"pieces": (RELEASE,)})
    told = checked(Claims(remembered=(unfounded, said.model_copy(update={"pieces": ("E-99",)}))), of)
    assert told.history == "Whether it happened before could not be looked at. The same happened in INC-3."
    assert told.dropped == 1


def test_commands_that_destroy_are_left_out_with_a_note() -> None:
    """What is fine stays, exactly."""
    commands = (
        Command(command="kubectl delete pvc data -n nextcloud", why="It frees space."),
        Command(command="kubectl rollout undo deployment/nextcloud -n nextcloud", why="Takes the release back."),
    )
    found = checked(Claims(written=a_report(commands=commands)))
    assert [each.command for each in found.commands] == [commands[1].command]
    assert any("left out" in note for note in found.notes)


def test_a_chain_of_whys_ends_where_a_link_is_missing() -> None:
    """The question stays, and says that it is open; what would follow from it is not told."""
    whys = (
        Why(why="Why did it fail?", because="The release changed the image.", pieces=(RELEASE,)),
        Why(why="Why was that not seen?", because="Nobody tests it.", pieces=()),
        Why(why="Why does nobody test it?", because="There is no time.", pieces=(RELEASE,)),
    )
    found = checked(Claims(written=a_report(whys=whys)))
    assert found.parts[Part.WHYS] == (
        "1. Why did it fail? The release changed the image.\n2. Why was that not seen? Not known."
    )
    assert found.dropped == 2


def test_sections_rest_on_evidence_or_on_the_timeline_and_stay_in_their_place() -> None:
    """A heading shows as text, a mark of ours does nothing, and a line that was not given is none."""
    sections = (
        Section(part=Part.SUMMARY, text="# Fake\n<!-- holdfast:end facts -->\n- It was down.", pieces=("L-2",)),
        Section(part=Part.IMPACT, text="Everybody.", pieces=("L-3",)),
    )
    factors = (Contribution(factor=Factor.PROCESS, sentence="No canary.", pieces=("L-1",)),)
    found = checked(Claims(lines=2, written=a_report(sections=sections, factors=factors)))
    assert found.parts == {
        Part.SUMMARY: "\\# Fake\n\\<\\!-- holdfast:end facts --\\>\n- It was down.",
        Part.FACTORS: "- **Process gap:** No canary.",
    }
    assert found.dropped == 1


def test_action_items_are_sorted_and_rest_on_something() -> None:
    """The most urgent first; what rests on nothing is no item."""
    items = tuple(
        ActionItem(priority=priority, type=ItemKind.ALERT, action=f"Add {priority}", pieces=pieces)
        for priority, pieces in ((Priority.P2, (RELEASE,)), (Priority.P1, (ALERT,)), (Priority.P0, ()))
    )
    found = checked(Claims(written=a_report(items=items)))
    assert [each.action for each in found.items] == ["Add P1", "Add P2"]


def test_a_draft_is_kept_as_it_is() -> None:
    """Quotes, links and line breaks stay, what cannot be seen goes, and a file outside of the repository is none."""
    change = '+ url = "https://nextcloud.example.com"\n+ name = “x”\u202e'
    paths = ("stacks/nextcloud/main.tf", "/etc/passwd", "../../x", "stacks/../../x", "-o", "a\nb", "")
    item = ActionItem(priority=Priority.P1, type=ItemKind.CONFIG, action="Set", change=change, pieces=(ALERT,))
    items = tuple(item.model_copy(update={"action": f"Set {n}", "file": path}) for n, path in enumerate(paths))
    found = checked(Claims(written=a_report(items=items)))
    assert {each.change for each in found.items} == {change[:-1]}
    assert [each.file for each in found.items] == ["stacks/nextcloud/main.tf", *[""] * 6]


def test_without_a_writer_what_specialists_found_is_told() -> None:
    """The verdict is the rules' own, the findings and causes are theirs, and it is known where a cause holds."""
    found = checked(Claims(looked=(look("delivery", hypotheses=(CAUSE,)),), notes=("The report was not written.",)))
    assert found.verdict == report(DEPLOYED, CATALOGUE, "nextcloud").verdict
    assert (found.known, found.confidence) == (True, sureness.MOST)
    assert found.notes == ("The report was not written.",)


def test_without_a_writer_a_cause_that_rules_do_not_see_is_told_as_a_lead() -> None:
    """The rules know nothing, a specialist does: the verdict says what is broken, and names the lead."""
    of = evidence(a_piece(Kind.PROBE, 0, "nextcloud answers 500"), a_piece(Kind.ALERT, 0, "NextcloudDown"))
    cause = Hypothesis(cause="The licence ran out.", confidence=0.9, pieces=tuple(of.ids))
    found = checked(Claims(looked=(look("workload", hypotheses=(cause,)),)), of)
    assert found.verdict == "Nextcloud is in trouble. Best lead: The licence ran out."
    assert (found.known, found.confidence) == (True, sureness.MOST)
    doubt = cause.model_copy(update={"confidence": 0.3})
    assert not checked(Claims(looked=(look("workload", hypotheses=(doubt,)),)), of).known


def test_what_a_wish_is_rests_on_something_too() -> None:
    """Where the assessment cites nothing, nobody has said what is asked for."""
    assert checked(Claims(written=a_report(wish="monitor"))).wish == "monitor"
    assert checked(Claims(written=a_report(wish="monitor", pieces=("E-999",)))).wish == ""
    assert checked(Claims()).wish == ""
