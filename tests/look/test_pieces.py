"""What the filters and tags of the templates say."""

import datetime as dt

import pytest
from django import forms
from django.template import engines
from django.utils import timezone

from lightkeeper.core.forms import DayParts
from lightkeeper.core.rules import Decision
from lightkeeper.core.templatetags import charts
from lightkeeper.core.templatetags import lightkeeper as pieces


def render(source, **context):
    return engines["django"].from_string("{% load lightkeeper %}" + source).render(context)


@pytest.mark.parametrize(
    ("weight", "shown"),
    [(5.31, "+5.3 bits"), (-2, "−2.0 bits"), (0, "0.0 bits"), (-0.04, "0.0 bits"), (None, "–")],
)
def test_a_weight_is_shown_with_its_sign(weight, shown):
    assert pieces.bits(weight) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2024-03-03", "3 March 2024"),
        ("1990-05", "May 1990"),
        ("1990", "1990"),
        (dt.date(2024, 3, 3), "3 March 2024"),
        ("about 1990", "about 1990"),
        ("1990-13", "1990-13"),
        (None, ""),
    ],
)
def test_a_day_is_as_exact_as_the_record(value, shown):
    assert pieces.day(value) == shown


def test_a_deadline_that_has_passed_says_so():
    now = timezone.now()
    assert "2\xa0days overdue" in pieces.due(now - dt.timedelta(days=2, hours=1))
    assert "overdue" not in pieces.due(now + dt.timedelta(days=2))
    assert "2\xa0days ago" in pieces.ago(now - dt.timedelta(days=2, hours=1))


def test_sources_that_differ_only_in_case_and_spacing_agree():
    assert not pieces.conflicted([{"value": "Ann  Lee"}, {"value": "ann lee"}])
    assert pieces.conflicted([{"value": "1988"}, {"value": "1989"}])


def test_a_grading_is_spelled_out():
    record = {"scheme": "3x5x2", "source_evaluation": "2", "information_assessment": "D"}
    page = render("{% grading record %}", record=record)
    assert "source untested; information not known" in page


def test_the_same_letter_means_something_else_in_the_older_scheme():
    record = {"scheme": "5x5x5", "source_evaluation": "E", "information_assessment": "4"}
    page = render("{% grading record %}", record=record)
    assert "source untested; information cannot be judged" in page


def test_a_waterfall_starts_each_piece_where_the_last_left_off():
    evidence = [{"sentence": "for", "weight_bits": 6}, {"sentence": "against", "weight_bits": -2}]
    drawn = charts.waterfall(evidence, start=-2.0)
    assert [(bar.x, bar.width, bar.kind) for bar in drawn["bars"]] == [
        ("0.00%", "33.33%", "against"),
        ("0.00%", "100.00%", "for"),
        ("66.67%", "33.33%", "against"),
    ]
    assert drawn["total"].value == "+2.0 bits"
    assert drawn["zero"] == "33.33%"


def test_factors_are_drawn_to_one_scale_and_show_their_total():
    parts = [{"name": "near", "points": 5, "cap": 20}, {"name": "new", "points": 10}]
    drawn = pieces.factor_bars(parts, 15)
    assert [part["bar"].width for part in drawn["bars"]] == ["25.00%", "50.00%"]
    assert drawn["total"] == "15.0"


def test_progress_asks_again_only_while_it_runs():
    running = render("{% progress job '/p' 'Reading' %}", job={"done": 1, "total": 4})
    over = render("{% progress job '/p' 'Reading' %}", job={"done": 4, "total": 4})
    stopped = render("{% progress job '/p' 'R' %}", job={"done": 1, "total": 4, "failed": True})
    assert 'aria-valuenow="25"' in running
    assert "hx-get" in running
    assert "hx-get" not in over + stopped


def test_an_action_that_is_refused_is_a_disabled_button_with_its_reason():
    source = "{% action decision 'Send' %}<b>form</b>{% endaction %}"
    refused = render(source, decision=Decision(False, "It is <done>."))
    assert "disabled" in refused
    assert "It is &lt;done&gt;." in refused
    assert "<b>form</b>" not in refused
    assert "<b>form</b>" in render(source, decision=Decision(True))


def test_what_a_record_says_is_escaped_inside_a_piece():
    page = render("{% panel name %}{{ name }}{% endpanel %}{{ name|reference }}", name="<script>")
    assert "<script>" not in page


def test_a_column_head_turns_its_own_order(rf):
    source = "{% sort_head 'Due' 'due' %}"
    first = render(source, request=rf.get("/?q=x&after=9"))
    again = render(source, request=rf.get("/?sort=due"))
    assert 'href="?q=x&amp;sort=due"' in first
    assert 'aria-sort="ascending"' in again
    assert 'href="?sort=-due"' in again


class Birth(forms.Form):
    born_on = forms.DateField(widget=DayParts, required=False, label="Born")


@pytest.mark.parametrize(
    ("parts", "read"),
    [(("3", "7", "2004"), dt.date(2004, 7, 3)), (("", "", ""), None)],
)
def test_a_day_in_three_boxes_is_read_as_a_date(parts, read):
    form = Birth(dict(zip(("born_on_day", "born_on_month", "born_on_year"), parts, strict=True)))
    assert form.is_valid()
    assert form.cleaned_data["born_on"] == read


def test_a_day_that_does_not_exist_comes_back_as_typed_with_its_error():
    form = Birth({"born_on_day": "41", "born_on_month": "7", "born_on_year": "2004"})
    assert not form.is_valid()
    assert 'value="41"' in str(form["born_on"])
    assert (
        Birth(initial={"born_on": dt.date(2004, 7, 3)})["born_on"].as_widget().count("value=") == 3
    )
