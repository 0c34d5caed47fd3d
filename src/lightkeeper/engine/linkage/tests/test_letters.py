"""The bound on letters in common is never below what two texts have in common."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lightkeeper.engine.linkage.conditions import Alike, Slips
from lightkeeper.engine.linkage.letters import ANYTHING, counts_of, in_common
from lightkeeper.engine.linkage.loaded import load
from lightkeeper.engine.linkage.meeting import Meeting
from lightkeeper.engine.linkage.plan import plan_by_name

LATIN = st.text(st.characters(max_codepoint=255), max_size=40)


@given(LATIN, LATIN)
@example("a" * 16, "b" * 3)
@example("0123456789abcdef" * 2, "0123456789abcdef" * 15)
def test_no_two_texts_have_more_in_common_than_is_said(one, two):
    counts = counts_of([one, two])
    if (counts == ANYTHING).all():
        return

    found = in_common(counts[:1], counts[1:])[0]

    assert (Counter(one) & Counter(two)).total() <= found <= max(len(one), len(two))


def test_letters_that_are_counted_apart_are_told_apart():
    counts = counts_of(["07700900111", "07700900222", "", "aab"])

    assert in_common(counts[[0, 0, 2, 3]], counts[[1, 0, 1, 3]]).tolist() == [8, 11, 0, 3]


@pytest.mark.parametrize("condition", [Slips(1), Alike(0.92)])
def test_long_texts_of_one_letter_more_are_not_ruled_out(condition):
    long = "quill street " * 25
    table = pa.table({"address": [long, long[:-2] + "x"], "family_name": ["quill", "quill"]})
    coded = load(table, plan_by_name(table.column_names)).coded

    meeting = Meeting(coded, coded.columns["address"], np.array([0]), np.array([1]))

    assert (counts_of(meeting.column.texts) == ANYTHING).all()
    assert meeting.holds(condition).tolist() == [True]


def test_many_texts_are_counted_as_few_are(monkeypatch):
    texts = [f"{n:03d} quill street" for n in range(25)]
    at_once = counts_of(texts)
    monkeypatch.setattr("lightkeeper.engine.linkage.letters.AT_ONCE", 7)

    assert counts_of(texts).tolist() == at_once.tolist()
