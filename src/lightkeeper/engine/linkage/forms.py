"""The forms that the condition of a level may take, as SQL over the two sides of a pair.

The matcher knows these and no others (`matcher/conditions.py`): a form that comes, comes to both.
"""

from lightkeeper.engine.linkage.model import Comparison, Level
from lightkeeper.engine.linkage.prepare import Field

# Each letter of the first looks like the one below it in the second.
_LOOKS = "'oqdilbszmyufg', '00011852nvve6'"


def sides(field: Field) -> tuple[str, str]:
    return f'"{field.name}_l"', f'"{field.name}_r"'


def same(field: Field) -> str:
    a, b = sides(field)
    return f"list_has_any({a}, {b})" if field.multi else f"{a} = {b}"


def alike(field: Field, at_least: float) -> str:
    a, b = sides(field)
    name = "lk_best_likeness" if field.multi else "jaro_winkler_similarity"
    return f"{name}({a}, {b}) >= {at_least}"


def slips(field: Field, at_most: int) -> str:
    a, b = sides(field)
    if field.multi:
        return f"lk_least_slips({a}, {b}) <= {at_most}"
    return f"{'lk_one_slip' if at_most == 1 else 'lk_two_slips'}({a}, {b})"


def begins(field: Field) -> str:
    a, b = sides(field)
    return f"lk_any_begins({a}, {b})" if field.multi else f"lk_begins({a}, {b})"


def same_start(field: Field, length: int) -> str:
    a, b = sides(field)
    if field.multi:
        return f"lk_any_start({a}, {b}, {length})"
    return f"left({a}, {length}) = left({b}, {length})"


def one_root() -> str:
    """A given name of one may be short for, or another spelling of, one of the other's: the
    prepared field `roots`, which follows from the given names alone.
    """
    return 'list_has_any("roots_l", "roots_r")'


def looks_the_same(field: Field) -> str:
    """The same once letters and figures that are taken for one another are one."""
    a, b = sides(field)
    if field.multi:
        return (
            f"list_has_any(list_transform({a}, lambda x: translate(x, {_LOOKS})), "
            f"list_transform({b}, lambda x: translate(x, {_LOOKS})))"
        )
    return f"translate({a}, {_LOOKS}) = translate({b}, {_LOOKS})"


def word_shared(field: Field) -> str:
    a, b = sides(field)
    name = "lk_any_words_shared" if field.multi else "lk_words_shared"
    return f"{name}({a}, {b}) >= 1"


def among_words(field: Field) -> str:
    """A whole value of this field stands among the words of the other record's name."""
    a, b = sides(field)
    if field.multi:
        return f'(list_has_any("tokens_l", {b}) OR list_has_any("tokens_r", {a}))'
    return f'(list_contains("tokens_r", {a}) OR list_contains("tokens_l", {b}))'


def missing(field: Field) -> str:
    a, b = sides(field)
    return f"{a} IS NULL OR {b} IS NULL"


def comparison_of(field: Field, *levels: Level) -> Comparison:
    name = field.called or field.kind.value.replace("_", " ")
    return Comparison(name, field.name, missing(field), levels)
