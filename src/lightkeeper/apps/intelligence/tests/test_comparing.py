import pytest

from lightkeeper.apps.intelligence.comparing import compare, verdict_of


@pytest.mark.parametrize(
    ("name", "left", "right", "verdict", "note"),
    [
        ("lastName", ["Brandt"], ["BRANDT "], "agree", ""),
        ("lastName", ["Brandt"], ["Brand"], "near", "spelt alike"),
        ("lastName", ["Brandt"], ["Stone"], "differ", ""),
        ("lastName", ["Brandt"], [], "missing", ""),
        ("phone", ["1", "2"], ["2"], "agree", ""),
        ("birthDate", ["1979-04-03"], ["1979-04-03"], "agree", ""),
        ("birthDate", ["1979-04-03"], ["1979-03-04"], "near", "day and month look swapped"),
        ("birthDate", ["1979-04-03"], ["1980-04-03"], "near", "two of day, month and year agree"),
        ("birthDate", ["1979-04-03"], ["1962-11-20"], "differ", ""),
    ],
)
def test_two_lists_of_values_compare_by_their_closest_two(name, left, right, verdict, note):
    assert verdict_of(name, left, right) == (verdict, note)
    assert verdict_of(name, right, left)[0] == verdict


def test_rows_come_in_reading_order_and_leave_out_what_is_no_description():
    rows = compare({"gender": ["male"], "name": ["A"], "harms": ["x"]}, {"birthDate": ["1990"]})
    assert [row.label for row in rows] == ["Name", "Birth date", "Gender"]
