"""What stands near a service: what it needs, what needs it, and how far away. Circles do no harm."""

import re
from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum

from bot.evidence.model import Kind, Piece
from bot.incident.catalogue import OTHER, Catalogue, Service
from bot.incident.model import Frozen

#: Everything needs a core service, whether or not anybody wrote it down; as far away as this, where nobody did.
CORE = 2
#: As much of a piece is read for names. Characters.
_READ = 2000


class Relation(StrEnum):
    """How something stands to the service of an incident; the nearest first."""

    ITSELF = "itself"
    HOST = "host"  # the node that it runs on
    NAMESPACE = "namespace"  # something else in its namespace
    DEPENDENCY = "dependency"  # the service needs it
    CLUSTER = "cluster"  # everybody's: nodes, and what no service is named for
    BESIDE = "beside"  # a node that it does not run on, where that is known
    DEPENDENT = "dependent"  # it needs the service
    ELSEWHERE = "elsewhere"


NEAREST: Mapping[Relation, int] = {relation: place for place, relation in enumerate(Relation)}


class Place(Frozen):
    """Where something stands. `service` is the catalogue's name, else the source's; empty where none is named.

    `distance` counts the steps along dependencies.
    """

    relation: Relation
    service: str = ""
    distance: int = 0


class Surroundings:
    """The catalogue, seen from one service. A service that the catalogue does not know has none."""

    def __init__(self, catalogue: Catalogue, service: str) -> None:
        self._catalogue = catalogue
        found = catalogue.find(service)
        self.service = found.name if found else service.strip()
        self.known = found is not None
        self.needs = _edges(catalogue)
        users: defaultdict[str, list[str]] = defaultdict(list)
        for name, needed in self.needs.items():
            for each in needed:
                users[each].append(name)
        self._places = {self.service: Place(relation=Relation.ITSELF, service=self.service)}
        if found:
            self._walk(self.needs, users)
            for core in (each.name for each in catalogue.services if each.core):
                far = Place(relation=Relation.DEPENDENCY, service=core, distance=CORE)
                self._places.setdefault(core, far)
        self._inside: defaultdict[str, list[str]] = defaultdict(list)
        for listed in catalogue.services:
            if listed.namespace:
                self._inside[listed.namespace].append(listed.name)
        self._namespace = found.namespace if found else ""
        self._needed = tuple(each for each in catalogue.services if self._is_needed(each.name))

    def place(self, piece: Piece) -> Place:
        """Where what it is about stands."""
        name = self._name(piece.service)
        if name:
            nearby = self._places.get(name)
            if nearby is None and piece.namespace and piece.namespace == self._namespace:
                return Place(relation=Relation.NAMESPACE, service=name)
            return nearby or Place(relation=self._far, service=name)
        if piece.kind is Kind.NODE or not piece.namespace:
            return Place(relation=Relation.CLUSTER)
        inside = self._inside.get(piece.namespace, [])
        if piece.namespace == self._namespace:
            alone = len(inside) == 1
            return self._places[self.service] if alone else Place(relation=Relation.NAMESPACE)
        places = [self._places[each] for each in inside if each in self._places]
        return min(places, key=_nearness, default=Place(relation=self._far))

    @property
    def rows(self) -> tuple[Service, ...]:
        """The catalogue's rows of the service, where it is known, and of all that it needs, the nearest first."""
        own = tuple(each for each in self._catalogue.services if each.name == self.service)
        return own + tuple(sorted(self._needed, key=lambda each: _nearness(self._places[each.name])))

    def needed_in(self, piece: Piece) -> str:
        """The service that the piece names first, of those that the service needs; empty where there is none."""
        text = f"{piece.title}\n{piece.text}"[:_READ]
        folded = text.casefold()
        # looking closely costs: only for those that may be meant
        near = tuple(each for each in self._needed if _may_name(each, folded))
        found = Catalogue(services=near).named_in(text)
        return found.name if found else ""

    @property
    def _far(self) -> Relation:
        """Of a service that nobody described nothing can be said to be far."""
        return Relation.ELSEWHERE if self.known else Relation.CLUSTER

    def _name(self, said: str) -> str:
        said = said.strip()
        if not said or said == OTHER:
            return ""
        if said in self._places or said in self.needs:
            return said
        found = self._catalogue.find(said)
        if found:
            return found.name
        return self.service if said.casefold() == self.service.casefold() else said

    def _is_needed(self, name: str) -> bool:
        place = self._places.get(name)
        return place is not None and place.relation is Relation.DEPENDENCY

    def _walk(self, needs: Mapping[str, list[str]], users: Mapping[str, list[str]]) -> None:
        """Outward in rings, what is needed before what needs: where both meet in a circle, the nearer one counts."""
        rings = {Relation.DEPENDENCY: [self.service], Relation.DEPENDENT: [self.service]}
        edges = {Relation.DEPENDENCY: needs, Relation.DEPENDENT: users}
        distance = 0
        while any(rings.values()):
            distance += 1
            for relation, ring in rings.items():
                following: list[str] = []
                for name in (each for inner in ring for each in edges[relation].get(inner, [])):
                    if name not in self._places:
                        self._places[name] = Place(relation=relation, service=name, distance=distance)
                        following.append(name)
                rings[relation] = following


def _edges(catalogue: Catalogue) -> dict[str, list[str]]:
    """By service, the names of what it needs; in the catalogue's own spelling, what is unknown left out."""
    names = {each.name for each in catalogue.services}
    needs: dict[str, list[str]] = {}
    for service in catalogue.services:
        wanted = (name if name in names else _find(catalogue, name) for name in service.depends_on)
        needs.setdefault(service.name, []).extend(dict.fromkeys(each for each in wanted if each))
    return needs


def _may_name(service: Service, folded: str) -> bool:
    """Whether its host, or each word of its name, stands anywhere in a folded text."""
    words = re.split(r"[\s_-]+", service.name.split("(", 1)[0].strip().casefold())
    return (bool(service.host) and service.host in folded) or all(word in folded for word in words)


def _find(catalogue: Catalogue, name: str) -> str:
    found = catalogue.find(name)
    return found.name if found else ""


def _nearness(place: Place) -> tuple[int, int, str]:
    return NEAREST[place.relation], place.distance, place.service
