"""The one spelling of many values at once: what is plain ASCII by Arrow, the rest one by one."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from lightkeeper.engine.linkage.plain import NOTHING
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.standardise import STANDARDISE, standardise

_PRINTABLE = r"^[\x20-\x7e]*$"
_ONE_DIGIT = "^(" + "|".join(f"{digit}+" for digit in range(10)) + ")$"


def standardise_all(kind: Kind, values: pa.StringArray) -> pa.StringArray:
    """As `standardise` gives each of them, null for what says nothing; nulls stay.

    Shapes: values (n,) text; returns (n,) text.
    """
    quick = QUICK.get(kind, None if kind in STANDARDISE else _words)
    if quick is None:
        return _one_by_one(kind, values)
    plain = pc.fill_null(pc.match_substring_regex(values, _PRINTABLE), True)
    if pc.all(plain).as_py() is not False:
        return quick(values)
    other = pc.invert(plain)
    return pc.replace_with_mask(quick(values), other, _one_by_one(kind, values.filter(other)))


def _one_by_one(kind: Kind, values: pa.StringArray) -> pa.StringArray:
    said = [None if v is None else standardise(kind, v) for v in values.to_pylist()]
    return pa.array(said, pa.string())


def _words(values: pa.StringArray) -> pa.StringArray:
    bare = pc.replace_substring_regex(pc.ascii_lower(values), "['`]", "")
    plain = pc.ascii_trim(pc.replace_substring_regex(bare, "[^0-9a-z]+", " "), " ")
    return _without(plain, pc.is_in(plain, pa.array(sorted(NOTHING))))


def _postcode(values: pa.StringArray) -> pa.StringArray:
    return pc.replace_substring(_words(values), " ", "")


def _phone(values: pa.StringArray) -> pa.StringArray:
    digits = pc.replace_substring_regex(values, "ext.*", "")
    digits = pc.replace_substring_regex(digits, "[^0-9]", "")
    digits = pc.replace_substring_regex(digits, "^00", "")
    abroad = pc.and_(pc.starts_with(digits, "44"), pc.greater_equal(pc.utf8_length(digits), 11))
    digits = pc.if_else(abroad, pc.replace_substring_regex(digits, "^440?", "0"), digits)
    short = pc.less(pc.utf8_length(digits), 6)
    return _without(digits, pc.or_(short, pc.match_substring_regex(digits, _ONE_DIGIT)))


def _email(values: pa.StringArray) -> pa.StringArray:
    plain = pc.ascii_lower(pc.ascii_trim(values, " "))
    return _without(plain, pc.invert(pc.match_substring_regex(plain, "^.+@.+$")))


def _without(values: pa.StringArray, drop: pa.BooleanArray) -> pa.StringArray:
    return pc.if_else(drop, pa.scalar(None, pa.string()), values)


QUICK: dict[Kind, Callable[[pa.StringArray], pa.StringArray]] = {
    Kind.POSTCODE: _postcode,
    Kind.PHONE: _phone,
    Kind.EMAIL: _email,
}
