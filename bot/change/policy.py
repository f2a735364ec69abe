"""What the gates look for, and who may allow what: the `policy` part of `holdfast.yml`."""

import re
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from bot.change.model import Ask, ChangeClass
from bot.incident.model import Actor, Frozen
from bot.incident.policy import Circle

#: Resource types that hold data: an update of one is for a person, even where nothing is destroyed.
DATA_KINDS = (
    *(
        "kubernetes_persistent_volume*",
        "kubernetes_namespace*",
        "kubernetes_stateful_set*",
        "kubernetes_storage_class*",
    ),
    *("*_database*", "postgresql_*", "mysql_*", "mongodb*", "*_bucket*", "*nfs*", "proxmox_*disk*", "*_volume*"),
)
#: Resource types of the platform, in whatever stack they stand.
PLATFORM_KINDS = (
    *("vault_*", "authentik_*", "kubernetes_secret*", "kubernetes_cluster_role*", "kubernetes_role*"),
    *("kubernetes_service_account*", "kubernetes_mutating_webhook*", "kubernetes_validating_webhook*"),
    *("kubernetes_network_policy*", "*_cluster_policy*", "*_clusterpolicy*", "tls_*", "random_password*"),
)
#: Attributes whose values people see in a plan; all others are only named.
SHOWN = (
    *("replicas", "image", "tag", "version", "name", "namespace", "for", "expr", "severity", "interval", "timeout"),
    *("cpu", "memory", "storage", "port", "host", "schedule", "enabled", "threshold", "ttl", "type"),
)

Count = Annotated[int, Field(ge=1, le=1000)]
Minutes = Annotated[int, Field(ge=1, le=7 * 24 * 60)]
_PATTERN = re.compile(r"[A-Za-z0-9_*?-]{1,80}")
_USER = re.compile(r"[UW][A-Z0-9]{2,20}")


def _pattern(value: str) -> str:
    if not _PATTERN.fullmatch(value):
        raise ValueError("the name of a Terraform resource type, in which * stands for anything, such as vault_*")
    return value


def _whom(value: str) -> str:
    if value not in ("approvers", "owner") and not _USER.fullmatch(value):
        raise ValueError("approvers, owner, or a Slack user id such as U0VIKTOR")
    return value


Pattern = Annotated[str, AfterValidator(_pattern)]
Whom = Annotated[str, AfterValidator(_whom)]


class Limits(Frozen):
    """How much one change may be; more goes to a person."""

    resources: Count = Field(default=20, description="Resources that a plan may change.")
    files: Count = Field(default=10, description="Files that a change may touch.")
    lines: Count = Field(default=400, description="Lines that a change may add and take away.")


class Who(Frozen):
    """Who may allow changes of a class."""

    by: tuple[Whom, ...] = Field(
        default=("approvers",), description="`approvers` (the owner is one), `owner`, or Slack user ids."
    )
    people: Literal[1, 2] = Field(default=1, description="How many of them have to agree.")


class Policy(Frozen):
    """What may go without a click, and who may click."""

    expiry: Minutes = Field(default=240, description="Minutes after which an exact plan has to be asked anew.")
    urgent_expiry: Minutes = Field(default=30, description="The same while a critical incident is open.")
    limits: Limits = Field(default=Limits(), description="How much one change may be.")
    data_kinds: tuple[Pattern, ...] = Field(
        default=DATA_KINDS, description="Resource types that hold data: changing one is for a person."
    )
    platform_kinds: tuple[Pattern, ...] = Field(
        default=PLATFORM_KINDS, description="Resource types of the platform: changing one is for a person."
    )
    shown: tuple[Pattern, ...] = Field(
        default=SHOWN, description="Attributes whose values are shown in a plan. Of all others only the names are."
    )
    confidence: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.5, description="An agent that is less sure than this of its own change hands it to a person."
    )
    approve: dict[ChangeClass, Who] = Field(
        default={}, description="Who may allow changes of a class. A class that is left out: any approver, alone."
    )
    critical: Who | None = Field(
        default=None, description="Who may, instead, while a critical incident (SEV1) is open about it."
    )

    def who(self, kind: ChangeClass, *, critical: bool = False) -> Who:
        """Who may allow a change of this class."""
        if critical and self.critical is not None:
            return self.critical
        return self.approve.get(kind, Who())

    def allowed(self, kind: ChangeClass, circle: Circle, *, critical: bool = False) -> frozenset[Actor]:
        """Everybody who may."""
        owner = {circle.owner} if circle.owner else set()
        found: set[Actor] = set()
        for whom in self.who(kind, critical=critical).by:
            found |= owner if whom == "owner" else owner | circle.approvers if whom == "approvers" else {whom}
        return frozenset(found)

    def lasts(self, *, critical: bool) -> timedelta:
        """How long an exact plan may wait."""
        return timedelta(minutes=self.urgent_expiry if critical else self.expiry)

    def problems(self, circle: Circle) -> tuple[str, ...]:
        """A sentence for every class that nobody could allow, or not enough people."""
        found = []
        for kind in ChangeClass:
            who, able = self.who(kind), self.allowed(kind, circle)
            if able and len(able) < who.people:
                found.append(f"policy.approve.{kind}: {who.people} people have to agree, and only {len(able)} may.")
        return tuple(found)


def matches(patterns: tuple[str, ...], name: str) -> bool:
    """Whether one of the patterns stands for this name. Case does not matter."""
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns)


#: Classes whose change is asked about twice: whether to prepare it, and whether to apply exactly that.
TWICE = frozenset({ChangeClass.ARCHITECTURE, ChangeClass.MIGRATION})
#: What is asked first about an item that is held.
FIRST_ASK = {ChangeClass.INVESTIGATION: Ask.INVESTIGATE, ChangeClass.RUNBOOK: Ask.DRAFT}


def first_ask(kind: ChangeClass) -> Ask:
    """What the first click on a held item of this class lets happen."""
    return FIRST_ASK.get(kind, Ask.PREPARE)
