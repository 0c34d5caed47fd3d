"""Gradings of reports: 5x5x5 and 3x5x2 as data, checked, and converted only as a suggestion."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lightkeeper.engine.errors import MappingError
from lightkeeper.engine.records.cleaned import Problem

PARTS = ("source", "information", "handling")


@dataclass(frozen=True, slots=True)
class Grading:
    """How far a report is trusted and who may have it, as its sender said."""

    scheme: str
    source: str
    information: str
    handling: str = ""
    conditions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.source}{self.information}{self.handling}"


@dataclass(frozen=True)
class Scheme:
    """The codes of one scheme with their labels. `conditioned` handling needs a condition.

    `enforces` has, for a handling code or a condition, the words of what people are held to.
    """

    name: str
    codes: Mapping[str, Mapping[str, str]]
    conditions: Mapping[str, str]
    conditioned: frozenset[str]
    enforces: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A grading in another scheme that a person may take; the original is always kept."""

    grading: Grading
    certain: bool
    sentence: str


def load_schemes(data: Mapping[str, Any]) -> dict[str, Scheme]:
    """Schemes from data: {name: {source: {code: label}, information: …, handling: …}}.

    Raises: MappingError naming the key path.
    """
    schemes = {}
    for name, given in data.items():
        codes = {}
        for part in PARTS:
            found = given.get(part) if isinstance(given, Mapping) else None
            if not isinstance(found, Mapping) or not found:
                raise MappingError(f"{name}.{part}: expected codes with their labels")
            codes[part] = {str(code).upper(): str(label) for code, label in found.items()}
        conditioned = frozenset(str(c).upper() for c in given.get("conditioned", ()))
        if unknown := conditioned - set(codes["handling"]):
            raise MappingError(f"{name}.conditioned: {sorted(unknown)[0]} is no handling code")
        conditions = {str(c).upper(): str(t) for c, t in (given.get("conditions") or {}).items()}
        enforces = {
            str(code).upper(): tuple(map(str, words))
            for code, words in (given.get("enforces") or {}).items()
        }
        if strange := enforces.keys() - codes["handling"].keys() - conditions.keys():
            raise MappingError(f"{name}.enforces: {sorted(strange)[0]} is neither of its codes")
        schemes[name] = Scheme(str(name), codes, conditions, conditioned, enforces)
    return schemes


def check_grading(
    scheme: Scheme,
    *,
    source: str,
    information: str,
    handling: str = "",
    conditions: tuple[str, ...] = (),
) -> Grading | Problem:
    """The grading, if every code is of the scheme. Codes: GRADING.

    Handling may be blank: it is set on entry and again at every dissemination.
    """
    given = {"source": source, "information": information, "handling": handling}
    codes = {part: code.strip().upper() for part, code in given.items()}
    for part, code in codes.items():
        known = scheme.codes[part]
        if code not in known and not (part == "handling" and not code):
            return Problem(
                "GRADING",
                f"{given[part]!r} is no {part} code of {scheme.name}. Use {', '.join(known)}.",
            )
    tidy = tuple(c.strip().upper() for c in conditions if c.strip())
    for condition in tidy:
        if condition not in scheme.conditions:
            return Problem("GRADING", f"{condition!r} is no handling condition of {scheme.name}.")
    if codes["handling"] in scheme.conditioned and not tidy:
        return Problem(
            "GRADING",
            f"Handling {codes['handling']} needs a condition: {', '.join(scheme.conditions)}.",
        )
    if tidy and codes["handling"] not in scheme.conditioned:
        return Problem(
            "GRADING",
            f"{', '.join(tidy)} goes with handling {' or '.join(sorted(scheme.conditioned))} and "
            f"not with {codes['handling'] or 'none'}. Choose that, or take the condition off.",
        )
    return Grading(scheme.name, codes["source"], codes["information"], codes["handling"], tidy)


def enforced(scheme: Scheme, grading: Grading) -> frozenset[str]:
    """The words of what its handling code and conditions hold people to, such as ORCON."""
    codes = (grading.handling, *grading.conditions)
    return frozenset(word for code in codes for word in scheme.enforces.get(code, ()))


def suggest_conversion(
    grading: Grading, target: Scheme, table: Mapping[str, Mapping[str, Any]]
) -> Suggestion | Problem:
    """The same trust in another scheme, as far as the table says. Codes: GRADING.

    `table[part][code]` is a code, or a list of codes of which the first is offered and a person
    must choose. Handling is never converted: it is decided again.
    """
    certain, found = True, {}
    for part in ("source", "information"):
        code = getattr(grading, part)
        options = table.get(part, {}).get(code)
        if options is None:
            return Problem("GRADING", f"{part} {code} of {grading.scheme} has no counterpart.")
        choices = [str(o) for o in options] if isinstance(options, list) else [str(options)]
        certain = certain and len(choices) == 1
        found[part] = choices
    for part, choices in found.items():
        for choice in choices:
            if choice not in target.codes[part]:
                raise MappingError(f"{part}: {choice} is no code of {target.name}")
    suggested = Grading(target.name, found["source"][0], found["information"][0])
    words = " and ".join(
        f"{part} {getattr(grading, part)} may be {' or '.join(choices)}"
        for part, choices in found.items()
    )
    return Suggestion(suggested, certain, f"{words}. Handling is to be decided again.")


def reliability(grading: Grading, table: Mapping[str, Mapping[str, Mapping[str, float]]]) -> float:
    """How much a report counts, 0 to 1: source multiplier times information multiplier.

    `table[scheme][part][code]` is a multiplier, 0 to 1.
    Raises: MappingError if the table lacks a code or leaves 0 to 1.
    """
    product = 1.0
    for part in ("source", "information"):
        code = getattr(grading, part)
        try:
            factor = float(table[grading.scheme][part][code])
        except KeyError:
            raise MappingError(f"{grading.scheme}.{part}.{code}: no reliability given") from None
        if not 0 <= factor <= 1:
            raise MappingError(f"{grading.scheme}.{part}.{code}: {factor} is not between 0 and 1")
        product *= factor
    return product
