"""Strict JSON: one value, no duplicate keys, no NaN, bounded depth and digits."""

import json
import re
from typing import Any

# One that does not end takes the rest, or each of its quotes would be tried anew.
_STRING = re.compile(r'"(?:[^"\\]++|\\[\s\S])*+(?:"|\\?\Z)')
_SURROGATE = re.compile("[\ud800-\udfff]")


class BadJson(Exception):
    """Why a text is not taken as JSON: a code and a sentence without its place."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


def read_json(text: str, *, max_depth: int = 64, max_digits: int = 40) -> Any:
    """The value of a JSON text.

    Raises: BadJson JSON, DUPLICATE-KEY, NUMBER, DEPTH, NUL or ENCODING.
    """
    check_depth(text, max_depth)

    def number(digits: str) -> int | float:
        if len(digits) > max_digits:
            raise BadJson(
                "NUMBER", f"a number has {len(digits):,} digits; the limit is {max_digits}"
            )
        return float(digits) if any(c in ".eE" for c in digits) else int(digits)

    try:
        value = json.loads(
            text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant,
            parse_int=number, parse_float=number,
        )  # fmt: skip
    except json.JSONDecodeError as error:
        raise BadJson("JSON", f"{error.msg} at character {error.colno}") from None
    except RecursionError:
        raise BadJson("DEPTH", "brackets are nested too deeply") from None
    if "\\u" in text:
        _check_text(value)
    return value


def check_depth(text: str, max_depth: int) -> None:
    """Count nesting outside strings before anything is parsed."""
    if text.count("[") + text.count("{") <= max_depth:
        return
    depth = deepest = 0
    for mark in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if mark in "[{" else -1
        deepest = max(deepest, depth)
    if deepest > max_depth:
        raise BadJson("DEPTH", f"brackets are nested {deepest:,} deep; the limit is {max_depth}")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise BadJson("DUPLICATE-KEY", f"the key {twice!r} occurs twice; which one is meant?")
    return found


def _no_constant(name: str) -> None:
    raise BadJson("NUMBER", f"{name} is not a number JSON knows")


def _check_text(value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key)
            _check_text(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_text(inner)
    elif isinstance(value, str):
        if "\x00" in value:
            raise BadJson("NUL", "a text holds a NUL character")
        if _SURROGATE.search(value):
            raise BadJson("ENCODING", "a text holds half a character (a lone surrogate)")
