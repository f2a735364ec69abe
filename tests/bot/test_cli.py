"""The command line does what it says, and says what went wrong in a line."""

import tomllib
from pathlib import Path

import pytest
import yaml

from bot import cli, manifest
from bot.settings import load
from bot.settings.env import Environment, Timing, variable

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder and an environment that says nothing."""
    monkeypatch.chdir(tmp_path)
    for name in (*Environment.model_fields, *Timing.model_fields):
        monkeypatch.delenv(variable(name), raising=False)


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    """One number, in two places that may not differ."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert capsys.readouterr().out == f"holdfast {version}\n"


@pytest.mark.parametrize("arguments", [[], ["fly"], ["run", "--fast"], ["demo", "--port", "x"]])
def test_what_is_not_understood_is_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With the usage, on standard error."""
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: holdfast" in capsys.readouterr().err


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that exist, and no others."""
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines() if line.startswith("    ") and line[4] != " "] == [
        "run",
        "demo",
        "check",
        "init",
        "todos",
        "site",
        "forms",
        "manifest",
    ]


def test_run_names_everything_that_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """A line each, and where to get it."""
    assert cli.main(["run"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "holdfast: SLACK_BOT_TOKEN is not set.",
        "holdfast: SLACK_SIGNING_SECRET or SLACK_APP_TOKEN is not set.",
        "holdfast: GITHUB_TOKEN is not set.",
        "holdfast: GITHUB_REPOSITORY is not set.",
        "holdfast: `holdfast init` says where to get each; `holdfast demo` needs none.",
    ]


@pytest.mark.parametrize("command", ["run", "check", "init"])
def test_a_bad_file_is_refused_with_key_value_and_what_is_allowed(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command that reads the file refuses it at start."""
    Path("holdfast.yml").write_text("severity: {scheme: p9}\nslak: 1\n")
    assert cli.main([command]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "holdfast: holdfast.yml: severity.scheme: 'p9' is not allowed. Allowed: sev or p1 or p0.",
        (
            "holdfast: holdfast.yml: slak: this key is not known. Did you mean slack? "
            "Allowed here: slack, people, services, severity, roles, protected_stacks, alerts, repository, "
            "publish, postmortems, agents, remediation, policy, links, quick_checks."
        ),
    ]


def test_manifest_prints_what_slack_wants(capsys: pytest.CaptureFixture[str]) -> None:
    """For Socket Mode by default, for HTTP with an address."""
    assert cli.main(["manifest"]) == 0
    assert capsys.readouterr().out == manifest.text()
    assert cli.main(["manifest", "--url", "https://holdfast.example.com"]) == 0
    assert capsys.readouterr().out == manifest.text("https://holdfast.example.com")


def test_manifest_refuses_an_address_slack_would_refuse(capsys: pytest.CaptureFixture[str]) -> None:
    """Slack calls https only."""
    assert cli.main(["manifest", "--url", "http://x"]) == 1
    assert "https://" in capsys.readouterr().err


def test_check_is_exit_1_when_anything_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """Plain lines on standard output."""
    assert cli.main(["check"]) == 1
    assert "wrong: SLACK_BOT_TOKEN is not set." in capsys.readouterr().out.splitlines()


def test_init_writes_what_loads_and_never_overwrites(capsys: pytest.CaptureFixture[str]) -> None:
    """The first time it writes, then it leaves alone; both times it ends with what is still missing."""
    assert cli.main(["init"]) == 0
    first = capsys.readouterr().out
    assert "holdfast.yml: written" in first
    assert "manifest.yml: written" in first
    assert "https://api.slack.com/apps" in first
    assert first.rstrip().splitlines()[-1].startswith("warning: ")
    Path("holdfast.yml").write_text("slack: {owner: U0VIKTOR}\n")
    assert cli.main(["init"]) == 0
    assert "holdfast.yml: is there already, left as it is" in capsys.readouterr().out
    assert Path("holdfast.yml").read_text() == "slack: {owner: U0VIKTOR}\n"


def test_init_says_when_it_cannot_write(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is not there is a sentence, not a traceback."""
    monkeypatch.setenv("HOLDFAST_CONFIG", "no/such/folder/holdfast.yml")
    assert cli.main(["init"]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_no_secret_stays_in_the_environment() -> None:
    """Neither one that was pasted with a line break, nor a password inside an address."""
    environ = {
        "SLACK_BOT_TOKEN": "xoxb-1-secret\n",
        "DATABASE_URL": "postgresql://holdfast:hunter22@127.0.0.1/holdfast",
        "PGPASSWORD": "hunter22",
        "PATH": "/usr/bin",
    }
    cli.forget(load(environ), environ)
    assert environ == {"PATH": "/usr/bin"}


def test_forms_are_written_from_the_services(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where GitHub looks for them; again when the services change, and never over somebody else's."""
    (tmp_path / "holdfast.yml").write_text("services: [{name: wiki}, {name: 'dns: main'}]\n")
    assert cli.main(["forms"]) == 0
    folder = tmp_path / ".github" / "ISSUE_TEMPLATE"
    assert sorted(path.name for path in folder.iterdir()) == ["config.yml", "feature-request.yml", "outage-report.yml"]
    outage = yaml.safe_load((folder / "outage-report.yml").read_text())
    assert outage["body"][1]["attributes"]["options"] == ["wiki", "dns: main", "Other"]
    (tmp_path / "holdfast.yml").write_text("services: [{name: wiki}]\n")
    (folder / "feature-request.yml").write_text("name: Ours\n")
    assert cli.main(["forms"]) == 1
    assert "feature-request.yml: is not ours" in capsys.readouterr().out
    assert (folder / "feature-request.yml").read_text() == "name: Ours\n"
    assert "dns" not in (folder / "outage-report.yml").read_text()
    assert cli.main(["forms", str(tmp_path / "elsewhere")]) == 0
