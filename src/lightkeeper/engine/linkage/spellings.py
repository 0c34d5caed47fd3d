"""Several ways to write one thing, and the one that stands for it: `spellings.yaml`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lightkeeper.engine.linkage.plain import words


@cache
def _read() -> dict[str, Any]:
    text = (Path(__file__).parent / "spellings.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


@cache
def usual_spellings(name: str) -> Mapping[str, str]:
    """Every spelling of a list with the one that stands for it."""
    return {
        words(one) or "": form for form, others in _read()[name].items() for one in (form, *others)
    }


@cache
def legal_forms() -> frozenset[tuple[str, ...]]:
    """The words of each legal form."""
    return frozenset(tuple(form.split()) for form in _read()["legal_forms"])


@cache
def words_of_list(name: str) -> frozenset[str]:
    return frozenset(_read()[name])
