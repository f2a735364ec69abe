"""holdfast.yml is read strictly, and everything wrong in it is said at once."""

from decimal import Decimal
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.budget.caps import Cap
from bot.budget.prices import worst_case
from bot.budget.shipped import PRICES
from bot.settings import File, SettingsError
from bot.settings.file import parse


def problems(text: str) -> tuple[str, ...]:
    """What is said about this file."""
    with pytest.raises(SettingsError) as caught:
        parse(text, "holdfast.yml")
    return tuple(sentence.removeprefix("holdfast.yml: ") for sentence in caught.value.problems)


def test_an_empty_file_is_all_defaults() -> None:
    """No key has to be there."""
    assert parse("", "x") == parse("# nothing\n", "x") == File()


def test_the_example_loads_and_has_the_rules_rows() -> None:
    """`holdfast init` writes what ships as the example, and it is right as it stands."""
    file = parse(files("bot.settings").joinpath("example.yml").read_text(), "example.yml")
    assert {"nextcloud", "immich", "mail", "vaultwarden", "grafana"} <= {service.name for service in file.services}
    assert {service.name for service in file.services if service.core} == {"dns", "authentik", "traefik"}
    assert [link.name for link in file.links] == ["Status page", "Past incidents", "Uptime", "Grafana"]
    assert len(file.quick_checks) == 5


def test_every_key_can_be_set() -> None:
    """The keys others rely on, as they write them."""
    file = parse(
        """
        slack: {alerts_channel: "#ops", owner: U0VIKTOR, approvers: [U0VIKTOR], trusted: [U0ANA]}
        people: [{slack: U0VIKTOR, github: viktor, timezone: Europe/London}]
        services: [{name: nextcloud, namespace: nc, stack: stacks/nc, url: "https://nextcloud.example.com", core: true}]
        severity: {scheme: p1}
        repository: {path: /srv/infra, remote: "git@example.com:ops/infra.git", branch: main, postmortems: reviews}
        publish: {how: pull_request, pages_branch: "", title: What went wrong, url: "https://ops.example.com/reviews"}
        postmortems: {names: people}
        agents:
          caps: {attempt: 0.5, run: 2.5, issue: 4, day: 0, person: "1.25"}
          prices:
            claude-haiku-5-5: {input: 0.125, output: 1, write_5m: 0.2, write_1h: 0.3, read: 0.01}
            ours: {input: 1, output: 2, write_5m: 3, write_1h: 4, read: 5, long: {over: 9, input: 6, output: 7,
                   write_5m: 8, write_1h: 9, read: 10}}
        """,
        "x",
    )
    assert file.slack.alerts_channel == "ops"
    assert file.people[0].timezone == "Europe/London"
    assert file.catalogue.find("nextcloud.example.com") == file.services[0]
    assert (file.repository.is_set, file.repository.postmortems) == (True, "reviews")
    assert (file.publish.how, file.publish.pages_branch, file.postmortems.names) == ("pull_request", "", "people")
    assert [file.agents.caps.of(cap) for cap in Cap] == [500_000, 2_500_000, 4_000_000, 0, 1_250_000]
    prices = file.agents.all_prices
    assert (prices["claude-haiku-5-5"].input, prices["claude-haiku-5-5"].long) == (Decimal("0.125"), None)
    assert worst_case(prices["ours"], 10, 1) == 107
    assert prices["claude-opus-5-5"] == PRICES["claude-opus-5-5"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "slak: {}",
            (
                "slak: this key is not known. Did you mean slack? "
                "Allowed here: slack, people, services, severity, roles, protected_stacks, alerts, repository, "
                "publish, postmortems, agents, remediation, policy, links, quick_checks."
            ),
        ),
        (
            "slack: {ownr: U0ANA}",
            (
                "slack.ownr: this key is not known. Did you mean owner? "
                "Allowed here: alerts_channel, owner, approvers, trusted."
            ),
        ),
        (
            "slack: {owner: viktor}",
            (
                "slack.owner: 'viktor' is not allowed. "
                "Allowed: a Slack user id such as U0VIKTOR (in Slack: profile, three dots, Copy member ID)."
            ),
        ),
        (
            "people: [{slack: U0ANA, timezone: Mars}]",
            "people[0].timezone: 'Mars' is not allowed. Allowed: an IANA time zone such as Europe/London.",
        ),
        ("services: [{url: x}]", "services[0].name: this is missing."),
        ("services: nextcloud", "services: 'nextcloud' is not allowed. Allowed: a list."),
        (
            "repository: {remote: 'ext::sh -c x'}",
            (
                "repository.remote: 'ext::sh -c x' is not allowed. Allowed: an address such as "
                "https://github.com/example/infra.git, without a password or token in it."
            ),
        ),
        (
            "repository: {path: /srv/infra, branch: a..b}",
            "repository.branch: 'a..b' is not allowed. Allowed: the name of a branch such as master.",
        ),
        (
            "repository: {path: /srv/infra, postmortems: ../x}",
            (
                "repository.postmortems: '../x' is not allowed. "
                "Allowed: a folder's path from the root of the repository, such as docs/post-mortems."
            ),
        ),
        (
            "repository: {branch: main}",
            "repository: neither path nor remote is set, so Holdfast cannot tell where the repository is.",
        ),
        (
            "publish: {pages_branch: master}",
            "publish.pages_branch: 'master' is the branch of the documents; the site needs its own.",
        ),
        ("publish: {how: fax}", "publish.how: 'fax' is not allowed. Allowed: 'push' or 'pull_request'."),
        (
            "publish: {url: 'ftp://example.com'}",
            (
                "publish.url: 'ftp://example.com' is not allowed. "
                "Allowed: an address such as https://example.github.io/infra, without a password in it."
            ),
        ),
        ("publish: {title: ''}", "publish.title: '' is not allowed. Allowed: one line of at most 100 characters."),
        ("postmortems: {names: all}", "postmortems.names: 'all' is not allowed. Allowed: 'people' or 'roles'."),
        ("agents: {caps: {run: -1}}", "agents.caps.run: -1 is not allowed. Allowed: greater than or equal to 0."),
        ("agents: {caps: {run: five}}", "agents.caps.run: 'five' is not allowed. Allowed: a number."),
        ("agents: {caps: {run: .inf}}", "agents.caps.run: inf is not allowed. Allowed: a finite number."),
        (
            "agents: {caps: {day: 0.0000001}}",
            "agents.caps.day: 1e-07 is not allowed. Allowed: no more than 6 decimal places.",
        ),
        (
            "agents: {caps: {runs: 5}}",
            (
                "agents.caps.runs: this key is not known. Did you mean run? "
                "Allowed here: attempt, run, issue, day, person."
            ),
        ),
        (
            "agents: {prices: {ours: {input: 1, output: 0, write_5m: 1, write_1h: 1, read: 1}}}",
            "agents.prices.ours.output: 0 is not allowed. Allowed: greater than 0.",
        ),
        (
            "agents: {prices: {ours: {input: 1, output: 1, write_5m: 1, write_1h: 1}}}",
            "agents.prices.ours.read: this is missing.",
        ),
        (
            "agents: {prices: {ours: {input: 1, output: 1, write_5m: 1, write_1h: 1, read: 1, lnog: {}}}}",
            (
                "agents.prices.ours.lnog: this key is not known. Did you mean long? "
                "Allowed here: input, output, write_5m, write_1h, read, long."
            ),
        ),
        (
            "agents: {prices: {ours: 3}}",
            (
                "agents.prices.ours: 3 is not allowed. "
                "Allowed: keys and values (input, output, write_5m, write_1h, read, long)."
            ),
        ),
        ("severity: {scheme: p9}", "severity.scheme: 'p9' is not allowed. Allowed: sev or p1 or p0."),
        ("severity: p1", "severity: 'p1' is not allowed. Allowed: keys and values (scheme)."),
        (
            "services: [{name: a, depends_on: [b]}]",
            "services: Service a depends on b, which is not in the list.",
        ),
        (
            "services: [{name: a, depends_on: [b]}, {name: b, depends_on: [a]}]",
            "services: Services depend on each other in a circle: a -> b -> a.",
        ),
        (
            "quick_checks: [{check: look, services: [x]}]",
            "quick_checks[0].services: 'x' is not among the services.",
        ),
        ("- a", "keys and values are expected, such as `slack:`."),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(text: str, sentence: str) -> None:
    """Key path, value, and what would do."""
    assert problems(text) == (sentence,)


