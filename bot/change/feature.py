"""What may come of a wish: five kinds may be prepared for a click, all others go to a person first."""

from enum import StrEnum

from bot.incident.model import Frozen


class Wish(StrEnum):
    """What somebody asks for, by what it would touch. What is none of the first five escalates, and so does OTHER."""

    MONITOR = "monitor"
    KNOWN_SERVICE = "known_service"
    LIMITS = "limits"
    DNS_RECORD = "dns_record"
    ROUTE = "route"
    UNKNOWN_SERVICE = "unknown_service"
    ARCHITECTURE = "architecture"
    PLATFORM = "platform"
    DATA_OR_SECRETS = "data_or_secrets"
    OTHER = "other"


#: Kinds that may be prepared; whether anything is applied is a click's affair, and the gates'.
MAY_PREPARE = frozenset({Wish.MONITOR, Wish.KNOWN_SERVICE, Wish.LIMITS, Wish.DNS_RECORD, Wish.ROUTE})
#: What each is, for people and for whoever has to tell.
MEANS: dict[Wish, str] = {
    Wish.MONITOR: "a monitor for a service that is there",
    Wish.KNOWN_SERVICE: "a service from a chart or a stack of the kind that is used here already",
    Wish.LIMITS: "a service's resource limits or its number of replicas",
    Wish.DNS_RECORD: "a record in DNS",
    Wish.ROUTE: "an ingress route to a service",
    Wish.UNKNOWN_SERVICE: "a service that is new and unknown here",
    Wish.ARCHITECTURE: "a change of architecture, such as high availability or another kind of storage",
    Wish.PLATFORM: "a change of the core platform: sign-in, DNS, ingress or databases themselves",
    Wish.DATA_OR_SECRETS: "something that moves data or has to do with secrets",
    Wish.OTHER: "something of which nobody has said what it is",
}


class Ruling(Frozen):
    """What may come of a wish. `sentence` says it to people."""

    wish: Wish
    may_prepare: bool
    sentence: str


def judged(wish: str) -> Ruling:
    """What may come of it; a word that is not known is OTHER, and a person decides."""
    kind = next((each for each in Wish if each == wish), Wish.OTHER)
    if kind in MAY_PREPARE:
        return Ruling(wish=kind, may_prepare=True, sentence=f"It asks for {MEANS[kind]}, which may be prepared.")
    return Ruling(wish=kind, may_prepare=False, sentence=f"It asks for {MEANS[kind]}, so a person decides first.")
