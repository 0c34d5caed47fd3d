"""A record of intake as the engine reads it, and what it says of harm."""

import json
from collections.abc import Mapping
from typing import Any

from lightkeeper.apps.intelligence.choices import is_harmed
from lightkeeper.engine.records import MappedRecord

TOPICS = ("harms", "roles", "threats")


def properties_of(value: Any) -> dict[str, list[str]]:
    """Properties as read from the database: the driver gives jsonb as text to plain SQL."""
    found: dict[str, list[str]] = json.loads(value) if isinstance(value, str) else value
    return found


def as_mapped(kind: str, properties: Mapping[str, list[str]], source_key: str = "") -> MappedRecord:
    said = {name: values for name, values in properties.items() if name not in TOPICS}
    return MappedRecord(0, kind, said, {}, source_key=source_key)


def roles_of(properties: Mapping[str, list[str]]) -> set[str]:
    return {*properties.get("roles", ()), *properties.get("role", ())}


def says_harmed(properties: Mapping[str, list[str]]) -> bool:
    """Whether the record calls this person a child, a victim or a witness."""
    return any(is_harmed(role) for role in roles_of(properties))
