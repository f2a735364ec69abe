"""The linter of the policy says what cannot work and what is hardly meant, each once and by its key."""

import pytest

from bot.check import check
from bot.check.policy import doubtful, wrong
from bot.settings import Settings, load
from bot.settings.file import parse
from tests.bot.test_check import COMPLETE, World, settings

__all__ = ["settings"]

OWNER = "slack: {owner: U0VIKTOR}\n"
PLAN = "repository: {remote: /srv/infra.git, plan: [terraform, plan]}\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (PLAN + "slack: {approvers: [U0ANA]}\nremediation: apply\n", "no slack.owner to call"),
        (OWNER + "remediation: apply\n", "repository.plan names no command"),
        (PLAN, "nobody may approve a change"),
        (OWNER + "policy: {approve: {config: {by: []}}}\n", "policy.approve.config: nobody may; it names nobody."),
        (
            "slack: {approvers: [U0ANA]}\npolicy: {approve: {fix: {by: [owner]}}}\n",
            "policy.approve.fix: nobody may; owner: there is none.",
        ),
        (OWNER + "policy: {critical: {people: 2}}\n", "policy.critical: 2 have to agree, and only 1 may."),
    ],
)
def test_what_cannot_work(text: str, sentence: str) -> None:
    """It is wrong, and said in a sentence."""
    (found,) = wrong(parse(text, "holdfast.yml"))
    assert sentence in found


@pytest.mark.parametrize(
    "text",
    [
        "",
        OWNER,
        "remediation: off\n" + PLAN,
        OWNER + PLAN + "remediation: apply\n",
        OWNER + PLAN + "policy: {expiry: 1440, approve: {migration: {by: [owner]}}, critical: {by: [owner]}}\n",
    ],
)
def test_what_can_work(text: str) -> None:
    """Of a fresh install and of a usual one nothing is said, whatever stacks there are."""
    file = parse(text, "holdfast.yml")
    assert wrong(file) == doubtful(file, {"nextcloud"}) == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("protected_stacks: [vault, valut]\n", "protected_stacks: there is no stack valut in stacks/"),
        ("protected_stacks: []\n", "no stack is kept from changes"),
        ("policy: {data_kinds: []}\n", "policy.data_kinds: the list is empty"),
        ("policy: {platform_kinds: []}\n", "policy.platform_kinds: the list is empty"),
        ("policy: {expiry: 2880}\n", "policy.expiry: a plan may wait for 48 hours"),
        ("policy: {urgent_expiry: 1441}\n", "policy.urgent_expiry: a plan may wait for 24 hours"),
        ("policy: {shown: [image, '*']}\n", "policy.shown: * shows almost every value"),
    ],
)
def test_what_is_hardly_meant(text: str, sentence: str) -> None:
    """It is a doubt, and nothing that keeps the bot from working."""
    file = parse(text, "holdfast.yml")
    (found,) = doubtful(file, {"vault"})
    assert sentence in found
    assert wrong(file) == ()


def test_where_nobody_could_look_no_stack_is_missed() -> None:
    """A repository that is away says nothing of its stacks."""
    assert doubtful(parse("protected_stacks: [valut]\n", "holdfast.yml"), None) == ()


async def test_check_says_it(settings: Settings) -> None:
    """What is wrong as wrong, what is doubtful as a warning; the repository is asked for its stacks."""
    more = "protected_stacks: [valut]\nremediation: apply\nrepository: {remote: /srv/infra.git}\n"
    settings.config.write_text(settings.config.read_text() + more)
    found = await check(load({**COMPLETE, "HOLDFAST_CONFIG": str(settings.config)}), World())
    assert [problem.text.partition(":")[0] for problem in found if not problem.warning] == ["remediation"]
    assert "protected_stacks" in [problem.text.partition(":")[0] for problem in found if problem.warning]
