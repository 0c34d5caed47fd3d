"""The condition of each level of a model, read from its SQL as data.

Only what `comparisons.py` writes is known. Anything else is refused, never guessed at: a level that
counted differently here would be a wrong answer with a reason.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.linkage.model import Comparison

Part = Callable[[str], str]


@dataclass(frozen=True)
class Condition:
    """What two records must have in common; any of their values are enough, if it says no more."""


@dataclass(frozen=True)
class Shared(Condition):
    """At least so many values of both are the same."""

    least: int


@dataclass(frozen=True)
class Alike(Condition):
    """Jaro-Winkler similarity of at least so much."""

    least: float


@dataclass(frozen=True)
class Slips(Condition):
    """At most so many letters dropped, added, changed or changed about; with `ends` the first or
    the last letter is the same.
    """

    most: int
    ends: bool = False


@dataclass(frozen=True)
class Begins(Condition):
    """One begins with the other."""


@dataclass(frozen=True)
class SamePart(Condition):
    """This part of both is the same; see `part_of`."""

    part: str


@dataclass(frozen=True)
class Turned(Condition):
    """A date of one is the other's with day and month changed about."""


@dataclass(frozen=True)
class LettersApart(Condition):
    """Of one length, with at most so many letters different, place by place."""

    most: int


@dataclass(frozen=True)
class YearsApart(Condition):
    """At most so many years between the earliest of both."""

    most: int


@dataclass(frozen=True)
class LongerThan(Condition):
    """A value of the left record has more letters."""

    least: int


@dataclass(frozen=True)
class WordShared(Condition):
    """A word stands in both."""


@dataclass(frozen=True)
class AmongWords(Condition):
    """A value of one record, the left or the right, stands among the words of the other's name."""

    of_left: bool


@dataclass(frozen=True)
class OneRoot(Condition):
    """The given names of both are known forms of one name."""


@dataclass(frozen=True)
class AnyOf(Condition):
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AllOf(Condition):
    parts: tuple[Condition, ...]


SAME = Shared(1)


def conditions_of(comparison: Comparison) -> tuple[Condition, ...]:
    """The condition of each level but the last, which holds where none before it does.

    Raises: FormatError naming a level that is not known.
    """
    *levels, last = comparison.levels
    column = comparison.column
    if last.condition != "ELSE":
        raise FormatError(f"The last level of {comparison.name} must be ELSE: {last.condition}")
    if comparison.missing != f'"{column}_l" IS NULL OR "{column}_r" IS NULL':
        raise FormatError(f"{comparison.name} counts as missing where {comparison.missing}.")
    return tuple(condition_of(level.condition, column) for level in levels)


def condition_of(sql: str, column: str) -> Condition:
    """Raises: FormatError if any part of the condition is not known."""
    return _read(sql.replace(f'"{column}_l"', "a").replace(f'"{column}_r"', "b"), sql)


def part_of(sql: str) -> Part:
    """What gives a part of a value `v`: left(v, 4), right(v, 5), ...; counted in characters.

    Raises: FormatError if it is not known.
    """
    for pattern, make in PARTS:
        if found := pattern.fullmatch(sql):
            return make(*found.groups())
    raise FormatError(f"There is no such part of a value: {sql}")


def _read(plain: str, whole: str) -> Condition:
    plain = _bare(plain)
    for word, both in ((" OR ", AnyOf), (" AND ", AllOf)):
        parts = _split(plain, word)
        if len(parts) > 1:
            return both(tuple(_read(part, whole) for part in parts))
    for pattern, make in ATOMS:
        if found := pattern.fullmatch(plain):
            return make(*found.groups())
    return _same_parts(plain, whole)


def _split(text: str, word: str) -> list[str]:
    """The parts between a word that stands in no brackets."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if depth == 0 and text.startswith(word, at):
            parts.append(text[start:at])
            start = at + len(word)
    return [*parts, text[start:]]


def _bare(text: str) -> str:
    """Without brackets around the whole of it."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")"):
        depth = 0
        for at, letter in enumerate(text):
            depth += (letter == "(") - (letter == ")")
            if depth == 0 and at < len(text) - 1:
                return text
        text = text[1:-1].strip()
    return text


def _same_parts(plain: str, whole: str) -> Condition:
    """The same part of both: left(a, 4) = left(b, 4), and so on."""
    sides = _split(plain, " = ")
    if lists := _sides_of_lists(plain):
        one, two = (_of_v(side, "x") for side in lists)
    elif len(sides) == 2:
        one, two = _of_v(_bare(sides[0]), "a"), _of_v(_bare(sides[1]), "b")
    else:
        one, two = "", " "
    if one == two and any(pattern.fullmatch(one) for pattern, _ in PARTS):
        return SamePart(one)
    raise FormatError(f"The condition {whole} is not known. Train the model with this version.")


