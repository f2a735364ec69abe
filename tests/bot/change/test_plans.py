"""The plan gate's verdict on every document of the corpus, and that the corpus is what the real Terraform says."""

import tempfile
from pathlib import Path

import pytest

from bot.change.gates.plan import RULES, is_empty, plan_gate
from bot.change.model import Gate
from bot.change.policy import Policy
from bot.change.terraform import provisioned
from tests.bot.change.generate_plans import made, terraform
from tests.bot.change.plan_cases import CASES
from tests.bot.change.plan_edits import EDITS, FOLDER, Plan, edited, stored

#: Document, what the gate says of it, and the rules that say so.
VERDICTS: dict[str, tuple[str, ...]] = {
    "create": ("pass",),
    "create_in_module": ("pass",),
    "create_many": ("person", "plan.many"),
    "create_some": ("pass",),
    "create_odd_keys": ("pass",),
    "update": ("pass",),
    "update_in_module": ("pass",),
    "update_of_named_delete": ("pass",),
    "nothing": ("refuse", "plan.nothing"),
    "nothing_at_all": ("refuse", "plan.nothing"),
    "destroy": ("refuse", "plan.delete"),
    "destroy_all_flag": ("refuse", "plan.delete"),
    "destroy_by_count": ("refuse", "plan.delete"),
    "destroy_by_key": ("refuse", "plan.delete"),
    "destroy_and_create": ("refuse", "plan.delete"),
    "replace_delete_first": ("refuse", "plan.replace"),
    "replace_create_first": ("refuse", "plan.replace"),
    "replace_by_flag": ("refuse", "plan.replace"),
    "replace_tainted": ("refuse", "plan.replace"),
    "removed_forget": ("refuse", "plan.forget"),
    "removed_destroy": ("refuse", "plan.delete"),
    "moved": ("person", "plan.move"),
    "moved_and_update": ("person", "plan.move"),
    "moved_by_count": ("person", "plan.move"),
    "import": ("person", "plan.import"),
    "import_and_update": ("person", "plan.import"),
    "import_with_generated": ("person", "plan.import"),
    "deposed": ("refuse", "plan.delete", "plan.replace", "plan.deposed"),
    "errored_precondition": ("refuse", "plan.errored", "plan.incomplete", "plan.check"),
    "errored_prevent_destroy": ("refuse", "plan.errored", "plan.incomplete", "plan.replace"),
    "targeted": ("refuse", "plan.incomplete"),
    "targeted_nothing": ("refuse", "plan.nothing", "plan.incomplete"),
    "refresh_only": ("refuse", "plan.nothing", "plan.incomplete"),
    "refresh_off": ("pass",),
    "output_create": ("pass",),
    "output_update": ("pass",),
    "output_delete": ("person", "plan.output"),
    "output_delete_beside_update": ("person", "plan.output"),
    "data_at_apply": ("person", "plan.source"),
    "data_at_plan": ("person", "plan.source"),
    "data_at_plan_in_module": ("person", "plan.source"),
    "check_passes": ("pass",),
    "check_fails": ("person", "plan.check"),
    "check_unknown": ("pass",),
    "sensitive_update": ("pass",),
    "sensitive_create": ("pass",),
    "sensitive_mark_only": ("pass",),
    "sensitive_output": ("pass",),
    "provisioner_create": ("refuse", "plan.provisioner"),
    "provisioner_create_in_module": ("refuse", "plan.provisioner"),
    "provisioner_beside_create": ("pass",),
    "provisioner_update": ("pass",),
    "edited_unknown_verb": ("refuse", "plan.verb"),
    "edited_no_verb": ("refuse", "plan.verb"),
    "edited_two_verbs": ("refuse", "plan.verb"),
    "edited_delete_beside_noop": ("refuse", "plan.delete"),
    "edited_forget_in_replace": ("refuse", "plan.forget"),
    "edited_read_of_managed": ("refuse", "plan.verb"),
    "edited_create_of_data": ("refuse", "plan.verb", "plan.source"),
    "edited_version_2": ("refuse", "plan.version"),
    "edited_version_0": ("refuse", "plan.version"),
    "edited_version_1_9": ("pass",),
    "edited_version_number": ("refuse", "plan.version"),
    "edited_version_missing": ("refuse", "plan.version"),
    "edited_unknown_key": ("refuse", "plan.shape"),
    "edited_unknown_key_of_object": ("refuse", "plan.shape"),
    "edited_unknown_key_of_change": ("refuse", "plan.shape"),
    "edited_complete_missing": ("refuse", "plan.shape"),
    "edited_complete_text": ("refuse", "plan.shape"),
    "edited_applyable_missing": ("refuse", "plan.shape"),
    "edited_not_applyable": ("refuse", "plan.exit"),
    "edited_errored": ("refuse", "plan.errored"),
    "edited_configuration_missing": ("refuse", "plan.shape"),
    "edited_deferred": ("refuse", "plan.incomplete"),
    "edited_invocation": ("refuse", "plan.invocation"),
    "edited_invocation_deferred": ("refuse", "plan.invocation"),
    "edited_replace_paths": ("refuse", "plan.replace"),
    "edited_address": ("refuse", "plan.shape"),
    "edited_mode": ("refuse", "plan.shape"),
    "edited_object_left_out": ("refuse", "plan.nothing", "plan.incomplete"),
    "edited_deposed_alone": ("person", "plan.deposed"),
    "edited_drift_changed_back": ("person", "plan.drift"),
    "edited_drift_elsewhere": ("pass",),
    "edited_drift_vanished": ("person", "plan.drift"),
    "edited_drift_unknown_verb": ("refuse", "plan.verb"),
    "edited_drift_alone": ("refuse", "plan.nothing"),
    "edited_drift_vanished_alone": ("refuse", "plan.nothing", "plan.drift"),
    "edited_output_unknown_verb": ("refuse", "plan.verb"),
    "edited_data_kind": ("person", "plan.data"),
    "edited_data_kind_created": ("person", "plan.data"),
    "edited_data_kind_untouched": ("pass",),
    "edited_platform_kind": ("person", "plan.platform"),
    "edited_platform_and_data": ("person", "plan.data", "plan.platform"),
    "edited_manifest_claim": ("person", "plan.data"),
    "edited_manifest_binding": ("person", "plan.platform"),
    "edited_manifest_object": ("person", "plan.data"),
    "edited_manifest_rule": ("pass",),
    "edited_manifest_unknown": ("person", "plan.platform"),
    "edited_manifest_unknown_later": ("person", "plan.platform"),
    "edited_manifest_list": ("person", "plan.platform"),
    "edited_manifest_disguised": ("person", "plan.platform"),
    "edited_manifest_of_aliases": ("person", "plan.platform"),
    "edited_manifest_flow": ("person", "plan.platform"),
    "edited_labels_of_namespace": ("person", "plan.data"),
    "edited_local_file": ("person", "plan.machine"),
    "edited_host_path": ("person", "plan.privilege"),
    "edited_manifest_privileged": ("person", "plan.privilege"),
    "edited_force_unknown": ("person", "plan.force"),
    "edited_force_update": ("person", "plan.force"),
    "edited_protection_off": ("person", "plan.force"),
    "edited_no_replicas": ("person", "plan.force"),
    "edited_replicas": ("pass",),
    "edited_foreign_provider": ("person", "plan.provider"),
    "edited_ephemeral": ("person", "plan.source"),
}
#: After these nothing would change any more.
EMPTY = {"nothing", "nothing_at_all", "edited_drift_alone"}
#: What a document says beyond the values and the prose: what the gate judges by.
JUDGED = ("action_reason", "address", "deposed", "mode", "previous_address", "provider_name", "type")


