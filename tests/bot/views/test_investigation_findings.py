"""What was found, in Slack: the verdict first, each claim with its evidence; nothing that a model writes breaks out."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given

from bot.budget.caps import Totals
from bot.evidence.findings import Finding
from bot.evidence.model import Kind as Evidenced
from bot.investigation.model import ActionItem, Command, Investigation, State, Step
from bot.investigation.standing import Money
from bot.postmortem.model import Kind as ItemKind
from bot.postmortem.model import Priority
from bot.views.foreign import exactly, hosts_of, is_known, said
from bot.views.investigation_findings import findings
from bot.views.investigation_progress import progress
from tests.bot.evidence.examples import a_piece, evidence
from tests.bot.views.looked import FOUND, MONEY, STEPS, an_investigation, investigations
from tests.bot.views.samples import NASTY, TEXT
from tests.bot.views.shown import HOSTS, SPENT, harmless, labels, lines
from tests.bot.views.test_messages import THOROUGH


def test_the_verdict_comes_first_and_every_claim_has_its_evidence() -> None:
    """Then what else it may be, what to run, what next, what was not seen, and what it cost."""
    shown = findings(an_investigation(), SPENT, HOSTS)
    said = lines(shown)
    assert said[:4] == [
        "*The volume of Nextcloud is full*",
        "Confidence: likely, 72%",
        "*What points to it*",
        "• It was released just before [<https://k8s.example/12|E-3>, E-4]",
    ]
    assert "Or, weak, 30%: The database is slow (dependency) [E-4]" in said
    assert "*Suggested severity* SEV1. Data may be at risk." in said
    assert "```kubectl -n nextcloud get pvc```" in said
    assert "• Make the volume larger" in said
    assert "Ruled out: the node is ready." in said
    assert "Note: 2 claims left out, citing no evidence; The network specialist was too late." in said
    assert said[-1].startswith("Investigation 1 · 74 s · $0.42 of $5.00 · Written by a model, which can be wrong")
    assert labels(shown) == ["Severity", "I did this", "I did this", "Dig deeper", "Wrong"]


def test_a_proposed_fix_can_be_taken_up() -> None:
    """By whoever reads the findings; without one there is no such button."""
    shown = findings(an_investigation(), SPENT, HOSTS, proposes=True)
    assert labels(shown)[-3:] == ["Propose fix", "Dig deeper", "Wrong"]
    assert "Propose fix" not in labels(findings(an_investigation(), SPENT, HOSTS))


def test_proposed_action_items_are_shown_in_a_line_each() -> None:
    """Four at most, the others counted; words alone, which lead nowhere and have no button."""
    hostile = ActionItem(priority=Priority.P0, type=ItemKind.ALERT, action="<!channel> see http://evil.example/x\nnow")
    others = tuple(
        ActionItem(priority=Priority.P2, type=ItemKind.CONFIG, action=f"Thing {number}", file="a.tf", change="- all")
        for number in range(5)
    )
    shown = findings(an_investigation(findings=FOUND.model_copy(update={"items": (hostile, *others)})), SPENT, HOSTS)
    said = lines(shown)
    at = said.index("*Proposed action items*")
    assert said[at + 1].startswith("• P0, Alert: ")
    assert not re.search(r"<!|://|[<>]", said[at + 1])
    assert said[at + 2 : at + 6] == [*(f"• P2, Config: Thing {number}" for number in range(3)), "… and 2 more"]
    assert labels(shown) == ["Severity", "I did this", "I did this", "Dig deeper", "Wrong"]
    assert "*Proposed action items*" not in lines(findings(an_investigation(), SPENT, HOSTS))


def test_what_is_not_known_is_said_plainly() -> None:
    """No confidence is claimed, and what it may be is still listed, all of it."""
    unknown = FOUND.model_copy(update={"known": False, "verdict": "Nobody can tell from here"})
    said = lines(findings(an_investigation(findings=unknown), SPENT, HOSTS))
    assert said[:2] == ["*Nobody can tell from here*", "The cause is not known yet."]
    assert "Or, likely, 72%: The volume is full [<https://k8s.example/12|E-3>]" in said
    assert not any(line.startswith("Confidence") for line in said)


def test_what_broke_off_says_so_below_the_rules_report() -> None:
    """Models may have looked; that none has would not be true."""
    broke = an_investigation(state=State.FAILED, findings=None, problem="It broke off several times.")
    said = lines(findings(broke, SPENT, HOSTS))
    assert "It broke off several times." in said
    assert not any("No model" in line for line in said)


def test_without_a_model_the_rules_report_stands_and_says_why() -> None:
    """The same buttons; the label says that no model wrote it."""
    shown = findings(an_investigation(findings=None, why_no_model="No model is set up."), Money(), HOSTS)
    said = lines(shown)
    assert said[0].startswith("*Nextcloud is in trouble.")
    assert any(line.startswith("Written without a model") for line in said)
    assert "No model is set up." in said
    assert not any("Written by a model" in line for line in said)
    assert labels(shown) == ["Dig deeper", "Wrong"]


def test_where_nothing_is_known_nothing_is_said() -> None:
    """Stopped before any evidence was there."""
    assert findings(an_investigation(findings=None, report=None, state=State.STOPPED), Money(), HOSTS) is None


def test_an_estimate_is_called_one() -> None:
    """Where nobody told what a call has cost; and what all of it cost where that is more."""
    money = Money(run=Totals(spent=420_000, estimated=1), issue=Totals(spent=1_900_000))
    said = lines(findings(an_investigation(), money, HOSTS))[-1]
    assert "$0.42 (estimated) of $5.00; $1.90 for this incident so far" in said


@pytest.mark.parametrize(
    "command",
    [
        "",
        " ",
        "a\nb",
        "rm ```x",
        "kubectl get p\u043eds",
        "echo \u202egnp.exe",
        "x" * 801,
        "&" * 800,
        "a\x00b",
        "a\u200bb",
    ],
)
def test_a_command_that_would_not_be_what_is_read_is_left_out(command: str) -> None:
    """Look-alikes, hidden signs, several lines: nobody is asked to copy them."""
    assert exactly(command) == ""
    hostile = FOUND.model_copy(update={"commands": (Command(command=command, why="x"), FOUND.commands[0])})
    shown = findings(an_investigation(findings=hostile), SPENT, HOSTS)
    assert "1 command left out: too many, or not to be shown exactly." in lines(shown)
    (did,) = [block["accessory"]["value"] for block in shown.blocks if "I did this" in str(block)]  # type: ignore[union-attr]
    assert did == "incident-12:look-1:1", "the button still names the command it stands beside"


def test_a_command_is_shown_as_it_is_run() -> None:
    """Signs that Slack reads are written so that it shows them; nothing is added or taken away."""
    assert exactly("kubectl get po -l 'a<b' && echo \"*_~\"") == (
        "```kubectl get po -l 'a&lt;b' &amp;&amp; echo \"*_~\"```"
    )


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://k8s.example/12", True),
        ("https://K8S.example:8443/12?a=1", True),
        ("https://team.slack.com/archives/C1", True),
        ("https://slack.com.evil.example/", False),
        ("https://evilslack.com/", False),
        ("https://k8s.example@evil.example/", False),
        ("https://evil.example\\@k8s.example/", False),
        ("javascript://k8s.example/%0aalert(1)", False),
        ("//k8s.example/", False),
        ("https://[k8s.example/", False),
        ("k8s.example", False),
        ("", False),
    ],
)
def test_links_lead_only_where_they_may(url: str, known: bool) -> None:
    """By the host that a browser would go to."""
    assert is_known(url, {"k8s.example", ".slack.com"}) is known


def test_hosts_are_those_of_addresses() -> None:
    """What is none has none."""
    assert hosts_of("https://a.example/x", "b.example", "", "https://[", "http://C.example:1") == {
        "a.example",
        "c.example",
    }


def test_evidence_that_leads_elsewhere_is_named_without_a_link() -> None:
    """An alert may carry any address."""
    piece = a_piece(Evidenced.ALERT, 1, "NextcloudDown", link="https://evil.example/x")
    found = FOUND.model_copy(update={"findings": (Finding(sentence="It fired", pieces=("E-1",)),)})
    for each in (found, None):
        wrong = an_investigation(evidence=evidence(piece), findings=each)
        shown = findings(wrong, SPENT, HOSTS)
        assert shown is not None
        assert "evil.example" not in str(shown.blocks)


@given(TEXT)
def test_what_a_model_wrote_is_one_harmless_line(text: str) -> None:
    """No line break, no mark, no mention, and no scheme that a client could follow."""
    shown = said(text)
    assert "\n" not in shown
    assert not re.search(r"<|>|(?<!\u2060)://", shown.replace(":\u2060//", ""))


@THOROUGH
@given(investigations(), STEPS, MONEY)
def test_any_investigation_can_be_shown(any: Investigation, done: Sequence[Step], money: Money) -> None:
    """Whatever sources and models say: within Slack's limits, nobody called, no foreign link."""
    harmless(progress(any, done, money))
    shown = findings(any, money, HOSTS)
    if shown is not None:
        harmless(shown)


