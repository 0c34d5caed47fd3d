"""What the charts draw: places in percent, numbers in words beside them."""

import pytest
from django.template import engines

from lightkeeper.core.templatetags import charts


def render(source, **context):
    return engines["django"].from_string("{% load charts %}" + source).render(context)


def test_a_waterfall_draws_both_thresholds_and_says_the_sum_so_far():
    evidence = [{"sentence": "for", "weight_bits": 6}, {"sentence": "against", "weight_bits": -2}]
    drawn = charts.waterfall(evidence, 2.0, 4.0, -2.0, -4.0)

    assert [row["so_far"] for row in drawn["rows"]] == ["−2.0", "+4.0", "+2.0"]
    assert [(line.x, line.kind) for line in drawn["lines"]] == [
        ("100.00%", "threshold"),
        ("0.00%", "review"),
    ]
    page = render("{% waterfall evidence 2 4 -2 -4 %}", evidence=evidence)
    assert page.count(">so far ") == 3
    assert page.count("<tr>") == 5
    assert "style=" not in page


def test_a_bar_of_a_weight_begins_in_the_middle():
    assert charts.weight_bar(5, 10) == {
        "x": "50.00%", "width": "25.00%", "kind": "for", "zero": "50.00%",
    }  # fmt: skip
    assert charts.weight_bar(-10, 10)["x"] == "0.00%"


def test_an_interval_is_drawn_from_its_low_to_its_high_end():
    rate = {"share": 0.8, "low": 0.7, "high": 0.9}
    drawn = charts.interval_bar(rate, {"share": None})

    assert (drawn["low"], drawn["width"], drawn["share"]) == ("70.00%", "20.00%", "80.00%")
    assert drawn["whole"] is None
    assert "circle" not in render("{% interval_bar rate %}", rate=rate | {"share": None})


def test_a_histogram_keeps_every_share_and_names_its_bins():
    bins = [{"bits": at, "share": 0.01} for at in range(-50, 50)]
    drawn = charts.histogram(bins, "label", "head", 4.0, -4.0)
    columns = drawn["columns"]

    assert len(columns) == 20
    assert columns[0].label == "−50.0 to −45.0"
    assert {column.value for column in columns} == {"5.0%"}
    assert {column.height for column in columns} == {"82.00%"}
    assert (columns[0].x, columns[-1].x) == ("0.00%", "95.00%")
    assert len(drawn["ticks"]) <= charts.MOST_TICKS + 1
    assert [line.kind for line in drawn["lines"]] == ["threshold", "review"]


def test_a_histogram_of_few_bins_is_drawn_by_the_bit_and_of_none_not_at_all():
    few = charts.histogram([{"bits": 3, "share": 1.0}, {"bits": 9, "share": 0.0}], "a", "b", 4.0)

    assert [column.label for column in few["columns"]] == ["+3.0 to +4.0"]
    assert charts.histogram([], "a", "b", 4.0)["columns"] == []
    assert "svg" not in render("{% histogram bins 'a' 'b' 4 %}", bins=[])


@pytest.mark.parametrize(
    ("share", "words"), [(None, "–"), (0, "0.0%"), (0.0002, "less than 0.1%"), (0.5, "50.0%")]
)
def test_a_share_in_words(share, words):
    assert charts.share_words(share) == words
