"""Of what a cluster answers only what a shape names is kept; anything may stand in the rest."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.kubernetes_answers import log, quantity, revisions, usages, when
from bot.adapters.kubernetes_kinds import KubeKind, checked_name, checked_namespace, checked_selector
from bot.adapters.kubernetes_project import ENTRIES, PROSE, WORDS, arguments, kept, prose
from bot.adapters.kubernetes_shapes import SHAPES
from bot.errors import Refused
from bot.workspace.kubernetes.objects import PLANTED

Json = Any  # Any: JSON of any shape

_WORDS = st.sampled_from(
    ["metadata", "spec", "status", "name", "env", "value", "args", "containers", "template", "data", "conditions"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS | st.text(max_size=8), inner, max_size=6),
    max_leaves=40,
)


@given(JSON, st.sampled_from(list(KubeKind)))
def test_anything_may_be_answered(raw: Json, kind: KubeKind) -> None:
    """No shape of an answer breaks it, and what is left is JSON with no field that was not named."""
    found = kept(raw, SHAPES[kind])
    assert set(found) <= set(SHAPES[kind])
    json.dumps(found)
    assert kept(found, SHAPES[kind]) is not None


#: Every place of a pod in which people put what is secret.
PLACES: dict[str, Json] = {
    "env": {"env": [{"name": "A", "value": PLANTED}]},
    "argument": {"args": [f"--password={PLANTED}"]},
    "next argument": {"args": ["--password", PLANTED]},
    "short flag": {"args": [f"-p{PLANTED}"]},
    "bare argument": {"args": [PLANTED]},
    "shell": {"command": ["sh", "-c", f"export A={PLANTED}; run"]},
    "probe's command": {"livenessProbe": {"exec": {"command": [PLANTED]}}},
    "probe's header": {"livenessProbe": {"httpGet": {"path": "/", "httpHeaders": [{"name": "A", "value": PLANTED}]}}},
    "probe's path": {"readinessProbe": {"httpGet": {"path": f"/ok?token={PLANTED}"}}},
    "hook": {"lifecycle": {"preStop": {"exec": {"command": ["curl", PLANTED]}}}},
    "unknown": {"somethingNew": PLANTED},
}


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("containers", ["containers", "initContainers", "ephemeralContainers"])
def test_no_place_in_a_container_shows_what_is_secret(where: str, containers: str) -> None:
    """Literal values in environments and commands, probes and hooks; in pods and in what they are made from."""
    spec = {containers: [{"name": "app", "image": "a:1"} | PLACES[where]]}
    pod = kept({"metadata": {"name": "a"}, "spec": spec}, SHAPES[KubeKind.PODS])
    workload = kept({"spec": {"template": {"spec": spec}}}, SHAPES[KubeKind.DEPLOYMENTS])
    revision = kept({"data": {"spec": {"template": {"spec": spec}}}}, SHAPES[KubeKind.CONTROLLERREVISIONS])
    assert PLANTED not in str((pod, workload, revision))


@given(st.lists(st.sampled_from(["--token", "--db-password", "-p", "--dsn", "--api-key"]), min_size=1, max_size=3))
def test_what_follows_a_secret_flag_is_masked(flags: list[str]) -> None:
    """However it is joined."""
    words = [word for flag in flags for word in (flag, "hunter2secret")]
    joined = [f"{flag}=hunter2secret" for flag in flags]
    long = [flag for flag in flags if flag.startswith("--")]
    assert "hunter2secret" not in str((arguments(joined), arguments(words)))
    assert all(flag in str(arguments(words)) for flag in long)


def test_plain_arguments_stay() -> None:
    """They say how something is set up."""
    words = ["--config=/etc/app.yml", "--port", "8080", "--level=debug", "-v", "run", "--listen=:9090", "10.0.0.1:53"]
    assert arguments(words) == words


@given(JSON)
def test_a_list_of_arguments_may_be_anything(raw: Json) -> None:
    """Nothing breaks it, and it never grows."""
    assert len(arguments(raw) or ()) <= ENTRIES


@given(st.text(max_size=3000))
def test_prose_is_short_and_has_no_control_characters(text: str) -> None:
    """Whatever a program wrote."""
    found = prose(text)
    assert len(found) <= PROSE
    assert not any(ord(character) < 32 and character not in "\t\n" for character in found)


def test_a_cause_of_change_shows_no_value() -> None:
    """kubectl writes the whole command there, with what was set."""
    noted = {"kubernetes.io/change-cause": f"kubectl set env deploy/a FOO={PLANTED} --record=true", "other": PLANTED}
    found = kept({"metadata": {"annotations": noted}}, SHAPES[KubeKind.DEPLOYMENTS])
    assert found["metadata"]["annotations"] == {
        "kubernetes.io/change-cause": "kubectl set env deploy/a FOO=*** --record=***"
    }


def test_what_remains_is_small() -> None:
    """Long lists and long words are cut."""
    pod = {"metadata": {"name": "x" * 9000, "labels": {str(n): "y" * 9000 for n in range(500)}}}
    found = kept(pod, SHAPES[KubeKind.PODS])
    assert len(found["metadata"]["name"]) == WORDS
    assert len(found["metadata"]["labels"]) == ENTRIES


@pytest.mark.parametrize(
    ("given", "number"),
    [("250m", 0.25), ("1.5Gi", 1.5 * 2**30), ("2e3", 2000.0), ("4", 4.0), (4, 4.0), ("12n", 12e-9), ("1E", 1e18)],
)
def test_quantities(given: str | int, number: float) -> None:
    """As Kubernetes writes them."""
    found = quantity(given)
    assert found is not None
    assert abs(found - number) <= 1e-9 * number


@given(JSON | st.from_regex(r"[0-9.]{1,5}[a-zA-Z]{0,3}"))
def test_no_quantity_breaks_it(raw: Json) -> None:
    """A number or nothing; never one without end."""
    found = quantity(raw)
    assert found is None or abs(found) < float("inf")


@given(st.binary(max_size=400), st.booleans(), st.integers(1, 5))
def test_a_log_may_be_any_bytes(body: bytes, cut: bool, most: int) -> None:
    """Also what is no text, and what begins or ends anywhere."""
    found = log(body, cut, most)
    assert len(found.lines) <= most
    assert all(line.at is None or line.at.tzinfo for line in found.lines)


@given(JSON)
def test_times_figures_and_histories_may_be_anything(raw: Json) -> None:
    """What cannot be understood is left out."""
    assert when(raw) is None or isinstance(raw, str)
    items = [kept(raw, SHAPES[KubeKind.REPLICASETS])]
    assert revisions(KubeKind.DEPLOYMENTS, "a", items) == ()


def test_usage_of_odd_answers_is_nothing() -> None:
    """A container without figures uses none."""
    found = usages({"items": [{"metadata": {"name": "a"}, "containers": [{}, 7]}, "no object"]}, 5)
    assert [(each.name, each.cpu, each.memory) for each in found] == [("a", 0.0, 0.0)]


@given(st.text(max_size=80))
def test_a_name_that_is_taken_is_one_that_kubernetes_allows(text: str) -> None:
    """Nothing that could end a path, begin a query, or be read as a flag."""
    for check in (checked_name, checked_namespace, checked_selector):
        try:
            found = check(text)
        except Refused:
            continue
        assert found.isascii()
        assert not set(found) & set(" \n\r\t\0?#%&;$'\"\\`|<>") or check is checked_selector
        assert not found.startswith(("-", ".", "/"))
        assert ".." not in found or check is checked_selector


@pytest.mark.parametrize("good", ["app=web", "a.b/c=d,e!=f", "!gone", "app in (a,b)", "x", "a==b"])
def test_selectors_that_people_write_are_taken(good: str) -> None:
    """All that Kubernetes documents."""
    assert checked_selector(good) == good


@pytest.mark.parametrize("bad", ["app=web&limit=1", "a=b\n", "a in (b", "a=b;c", "=", ",", "a=b,", "a\0=b", "$(id)"])
def test_other_selectors_are_refused(bad: str) -> None:
    """They would be another question."""
    with pytest.raises(Refused):
        checked_selector(bad)


def test_a_private_key_in_a_log_goes_whole() -> None:
    """It stands on many lines, each with a stamp of its own; what follows keeps its time."""
    key = ["-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBg", "kqhkiG9w0BAQEFAASC", "-----END PRIVATE KEY-----"]
    lines = ["before", *key, "password=", "after"]
    body = "".join(f"2026-03-02T14:30:0{n}.000000000Z {line}\n" for n, line in enumerate(lines)).encode()
    found = log(body, cut=False, most=50).lines
    assert "MIIE" not in str(found)
    assert "kqhkiG9w0" not in str(found)
    assert found[0].text == "before"
    assert found[-1].text.endswith("after")
    assert all(line.at is not None for line in found)
