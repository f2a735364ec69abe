"""A stack that has everything that no change may add, and what is judged of a change to it."""

from bot.change.gates.hcl import hcl_gate
from bot.change.model import Edit, Verdict

STACK = "stacks/nextcloud"
BASE = """\
# The stack as it is: it has things that no change may add.
terraform {
  required_version = ">= 1.5"
  backend "local" {
    path = "x.tfstate"
  }
}

provider "kubernetes" {
  host = local.host
}

variable "size" {
  default = 2
}

locals {
  host  = "https://cluster"
  shown = "old"
  said  = local.shown
}

module "ingress" {
  source = "../../modules/ingress_factory"
  host   = "cloud"
}

data "http" "status" {
  url = "https://status/${local.shown}"
}

resource "null_resource" "old" {
  triggers = { at = local.said }
  provisioner "local-exec" {
    command = "echo hi"
  }
}

resource "terraform_data" "app" {
  input = { replicas = var.size, conf = file("${path.module}/app.conf") }
  lifecycle {
    prevent_destroy = true
  }
}
"""


def judged(after: str | None, before: str | None = BASE, name: str = "main.tf") -> Verdict:
    """The verdict on one file."""
    return hcl_gate([Edit(path=f"{STACK}/{name}", before=before, after=after)], STACK)


def rules(verdict: Verdict) -> set[str]:
    """The names of its rules."""
    return {each.rule for each in verdict.findings}


def added(text: str) -> Verdict:
    """The verdict on this at the end of the stack's file."""
    return judged(f"{BASE}\n{text}\n")


def inside(text: str) -> str:
    """A resource with this in it."""
    return f'resource "terraform_data" "new" {{\n{text}\n}}'