@pytest.mark.parametrize(
    "text",
    [
        "slack: {token: abc}",
        "slack: {owner: xoxb-123456-abc}",
        "github_token: ghp_abcdefgh",
        "services: [{name: a, links: [{name: b, url: 'https://ana:pw@example.com'}]}]",
    ],
)
def test_a_credential_is_refused_and_not_repeated(text: str) -> None:
    """Tokens belong in the environment; the refusal names the key and never the value."""
    (sentence,) = problems(text)
    assert "credentials may not stand in this file" in sentence
    assert not any(secret in sentence for secret in ("abc", "pw@"))


def test_everything_wrong_is_said_at_once() -> None:
    """One start, all mistakes."""
    assert len(problems("slack: {owner: x, token: y}\npeople: [{slack: z}]\nfoo: 1")) == 4


def test_broken_yaml_is_shown_where_it_breaks() -> None:
    """Line and column, counted from one."""
    with pytest.raises(SettingsError) as caught:
        parse("slack:\n  owner: [U0ANA\n", "holdfast.yml")
    assert caught.value.problems[0].startswith("holdfast.yml, line 3, column 1: ")


def test_a_key_that_stands_twice_is_refused() -> None:
    """YAML would let the last one win in silence."""
    with pytest.raises(SettingsError, match=r"line 2, column 1: the key slack stands twice"):
        parse("slack: {}\nslack: {}\n", "holdfast.yml")


KEYS = ("slack", "people", "services", "name", "links", "severity", "owner", "agents", "prices", "caps")
YAML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["slack", "people", "services", "name", "links", "severity", "owner", "agents", "prices", "caps"]
            )
            | st.integers(),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


def said_of(text: str) -> tuple[str, ...]:
    """What is said about this file; nothing where it is right."""
    try:
        parse(text, "x")
    except SettingsError as error:
        return error.problems
    return ()


@given(YAML)
def test_any_yaml_is_read_or_refused_in_words(data: object) -> None:
    """No shape of file ends in a traceback."""
    assert all(sentence.endswith(".") for sentence in said_of(yaml.safe_dump(data)))


@given(st.text(max_size=60) | st.text("-?:[]{}&*a1! \n\"'|>", max_size=20))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    """Neither does any text."""
    assert all(sentence.startswith("x") for sentence in said_of(text))


@pytest.mark.parametrize("text", ["? [a]\n: b", "slack: &a [*a]", "slack: &a {owner: *a}", "[" * 2000])
def test_a_strange_file_is_refused_in_words(text: str) -> None:
    """Keys that are lists, files that refer to themselves, and nesting without end."""
    assert said_of(text)
