"""Text that came from elsewhere, made safe to look at: what hides is named where it stands."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lightkeeper.engine.formats.cells import hidden_characters
from lightkeeper.engine.formats.writers import safe_cell
from lightkeeper.engine.records import SCHEMATA

SHORT = {"\t": "tab", "\n": "new line", "\r": "return", "\u200b": "zero width space",
         "\u200d": "zero width joiner", "\ufeff": "byte order mark"}  # fmt: skip
TOPIC_LABELS = {"harms": "Harms", "roles": "Role in the event", "threats": "Threats"}


@dataclass(frozen=True)
class Part:
    """A run of text, or the name of a character that cannot be seen."""

    text: str
    hidden: bool = False


@dataclass(frozen=True)
class Shown:
    """A text in parts. `formula`: a spreadsheet would run it."""

    parts: tuple[Part, ...]
    formula: bool = False

    @property
    def odd(self) -> bool:
        return self.formula or any(part.hidden for part in self.parts)


@dataclass(frozen=True)
class PropertyShown:
    name: str
    label: str
    values: tuple[str, ...]


def shown(text: str) -> Shown:
    """The text in parts, every hidden or control character by its name."""
    parts: list[Part] = []
    run = ""
    for character in text:
        if name := _hidden_name(character):
            parts += [Part(run)] if run else []
            parts.append(Part(name, hidden=True))
            run = ""
        else:
            run += character
    parts += [Part(run)] if run else []
    # An apostrophe at the start is guarded too, but runs nothing.
    return Shown(tuple(parts), safe_cell(text) != text and not text.startswith("'"))


def _hidden_name(character: str) -> str:
    if " " <= character <= "~":
        return ""
    if character in SHORT:
        return SHORT[character]
    if hidden_characters(character) or unicodedata.category(character) in ("Cc", "Cf"):
        return f"U+{ord(character):04X} {unicodedata.name(character, 'control').lower()}"
    return ""


def properties_shown(kind: str, properties: Mapping[str, Iterable[str]]) -> Iterator[PropertyShown]:
    """Each property by the label of its kind."""
    found = SCHEMATA.find(kind)
    known = found.properties if found else {}
    for name, values in properties.items():
        label = known[name].label if name in known else TOPIC_LABELS.get(name, name)
        yield PropertyShown(name, label, tuple(values))