def test_the_table_is_of_the_whole_corpus() -> None:
    """Every document has its verdict, every verdict its document, and every document says how it was made."""
    assert set(VERDICTS) == {path.stem for path in FOLDER.glob("*.json")} == {*CASES, *EDITS}


@pytest.mark.parametrize("name", VERDICTS)
def test_every_plan_has_its_verdict(name: str) -> None:
    """The gate says exactly this of it, by exactly these rules."""
    plan, code = stored(name)
    verdict = plan_gate(plan, code, Policy())
    assert (verdict.result.value, *(finding.rule for finding in verdict.findings)) == VERDICTS[name]
    assert verdict.gate is Gate.PLAN


@pytest.mark.parametrize("name", VERDICTS)
def test_only_a_plan_of_nothing_is_empty(name: str) -> None:
    """A second plan that changes nothing is told from one that cannot say so."""
    assert is_empty(*stored(name)) is (name in EMPTY)


@pytest.mark.parametrize("code", [1, 2, 3, -9, 130])
def test_nothing_is_empty_with_another_exit_code(code: int) -> None:
    """Whatever the document says, only an exit code of 0 says that nothing would change."""
    assert not is_empty(stored("nothing")[0], code)


def test_every_rule_is_broken_by_some_plan() -> None:
    """No rule is only written down, and none says what the table does not know."""
    assert {rule for verdict in VERDICTS.values() for rule in verdict[1:]} == set(RULES)


