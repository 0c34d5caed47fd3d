"""Which names a given name may be short for or another spelling of: `name_roots.yaml`, read."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def _roots() -> dict[str, frozenset[str]]:
    text = (Path(__file__).parent / "name_roots.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    del data["version"]
    found: dict[str, set[str]] = {}
    for group in data.values():
        for root, forms in group.items():
            for form in (root, *forms):
                found.setdefault(form, set()).add(root)
    return {form: frozenset(roots) for form, roots in found.items()}


def roots_of(name: str) -> frozenset[str]:
    """The names that a folded given name may stand for, of which two that share one may be the
    same name: Liz and Beth, both Elizabeth. Of several words the first counts; unknown names have
    none.
    """
    return _roots().get(name.split(" ", 1)[0], frozenset())