def _sides_of_lists(plain: str) -> tuple[str, str] | None:
    """What is done with each value of both lists, where that is what is asked."""
    begin, between, end = _LISTS
    if not (plain.startswith(begin) and plain.endswith(end)):
        return None
    inner = plain[len(begin) : -len(end)]
    one, _, two = inner[:-1].rpartition(between)  # something follows it
    return (one, two + inner[-1]) if one else None


def _of_v(text: str, name: str) -> str:
    return re.sub(rf"\b{name}\b", "v", text)


def _slice_end(count: str) -> Part:
    # DuckDB counts the last character as -1 and takes it in: [:-4] leaves three out.
    drop = int(count) - 1
    return lambda v: v[: max(len(v) - drop, 0)]


def _first_and_last(first: str, last: str) -> Part:
    left, right = int(first), int(last)
    return lambda v: v[:left] + v[-right:]


def _translated(letters: str, instead: str) -> Part:
    table = str.maketrans(letters, instead)
    return lambda v: v.translate(table)


def turned(date: str) -> str:
    """YYYY-MM-DD with day and month changed about."""
    return date[:5] + date[-2:] + date[4:7]


PARTS: tuple[tuple[re.Pattern[str], Callable[..., Part]], ...] = (
    (re.compile(r"v"), lambda: lambda v: v),
    (re.compile(r"left\(v, (\d+)\)"), lambda n: lambda v: v[: int(n)]),
    (re.compile(r"right\(v, ([1-9]\d*)\)"), lambda n: lambda v: v[-int(n) :]),
    (re.compile(r"concat\(left\(v, (\d+)\), right\(v, ([1-9]\d*)\)\)"), _first_and_last),
    (re.compile(r"split_part\(v, '@', 1\)"), lambda: lambda v: v.partition("@")[0]),
    (re.compile(r"v\[:-([1-9]\d*)\]"), _slice_end),
    (re.compile(r"translate\(v, '([a-z0-9]+)', '([a-z0-9]+)'\)"), _translated),
)
_LISTS = ("list_has_any(list_transform(a, lambda x: ", "), list_transform(b, lambda x: ", "))")
_TURN = r"concat\(left\({0}, 5\), right\({0}, 2\), substr\({0}, 5, 3\)\)"


def _atom(
    pattern: str, make: Callable[..., Condition]
) -> tuple[re.Pattern[str], Callable[..., Condition]]:
    return re.compile(pattern), make


ATOMS = (
    _atom(r"a = b|list_has_any\(a, b\)", lambda: SAME),
    _atom(
        r"(?:jaro_winkler_similarity|lk_best_likeness)\(a, b\) >= ([\d.]+)",
        lambda n: Alike(float(n)),
    ),
    _atom(r"lk_one_slip\(a, b\)", lambda: Slips(1, ends=True)),
    _atom(r"lk_two_slips\(a, b\)", lambda: Slips(2)),
    _atom(r"lk_least_slips\(a, b\) <= ([012])", lambda n: Slips(int(n))),
    _atom(r"lk_(?:any_)?begins\(a, b\)", Begins),
    _atom(r"lk_any_start\(a, b, (\d+)\)", lambda n: SamePart(f"left(v, {n})")),
    _atom(r"lk_(?:any_)?words_shared\(a, b\) >= 1", WordShared),
    _atom(r"lk_shared\(a, b\) >= (\d+)", lambda n: Shared(int(n))),
    _atom(
        rf"a = {_TURN.format('b')}|"
        rf"list_has_any\(a, list_transform\(b, lambda x: {_TURN.format('x')}\)\)",
        Turned,
    ),
    _atom(r"hamming\(a, b\) <= (\d+)", lambda n: LettersApart(int(n))),
    _atom(
        r"abs\(CAST\(left\(a, 4\) AS INTEGER\) - CAST\(left\(b, 4\) AS INTEGER\)\) <= (\d+)|"
        r"abs\(CAST\(left\(list_min\(a\), 4\) AS INTEGER\) - "
        r"CAST\(left\(list_min\(b\), 4\) AS INTEGER\)\) <= (\d+)",
        lambda one, two: YearsApart(int(one or two)),
    ),
    _atom(r"""list_has_any\("roots_l", "roots_r"\)""", OneRoot),
    _atom(r"len\(a\) > (\d+)", lambda n: LongerThan(int(n))),
    _atom(r"""list_(?:contains|has_any)\("tokens_r", a\)""", lambda: AmongWords(of_left=True)),
    _atom(r"""list_(?:contains|has_any)\("tokens_l", b\)""", lambda: AmongWords(of_left=False)),
)
