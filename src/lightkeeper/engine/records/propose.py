"""Proposing a mapping for a table from its headings and first rows, and saying why."""

import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lightkeeper.engine.records.cleaned import Cleaned, Problem, Setting
from lightkeeper.engine.records.cleaning import cleaner_for
from lightkeeper.engine.records.codes import GENDERS, clean_country
from lightkeeper.engine.records.contact import clean_email, clean_ip, clean_phone, clean_url
from lightkeeper.engine.records.dates import clean_date
from lightkeeper.engine.records.identifiers import clean_postcode
from lightkeeper.engine.records.names import fold_name
from lightkeeper.engine.records.schemata import SCHEMATA
from lightkeeper.engine.records.words import plain_heading

SAMPLE_ROWS = 50
SURE_SHARE = 0.8
ANY_YEAR = 2200
_HINTS: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "headings.yaml").read_text(encoding="utf-8")
)
_NUMBERS = re.compile(r"(\d{1,4})[/.\-\s](\d{1,2})[/.\-\s](\d{1,4})$")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column seems to hold: a property, `source_key`, a topic, or None. 0 to 1 sure."""

    column: str
    target: str | None
    reason: str
    confidence: float


@dataclass(frozen=True)
class Proposal:
    """A mapping to look over (data for `load_mapping`), why, and what a person must answer."""

    mapping: dict[str, Any]
    guesses: tuple[Guess, ...]
    questions: tuple[str, ...]


def propose(
    header: Sequence[str],
    rows: Iterable[AnyMapping[str, str]],
    *,
    name: str = "new-mapping",
    kind: str | None = None,
) -> Proposal:
    """A mapping from the headings and the first 50 rows; a guess, to be shown and confirmed."""
    sample = [row for _, row in zip(range(SAMPLE_ROWS), rows, strict=False)]
    kind = kind or guess_kind(header)
    guesses = tuple(guess_column(c, [row.get(c, "") for row in sample], kind) for c in header)
    order, questions = guess_order(guesses, sample)
    mapping: dict[str, Any] = {"name": name, "version": 1, "kind": kind, "date_order": order}
    properties: dict[str, Any] = {}
    for guess in guesses:
        _place(guess, mapping, properties)
    questions += _keep_what_does_not_fit(properties, sample, kind, order)
    _join_names(properties, kind)
    if not properties:
        questions.append("No column was recognised. Choose what each column holds.")
    if "source_key" not in mapping:
        questions.append("Which column is the sender's own reference? Without one, a row that is "
                         "sent again cannot be told from a new one.")  # fmt: skip
    mapping["properties"] = properties
    return Proposal(mapping, guesses, tuple(questions))


def guess_kind(header: Sequence[str]) -> str:
    """The kind whose telling headings occur most; a Person if none does."""
    words = [plain_heading(column) for column in header]
    counts = {kind: sum(word in tells for word in words) for kind, tells in _HINTS["kinds"].items()}
    best = max(counts, key=lambda kind: counts[kind])
    return str(best) if counts[best] else "Person"


def guess_column(column: str, values: Sequence[str], kind: str) -> Guess:
    """What one column seems to hold, by its heading and then by its values."""
    known = SCHEMATA.kind(kind).properties
    word = plain_heading(column)
    by_values, share = _by_values(values)
    for target, headings in _HINTS["columns"].items():
        if word not in headings:
            continue
        if target not in known and target not in _HINTS["special"]:
            continue
        type_ = known[target].type if target in known else ""
        if by_values and type_ in _CHECKS and by_values != type_:
            reason = f"the heading says {target}, but the values look like {by_values}"
            return Guess(column, target, reason, 0.4)
        agree = by_values is not None and by_values == type_
        reason = f"the heading {column!r}" + (f" and {share:.0%} of the values" if agree else "")
        return Guess(column, target, reason, 0.98 if agree else 0.8)
    if by_values is not None:
        fits = _HINTS["by_type"].get(by_values, [])
        target = next((t for t in fits if t in known), None)
        if target:
            reason = f"{share:.0%} of the values look like {by_values}"
            return Guess(column, target, reason, round(0.6 * share, 2))
    return Guess(column, None, "neither the heading nor the values are known", 0.0)


def _looks(clean: Callable[[str], Cleaned | Problem]) -> Callable[[str], bool]:
    return lambda text: isinstance(clean(text), Cleaned)


def _looks_like_date(text: str) -> bool:
    orders = ("dmy", "mdy") if not text.isdecimal() else ()
    return any(isinstance(clean_date(text, order=o, year=ANY_YEAR), Cleaned) for o in orders)


def _looks_like_phone(text: str) -> bool:
    return text.strip().startswith(("+", "0")) and isinstance(clean_phone(text), Cleaned)


def _looks_like_postcode(text: str) -> bool:
    found = clean_postcode(text)
    return isinstance(found, Cleaned) and found.note is None


# In this order: an e-mail address is no web address, a postcode no identifier.
_CHECKS: dict[str, Callable[[str], bool]] = {
    "email": _looks(clean_email),
    "ip": _looks(clean_ip),
    "date": _looks_like_date,
    "postcode": _looks_like_postcode,
    "phone": _looks_like_phone,
    "gender": lambda text: fold_name(text) in GENDERS,
    "country": lambda text: len(text.strip()) > 1 and isinstance(clean_country(text), Cleaned),
    "url": lambda text: "/" in text and isinstance(clean_url(text), Cleaned),
}


def _by_values(values: Sequence[str]) -> tuple[str | None, float]:
    """The type most of the values fit, and the share that does."""
    given = [value for value in values if value.strip()]
    if not given:
        return None, 0.0
    for type_, fits in _CHECKS.items():
        share = sum(map(fits, given)) / len(given)
        if share >= SURE_SHARE:
            return type_, share
    return None, 0.0


def guess_order(
    guesses: Sequence[Guess], rows: Sequence[AnyMapping[str, str]]
) -> tuple[str, list[str]]:
    """The order of dates written with three numbers, and a question where both would do."""
    firsts, seconds, seen = [0], [0], False
    for guess in guesses:
        for row in rows:
            match = _NUMBERS.match(row.get(guess.column, "").strip())
            if match and len(match[1]) <= 2 and len(match[3]) == 4:
                seen = True
                firsts.append(int(match[1]))
                seconds.append(int(match[2]))
    if max(firsts) > 12 and max(seconds) > 12:
        return "dmy", [
            "Dates stand day first in some rows and month first in others. Ask the sender."
        ]
    if max(seconds) > 12:
        return "mdy", []
    if seen and max(firsts) <= 12:
        return "dmy", ["Is 04/05 the 4th of May (day first) or April the 5th (month first)?"]
    return "dmy", []


def _place(guess: Guess, mapping: dict[str, Any], properties: dict[str, Any]) -> None:
    target = guess.target
    if target is None:
        return
    if target == "source_key":
        mapping.setdefault("source_key", [guess.column])
    elif target == "observed_on":
        mapping.setdefault("observed_on", guess.column)
    elif target in ("harms", "roles", "threats"):
        mapping.setdefault(target, {"column": guess.column, "split": ";"})
    elif target in properties:
        properties[target]["columns"].append(guess.column)
    else:
        properties[target] = {"columns": [guess.column]}


def _keep_what_does_not_fit(
    properties: dict[str, Any], rows: Sequence[AnyMapping[str, str]], kind: str, order: str
) -> list[str]:
    """Mark `optional: keep` where most values would fault their rows, and ask about them."""
    questions = []
    known = SCHEMATA.kind(kind).properties
    for name, spec in properties.items():
        setting = Setting(ANY_YEAR, order, scheme=known[name].scheme)
        fits = cleaner_for(known[name].type, setting)
        values = [v for row in rows for c in spec["columns"] if (v := row.get(c, "")).strip()]
        good = sum(isinstance(fits(value), Cleaned) for value in values)
        if values and good * 2 < len(values):
            spec["optional"] = "keep"
            questions.append(
                f"{', '.join(spec['columns'])}: only {good} of {len(values)} values read as "
                f"{name}. Is it something else? Until then they are kept as received."
            )
    return questions


def _join_names(properties: dict[str, Any], kind: str) -> None:
    """First and last name together are the name, beside themselves."""
    parts = [properties[p]["columns"][0] for p in ("firstName", "middleName", "lastName")
             if p in properties]  # fmt: skip
    if len(parts) > 1 and "name" not in properties and SCHEMATA.kind(kind).is_a("Person"):
        properties["name"] = {"columns": parts, "join": " "}
