"""The three severity schemes as data; which document each row comes from, and why we chose it, is in ADR 0002."""

from datetime import timedelta

from bot.errors import Refused
from bot.incident.model import Incident
from bot.incident.severity import Level, Rule, Scheme, Share, Starts, Symptom

_DOWN, _FEATURE, _SLOW = (Symptom.DOWN,), (Symptom.FEATURE,), (Symptom.SLOW,)
_FEW = (Share.FEW,)
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

#: What every scheme shares, by rank: the first two have a room, a post-mortem and a place on the status page.
_BY_RANK = {
    1: (Starts.INVESTIGATION_AND_ESCALATION, "sev1"),
    2: (Starts.INVESTIGATION, "sev2"),
    3: (Starts.TRIAGE, "sev3"),
}


def _level(
    rank: int,
    id: str,
    word: str,
    criteria: str,
    examples: tuple[str, ...],
    response: tuple[str, timedelta | None],
    clocks: tuple[timedelta | None, timedelta | None, timedelta | None],
) -> Level:
    """`clocks` are acknowledge, update and resolve."""
    starts, label = _BY_RANK.get(rank, (Starts.NOTHING, None))
    major = rank <= 2
    return Level(
        id=id,
        wording=id if id.startswith("SEV") else f"severity {id}",
        word=word,
        rank=rank,
        criteria=criteria,
        examples=examples,
        response=response[0],
        respond_within=response[1],
        acknowledge_within=clocks[0],
        update_every=clocks[1],
        resolve_within=clocks[2],
        starts=starts,
        room=major,
        label=label,
        postmortem_within=3 * _DAY if major else None,
        status_page=major,
    )


SEV = Scheme(
    id="sev",
    levels=(
        _level(
            1,
            "SEV1",
            "critical",
            "Several services or a core one (sign-in, DNS, ingress, database, node) are down, data is at risk, "
            "or it concerns security.",
            ("DNS down", "Sign-in broken for everyone", "A cluster node unreachable"),
            ("within 15 minutes", 15 * _MINUTE),
            (5 * _MINUTE, 15 * _MINUTE, _HOUR),
        ),
        _level(
            2,
            "SEV2",
            "major",
            "One important service is down, or something important in it does not work.",
            ("Nextcloud answers 502", "Immich does not load", "Mail is not sent"),
            ("within 30 minutes", 30 * _MINUTE),
            (15 * _MINUTE, 30 * _MINUTE, 4 * _HOUR),
        ),
        _level(
            3,
            "SEV3",
            "minor",
            "The effect is limited, or there is a way around it.",
            ("A slow dashboard", "One monitor flapping", "A job that can wait has failed"),
            ("within 2 hours", 2 * _HOUR),
            (None, 2 * _HOUR, _DAY),
        ),
        _level(
            4,
            "SEV4",
            "low",
            "Cosmetic; nobody is held up.",
            ("A wrong icon", "A mistake in the documentation"),
            ("by the next working day", _DAY),
            (None, None, 7 * _DAY),
        ),
    ),
    rules=(
        Rule(level="SEV1", because="It concerns security.", security=True),
        Rule(level="SEV1", because="Data is at risk.", data_at_risk=True),
        Rule(level="SEV3", because="It is down for few people.", symptom=_DOWN, share=_FEW, several=False),
        Rule(level="SEV1", because="Several services are down.", symptom=_DOWN, several=True),
        Rule(level="SEV1", because="A core service is down.", symptom=_DOWN, core=True),
        Rule(level="SEV3", because="It is down, and there is a way around it.", symptom=_DOWN, workaround=True),
        Rule(level="SEV2", because="One service is down.", symptom=_DOWN),
        Rule(level="SEV3", because="It reaches few people.", symptom=(*_FEATURE, *_SLOW), share=_FEW),
        Rule(level="SEV3", because="There is a way around it.", symptom=(*_FEATURE, *_SLOW), workaround=True),
        Rule(level="SEV2", because="Something important in it does not work.", symptom=_FEATURE),
        Rule(level="SEV2", because="A core service is slow.", symptom=_SLOW, core=True),
        Rule(level="SEV2", because="Several services are slow.", symptom=_SLOW, several=True),
        Rule(level="SEV3", because="It is slow.", symptom=_SLOW),
        Rule(level="SEV4", because="It is cosmetic.", symptom=(Symptom.COSMETIC, Symptom.NONE)),
        Rule(level="SEV4", because="One person sees it and has a way around it.", share=_FEW, workaround=True),
        Rule(level="SEV3", because="As far as known, the effect is limited."),
    ),
)

