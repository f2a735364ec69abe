"""Which specialists look: chosen by one map, from what triage said and from what the evidence itself shows."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from bot.evidence.model import BAD, CHANGES, MEMORY, REASON, Evidence, Grade, Kind, Piece


class Domain(StrEnum):
    """A part of the machinery that may be concerned; of equals the first."""

    DATABASE = "database"
    STORAGE = "storage"
    NETWORKING = "networking"
    AUTH = "auth"
    COMPUTE = "compute"
    DEPLOY = "deploy"


class Specialist(StrEnum):
    """Somebody who looks at one part of it."""

    CLUSTER = "cluster"
    WORKLOAD = "workload"
    OBSERVABILITY = "observability"
    PLATFORM = "platform"
    NETWORK = "network"
    SECURITY = "security"
    DATABASE = "database"
    DELIVERY = "delivery"


#: These look at every incident.
ALWAYS = (Specialist.CLUSTER, Specialist.WORKLOAD, Specialist.OBSERVABILITY)
#: As many look at one, together.
MOST = 5
WHO: Mapping[Domain, Specialist] = {
    Domain.DATABASE: Specialist.DATABASE,
    Domain.STORAGE: Specialist.PLATFORM,
    Domain.COMPUTE: Specialist.PLATFORM,
    Domain.NETWORKING: Specialist.NETWORK,
    Domain.AUTH: Specialist.SECURITY,
    Domain.DEPLOY: Specialist.DELIVERY,
}

#: What a piece says for a domain. A hundred pieces about one thing say it once, and more than `_SUBJECTS` things make
#: no domain louder, so that nobody can shout.
_SAYS: Mapping[Grade, int] = {Grade.CRITICAL: 6, Grade.WARNING: 3}
_CHANGE, _SUBJECTS = 2, 3
_READ = 1000
#: Marks what an agent asked for: it calls nobody, so that after a crash the same look, whatever was found meanwhile.
_ASKED = "query"
_WORDS: Mapping[Domain, re.Pattern[str]] = {
    domain: re.compile(words, re.IGNORECASE)
    for domain, words in {
        Domain.DATABASE: r"postgres|\bpg\b|cnpg|mysql|mariadb|mongo|redis|valkey|sqlite|database|\bsql\b|replication"
        r"|too many (?:clients|connections)|deadlock|relation .{0,60}does not exist|etcd|raft",
        Domain.STORAGE: r"\bpvc?\b|persistent ?volume|volume|\bnfs\b|\bcsi\b|longhorn|\bceph\b|iscsi|no space left"
        r"|disk ?pressure|file ?system|stale file handle|mount|inode|\bi/o\b|disk",
        Domain.NETWORKING: r"\bdns\b|coredns|nxdomain|no such host|ingress|traefik|nginx|load ?balancer|metallb|\bcni\b"
        r"|calico|cilium|no route to host|connection (?:refused|reset|timed out)|i/o timeout|\b50[234]\b|bad gateway"
        r"|unreachable|packet|cloudflared?|tunnel",
        Domain.AUTH: r"\b(?:401|403)\b|unauthori[sz]ed|forbidden|sign-?in|log-?in|authentik|\boidc\b|\bsso\b|\bsaml\b"
        r"|certificate|\btls\b|x509|token expired|permission denied|crowdsec|vault|sealed|brute ?force|security",
        Domain.COMPUTE: r"node ?not ?ready|not ready|memory ?pressure|pid ?pressure|\bOOM|out of memory|evicted"
        r"|insufficient (?:cpu|memory)|throttl|kubelet|unschedulable|failed ?scheduling|\bgpu\b|kernel",
        Domain.DEPLOY: r"image ?pull|errimage|progress ?deadline|rollout|release|revision|upgrade|helm|chart"
        r"|createcontainerconfigerror|(?:unknown|invalid|missing) (?:flag|option|setting|configuration)",
    }.items()
}


def domains(evidence: Evidence) -> tuple[Domain, ...]:
    """What the evidence itself points to, the strongest first. What people said and what was before do not count."""
    heard: defaultdict[Domain, dict[str, int]] = defaultdict(dict)
    for piece in evidence.pieces:
        says = _says(piece)
        about = piece.subject or piece.title
        for domain in _domains_of(piece) if says else ():
            heard[domain][about] = max(says, heard[domain].get(about, 0))
    loud = {domain: sum(sorted(said.values(), reverse=True)[:_SUBJECTS]) for domain, said in heard.items()}
    return tuple(sorted(loud, key=lambda domain: (-loud[domain], list(Domain).index(domain))))


def specialists(told: Sequence[Domain], evidence: Evidence) -> tuple[Specialist, ...]:
    """Those who look: three always, and up to two more, `MOST` together.

    The first of the two is triage's first, the second what the evidence points to most strongly, whatever triage says:
    a text that misleads the one does not choose alone. Where one of them points nowhere, the other has both.
    """
    from_told = _unique(WHO[domain] for domain in told)
    from_evidence = _unique(WHO[domain] for domain in domains(evidence))
    return _unique((*ALWAYS, *from_told[:1], *from_evidence[:2], *from_told[1:]))[:MOST]


def _says(piece: Piece) -> int:
    if piece.kind in MEMORY or piece.kind is Kind.PERSON or _ASKED in piece.data:
        return 0
    return _CHANGE if piece.kind in CHANGES else _SAYS.get(piece.grade, 0)


def _domains_of(piece: Piece) -> tuple[Domain, ...]:
    if piece.kind in CHANGES:
        return (Domain.DEPLOY,)
    told = " ".join((piece.data.get(REASON, ""), piece.title, piece.subject, piece.service, piece.text))[:_READ]
    found = [domain for domain, words in _WORDS.items() if words.search(told)]
    if piece.kind is Kind.NODE and piece.grade in BAD and Domain.COMPUTE not in found:
        found.append(Domain.COMPUTE)
    return tuple(found)


def _unique(who: Iterable[Specialist]) -> tuple[Specialist, ...]:
    return tuple(dict.fromkeys(who))
