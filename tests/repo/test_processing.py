"""The record of processing says what the tables say, and every table is in it."""

from pathlib import Path

from django.apps import apps

from lightkeeper.cli.processing import PLACE, record_of_processing

KEPT = Path(__file__).parents[2] / PLACE


def test_the_record_of_processing_is_the_one_that_the_tables_give():
    assert KEPT.read_text(encoding="utf-8") == record_of_processing(), (
        "run `lightkeeper processing --write`"
    )


def test_every_table_of_ours_is_in_it_once():
    text = record_of_processing()
    tables = [
        one._meta.db_table for one in apps.get_models() if one.__module__.startswith("lightkeeper.")
    ]
    assert len(tables) > 30
    for table in tables:
        assert text.count(f"| `{table}` |") == 1, table