P1 = Scheme(
    id="p1",
    levels=(
        _level(
            1,
            "P1",
            "critical",
            "A complete outage, data at risk, or security.",
            ("All services down",),
            ("within 15 minutes", 15 * _MINUTE),
            (5 * _MINUTE, 15 * _MINUTE, _HOUR),
        ),
        _level(
            2,
            "P2",
            "high",
            "Major functionality is impaired.",
            ("The database is unavailable",),
            ("within 30 minutes", 30 * _MINUTE),
            (15 * _MINUTE, 30 * _MINUTE, 4 * _HOUR),
        ),
        _level(
            3,
            "P3",
            "medium",
            "Minor functionality is affected.",
            ("A single service degraded",),
            ("within 2 hours", 2 * _HOUR),
            (None, 2 * _HOUR, _DAY),
        ),
        _level(
            4,
            "P4",
            "low",
            "Minimal impact.",
            ("A glitch in a page",),
            ("within a day", _DAY),
            (None, None, 7 * _DAY),
        ),
        _level(
            5,
            "P5",
            "info",
            "No immediate impact.",
            ("A mistake in the documentation",),
            ("when somebody has time", None),
            (None, None, None),
        ),
    ),
    rules=(
        Rule(level="P1", because="It concerns security.", security=True),
        Rule(level="P1", because="Data is at risk.", data_at_risk=True),
        Rule(level="P3", because="It is down for few people.", symptom=_DOWN, share=_FEW, several=False),
        Rule(level="P1", because="Several services are down.", symptom=_DOWN, several=True),
        Rule(level="P2", because="A core service is down.", symptom=_DOWN, core=True),
        Rule(level="P3", because="It is down, and there is a way around it.", symptom=_DOWN, workaround=True),
        Rule(level="P2", because="One service is down.", symptom=_DOWN),
        Rule(level="P3", because="It reaches few people.", symptom=_FEATURE, share=_FEW),
        Rule(level="P3", because="There is a way around it.", symptom=_FEATURE, workaround=True),
        Rule(level="P2", because="Something important in it does not work.", symptom=_FEATURE),
        Rule(level="P3", because="It is slow.", symptom=_SLOW),
        Rule(level="P4", because="It is cosmetic.", symptom=(Symptom.COSMETIC,)),
        Rule(level="P5", because="Nothing is broken now.", symptom=(Symptom.NONE,)),
        Rule(level="P4", because="One person sees it and has a way around it.", share=_FEW, workaround=True),
        Rule(level="P3", because="As far as known, the effect is limited."),
    ),
)

P0 = Scheme(
    id="p0",
    levels=(
        _level(
            1,
            "P0",
            "critical",
            "A complete outage for everyone, a risk of data loss, or a security breach.",
            ("Everything down for everyone", "Data lost or corrupted"),
            ("at once", 5 * _MINUTE),
            (5 * _MINUTE, 15 * _MINUTE, 15 * _MINUTE),
        ),
        _level(
            2,
            "P1",
            "high",
            "A service or a major feature is unavailable to many.",
            ("Database connections exhausted", "Errors after a deployment", "A node not ready, pods evicted"),
            ("within 5 minutes", 5 * _MINUTE),
            (5 * _MINUTE, 30 * _MINUTE, _HOUR),
        ),
        _level(
            3,
            "P2",
            "medium",
            "Degraded, or a part of a feature is affected.",
            ("An external service times out",),
            ("within 15 minutes", 15 * _MINUTE),
            (None, 2 * _HOUR, 4 * _HOUR),
        ),
        _level(
            4,
            "P3",
            "low",
            "Minor, with a way around it.",
            ("A button that works on the second try",),
            ("within an hour", _HOUR),
            (None, None, _DAY),
        ),
        _level(
            5,
            "P4",
            "informational",
            "Cosmetic, or an alert for awareness.",
            ("A wrong icon", "An alert that only informs"),
            ("within 4 hours", 4 * _HOUR),
            (None, None, 7 * _DAY),
        ),
    ),
    rules=(
        Rule(level="P0", because="It concerns security.", security=True),
        Rule(level="P0", because="Data is at risk.", data_at_risk=True),
        Rule(
            level="P0",
            because="Several services are down for everyone.",
            symptom=_DOWN,
            several=True,
            share=(Share.EVERYONE,),
        ),
        Rule(level="P2", because="It is down for few people.", symptom=_DOWN, share=_FEW, several=False),
        Rule(
            level="P2", because="It is down, and there is a way around it.", symptom=_DOWN, core=False, workaround=True
        ),
        Rule(level="P1", because="A service is down.", symptom=_DOWN),
        Rule(level="P3", because="There is a way around it.", symptom=(*_FEATURE, *_SLOW), workaround=True),
        Rule(level="P2", because="It reaches few people.", symptom=_FEATURE, share=_FEW),
        Rule(level="P1", because="A major feature does not work for many.", symptom=_FEATURE),
        Rule(level="P2", because="It is slow.", symptom=_SLOW),
        Rule(level="P4", because="It is cosmetic.", symptom=(Symptom.COSMETIC, Symptom.NONE)),
        Rule(level="P3", because="One person sees it and has a way around it.", share=_FEW, workaround=True),
        Rule(level="P2", because="As far as known, the effect is limited."),
    ),
)

SCHEMES: dict[str, Scheme] = {scheme.id: scheme for scheme in (SEV, P1, P0)}


def scheme(id: str) -> Scheme:
    """One of the three. Raises Refused, naming what is allowed."""
    try:
        return SCHEMES[id]
    except KeyError:
        raise Refused(f"There is no severity scheme {id}. Choose one of {', '.join(SCHEMES)}.") from None


def level_of(incident: Incident) -> Level:
    """The incident's level, in the scheme it was declared under."""
    return scheme(incident.scheme).level(incident.severity)
