"""What was changed in a cluster, as evidence: releases, restarts by hand, configuration; never what is in it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.adapters.kubernetes_answers import Revision, revisions, when
from bot.adapters.kubernetes_kinds import KubeKind
from bot.evidence.model import Grade, Kind, Piece, Window
from bot.sources.kubernetes_pods import part, rows, text
from bot.sources.kubernetes_scope import Scope
from bot.sources.kubernetes_workloads import SOURCE

Json = Mapping[str, Any]
#: Written by Kubernetes itself, all the time or for everybody.
_OWN = re.compile(r"kube-root-ca\.crt|openshift-service-ca\.crt|.*-leader(?:-election)?|istio-ca-root-cert|.*\.lock")
#: Helm keeps each release in a Secret of this name.
_HELM = re.compile(r"sh\.helm\.release\.v1\.(.+)\.v([0-9]+)")


def rollouts(kind: KubeKind, found: Iterable[Json], owned: Sequence[Json], scope: Scope, window: Window) -> list[Piece]:
    """Every revision of a workload that was made in the window, and a rollback in it."""
    opens = window.start - window.spans.releases
    pieces: list[Piece] = []
    for whole in found:
        name, namespace = text(whole, "metadata", "name"), text(whole, "metadata", "namespace")
        inside = [each for each in owned if text(each, "metadata", "namespace") == namespace]
        known = revisions(kind, name, inside)
        for place, revision in enumerate(known):
            before = known[place + 1] if place + 1 < len(known) else None
            at = revision.at
            if place == 0 and revision.again:
                at = max(filter(None, (at, _progressed(whole))), default=None)
            if at is not None and at >= opens:
                pieces.append(_rollout(kind, name, namespace, revision, before, min(at, window.until), scope))
    return pieces


def _rollout(
    kind: KubeKind, name: str, namespace: str, new: Revision, before: Revision | None, at: datetime, scope: Scope
) -> Piece:
    return Piece(
        source=SOURCE,
        kind=Kind.ROLLOUT,
        at=at,
        title=f"{name}: revision {new.number}, {_what(new, before)}",
        text="\n".join(filter(None, (*_images(new, before), new.why and f"Reason given: {new.why}"))),
        service=scope.service(name),
        namespace=namespace,
        subject=f"{kind.removesuffix('s')}/{name}",
        data={"revision": str(new.number)},
    )


def _what(new: Revision, before: Revision | None) -> str:
    if new.again:
        return "a rollback"
    if before is None:
        return "the first that is known"
    if _images(new, before):
        return "another image"
    if new.restarted and new.restarted != before.restarted:
        return "restarted by hand"
    return "the same image, set up differently"


def _images(new: Revision, before: Revision | None) -> list[str]:
    """A line for each image that is another than before."""
    old = before.images if before else {}
    return [
        f"{container}: {old[container]} -> {image}" if container in old else f"{container}: {image}"
        for container, image in new.images.items()
        if old.get(container) != image
    ]


def _progressed(whole: Json) -> datetime | None:
    progress = next((each for each in rows(whole, "status", "conditions") if each.get("type") == "Progressing"), {})
    return when(progress.get("lastUpdateTime"))


def configuration(kind: KubeKind, found: Iterable[Json], scope: Scope, window: Window) -> list[Piece]:
    """Every ConfigMap or Secret that was written in the window: that it was, by what, and nothing of what is in it."""
    opens = window.start - window.spans.changes
    pieces: list[Piece] = []
    for each in found:
        name, written = text(each, "metadata", "name"), part(each, "metadata", "managedFields")
        made = when(part(each, "metadata").get("creationTimestamp"))
        at = max(filter(None, (when(written.get("at")), made)), default=None)
        if at is None or at < opens or _OWN.fullmatch(name):
            continue
        pieces.append(_config(kind, name, each, at, made, min(at, window.until), text(written, "by"), scope))
    return pieces


def _config(
    kind: KubeKind,
    name: str,
    found: Json,
    written: datetime,
    made: datetime | None,
    at: datetime,
    by: str,
    scope: Scope,
) -> Piece:
    singular = "ConfigMap" if kind is KubeKind.CONFIGMAPS else "Secret"
    verb = "made" if made is not None and written <= made else "changed"
    title, owner = f"{singular} {name} was {verb}", name
    if helm := _HELM.fullmatch(name):
        title, owner = f"Helm release {helm[1]}, version {helm[2]}", helm[1]
    return Piece(
        source=SOURCE,
        kind=Kind.CONFIG,
        at=at,
        title=title,
        text=f"Written by {by}." if by else "",
        service=scope.service(owner),
        namespace=text(found, "metadata", "namespace"),
        subject=f"{singular.lower()}/{owner}",
        grade=Grade.INFO,
    )