@pytest.mark.parametrize(("code", "rule"), [(0, "plan.exit"), (1, "plan.errored"), (3, "plan.errored")])
def test_the_exit_code_has_to_fit(code: int, rule: str) -> None:
    """A plan with changes after which Terraform did not say so is refused."""
    verdict = plan_gate(stored("update")[0], code, Policy())
    assert [(finding.rule, finding.result.value) for finding in verdict.findings] == [(rule, "refuse")]


def test_a_command_that_was_there_before_is_for_a_person() -> None:
    """One more object of a resource that had a provisioner is for a person; of a new one it stays refused."""
    plan, code = stored("provisioner_create_in_module")
    for had in (provisioned(plan), {'module.m["other"].module.n.terraform_data.a[7]'}):
        verdict = plan_gate(plan, code, Policy(), had=frozenset(had))
        assert [(each.rule, each.result.value) for each in verdict.findings] == [("plan.provisioner", "person")]
    assert provisioned(plan) == {"module.m.module.n.terraform_data.a"}
    assert plan_gate(plan, code, Policy(), had=frozenset({"terraform_data.a"})).result.value == "refuse"


def test_the_policy_is_asked() -> None:
    """Its kinds and its limit hold instead of the shipped ones."""
    plan, code = stored("edited_data_kind")
    assert plan_gate(plan, code, Policy(data_kinds=())).result.value == "pass"
    assert plan_gate(*stored("update"), Policy(platform_kinds=("terraform_*",))).result.value == "person"
    limits = Policy().limits.model_copy(update={"resources": 21})
    assert plan_gate(*stored("create_many"), Policy(limits=limits)).result.value == "pass"


def test_a_sentence_names_a_few_and_counts_the_rest() -> None:
    """However many objects a rule is about, its sentence can be read."""
    plan, code = stored("create_many")
    for each in plan["resource_changes"]:
        each["change"]["actions"] = ["delete"]
    names = "terraform_data.a[0], terraform_data.a[1], terraform_data.a[2] and 18 more"
    sentence = plan_gate(plan, code, Policy()).sentence
    assert sentence == f"The plan would delete {names}, and nothing is deleted from here."


@pytest.mark.parametrize(
    "text", ["[" * 40_000, "kind: ConfigMap\n" * 4_000, "kind: [", "kind: &a {b: [*a, *a]}", "\x00"]
)
def test_a_manifest_that_cannot_be_read_is_for_a_person(text: str) -> None:
    """Too deep, too long, broken, or one that refers to itself: it is not known what it is, and nothing breaks."""
    plan, code = stored("edited_manifest_claim")
    plan["resource_changes"][0]["change"]["after"] = {"kind": "ConfigMap", "yaml_body": text}
    verdict = plan_gate(plan, code, Policy())
    assert [(each.rule, each.result.value) for each in verdict.findings] == [("plan.platform", "person")]


def test_what_was_edited_is_edited_from_the_corpus() -> None:
    """An edited document is the real one and its edit, nothing else."""
    for name in EDITS:
        plan, code = stored(name)
        assert edited(name) == {"exit_code": code, "plan": plan}


@pytest.mark.proof
@pytest.mark.parametrize("name", CASES)
def test_the_corpus_is_what_terraform_says(name: str) -> None:
    """Made again with the real Terraform, a document differs in nothing that is judged, nor does its verdict."""
    if not terraform():
        pytest.skip("There is no terraform on PATH, so the corpus of plans was not made again.")
    with tempfile.TemporaryDirectory() as folder:
        again = made(CASES[name], Path(folder))
    plan, code = stored(name)
    assert again["exit_code"] == code
    assert judged(again["plan"]) == judged(plan)
    assert plan_gate(again["plan"], code, Policy()) == plan_gate(plan, code, Policy())


def judged(plan: Plan) -> object:
    """The parts of a plan that do not depend on the version of Terraform."""
    objects = [
        ({key: each.get(key) for key in JUDGED}, each["change"]["actions"], "importing" in each["change"])
        for each in (*plan.get("resource_changes", []), *plan.get("resource_drift", []))
    ]
    outputs = {name: change["actions"] for name, change in plan.get("output_changes", {}).items()}
    checks = [each["status"] for each in plan.get("checks", [])]
    return objects, outputs, checks, plan["applyable"], plan["complete"], plan["errored"]
