"""What may go by itself, and why the rest is held: an allow-list, then words that only ever hold."""

import pytest

from bot.postmortem.model import Kind
from bot.postmortem.policy import Policy
from bot.postmortem.reader import read
from tests.bot.postmortem.reading import HEAD, only, row

RECORD = (
    "## Follow-up Implementation\n\n"
    "| Date | Action | Commit |\n|---|---|---|\n| 2026-05-05 | Alert on **age** | `a1` |\n"
)


@pytest.mark.parametrize(
    ("action", "kind", "details"),
    [
        (
            "Add an external monitor for the web page",
            "Monitor",
            "TCP check on 192.0.2.7:22, to notice a dead hypervisor",
        ),
        ("Alert on /dev/shm above 80%", "Alert", '`used{namespace="authentik",pod=~"ak-.*"} / limit > 0.8`'),
        ("Alert on a sustained rate of 400", "Alert", "`rate(x[5m]) > 1`, seen at the Traefik level"),
        ("Add alert for pods that wait for NFS", "Alert", "for 10m"),
        (
            "Alert on N monitors down",
            "alert",
            "Either a Prometheus rule over `up == 0`, or a dedicated external probe.",
        ),
        ("Alert when the volume is nearly full", "**Alert**", "before a restart is needed"),
        ("Raise the memory limit of the web pods to 2Gi", "Config", "`stacks/web/main.tf`"),
        ("Raise the memory limit", "Config", "in `infra/stacks/web/main.tf`, on our platform"),
        ("Watch both", "Alert + Monitor", "alert and check"),
    ],
)
def test_what_is_safe(action: str, kind: str, details: str) -> None:
    """A typed, open row that only watches, or changes one plain setting."""
    item = row(action, kind, details)
    assert (item.safe, item.reason) == (True, "")


@pytest.mark.parametrize(
    ("action", "kind", "details", "says"),
    [
        ("Move it", "Architecture", "", "Architecture"),
        ("Move it", "Migration", "", "Migration"),
        ("Find out", "Investigation", "", "Investigation"),
        ("Write it", "Runbook", "", "Runbook"),
        ("Write and set it", "Runbook + Config", "", "Runbook"),
        ("Set it", "Docs", "", "“Docs” is not a type we know"),
        ("Set it", "Config?", "", "“Config?” is not a type we know"),
        ("Set it", "Alert Monitor", "", "is not a type we know"),
        ("Set it", "Сonfig", "", "is not a type we know"),
        ("Set it", "", "", "No type is written"),
        ("Set a limit", "Config", "in `stacks/vault/main.tf`", "the stack vault"),
        ("Set a limit for goauthentik-server", "Config", "", "goauthentik"),
        ("Set a limit in the infra stack", "Config", "", "infra"),
        ("Add a rule", "Alert", "in `stacks/dbaas/alerts.tf`", "the stack dbaas"),
        ("Set it on the hypervisor", "Config", "", "hypervisor"),
        ("Set a limit", "Config", "in `/etc/exports`", "/etc"),
        ("Add mount options to the StorageClass", "Config", "", "mount"),
        ("Set the Postgres pool", "Config", "", "Postgres"),
        ("Change the GitHub secret", "Config", "", "secret"),
        ("Delete the old rule", "Config", "", "Delete"),
        ("Migrate Alertmanager from NFS to block storage", "Alert", "", "Migrate"),
        ("Alert on age, then restart the pods", "Alert", "", "restart"),
        ("Drop the monitoring database", "Monitor", "", "Drop"),
        ("Alert on age", "Alert", "`kubectl delete pod x`", "delete"),
        ("Alert on failure of the unit", "Alert", "", "unit"),
        ("Resize the PVC and alert on it", "Alert", "", "Resize"),
        ("VaultSealed", "Alert", "", "the stack vault"),
        ("Consider an alert", "Alert", "", "Consider"),
        ("Decide on a limit", "Config", "", "Decide"),
        ("Set the limit", "Config", "Viktor's call.", "Viktor's call"),
        ("Set the limit", "Config", "@ana to confirm; ask @ana", "ask"),
        ("Either raise the limit or split it", "Config", "", "either … or"),
        ("Raise the limit, or document it", "Config", "", "or document"),
        ("Raise the limit?", "Config", "", "question"),
        ("Raise the limit once the other change is applied", "Config", "", "depends"),
        ("Review the alerts", "Alert", "", "Review"),
        ("D\u200belete the rule", "Alert", "", "cannot read"),
        ("D\u0435lete the rule", "Alert", "", "cannot read"),
        ("Alert on age, ~~then~~ d<b></b>elete", "Alert", "", "cannot read"),
        ("Alert on age, then de**le**te it", "Alert", "", "delete"),
        ("Alert on age, then &#100;elete it", "Alert", "", "delete"),
        ("Alert on age, then d\u00e9lete it", "Alert", "", "delete"),
        ("Alert [on age](https://example.com/delete)", "Config", "", "delete"),
        ("Alert on " + "x " * 3000, "Alert", "", "too long"),
    ],
)
def test_what_is_held_and_why(action: str, kind: str, details: str, says: str) -> None:
    """In one sentence that names what was found."""
    item = row(action, kind, details)
    assert not item.safe
    assert says in item.reason
    assert item.reason.endswith((".", ").", "”."))