@pytest.mark.parametrize("text", [*NASTY, "https://evil.example/?q=" + "x" * 3000])
def test_the_longest_findings_still_fit(text: str) -> None:
    """Everything at its longest, with every link at its longest; what does not fit is said to be left out."""
    address = "https://x.example/" + "&" * 56
    pieces = [a_piece(Evidenced.ALERT, n, f"{n}{text}", link=address) for n in range(1, 12)]
    ids = tuple(f"E-{n}" for n in range(1, 12))
    finding = Finding(sentence=text or "x", pieces=ids)
    full = FOUND.model_copy(
        update={
            "verdict": text,
            "findings": (finding,) * 9,
            "hypotheses": tuple(
                each.model_copy(update={"pieces": ids, "cause": text}) for each in FOUND.hypotheses * 4
            ),
            "ruled_out": (text,) * 20,
            "commands": (Command(command="x" * 790, why=text),) * 9,
            "severity_reason": text,
            "history": text,
            "next_steps": (text,) * 20,
            "notes": (text,) * 20,
        }
    )
    shown = findings(an_investigation(evidence=evidence(*pieces), findings=full), SPENT, HOSTS)
    assert shown is not None
    harmless(shown)
    assert labels(shown)[-2:] == ["Dig deeper", "Wrong"]


def test_the_severity_that_it_has_is_not_suggested() -> None:
    """Only a change is worth a line, and a button."""
    shown = findings(an_investigation(), SPENT, HOSTS, "SEV1")
    assert not any("Suggested severity" in line for line in lines(shown))
    assert "Severity" not in labels(shown)
