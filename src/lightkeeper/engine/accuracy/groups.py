"""Which group a record is in, for asking who is linked worse. Never an input to linkage."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.standardise import standardise

# What a record says: the values of each kind, as received.
Said = Mapping[str, Sequence[str]]

NOT_SAID = "not said"
SAID = ("said", NOT_SAID)
NAMES = ("accents or another script", "one word", "two words", "three or more words", NOT_SAID)
AGES = (("under 10", 10), ("10 to 17", 18), ("18 to 24", 25), ("25 to 39", 40), ("40 to 64", 65))
OLDEST = "65 and over"
AGE_BANDS = (*(name for name, _ in AGES), OLDEST, NOT_SAID)
SEXES = ("female", "male", "recorded otherwise", NOT_SAID)
FULLNESS = ("one or two of the six", "three or four", "five or six", "none")
# What a record may say that tells people apart, and the kinds that say it.
PARTS: dict[str, tuple[str, ...]] = {
    "Given name and surname": (Kind.GIVEN_NAME, Kind.FAMILY_NAME),
    "Birth date": (Kind.BIRTH_DATE,),
    "Address or postcode": (Kind.ADDRESS, Kind.POSTCODE),
    "Phone or e-mail": (Kind.PHONE, Kind.EMAIL),
    "Identifier": (Kind.IDENTIFIER,),
    "Sex": (Kind.SEX,),
}


def says(said: Said, part: str) -> bool:
    """Whether a record says this part: of a name both halves, of the rest any of its kinds."""
    every = all if part == "Given name and surname" else any
    return every(_values(said, kind) for kind in PARTS[part])


def name_group(said: Said) -> str:
    """By the longest of the names that a record gives."""
    whole = _values(said, Kind.FULL_NAME)
    parts = (Kind.GIVEN_NAME, Kind.MIDDLE_NAME, Kind.FAMILY_NAME)
    together = " ".join(text for kind in parts for text in _values(said, kind))
    longest = max([*whole, together], key=lambda text: (len(text.split()), text))
    if not longest.strip():
        return NOT_SAID
    if not all(text.isascii() for text in (*whole, together)):
        return NAMES[0]
    return NAMES[min(len(longest.split()), 3)]


def age_group(said: Said, on: date) -> str:
    """By the first birth date that is one; a future one says nothing."""
    for text in _values(said, Kind.BIRTH_DATE):
        born = standardise(Kind.BIRTH_DATE, text)
        if born and born <= on.isoformat():
            year, month, day = (int(part) for part in born.split("-"))
            age = on.year - year - ((on.month, on.day) < (month, day))
            return next((name for name, below in AGES if age < below), OLDEST)
    return NOT_SAID


def sex_group(said: Said) -> str:
    """As recorded; two different sexes are `recorded otherwise`."""
    values = {standardise(Kind.SEX, text) for text in _values(said, Kind.SEX)} - {None}
    if not values:
        return NOT_SAID
    [one, *more] = sorted(str(value) for value in values)
    known = {"f": "female", "m": "male"}
    return known.get(one, SEXES[2]) if not more else SEXES[2]


def fullness(said: Said) -> str:
    count = sum(says(said, part) for part in PARTS)
    return FULLNESS[(count - 1) // 2] if count else FULLNESS[3]


def tables_of(records: Sequence[Said], on: date) -> dict[str, tuple[Sequence[str], list[int]]]:
    """Each way of grouping: the names of its groups, and which of them each record is in."""
    ways: dict[str, tuple[Sequence[str], Callable[[Said], str]]] = {
        "How much the record says": (FULLNESS, fullness),
        "Name": (NAMES, name_group),
        "Age": (AGE_BANDS, lambda said: age_group(said, on)),
        "Recorded sex": (SEXES, sex_group),
    }
    for part in PARTS:
        if part != "Sex":
            ways[part] = (SAID, _whether(part))
    return {
        name: (groups, [groups.index(group_of(said)) for said in records])
        for name, (groups, group_of) in ways.items()
    }


def _whether(part: str) -> Callable[[Said], str]:
    return lambda said: SAID[0] if says(said, part) else NOT_SAID


def _values(said: Said, kind: str) -> list[str]:
    return [text for text in said.get(kind) or () if text and text.strip()]
