"""The situations of the corpus of plans: what was applied before, what is planned, and with what flags."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

NOTHING: Mapping[str, str] = MappingProxyType({})


class Case(NamedTuple):
    """`before` is applied first (nothing where it is empty), then `after` is planned with `flags` more.

    `files` lie beside both, by name. `breaks`: applying `before` a second time, as `between`, is meant to fail.
    """

    after: str
    before: str = ""
    files: Mapping[str, str] = NOTHING
    flags: tuple[str, ...] = ()
    between: str = ""


def data(name: str, body: str = 'input = "one"', meta: str = "") -> str:
    """A resource of the builtin kind that keeps what it is given."""
    return f'resource "terraform_data" "{name}" {{\n  {body}\n  {meta}\n}}\n'


def output(name: str, value: str, meta: str = "") -> str:
    """An output."""
    return f'output "{name}" {{\n  value = {value}\n  {meta}\n}}\n'


ONE, TWO = data("a"), data("a", 'input = "two"')
FIRST, SECOND = data("a", 'triggers_replace = "one"'), data("a", 'triggers_replace = "two"')
CREATE_FIRST = "lifecycle {\n    create_before_destroy = true\n  }"
SAYS = 'provisioner "local-exec" {\n    command = "true"\n  }'
FAILS = 'provisioner "local-exec" {\n    command = "exit 1"\n  }'
SECRET = 'variable "secret" {\n  sensitive = true\n  default   = "tr0ub4dor and three"\n}\n'
MODULE = 'module "m" {\n  source = "./m"\n}\n'
STATE = '{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": {}, "resources": []}\n'
REMOTE = 'data "terraform_remote_state" "r" {{\n  backend = "local"\n  config  = {{ path = {path} }}\n}}\n'


def check(condition: str) -> str:
    """A check with one assertion."""
    return f'check "c" {{\n  assert {{\n    condition     = {condition}\n    error_message = "no"\n  }}\n}}\n'


def errs(word: str) -> str:
    """A resource that is only planned where the one beside it says this word."""
    asserted = f'condition     = terraform_data.b.input == "{word}"\n      error_message = "no"'
    return data("a", 'input = "two"', f"lifecycle {{\n    precondition {{\n      {asserted}\n    }}\n  }}")


#: Name of the document, and how the real Terraform is brought to say it.
CASES: dict[str, Case] = {
    "create": Case(ONE),
    "create_in_module": Case(MODULE, files={"m/main.tf": ONE}),
    "create_many": Case(data("a", "count = 21")),
    "create_some": Case(data("a", "count = 20")),
    "create_odd_keys": Case(data("a", 'for_each = toset(["x.y", "a\\"]b", "delete"])')),
    "update": Case(TWO, ONE),
    "update_in_module": Case(MODULE, MODULE, files={"m/main.tf": ONE, "m/main.tf.after": TWO}),
    "update_of_named_delete": Case(
        data("a", 'input = { actions = ["delete"] }'), data("a", 'input = { actions = ["forget"] }')
    ),
    "nothing": Case(ONE, ONE),
    "nothing_at_all": Case("", ""),
    "destroy": Case(data("b"), ONE + data("b")),
    "destroy_all_flag": Case(ONE, ONE, flags=("-destroy",)),
    "destroy_by_count": Case(data("a", "count = 1"), data("a", "count = 2")),
    "destroy_by_key": Case(data("a", 'for_each = toset(["x"])'), data("a", 'for_each = toset(["x", "y"])')),
    "destroy_and_create": Case(data("b"), ONE),
    "replace_delete_first": Case(SECOND, FIRST),
    "replace_create_first": Case(
        data("a", 'triggers_replace = "two"', CREATE_FIRST), data("a", 'triggers_replace = "one"', CREATE_FIRST)
    ),
    "replace_by_flag": Case(ONE, ONE, flags=("-replace=terraform_data.a",)),
    "replace_tainted": Case(ONE, between=data("a", meta=FAILS)),
    "removed_forget": Case("removed {\n  from = terraform_data.a\n  lifecycle {\n    destroy = false\n  }\n}\n", ONE),
    "removed_destroy": Case("removed {\n  from = terraform_data.a\n  lifecycle {\n    destroy = true\n  }\n}\n", ONE),
    "moved": Case(data("b") + "moved {\n  from = terraform_data.a\n  to   = terraform_data.b\n}\n", ONE),
    "moved_and_update": Case(
        data("b", 'input = "two"') + "moved {\n  from = terraform_data.a\n  to   = terraform_data.b\n}\n", ONE
    ),
    "moved_by_count": Case(data("a", 'input = "one"\n  count = 1'), ONE),
    "import": Case(data("a", "") + 'import {\n  to = terraform_data.a\n  id = "anything"\n}\n'),
    "import_and_update": Case(ONE + 'import {\n  to = terraform_data.a\n  id = "anything"\n}\n'),
    "import_with_generated": Case(
        'import {\n  to = terraform_data.a\n  id = "anything"\n}\n', flags=("-generate-config-out=generated.tf",)
    ),
    "deposed": Case(
        data("a", 'triggers_replace = "two"', CREATE_FIRST),
        data("a", 'triggers_replace = "one"', CREATE_FIRST),
        between=data("a", 'triggers_replace = "two"', CREATE_FIRST + "\n  " + FAILS),
    ),
    "errored_precondition": Case(errs("three") + data("b"), ONE),
    "errored_prevent_destroy": Case(
        data("a", 'triggers_replace = "two"', "lifecycle {\n    prevent_destroy = true\n  }"), FIRST
    ),
    "targeted": Case(ONE + data("b"), flags=("-target=terraform_data.a",)),
    "targeted_nothing": Case(ONE + data("b"), ONE, flags=("-target=terraform_data.a",)),
    "refresh_only": Case(TWO, ONE, flags=("-refresh-only",)),
    "refresh_off": Case(TWO, ONE, flags=("-refresh=false",)),
    "output_create": Case(ONE + output("o", '"x"'), ONE),
    "output_update": Case(ONE + output("o", '"y"'), ONE + output("o", '"x"')),
    "output_delete": Case(ONE, ONE + output("o", '"x"')),
    "output_delete_beside_update": Case(TWO, ONE + output("o", '"x"')),
    "data_at_apply": Case(
        TWO + REMOTE.format(path="terraform_data.a.output"), files={"one": STATE, "two": STATE}, before=ONE
    ),
    "data_at_plan": Case(TWO + REMOTE.format(path='"one"'), ONE, files={"one": STATE}),
    "data_at_plan_in_module": Case(TWO + MODULE, ONE, files={"one": STATE, "m/main.tf": REMOTE.format(path='"one"')}),
    "check_passes": Case(TWO + check('terraform_data.a.input == "two"'), ONE),
    "check_fails": Case(TWO + check('terraform_data.a.input == "three"'), ONE),
    "check_unknown": Case(TWO + check('terraform_data.a.output == "three"'), ONE),
    "sensitive_update": Case(SECRET + data("a", "input = var.secret"), ONE),
    "sensitive_create": Case(SECRET + data("a", 'input = { name = var.secret, image = "nginx:1.27" }')),
    "sensitive_mark_only": Case(SECRET + data("a", "input = var.secret"), data("a", 'input = "tr0ub4dor and three"')),
    "sensitive_output": Case(SECRET + TWO + output("o", "var.secret", "sensitive = true"), ONE),
    "provisioner_create": Case(data("a", meta=SAYS)),
    "provisioner_create_in_module": Case(
        'module "m" {\n  source = "./m"\n  for_each = toset(["x.y"])\n}\n',
        files={"m/main.tf": 'module "n" {\n  source = "./n"\n}\n', "m/n/main.tf": data("a", "count = 1", SAYS)},
    ),
    "provisioner_beside_create": Case(data("a", meta=SAYS) + data("b"), data("a", meta=SAYS)),
    "provisioner_update": Case(data("a", 'input = "two"', SAYS), data("a", meta=SAYS)),
}
