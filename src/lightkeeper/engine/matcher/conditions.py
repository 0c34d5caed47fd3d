"""The condition of each level of a model, read from its SQL.

Only what `linkage.comparisons` writes is known. Anything else is refused when the index is made,
never guessed at: a level that counted differently here would be a wrong answer with a reason.
"""

import re
from collections.abc import Callable

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.linkage.model import Comparison
from lightkeeper.engine.matcher import meeting
from lightkeeper.engine.matcher.meeting import Condition

Part = Callable[[str], str]


def compile_levels(comparison: Comparison) -> tuple[Condition, ...]:
    """The condition of each level but the last, which holds where none before it does.

    Raises: FormatError naming a level that is not known.
    """
    *levels, last = comparison.levels
    if last.condition != "ELSE":
        raise FormatError(f"The last level of {comparison.name} must be ELSE: {last.condition}")
    column = comparison.column
    expected = f'"{column}_l" IS NULL OR "{column}_r" IS NULL'
    if comparison.missing != expected:
        raise FormatError(f"{comparison.name} counts as missing where {comparison.missing}.")
    return tuple(compile_condition(level.condition, column) for level in levels)


def compile_condition(condition: str, column: str) -> Condition:
    """Raises: FormatError if any part of the condition is not known."""
    plain = condition.replace(f'"{column}_l"', "a").replace(f'"{column}_r"', "b")
    return _compile(plain, condition)


def _compile(plain: str, whole: str) -> Condition:
    plain = _bare(plain)
    for word, both in ((" OR ", meeting.any_of), (" AND ", meeting.all_of)):
        parts = _split(plain, word)
        if len(parts) > 1:
            return both([_compile(part, whole) for part in parts])
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


def _turned(value: str) -> str:
    return value[:5] + value[-2:] + value[4:7]


def _slice_end(count: str) -> Part:
    # DuckDB counts the last character as -1 and takes it in: [:-4] leaves three out.
    drop = int(count) - 1
    return lambda v: v[: max(len(v) - drop, 0)]


def _ends(first: str, last: str) -> Condition:
    return meeting.Ends(int(first), int(last))


def _translated(letters: str, instead: str) -> Part:
    table = str.maketrans(letters, instead)
    return lambda v: v.translate(table)


PARTS: tuple[tuple[re.Pattern[str], Callable[..., Condition]], ...] = (
    (re.compile(r"left\(v, (\d\d?)\)"), lambda n: _ends(n, "0")),
    (re.compile(r"right\(v, (\d\d?)\)"), lambda n: _ends("0", n)),
    (re.compile(r"concat\(left\(v, (\d\d?)\), right\(v, (\d\d?)\)\)"), _ends),
    (
        re.compile(r"split_part\(v, '@', 1\)"),
        lambda: meeting.same_part(lambda v: v.partition("@")[0]),
    ),
    (re.compile(r"v\[:-([1-9]\d*)\]"), lambda n: meeting.same_part(_slice_end(n))),
    (
        re.compile(r"translate\(v, '([a-z0-9]+)', '([a-z0-9]+)'\)"),
        lambda letters, instead: meeting.same_part(_translated(letters, instead)),
    ),
)
_LISTS = re.compile(
    r"list_has_any\(list_transform\(a, lambda x: (.+)\), list_transform\(b, lambda x: (.+)\)\)"
)
_TURN = r"concat\(left\({0}, 5\), right\({0}, 2\), substr\({0}, 5, 3\)\)"


def _same_parts(plain: str, whole: str) -> Condition:
    """The same part of both: left(a, 4) = left(b, 4), and so on."""
    sides = _split(plain, " = ")
    if lists := _LISTS.fullmatch(plain):
        one, two = (_of_v(side, "x") for side in lists.groups())
    elif len(sides) == 2:
        one, two = _of_v(_bare(sides[0]), "a"), _of_v(_bare(sides[1]), "b")
    else:
        one, two = "", " "
    for pattern, make in PARTS:
        if one == two and (found := pattern.fullmatch(one)):
            return make(*found.groups())
    raise FormatError(
        f"The matcher does not know the condition {whole}. Train the model again with this version."
    )


def _of_v(text: str, name: str) -> str:
    return re.sub(rf"\b{name}\b", "v", text)


def _atom(
    pattern: str, make: Callable[..., Condition]
) -> tuple[re.Pattern[str], Callable[..., Condition]]:
    return re.compile(pattern), make


ATOMS = (
    _atom(r"a = b|list_has_any\(a, b\)", lambda: meeting.Common(1)),
    _atom(
        r"(?:jaro_winkler_similarity|lk_best_likeness)\(a, b\) >= ([\d.]+)",
        lambda n: meeting.Alike(float(n)),
    ),
    _atom(r"lk_one_slip\(a, b\)", lambda: meeting.Slips(1, ends=True)),
    _atom(r"lk_two_slips\(a, b\)", lambda: meeting.Slips(2)),
    _atom(r"lk_least_slips\(a, b\) <= ([012])", lambda n: meeting.Slips(int(n))),
    _atom(r"lk_(?:any_)?begins\(a, b\)", meeting.begins),
    _atom(r"lk_any_start\(a, b, (\d\d?)\)", lambda n: _ends(n, "0")),
    _atom(r"lk_(?:any_)?words_shared\(a, b\) >= 1", meeting.words_shared),
    _atom(r"lk_shared\(a, b\) >= ([12])", lambda n: meeting.Common(int(n))),
    _atom(
        rf"a = {_TURN.format('b')}|"
        rf"list_has_any\(a, list_transform\(b, lambda x: {_TURN.format('x')}\)\)",
        lambda: meeting.turned(_turned),
    ),
    _atom(r"hamming\(a, b\) <= ([12])", lambda n: meeting.LettersApart(int(n))),
    _atom(
        r"abs\(CAST\(left\(a, 4\) AS INTEGER\) - CAST\(left\(b, 4\) AS INTEGER\)\) <= (\d+)|"
        r"abs\(CAST\(left\(list_min\(a\), 4\) AS INTEGER\) - "
        r"CAST\(left\(list_min\(b\), 4\) AS INTEGER\)\) <= (\d+)",
        lambda one, two: meeting.YearsApart(int(one or two)),
    ),
    _atom(r"""list_has_any\("roots_l", "roots_r"\)""", meeting.one_root),
    _atom(r"len\(a\) > (\d+)", lambda n: meeting.longer_than(int(n))),
    _atom(r"""list_(?:contains|has_any)\("tokens_r", a\)""", meeting.Held),
    _atom(r"""list_(?:contains|has_any)\("tokens_l", b\)""", meeting.among_asked_tokens),
)
