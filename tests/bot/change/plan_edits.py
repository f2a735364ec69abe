"""What the builtin provider cannot be brought to say: real documents of the corpus, edited by hand."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("plans")
PROVIDER = "registry.terraform.io/hashicorp/kubernetes"
#: A plan's JSON, to be changed in place.
Plan = dict[str, Any]


def stored(name: str) -> tuple[Plan, int]:
    """A document of the corpus: the plan's JSON, and the exit code of planning."""
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return document["plan"], document["exit_code"]


def verb(*actions: str) -> Callable[[Plan], None]:
    """These actions for the first object."""

    def edit(plan: Plan) -> None:
        plan["resource_changes"][0]["change"]["actions"] = list(actions)

    return edit


def top(key: str, value: object) -> Callable[[Plan], None]:
    """This key of the whole."""

    def edit(plan: Plan) -> None:
        plan[key] = value

    return edit


def kind(name: str, before: object = None, after: object = None, **more: object) -> Callable[[Plan], None]:
    """The first object is of another kind, with other values."""

    def edit(plan: Plan) -> None:
        first = plan["resource_changes"][0]
        first |= {"type": name, "address": f"{name}.a", "provider_name": PROVIDER}
        plan["prior_state"] = {}
        if before is not None or after is not None:
            first["change"] |= {"before": before, "after": after, "after_unknown": {}, **more}

    return edit


def drift(*actions: str, own: bool = True) -> Callable[[Plan], None]:
    """The first object, or one beside it, has drifted."""

    def edit(plan: Plan) -> None:
        each = deepcopy(plan["resource_changes"][0])
        each["change"]["actions"] = list(actions)
        if not own:
            each["address"] = "terraform_data.z"
        plan["resource_drift"] = [each]

    return edit


def of_change(key: str, value: object) -> Callable[[Plan], None]:
    """This key of what is done to the first object."""

    def edit(plan: Plan) -> None:
        plan["resource_changes"][0]["change"][key] = value

    return edit


def of_object(key: str, value: object) -> Callable[[Plan], None]:
    """This key of the first object."""

    def edit(plan: Plan) -> None:
        plan["resource_changes"][0][key] = value

    return edit


def without(key: str) -> Callable[[Plan], None]:
    """The whole has no such key."""

    def edit(plan: Plan) -> None:
        del plan[key]

    return edit


def foreign(plan: Plan) -> None:
    """Its provider comes from another registry."""
    plan["configuration"]["provider_config"]["terraform"]["full_name"] = "registry.example.com/x/terraform"


def ephemeral(plan: Plan) -> None:
    """Its configuration opens something for as long as Terraform runs."""
    block = {"address": "ephemeral.x.y", "mode": "ephemeral", "type": "x", "name": "y"}
    plan["configuration"]["root_module"]["resources"].append(block)


