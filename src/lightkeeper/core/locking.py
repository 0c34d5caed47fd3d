"""Holding a row while it is changed."""

from typing import TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


def lock(row: M) -> M:
    """The row as it stands now, held until the transaction ends."""
    return type(row)._base_manager.select_for_update(of=("self",)).get(pk=row.pk)
