"""The story is the same on any day, names nobody real, and is never graphic."""

import re
from collections import Counter
from pathlib import Path

import pytest

from lightkeeper.engine.synthetic.story import tell, write_story

COMMITTED = Path(__file__).parents[5] / "samples" / "story"
FILES = sorted(p.name for p in COMMITTED.iterdir() if p.suffix in (".csv", ".xlsx", ".jsonl"))
DRAMA = re.compile(r"07700 900\d{3}")
PHONE = re.compile(r"\b0\d{4} ?\d{6}\b")
# A small guard, not a judgement: nobody may write a detail of harm into a sample.
NEVER = ("abuse image", "rape", "nude", "assault", "blood", "naked", "sexual act", "beaten")


def test_writing_it_again_gives_the_committed_bytes(tmp_path):
    write_story(tmp_path)

    assert {name: (tmp_path / name).read_bytes() for name in FILES} == {
        name: (COMMITTED / name).read_bytes() for name in FILES
    }


def test_the_truth_covers_every_row_once():
    story = tell()
    keys = Counter((file, key) for file, key, _person in story.truth)

    assert set(keys.values()) == {1}
    assert sum(file.startswith("northshire") for file, _, _ in story.truth) == len(story.northshire)
    assert {person for _, _, person in story.truth} >= {"maya", "victor", "daniel_son", "tim"}


@pytest.mark.parametrize("word", NEVER)
def test_nothing_in_it_is_graphic(word):
    said = " ".join(note for one in tell().people for note in one.notes).lower()

    assert word not in said


def test_every_phone_is_one_kept_for_drama():
    phones = [cell for row in tell().northshire for cell in row if PHONE.fullmatch(cell)]

    assert phones
    assert all(DRAMA.fullmatch(phone) for phone in phones)


def test_a_few_rows_cannot_be_taken_in():
    story = tell()

    assert sum(len(row) != 16 for row in story.northshire) == 1
    assert sum(row[5].startswith("31/02") for row in story.northshire) == 1
