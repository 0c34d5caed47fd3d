"""The record of processing, from what each table states of itself (DPA 2018 s.61)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from lightkeeper.cli.setting_up import start_django

PLACE = Path("docs/data-protection/record-of-processing.md")
HEAD = """# Record of processing

Made by `lightkeeper processing` from what each table states of itself; a test compares the two. It
lists what the software stores. The controllers add their names, contacts and joint arrangements
(DPA 2018 s.58, s.61).

| store | what it is | who reads it | personal columns | kept | leaves |
|---|---|---|---|---|---|
"""
READERS = {
    "labelled": "whoever its label admits",
    "paired": "whoever both labels admit",
    "own": "the person alone",
    "member": "members of the operation, and those of its owner who run it or approve members",
    "membership": "members of the operation, and those of its owner who run it or approve members",
    "audit": "overseers of the agency",
    "overseen": "overseers of the agency",
    "open": "everybody signed in",
    "door": "the door, for signing in",
    "sealed": "the guard alone",
}


@click.command()
@click.option("--write", is_flag=True, help=f"Write it to {PLACE} instead of showing it.")
def processing(write: bool) -> None:
    """The record of processing: every table, who reads it, how long it is kept."""
    start_django()
    text = record_of_processing()
    if write:
        PLACE.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)


def record_of_processing() -> str:
    from django.apps import apps

    models = (one for one in apps.get_models() if one.__module__.startswith("lightkeeper."))
    rows = sorted((_row(one) for one in models), key=lambda cells: cells[0])
    return HEAD + "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def _row(model: Any) -> list[str]:
    handling = model.handling
    personal = ", ".join(sorted(set(_personal(model))))
    sentence = (model.__doc__ or "").strip().partition("\n\n")[0]
    # A model without words of its own is given Django's, which name its columns.
    about = "" if sentence.startswith(f"{model.__name__}(") else " ".join(sentence.split())
    return [
        f"`{model._meta.db_table}`", about or handling.why, READERS[handling.protection],
        personal or "none stated", handling.retention, ", ".join(handling.leaves) or "–",
    ]  # fmt: skip


def _personal(model: Any) -> Iterator[str]:
    yield from model.handling.personal
    # Whoever acts is named by a number, in every table that says who did it.
    for field in model._meta.local_fields:
        if getattr(field.related_model, "__name__", "") == "Person":
            yield field.name
