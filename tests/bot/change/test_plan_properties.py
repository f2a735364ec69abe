"""No plan slips through the gate, whatever else stands in it, and no secret of a plan is ever shown."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.change.gates.plan import is_empty, plan_gate
from bot.change.model import Result
from bot.change.policy import Policy
from bot.change.projection import lines, project
from tests.bot.change.plan_edits import FOLDER, Plan, stored

NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
CORPUS = st.sampled_from(NAMES)
POLICY = Policy()
#: Verbs that no plan may hold, and words that nobody has heard of yet.
WRONG = st.sampled_from(["delete", "forget", "destroy", "Delete", "create ", ""]) | st.text(max_size=12).filter(
    lambda word: word not in ("no-op", "create", "update", "read")
)
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WORDS = ("name", "image", "replicas", "data", "spec", "host", "version", "value")


def objects(plan: Plan) -> list[Plan]:
    """What is done to each object."""
    return list(plan.get("resource_changes", []))


def everywhere(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every part of a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from everywhere(item, (*path, key))


@given(CORPUS, st.data())
def test_a_wrong_verb_in_any_list_is_refused(name: str, data: st.DataObject) -> None:
    """Wherever it stands among the verbs of whichever object, however well the rest looks."""
    plan, code = stored(name)
    if not objects(plan):
        plan["resource_changes"] = objects(stored("update")[0])
    actions = data.draw(st.sampled_from(objects(plan)))["change"]["actions"]
    actions.insert(data.draw(st.integers(0, len(actions))), data.draw(WRONG))
    assert plan_gate(plan, code, POLICY).result is Result.REFUSE
    assert not is_empty(plan, 0)


@given(st.sampled_from(["resource_drift", "output_changes"]), st.booleans(), WRONG)
def test_a_wrong_verb_elsewhere_never_goes_by_itself(where: str, alone: bool, word: str) -> None:
    """What vanished elsewhere, and an output that goes away, are for a person; all else there is refused."""
    plan, code = stored("update")
    change = {**plan["resource_changes"][0]["change"], "actions": [word] if alone else ["update", word]}
    each = {**plan["resource_changes"][0], "change": change}
    plan[where] = [each] if where == "resource_drift" else {"o": change}
    expected = Result.PERSON if alone and word == "delete" else Result.REFUSE
    assert plan_gate(plan, code, POLICY).result is expected


@given(CORPUS, st.data())
def test_what_is_hidden_under_an_unknown_key_is_refused(name: str, data: st.DataObject) -> None:
    """In the whole, in an object, in what is done to it, and in an output: nothing there is passed over."""
    plan, code = stored(name)
    places: list[Plan] = [plan]
    for each in (*objects(plan), *plan.get("resource_drift", [])):
        places += [each, each["change"]]
    places += plan.get("output_changes", {}).values()
    key = data.draw(st.text(min_size=1, max_size=12).filter(lambda text: f'"{text}"' not in json.dumps(plan)))
    data.draw(st.sampled_from(places))[f"more_{key}"] = {"actions": ["delete"]}
    assert plan_gate(plan, code, POLICY).result is Result.REFUSE
    assert not is_empty(plan, code)


@given(CORPUS, st.lists(st.tuples(st.sampled_from(["vault_policy", "x"]), st.integers(0, 99)), max_size=30), st.data())
def test_what_is_left_alone_changes_no_verdict(name: str, more: list[tuple[str, int]], data: st.DataObject) -> None:
    """However many objects of whatever kind the stack holds besides, the same is said, and the same is shown."""
    plan, code = stored(name)
    before, seen = plan_gate(plan, code, POLICY), project(plan, POLICY)
    kept = plan.setdefault("resource_changes", [])
    for kind, number in more:
        each = {
            "address": f"{kind}.untouched[{number}]",
            "mode": "managed",
            "type": kind,
            "name": "untouched",
            "provider_name": "terraform.io/builtin/terraform",
            "change": {"actions": ["no-op"], "before": {"replicas": 0}, "after": {"replicas": 0}},
        }
        kept.insert(data.draw(st.integers(0, len(kept))), each)
    assert plan_gate(plan, code, POLICY) == before
    assert project(plan, POLICY).resources == seen.resources


@given(CORPUS, JSON, st.data())
def test_no_document_is_too_strange(name: str, value: object, data: st.DataObject) -> None:
    """With anything in place of any part, there is a verdict and a projection, and no error."""
    plan, code = stored(name)
    *way, last = data.draw(st.sampled_from(sorted(everywhere(plan), key=str)))
    place: Any = plan  # JSON
    for key in way:
        place = place[key]
    place[last] = value
    assert isinstance(plan_gate(plan, code, POLICY).result, Result)
    assert isinstance(is_empty(plan, code), bool)
    lines(project(plan, POLICY))


@given(st.dictionaries(st.text(max_size=12), JSON, max_size=6), st.integers(-1, 3))
def test_what_is_no_plan_is_refused(plan: dict[str, Any], code: int) -> None:
    """JSON of another kind never passes, and is never empty."""
    for document in (plan, {"format_version": "1.2", **plan}):
        assert plan_gate(document, code, POLICY).result is Result.REFUSE
        assert not is_empty(document, code)


SECRETS = st.integers(10**8, 10**9).map(lambda number: f"tr0ub4dor-{number}")
TREES = st.recursive(
    SECRETS.map(lambda secret: (secret, True)) | SCALARS.map(lambda value: (value, False)),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda items: ([v for v, _ in items], [m for _, m in items]))
        | st.dictionaries(st.sampled_from(WORDS), inner, min_size=1, max_size=3).map(
            lambda items: ({k: v for k, (v, _) in items.items()}, {k: m for k, (_, m) in items.items()})
        )
    ),
    max_leaves=10,
)


@given(TREES, TREES, SECRETS, st.sampled_from(["create", "update"]))
def test_no_secret_is_ever_shown(before: tuple[Any, Any], after: tuple[Any, Any], secret: str, action: str) -> None:
    """Not where it is marked, nor where it was copied to: into a value, a key, an address, an output's name."""
    plan, code = stored("update")
    change: dict[str, Any] = {"actions": [action], "after_unknown": {}}
    change |= {"before": {"spec": before[0]}, "before_sensitive": {"spec": before[1]}}
    change |= {"after": {"spec": after[0]}, "after_sensitive": {"spec": after[1]}}
    change["after"] |= {"image": f"x/{secret}:1", "name": secret, f"{secret}_key": "1", "password": "hunter2hunter2"}
    plan["resource_changes"][0] |= {"change": change, "address": f'terraform_data.a["{secret}"]'}
    plan["output_changes"] = {f"o-{secret}": {"actions": ["create"], "before": secret, "before_sensitive": True}}
    text = "\n".join(lines(project(plan, POLICY))) + project(plan, POLICY).model_dump_json()
    text += plan_gate(plan, code, POLICY).model_dump_json()
    assert "tr0ub4dor" not in text
    assert "hunter2" not in text
    assert "image: •••" in text