@pytest.mark.parametrize(
    "status",
    [
        "",
        "TODO (paused)",
        "TODO?",
        "Planned",
        "In progress",
        "Deferred",
        "Done (needs TF)",
        "Investigation",
        "❌",
        "TODO TODO",
        "T0DO",
    ],
)
def test_only_a_plainly_open_status_is_safe(status: str) -> None:
    """All others are open and held."""
    item = row("Alert on age", status=status)
    assert item.is_open
    assert not item.safe


@pytest.mark.parametrize("status", ["TODO", "todo", "**TODO**", "Open", "`TODO`", "⬜ TODO", "[ ]", "TODO 2026-05-05"])
def test_a_plainly_open_status(status: str) -> None:
    """However it is set."""
    assert row("Alert on age", status=status).safe


@pytest.mark.parametrize(
    "content",
    [
        "## Action items\n\n- [ ] Alert on age (Alert)\n",
        "## Action items\n\n- Alert: alert on age\n",
        "## Action items\n\n| Action | Status |\n|---|---|\n| Alert on age | TODO |\n",
        "## Notes\n\n| Action | Type |\n|---|---|\n| Alert on age | Alert |\n",
        f"## Plan\n\n{HEAD}| P1 | Alert on a | b | Alert | x | TODO |\n",
        f"## Plan\n\n{HEAD}| P1 | Alert on a | Alert | TODO |\n",
        "## Actions\n\n| Action | Type | Type | Status |\n|-|-|-|-|\n| Alert on age | Alert | Docs | TODO |\n",
        "## Action items\n\n| Action | Type | Status | State |\n|-|-|-|-|\n| Alert on age | Alert | TODO | Done |\n",
        f"## Plan\n\n{HEAD}| P1 | ✅ Alert on age | Alert | x | TODO |\n",
    ],
)
def test_only_a_whole_typed_row_is_safe(content: str) -> None:
    """Not by its words, and not where its cells may stand in other columns than they seem."""
    item = only(content)
    assert not item.safe
    assert item.reason


@pytest.mark.parametrize(
    "content",
    [
        f"## Plan\n\n### P3 (optional)\n\n{HEAD}| P1 | Alert on age | Alert | x | TODO |\n",
        f"## Plan (deferred)\n\n{HEAD}| P1 | Alert on age | Alert | x | TODO |\n",
        f"## Plan\n\nPick one:\n\n{HEAD}| P1 | Alert on age | Alert | x | TODO |\n",
        "## Plan\n\n| Action | Type | Owner | Status |\n|-|-|-|-|\n| Alert on age | Alert | Ana's call | TODO |\n",
        f"## Plan\n\n{HEAD}| P1 | Alert on age | Alert | x | TODO |\n\n{RECORD}",
    ],
)
def test_what_stands_around_a_row_can_hold_it(content: str) -> None:
    """A heading, the words above the table, the other cells, and the record of what was implemented."""
    assert not only(content).safe


def test_a_typed_row_without_a_status_column_is_open() -> None:
    """Under a plan's heading nothing says otherwise."""
    table = "| Priority | Action | Type | File |\n|---|---|---|---|\n| P1 | Alert on age | Alert | x |\n"
    assert only(f"## Prevention plan\n\n{table}").safe
    assert not only(f"## What it was\n\n{table}").safe


def test_the_configuration_decides_what_is_protected() -> None:
    """A stack is protected by being named, and a type is safe by being named."""
    content = f"## Plan\n\n{HEAD}| P1 | Set a limit for mailcow | Config | x | TODO |\n"
    assert read("a.md", content, Policy()).safe
    assert not read("a.md", content, Policy(protected_stacks=("mailcow",))).safe
    assert not read("a.md", content, Policy(safe_kinds=frozenset({Kind.ALERT}))).safe
    held = read("a.md", content.replace("mailcow", "vault"), Policy(protected_stacks=()))
    assert held.safe
