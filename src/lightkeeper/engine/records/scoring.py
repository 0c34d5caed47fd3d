"""How well a record answers a search, with the reasons in words."""

from dataclasses import dataclass

from rapidfuzz.distance import JaroWinkler, Levenshtein

from lightkeeper.engine.records.names import fold_name
from lightkeeper.engine.records.query import Query, read_query
from lightkeeper.engine.records.record import MappedRecord
from lightkeeper.engine.records.sound import sound_of
from lightkeeper.engine.records.tokens import (
    BIRTHS,
    NAMES,
    PHONE_DIGITS,
    phone_key,
    plain,
    search_keys,
)

# How much each part of a search counts beside the others.
PART_WEIGHTS = {
    "name": 3.0, "date": 2.0, "phone": 3.0, "email": 3.0, "identifier": 3.0, "handle": 3.0,
    "ip": 2.0, "postcode": 1.0,
}  # fmt: skip
CLOSE = 0.84


@dataclass(frozen=True, slots=True)
class Score:
    """0 (nothing agrees) to 1 (all that was asked agrees), and why."""

    value: float
    reasons: tuple[str, ...]


def score(query: str | Query, record: MappedRecord) -> Score:
    """How well a record answers a search. Names may stand in any order and have slips."""
    query = read_query(query) if isinstance(query, str) else query
    parts: list[tuple[float, float, str]] = []
    if query.names:
        agreement, reason = compare_names(query.names, names_of(record))
        # Two names say more than one: a shared first name alone is little.
        parts.append((PART_WEIGHTS["name"] * min(len(query.names), 3) / 2, agreement, reason))
    if query.dates:
        births = [value for name in BIRTHS for value in record.properties.get(name, ())]
        for asked in query.dates:
            parts.append((PART_WEIGHTS["date"], *compare_dates(asked, births)))
    parts += _exact_parts(query, record)
    total = sum(weight for weight, _, _ in parts)
    if not total:
        return Score(0.0, ())
    value = sum(weight * agreement for weight, agreement, _ in parts) / total
    reasons = [
        reason for _, agreement, reason in sorted(parts, key=lambda p: -p[0] * p[1]) if reason
    ]
    return Score(round(min(value, 1.0), 4), tuple(reasons))


def names_of(record: MappedRecord) -> list[list[str]]:
    """The folded tokens of each whole name of a record; its parts together are one."""
    found = []
    for name in NAMES:
        if name in ("firstName", "secondName", "middleName", "lastName"):
            continue
        found += [fold_name(value).split() for value in record.properties.get(name, ())]
    parts = [
        value
        for name in ("firstName", "secondName", "middleName", "lastName")
        for value in record.properties.get(name, ())
    ]
    if parts:
        found.append(fold_name(" ".join(parts)).split())
    return found


def compare_names(asked: tuple[str, ...], names: list[list[str]]) -> tuple[float, str]:
    """Agreement (0 to 1) of the asked tokens with the best of the names, and the reason."""
    best: tuple[float, str] = (0.0, "")
    for tokens in names:
        if tokens:
            best = max(best, _compare_tokens(asked, tokens), key=lambda found: found[0])
    return best


def _compare_tokens(asked: tuple[str, ...], tokens: list[str]) -> tuple[float, str]:
    pairs = sorted(
        ((*_compare_token(a, b), i, j) for i, a in enumerate(asked) for j, b in enumerate(tokens)),
        key=lambda p: (-p[0], p[2], p[3]),
    )
    used_asked: set[int] = set()
    used_tokens: set[int] = set()
    total, words = 0.0, []
    for agreement, how, i, j in pairs:
        if agreement <= 0 or i in used_asked or j in used_tokens:
            continue
        used_asked.add(i)
        used_tokens.add(j)
        total += agreement
        words.append(how)
    # A longer name than asked for is a little less what was meant.
    extra = len(tokens) - len(used_tokens)
    value = total / len(asked) * (1 - 0.02 * min(extra, 5))
    if not words:
        return 0.0, ""
    missing = [token for i, token in enumerate(asked) if i not in used_asked]
    said = f"name: {', '.join(words)}"
    return value, said + (f"; without {' '.join(missing)}" if missing else "")


def _compare_token(asked: str, token: str) -> tuple[float, str]:
    if asked == token:
        return 1.0, token
    if len(asked) == 1 or len(token) == 1:
        if asked[0] == token[0]:
            return 0.5, f"{token} (initial)"
        return 0.0, ""
    if len(asked) >= 3 and token.startswith(asked):
        return 0.9, f"{token} (begins with {asked})"
    likeness = float(JaroWinkler.similarity(asked, token))
    slips = int(Levenshtein.distance(asked, token))
    if slips == 1 and min(len(asked), len(token)) >= 4:
        return max(0.88, likeness * 0.95), f"{token} (one letter from {asked})"
    sound = sound_of(asked)
    if (
        len(sound) > 1
        and sound == sound_of(token)
        and asked[0] in (token[0], *_ALIKE.get(token[0], ""))
    ):
        return 0.85, f"{token} (sounds like {asked})"
    if likeness >= CLOSE and slips <= max(2, len(asked) // 3):
        return likeness * 0.85, f"{token} (like {asked})"
    return 0.0, ""


_ALIKE = {"c": "k", "k": "c", "f": "p", "p": "f", "n": "k"}


def compare_dates(asked: str, births: list[str]) -> tuple[float, str]:
    """Agreement (0 to 1) of a date asked for with the best of a record's, and the reason."""
    best: tuple[float, str] = (0.0, "")
    for born in births:
        best = max(best, _compare_date(asked[:10], born[:10]), key=lambda found: found[0])
    return best


def _compare_date(asked: str, born: str) -> tuple[float, str]:
    if asked == born:
        return 1.0, f"born {born}"
    if len(asked) < len(born) and born.startswith(asked):
        return 0.95, f"born {born}, within {asked}"
    if len(born) < len(asked) and asked.startswith(born):
        return 0.7, f"born {born}, the rest is not known"
    if len(asked) == len(born) == 10:
        if asked[:4] == born[:4] and asked[5:7] == born[8:10] and asked[8:10] == born[5:7]:
            return 0.8, f"born {born}: day and month look swapped"
        if asked[:7] == born[:7]:
            return 0.6, f"born {born}: same month"
        if int(Levenshtein.distance(asked, born)) == 1:
            return 0.6, f"born {born}: one digit differs"
    if asked[:4] == born[:4]:
        return 0.3, f"born {born}: same year"
    return 0.0, ""


def _exact_parts(query: Query, record: MappedRecord) -> list[tuple[float, float, str]]:
    keys = search_keys(record)
    found: list[tuple[float, float, str]] = []
    for kind, values in (
        ("email", query.emails), ("identifier", query.identifiers), ("handle", query.handles),
        ("ip", query.ips), ("postcode", query.postcodes),
    ):  # fmt: skip
        for value in values:
            agrees = (kind, plain(value)) in keys
            found.append((PART_WEIGHTS[kind], float(agrees), f"{kind} {value}" if agrees else ""))
    for value in query.phones:
        agrees = ("phone", phone_key(value)) in keys
        reason = f"telephone ends in the same {PHONE_DIGITS} digits" if agrees else ""
        found.append((PART_WEIGHTS["phone"], float(agrees), reason))
    return found
