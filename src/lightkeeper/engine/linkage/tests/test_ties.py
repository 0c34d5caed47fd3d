"""Ties are read as received, and what is wrong with them is said with its line."""

import pyarrow as pa
import pytest

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.linkage.ties import NONE, ties_from

IDS = ["R1", "R2", "R3", "twice", "twice", None]


def table(*rows, columns=("record_id", "kind", "other", "key", "source")):
    return pa.table({
        name: pa.array([row[at] if at < len(row) else None for row in rows])
        for at, name in enumerate(columns)
    })  # fmt: skip


def test_a_tie_leads_to_a_record_or_to_a_thing():
    ties = ties_from(table(["R1", "Associate", "R3"], ["R2", "journey", None, "NX1", "A"]), IDS)

    assert ties.kinds == ("associate", "journey")
    assert ties.row.tolist() == [0, 1]
    assert ties.other.tolist() == [2, NONE]
    assert ties.key.tolist() == [NONE, 0]
    assert ties.source.tolist() == [NONE, 0]


def test_keys_are_compared_as_fields_of_their_kind_are():
    ties = ties_from(
        table(
            ["R1", "phone", None, "07700 900142"],
            ["R2", "phone", None, "+44 7700 900142"],
            ["R3", "Journey", None, "NX-1"],
            ["R1", "journey", None, " nx 1 "],
            ["R2", "address", None, "nx 1"],
        ),
        IDS,
    )

    phone, again, journey, written, address = ties.key.tolist()
    assert phone == again
    assert journey == written
    assert len({phone, journey, address}) == 3


def test_what_says_nothing_and_a_tie_to_oneself_are_passed_over_and_counted():
    said = table(
        ["R1", "phone", None, "unknown"], ["R2", "associate", "R2"], ["R1", "associate", "R2"]
    )
    ties = ties_from(said, IDS)

    assert (ties.said_nothing, ties.to_itself, len(ties)) == (1, 1, 1)
    assert (ties.row.tolist(), ties.other.tolist()) == ([0], [1])


def test_numbers_do_for_ids_and_a_table_may_be_empty_or_lack_a_column():
    numbered = pa.table({"record_id": [1, 2], "kind": ["friend", "friend"], "other": [2, 1]})
    assert ties_from(numbered, ["1", "2"]).other.tolist() == [1, 0]

    empty = pa.table({"record_id": pa.array([], pa.string()), "kind": pa.array([], pa.string()),
                      "key": pa.array([], pa.null())})  # fmt: skip
    assert len(ties_from(empty, IDS)) == 0


def test_the_order_of_the_rows_changes_no_number():
    rows = [["R1", "b", None, "x", "s"], ["R2", "a", None, "y", "r"], ["R3", "b", None, "w", "t"]]
    one, two = (ties_from(table(*of), IDS) for of in (rows, rows[::-1]))

    for name in ("row", "kind", "other", "key", "source"):
        assert getattr(one, name).tolist() == getattr(two, name).tolist()[::-1]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([None, "phone", None, "1"], "Line 3 of ties.csv: there is no record_id."),
        (["R1", " ", None, "1"], "Line 3 of ties.csv: there is no kind."),
        (["R1", "phone", "R2", "1"], "Line 3 of ties.csv: a tie leads to other or to key, and not"),
        (["R1", "phone"], "Line 3 of ties.csv: other or key must say to what the tie leads."),
        (["R9", "phone", None, "1"], "Line 3 of ties.csv: there is no record 'R9'."),
        (["R1", "friend", "R{0}"], "Line 3 of ties.csv: there is no record 'R{0}'."),
        (["twice", "phone", None, "1"], "Line 3 of ties.csv: two records are called 'twice'."),
        (["R1", "friend", "twice"], "Line 3 of ties.csv: two records are called 'twice'."),
    ],
)
def test_a_tie_that_is_none_is_refused_with_its_line(row, said):
    with pytest.raises(FormatError) as error:
        ties_from(table(["R1", "friend", "R2"], row), IDS, "ties.csv")

    assert str(error.value).startswith(said)


def test_a_table_without_the_columns_or_with_hundreds_of_kinds_is_refused():
    with pytest.raises(FormatError, match="has no column kind"):
        ties_from(table(["R1"], columns=("record_id",)), IDS)
    with pytest.raises(FormatError, match="has no column other or key"):
        ties_from(table(["R1", "friend"], columns=("record_id", "kind")), IDS)
    with pytest.raises(FormatError, match="41 kinds of tie, and at most 40"):
        ties_from(table(*(["R1", f"kind {at}", None, "x"] for at in range(41))), IDS)
