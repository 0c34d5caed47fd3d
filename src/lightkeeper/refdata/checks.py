"""What must hold of a reference table, whichever it is."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Protocol, TypeVar

from lightkeeper.engine.errors import FormatError


class Dated(Protocol):
    """Whatever holds from a day, until before another."""

    @property
    def active_from(self) -> date | None: ...
    @property
    def active_to(self) -> date | None: ...


D = TypeVar("D", bound=Dated)


def check_unique(table: str, keys: Iterable[Hashable]) -> None:
    """Raises: FormatError that names the first key that comes twice."""
    seen = set()
    for key in keys:
        if key in seen:
            raise FormatError(f"{table}: {key} is there twice.")
        seen.add(key)


def check_known(table: str, used: Iterable[str], known: Collection[str]) -> None:
    """Raises: FormatError that names the first code used that is not one of those known."""
    for code in used:
        if code not in known:
            raise FormatError(f"{table}: {code!r} is not known. Add it, or correct it.")


def check_parents(parents: Mapping[str, str]) -> None:
    """Raises: FormatError for a parent that is not there, or that is its own ancestor."""
    check_known("agencies.csv", (parent for parent in parents.values() if parent), parents)
    for code in parents:
        passed, at = {code}, parents[code]
        while at:
            if at in passed:
                raise FormatError(f"agencies.csv: {code} is its own parent, through {at}.")
            passed.add(at)
            at = parents[at]


def check_order(things: Iterable[Dated]) -> None:
    """Raises: FormatError for whatever would end on or before the day it begins."""
    for thing in things:
        if thing.active_from and thing.active_to and thing.active_to <= thing.active_from:
            raise FormatError(f"{thing}: it ends before it begins.")


def check_no_overlap(table: str, things: Iterable[D], key: Callable[[D], Hashable]) -> None:
    """Raises: FormatError if two with the same key hold on the same day."""
    by_key: dict[Hashable, list[D]] = defaultdict(list)
    for thing in things:
        by_key[key(thing)].append(thing)
    for name, versions in by_key.items():
        if _overlap(versions):
            raise FormatError(f"{table}: two versions of {name} hold on the same day.")


def _overlap(versions: Sequence[Dated]) -> bool:
    periods = sorted((one.active_from or date.min, one.active_to or date.max) for one in versions)
    return any(later[0] < earlier[1] for earlier, later in pairwise(periods))
