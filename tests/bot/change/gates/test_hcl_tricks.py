"""Ways to hide something from the HCL gate: in what cannot be read alike, in texts, in other files, and by chance."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.change.gates.hcl import RULES, hcl_gate
from bot.change.gates.lexer import Unreadable
from bot.change.gates.parsed import parsed
from bot.change.model import Edit, Result
from tests.bot.change.gates.stacks import BASE, STACK, added, inside, judged, rules

#: Each is refused alone, so in any mix.
DANGEROUS = (
    inside('provisioner "local-exec" {\n command = "id"\n}'),
    inside('dynamic "provisioner" {\n for_each = [1]\n content {}\n}'),
    inside("lifecycle {\n ignore_changes = all\n}"),
    inside('input = "${upper(file("/etc/passwd"))}"'),
    inside('input = <<EOT\n${file("/etc/passwd")}\nEOT'),
    inside("input = provider::evil::run(1)"),
    'data "external" "x" {\n program = ["id"]\n}',
    'data "terraform_remote_state" "x" {\n backend = "http"\n}',
    'provider "x" {}',
    "terraform {\n cloud {}\n}",
    "moved {\n from = a.b\n to = a.c\n}",
    'module "x" {\n source = "./vlink"\n}',
)
HARMLESS = (
    inside("input = 1"),
    'locals {\n more = "{ } # /* not"\n}',
    "# provisioner {",
    "/* data external */",
    'output "o" {\n value = "${var.size} %{ if true }x%{ endif }"\n}',
    'locals {\n text = <<-EOT\n  } "\n  EOT\n}',
)


@pytest.mark.parametrize(
    "text",
    [
        'output "c" {\n  value = "$${"\n}\nresource "terraform_data" "e" {\n  input = "}"\n}',
        'output "c" {\n  value = "$$${file("/etc/passwd")}"\n}',
        'output "c" {\n  value = <<EOT\nx\nEOT  \n}\nremoved {\n from = a.b\n}\nlocals {\n a = <<EOT\nEOT\n}',
        'output "c" {\n  value = <<EOT\n${\nEOT\n}\n}\nEOT\n}',
        'data "ext\\u0065rnal" "x" {\n program = ["id"]\n}',
        'data "${"external"}" "x" {\n program = ["id"]\n}',
        'd\u0430ta "external" "x" {}',
        "/* never closed",
        'output "c" {\n  value = "a\nb"\n}',
        "output {",
        "}",
        "a = 1",
        '{"resource": {"terraform_data": {"x": {"provisioner": {"local-exec": {"command": "id"}}}}}}',
        "locals {\n a = " + "[" * 30_000 + "]" * 30_000 + "\n}",
        "locals {\n a = " + '"${' * 200 + "1" + '}"' * 200 + "\n}",
        "# " + "x" * 130_000,
        'output "c" {\n  value = "a\u202eb"\n}',
        'output "c" {\n  value = "a\x00b"\n}',
        "\ufefflocals {}",
    ],
)
def test_what_cannot_be_read_for_sure_is_refused(text: str) -> None:
    """Tricks with readers: what Terraform would see and our parser would not, or the other way round."""
    assert added(text).result is Result.REFUSE


def test_templates_and_yaml_may_read_nothing_and_grant_nothing() -> None:
    """Texts that Terraform hands on are looked through as well."""
    for name in ("x.tpl", "x.yaml", "x.yml", "README.md"):
        for text in ('a: ${file("/etc/passwd")}', 'a: %{ if fileexists ( "/x") }', "a: ${templatefile /**/ (x)}"):
            assert rules(judged(f"b: 1\n{text}\n", "b: 1\n", name)) >= {"hcl.template"}
        assert judged("b: 2\n", "b: 1\n", name).result is Result.PASS
    for text in (
        *("kind: Secret", '"kind": "Secret"', "kind: ClusterRole", "kind: ValidatingWebhookConfiguration"),
        *("hostPath: {path: /}", "privileged: true", '"host\\x50ath": 1', 'a: "Clust\\u0065rRole"', "? kind\n: Secret"),
    ):
        assert rules(judged(f"b: 1\n{text}\n", "b: 1\n", "x.yaml")) == {"hcl.cluster"}
    for text in (
        "a: !!python/object:os.system {}",
        "a: !!binary U2VjcmV0",
        "a: [",
        "\tb: 1",
        "a: !include /etc/passwd",
    ):
        assert rules(judged(f"b: 1\n{text}\n", "b: 1\n", "x.yaml")) == {"hcl.unreadable"}


def test_only_files_of_the_stack_are_judged_and_overrides_are_refused() -> None:
    """Another folder, another kind of file, or one that changes blocks elsewhere."""
    edit = Edit(path="stacks/vault/main.tf", before=BASE, after=BASE)
    assert rules(hcl_gate([edit], STACK)) == {"hcl.outside"}
    for name in ("main.tf.json", "terragrunt.hcl", "x.tfvars"):
        assert "hcl.outside" in rules(judged("a = 1", None, name))
    assert rules(judged("locals {}\n", None, "x_override.tf")) == {"hcl.override"}


def test_a_new_file_is_judged_like_an_edited_one_and_a_moved_block_is_none() -> None:
    """Nothing hides behind the file that it is in."""
    evil = inside('provisioner "local-exec" {\n command = "id"\n}')
    assert judged(evil, None, "new.tf").result is Result.REFUSE
    assert judged(None).result is Result.REFUSE
    start = BASE.index('data "http"')
    end = BASE.index('resource "null_resource"')
    moved = [
        Edit(path=f"{STACK}/main.tf", before=BASE, after=BASE[:start] + BASE[end:]),
        Edit(path=f"{STACK}/status.tf", before=None, after=BASE[start:end]),
    ]
    assert hcl_gate(moved, STACK).result is Result.PASS


def test_a_value_that_is_handed_to_a_module_of_the_stack_reaches_what_the_module_runs() -> None:
    """Across folders too; what is handed to nobody does not."""
    root = 'module "own" {\n  source = "./own"\n  to     = "a"\n}\n'
    own = 'variable "to" {}\ndata "http" "x" {\n  url = var.to\n}\n'
    same = Edit(path=f"{STACK}/own/main.tf", before=own, after=own)
    handed = Edit(path=f"{STACK}/main.tf", before=root, after=root.replace('"a"', '"b"'))
    assert rules(hcl_gate([handed, same], STACK)) == {"hcl.feeds"}
    beside = Edit(path=f"{STACK}/main.tf", before=root, after=root + inside("input = 1"))
    assert hcl_gate([beside, same], STACK).result is Result.PASS


def test_a_text_that_reads_a_file_by_a_name_is_reached_by_that_name() -> None:
    """A heredoc is not parsed, and is followed all the same."""
    reads = 'output "o" {\n  value = <<EOT\n${file(local.where)}\nEOT\n}\n'
    old, new = (f'locals {{\n  where = "{name}"\n}}\n{reads}' for name in ("a", "/etc/passwd"))
    assert rules(judged(new, old)) == {"hcl.feeds"}


@given(
    st.lists(st.sampled_from(HARMLESS), max_size=4), st.sampled_from(DANGEROUS), st.lists(st.sampled_from(DANGEROUS))
)
@settings(deadline=None, max_examples=40)
def test_a_dangerous_block_among_any_others_is_refused(before: list[str], evil: str, more: list[str]) -> None:
    """Nothing that stands before or after it takes it out of sight."""
    assert added("\n".join([*before, evil, *before, *more])).result is Result.REFUSE


@given(st.lists(st.sampled_from(HARMLESS), max_size=6))
@settings(deadline=None, max_examples=20)
def test_harmless_blocks_are_never_refused(blocks: list[str]) -> None:
    """Braces, quotes and dangerous words in comments and texts confuse nobody."""
    assert added("\n".join(blocks)).result is Result.PASS


@given(
    st.from_regex(r"[a-z][a-z_]{0,12}", fullmatch=True).filter(lambda name: name not in ("provider", "providers")),
    st.integers() | st.booleans() | st.from_regex(r"[a-z0-9 ]{0,20}", fullmatch=True),
)
@settings(deadline=None, max_examples=60)
def test_a_plain_attribute_is_not_refused(name: str, value: int | bool | str) -> None:
    """A number, a truth or a plain word is what changes are made of."""
    written = f'"{value}"' if isinstance(value, str) else str(value).lower()
    assert added(inside(f"{name} = {written}")).result is not Result.REFUSE


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from([*'"{}()[]=<$%#/*\\\n ', "${", "%{", "$${", "EOT", "<<EOT\n", "file"]))
)
@settings(deadline=None, max_examples=300)
def test_no_text_crashes_it(text: str | list[str]) -> None:
    """Any text is judged, under any kind of name."""
    said = text if isinstance(text, str) else "".join(text)
    for name in ("main.tf", "x.tpl", "x.yaml", "x.md"):
        assert rules(judged(said, None, name)) <= RULES.keys()


def test_long_and_slow_texts_are_refused_instead_of_read() -> None:
    """What takes the parser long is stopped by its size, its depth or its emptiness."""
    for text in ("a" * 128_001, "locals {\n a = <<EOT\n" + "\n" * 60_000 + "EOT\n}\n", "{" * 200):
        with pytest.raises(Unreadable):
            parsed(text)
    many = [Edit(path=f"{STACK}/{at}.md", before=f"{at}" * 90_000, after="y" * 90_000) for at in range(8)]
    assert rules(hcl_gate(many, STACK)) == {"hcl.long"}