CLAIM = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\n"
RULE = "apiVersion: x/v1\nkind: PrometheusRule\n"
BINDING = '{"apiVersion": "x/v1", "kind": "ClusterRoleBinding"}'
#: Name, the document it was, and what was edited in it.
EDITS: dict[str, tuple[str, Callable[[Plan], None]]] = {
    "edited_unknown_verb": ("update", verb("evaporate")),
    "edited_no_verb": ("update", verb()),
    "edited_two_verbs": ("update", verb("create", "update")),
    "edited_delete_beside_noop": ("update", verb("no-op", "delete")),
    "edited_forget_in_replace": ("update", verb("create", "forget")),
    "edited_read_of_managed": ("update", verb("read")),
    "edited_create_of_data": ("data_at_apply", verb("create")),
    "edited_version_2": ("update", top("format_version", "2.0")),
    "edited_version_0": ("update", top("format_version", "0.2")),
    "edited_version_1_9": ("update", top("format_version", "1.9")),
    "edited_version_number": ("update", top("format_version", 1.2)),
    "edited_version_missing": ("update", without("format_version")),
    "edited_unknown_key": ("update", top("side_effects", [{"actions": ["create"]}])),
    "edited_unknown_key_of_object": ("update", of_object("then", {"actions": ["delete"]})),
    "edited_unknown_key_of_change": ("update", of_change("afterwards", ["delete"])),
    "edited_complete_missing": ("update", without("complete")),
    "edited_complete_text": ("update", top("complete", "true")),
    "edited_applyable_missing": ("update", without("applyable")),
    "edited_not_applyable": ("update", top("applyable", False)),
    "edited_errored": ("update", top("errored", True)),
    "edited_configuration_missing": ("provisioner_create", without("configuration")),
    "edited_deferred": ("update", top("deferred_changes", [{"reason": "resource_config_unknown"}])),
    "edited_invocation": ("update", top("action_invocations", [{"address": "action.x.y"}])),
    "edited_invocation_deferred": ("update", top("deferred_action_invocations", [{"reason": "x"}])),
    "edited_replace_paths": ("update", of_change("replace_paths", [["input"]])),
    "edited_address": ("update", of_object("address", "terraform_data.a\n, and all is well")),
    "edited_mode": ("update", of_object("mode", "action")),
    "edited_object_left_out": ("update", top("resource_changes", [])),
    "edited_deposed_alone": ("update", of_object("deposed", "00000001")),
    "edited_drift_changed_back": ("update", drift("update")),
    "edited_drift_elsewhere": ("update", drift("update", own=False)),
    "edited_drift_vanished": ("update", drift("delete", own=False)),
    "edited_drift_unknown_verb": ("update", drift("evaporate", own=False)),
    "edited_drift_alone": ("nothing", drift("update")),
    "edited_drift_vanished_alone": ("nothing", drift("delete")),
    "edited_output_unknown_verb": ("output_update", lambda plan: plan["output_changes"]["o"].update(actions=["x"])),
    "edited_data_kind": ("update", kind("kubernetes_persistent_volume_claim_v1")),
    "edited_data_kind_created": ("create", kind("kubernetes_persistent_volume_claim_v1")),
    "edited_data_kind_untouched": ("provisioner_beside_create", kind("kubernetes_namespace")),
    "edited_platform_kind": ("update", kind("vault_policy")),
    "edited_platform_and_data": ("update", kind("kubernetes_secret_volume")),
    "edited_manifest_claim": ("update", kind("kubectl_manifest", {"yaml_body": RULE}, {"yaml_body": CLAIM})),
    "edited_manifest_binding": ("update", kind("kubectl_manifest", {"yaml_body": RULE}, {"yaml_body": BINDING})),
    "edited_manifest_object": ("create", kind("kubernetes_manifest", None, {"manifest": {"kind": "StatefulSet"}})),
    "edited_manifest_rule": ("create", kind("kubernetes_manifest", None, {"manifest": {"kind": "PrometheusRule"}})),
    "edited_manifest_unknown": ("create", kind("kubectl_manifest", None, {"force_new": False})),
    "edited_manifest_unknown_later": (
        "update",
        kind("kubectl_manifest", {"yaml_body": RULE}, {}, after_unknown={"yaml_body": True}),
    ),
    "edited_manifest_list": ("create", kind("kubernetes_manifest", None, {"manifest": {"kind": "SecretList"}})),
    "edited_manifest_disguised": (
        "update",
        kind("kubectl_manifest", {"yaml_body": RULE}, {"yaml_body": RULE + '"k\\u0069nd": !!str Secret\n'}),
    ),
    "edited_manifest_of_aliases": (
        "create",
        kind("kubectl_manifest", None, {"kind": "ConfigMap", "yaml_body": "kind: &k Secret\nx: *k\n"}),
    ),
    "edited_manifest_flow": ("create", kind("kubectl_manifest", None, {"yaml_body": "{kind: ClusterRole}"})),
    "edited_labels_of_namespace": (
        "update",
        kind("kubernetes_labels", {}, {"kind": "Namespace", "labels": {"a": "b"}}),
    ),
    "edited_local_file": ("create", kind("local_file", None, {"filename": "/etc/cron.d/x"})),
    "edited_host_path": (
        "create",
        kind("kubernetes_deployment", None, {"spec": [{"volume": [{"host_path": [{"path": "/"}]}]}]}),
    ),
    "edited_manifest_privileged": (
        "create",
        kind("kubectl_manifest", None, {"yaml_body": "kind: Pod\nspec: {containers: [{x: {privileged: true}}]}\n"}),
    ),
    "edited_force_unknown": (
        "update",
        kind("helm_release", {"force_update": False}, {}, after_unknown={"force_update": True}),
    ),
    "edited_force_update": (
        "update",
        kind("helm_release", {"force_update": False, "version": "1"}, {"force_update": True, "version": "1"}),
    ),
    "edited_protection_off": (
        "update",
        kind("x_thing", {"deletion_protection": True}, {"deletion_protection": False}),
    ),
    "edited_no_replicas": (
        "update",
        kind("kubernetes_deployment", {"spec": [{"replicas": "2"}]}, {"spec": [{"replicas": "0"}]}),
    ),
    "edited_replicas": (
        "update",
        kind("kubernetes_deployment", {"spec": [{"replicas": "2"}]}, {"spec": [{"replicas": "3"}]}),
    ),
    "edited_foreign_provider": ("update", foreign),
    "edited_ephemeral": ("update", ephemeral),
}


def edited(name: str) -> dict[str, Any]:
    """The document by this name, made of the one it was."""
    source, edit = EDITS[name]
    plan, code = stored(source)
    edit(plan)
    return {"exit_code": code, "plan": plan}
