"""Kinds of things and links and their properties, read from `schemata.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lightkeeper.engine.errors import MappingError
from lightkeeper.engine.records.words import spaced


@dataclass(frozen=True, slots=True)
class Property:
    """What may be said of a kind. `matching`: two records are compared on it."""

    name: str
    label: str
    type: str
    matching: bool = False
    own: bool = False
    scheme: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind with everything it inherits. `ends` names the two sides of a link."""

    name: str
    label: str
    abstract: bool
    own: bool
    ancestors: frozenset[str]
    ends: tuple[str | None, str | None] | None
    properties: Mapping[str, Property]

    @property
    def is_link(self) -> bool:
        return self.ends is not None

    def is_a(self, name: str) -> bool:
        """Whether this kind is, or inherits from, the kind called `name`."""
        return name == self.name or name in self.ancestors

    def matching(self) -> tuple[Property, ...]:
        """The properties on which two records of this kind are compared."""
        return tuple(p for p in self.properties.values() if p.matching)


@dataclass(frozen=True)
class Schemata:
    """All kinds, by name."""

    version: int
    kinds: Mapping[str, Kind]

    def find(self, name: str) -> Kind | None:
        return self.kinds.get(name)

    def kind(self, name: str) -> Kind:
        """The kind called `name`.

        Raises: MappingError, naming near ones.
        """
        if found := self.kinds.get(name):
            return found
        raise MappingError(f"There is no kind {name!r}. {did_you_mean(name, self.kinds)}")


def did_you_mean(name: str, known: Mapping[str, object] | list[str]) -> str:
    """A sentence that offers the nearest known names."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), n=3, cutoff=0.6)
    return f"Did you mean {', '.join(near)}?" if near else "See schemata.yaml for the names."


def read_schemata(data: Mapping[str, Any]) -> Schemata:
    """Kinds from the data of a schemata file.

    Raises: MappingError for an unknown parent, type or link end.
    """
    types = set(data["types"])
    kinds: dict[str, Kind] = {}

    def build(name: str, below: tuple[str, ...]) -> Kind:
        if name in kinds:
            return kinds[name]
        if name in below or name not in data["kinds"]:
            raise MappingError(
                f"schemata: {below[-1]} extends {name}, which is unknown or circular"
            )
        given = data["kinds"][name] or {}
        properties: dict[str, Property] = {}
        ancestors: set[str] = set()
        for parent_name in given.get("extends", []):
            parent = build(parent_name, (*below, name))
            properties.update(parent.properties)
            ancestors |= {parent_name, *parent.ancestors}
        for key, what in (given.get("properties") or {}).items():
            properties[key] = _property(key, what, types, name, own=bool(given.get("own")))
        kinds[name] = _kind(name, given, properties, frozenset(ancestors))
        return kinds[name]

    for name in data["kinds"]:
        build(name, (name + " (itself)",))
    return Schemata(data["version"], kinds)


def _kind(
    name: str, given: Mapping[str, Any], properties: Mapping[str, Property], above: frozenset[str]
) -> Kind:
    ends = tuple(given["link"]) if "link" in given else None
    for end in ends or ():
        if end is not None and (end not in properties or properties[end].type != "entity"):
            raise MappingError(f"schemata: {name}.link names {end}, which is no entity property")
    return Kind(
        name, given.get("label", name), bool(given.get("abstract")), bool(given.get("own")),
        above, (ends[0], ends[1]) if ends else None, properties,
    )  # fmt: skip


def _property(key: str, what: Any, types: set[str], kind: str, *, own: bool) -> Property:
    given = what if isinstance(what, dict) else {"type": what}
    type_ = str(given["type"])
    matching, type_ = type_.endswith("*"), type_.rstrip("*")
    if type_ not in types:
        raise MappingError(f"schemata: {kind}.{key} has the unknown type {type_}")
    label = given.get("label", spaced(key))
    return Property(
        key, label, type_, matching, bool(given.get("own", own)), str(given.get("scheme", ""))
    )


SCHEMATA = read_schemata(
    yaml.safe_load((Path(__file__).parent / "schemata.yaml").read_text(encoding="utf-8"))
)
