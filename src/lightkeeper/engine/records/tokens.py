"""Keys a record can be found by, and the keys of what is typed into a search box."""

from dataclasses import dataclass
from hashlib import blake2b

from lightkeeper.engine.records.names import fold_name
from lightkeeper.engine.records.query import Query, read_query
from lightkeeper.engine.records.record import MappedRecord
from lightkeeper.engine.records.schemata import SCHEMATA
from lightkeeper.engine.records.sound import sound_of

PREFIX_LETTERS = 4
PHONE_DIGITS = 9
NAMES = ("name", "alias", "previousName", "weakAlias", "firstName", "secondName", "middleName",
         "lastName", "maidenName", "displayName", "abbreviation")  # fmt: skip
BIRTHS = ("birthDate", "incorporationDate")
Key = tuple[str, str]

# Property types whose cleaned values are keys as they stand, and the kind of key they make.
_AS_KEY = {
    "email": "email", "identifier": "identifier", "checksum": "identifier",
    "vehicle": "identifier", "postcode": "postcode", "handle": "handle", "ip": "ip",
}  # fmt: skip
WEIGHTS = {
    "email": 1.0, "phone": 1.0, "identifier": 1.0, "handle": 0.9, "ip": 0.9, "dob": 0.8,
    "name": 0.6, "postcode": 0.5, "sound": 0.4, "dob-month": 0.3, "prefix": 0.2, "initials": 0.1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class QueryKey:
    """A key to look up, and how much a hit on it counts (0 to 1)."""

    kind: str
    text: str
    weight: float


def search_keys(record: MappedRecord) -> set[Key]:
    """Every key a record is found by. Kinds: see WEIGHTS.

    A whole birth date gives its day and month swapped too, where that is a date.
    """
    keys: set[Key] = set()
    kind = SCHEMATA.kind(record.kind)
    for name, values in record.properties.items():
        type_ = kind.properties[name].type if name in kind.properties else ""
        if name in NAMES:
            for value in values:
                keys |= name_keys(value)
        elif name in BIRTHS:
            for value in values:
                keys |= date_keys(value)
        elif type_ == "phone":
            keys |= {("phone", phone_key(value)) for value in values}
        elif type_ in _AS_KEY:
            keys |= {(_AS_KEY[type_], plain(value)) for value in values}
    firsts, lasts = record.properties.get("firstName", []), record.properties.get("lastName", [])
    for first in firsts:
        for last in lasts:
            keys.add(("initials", initials(fold_name(f"{first} {last}").split())))
    if record.source_key:
        keys.add(("identifier", plain(record.source_key)))
    keys.discard(("identifier", ""))
    return keys


def name_keys(name: str) -> set[Key]:
    """Tokens, sounds, prefixes and sorted initials of one name."""
    tokens = fold_name(name).split()
    keys: set[Key] = {("name", token) for token in tokens}
    keys |= {("sound", sound) for token in tokens if len(sound := sound_of(token)) > 1}
    keys |= {("prefix", token[:PREFIX_LETTERS]) for token in tokens if len(token) > 1}
    if len(tokens) > 1:
        keys.add(("initials", initials(tokens)))
    return keys


def initials(tokens: list[str]) -> str:
    """First letters in order of the alphabet: order of names does not matter."""
    return "".join(sorted(token[0] for token in tokens))


def date_keys(value: str) -> set[Key]:
    """A date as keys: whole, year and month, and with day and month swapped."""
    day = value[:10]
    keys: set[Key] = {("dob-month", day[:7])} if len(day) >= 7 else set()
    if len(day) == 10:
        keys.add(("dob", day))
        if int(day[8:10]) <= 12:
            keys.add(("dob", f"{day[:4]}-{day[8:10]}-{day[5:7]}"))
    return keys


def phone_key(value: str) -> str:
    """The last nine digits: the same with and without a country code."""
    return "".join(c for c in value if c.isdigit())[-PHONE_DIGITS:]


def plain(value: str) -> str:
    """A value without blanks, in lower case."""
    return "".join(value.lower().split())


def key_hash(kind: str, text: str) -> int:
    """A signed 64-bit number for a key, the same in every process and version.

    Source: BLAKE2b, RFC 7693, eight bytes, little-endian, of `kind NUL text` in UTF-8.
    """
    digest = blake2b(f"{kind}\x00{text}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def query_keys(text: str) -> list[QueryKey]:
    """The keys to look up for what someone typed, heaviest first.

    Dates, numbers, addresses and postcodes are recognised; what is left is names.
    """
    query = read_query(text)
    weights: dict[Key, float] = {}
    for key in _found_keys(query):
        weights[key] = WEIGHTS[key[0]]
    for key in name_keys(" ".join(query.names)):
        weights[key] = WEIGHTS[key[0]]
    found = [QueryKey(kind, value, weight) for (kind, value), weight in weights.items()]
    return sorted(found, key=lambda k: (-k.weight, k.kind, k.text))


def _found_keys(query: Query) -> set[Key]:
    keys: set[Key] = {("phone", phone_key(value)) for value in query.phones}
    for value in query.dates:
        keys |= date_keys(value)
    for kind, values in (
        ("email", query.emails), ("identifier", query.identifiers),
        ("postcode", query.postcodes), ("handle", query.handles), ("ip", query.ips),
    ):  # fmt: skip
        keys |= {(kind, plain(value)) for value in values}
    return keys
