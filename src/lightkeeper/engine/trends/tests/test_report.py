from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from lightkeeper.engine.errors import EngineError, FormatError
from lightkeeper.engine.trends.periods import Size
from lightkeeper.engine.trends.reading import Columns, Rows, read_population, read_rows
from lightkeeper.engine.trends.report import Asked, trends
from lightkeeper.engine.trends.saying import lines, sure, told

START, TODAY = date(2023, 1, 1), date(2025, 12, 31)


def rows_of(seed=1, middle=20, change=None, places=4, a_day=0.6):
    """Three years of reports, as they stand on the last day; one place may change with a day."""
    rng = np.random.default_rng(seed)
    rows = Rows()
    for at in range((TODAY - START).days + 1):
        day = START + timedelta(at)
        for place in range(places):
            many = rng.poisson(a_day * (2 if change and place == 0 and day >= change else 1))
            for late in rng.geometric(1 / middle, many) - 1 if middle else [0] * many:
                if day + timedelta(int(late)) <= TODAY:
                    rows.days.append(day)
                    rows.reported.append(day + timedelta(int(late)))
                    rows.labels.append((f"place {place}",))
                    rows.amounts.append(1)
    return rows


ASKED = Asked(Size.MONTH, START, TODAY)


def said_of(rows, asked=ASKED, **words):
    return told(trends(rows, asked), ["place"], **words)


def test_being_late_raises_no_change_and_the_latest_are_marked_and_estimated():
    alarms = 0
    for seed in range(10):
        found = trends(rows_of(seed), ASKED)
        alarms += len(found.found.changes)
        assert not found.usable[:, -2:].any()
        assert found.usable[:, :-4].all()
    assert alarms <= 2

    estimate = found.estimates[0, 35]
    assert estimate.low <= 0.6 * 31 <= estimate.high
    assert 0.3 < estimate.complete < 0.8


def test_of_a_hidden_count_no_estimate_is_told():
    found = trends(rows_of(a_day=0.12), ASKED)
    said = told(found, ["place"])
    hidden = {place for place in found.estimates if not found.shown.cells[place]}
    estimated = {
        (at, found.counts.periods.index(one["period"]))
        for at, series in enumerate(said["series"])
        for one in series["estimates"]
    }

    assert hidden
    assert estimated
    assert estimated == found.estimates.keys() - hidden


def test_the_same_without_the_days_of_report_would_have_raised_it():
    late = [rows_of(seed, middle=60) for seed in range(5)]
    unaware = [replace(rows, reported=[]) for rows in late]

    assert sum(len(trends(rows, ASKED).found.changes) for rows in late) <= 1
    assert sum(len(trends(rows, ASKED).found.changes) for rows in unaware) >= 8
    asked = replace(ASKED, late=6)
    assert sum(len(trends(rows, asked).found.changes) for rows in unaware) <= 2


def test_a_change_is_found_where_it_is_and_said_in_a_sentence():
    said = said_of(rows_of(change=date(2025, 3, 1)))
    [change] = said["changes"]

    assert change["labels"] == {"place": "place 0"}
    assert (change["at"], change["direction"]) == ("2025-03", "rose")
    assert change["confidence"] == 0.999
    assert any("place 0 rose with 2025-03" in line for line in lines(said))


def test_a_change_of_a_series_with_a_hidden_count_has_no_figures():
    rows = rows_of(change=date(2025, 3, 1), middle=0)
    assert said_of(rows)["changes"][0]["ratio"] == pytest.approx(2, abs=0.4)
    june = [
        at
        for at, (day, label) in enumerate(zip(rows.days, rows.labels, strict=True))
        if label == ("place 0",) and day.replace(day=1) == date(2023, 6, 1)
    ]
    kept = sorted(set(range(len(rows.days))) - set(june[3:]))
    few = Rows(
        [rows.days[at] for at in kept], [rows.labels[at] for at in kept], [], [1] * len(kept)
    )

    [change] = said_of(few)["changes"]

    assert change["ratio"] is change["low"] is change["high"] is None
    assert said_of(few, exact=True)["changes"][0]["ratio"] > 1


def test_the_order_of_rows_changes_nothing():
    rows = rows_of(change=date(2025, 3, 1))
    order = np.random.default_rng(2).permutation(len(rows.days)).tolist()
    turned = Rows(*([getattr(rows, name)[at] for at in order] for name in vars(rows)))

    assert said_of(rows) == said_of(turned)


def test_what_was_reported_after_today_plays_no_part():
    rows = rows_of()
    before = replace(ASKED, today=date(2025, 6, 30))
    known = [at for at, day in enumerate(rows.reported) if day <= before.today]
    cut = Rows(*([getattr(rows, name)[at] for at in known] for name in vars(rows)))

    assert said_of(rows, before) == said_of(cut, before)


def test_a_period_begun_before_the_file_is_not_looked_at():
    found = trends(rows_of(), replace(ASKED, since=date(2023, 1, 2)))

    assert not found.usable[:, 0].any()
    assert found.usable[:, 1].all()


def test_a_population_gives_rates_and_what_it_explains_is_no_change():
    rows = rows_of(change=date(2025, 1, 1), middle=0)
    flat = {f"place {at}": {None: 50_000.0} for at in range(4)}
    grown = flat | {"place 0": {2023: 1_000.0, 2024: 1_000.0, 2025: 2_000.0}}

    one, other = (trends(rows, ASKED, people) for people in (flat, grown))

    assert one.found.changes == trends(rows, ASKED).found.changes != ()
    assert other.found.changes == ()
    series = told(one, ["place"])["series"][1]
    assert series["rates_per_100000"][5] == series["counts"][5] * 2
    with pytest.raises(FormatError, match="no population of place 3"):
        trends(rows, ASKED, {f"place {at}": {None: 1.0} for at in range(3)})


def test_a_new_label_of_any_column_is_told_once_five_have_it_and_a_blank_one_never():
    rows = rows_of(middle=0)
    rows.reported = []
    rows.labels = [(place, "chat") for (place,) in rows.labels]
    for label, many in (("app", 6), ("rare", 4), ("not recorded", 9)):
        rows.days += [date(2025, 11, 3)] * many
        rows.labels += [("place 0", label)] * many
        rows.amounts += [1] * many

    found = trends(rows, ASKED)

    assert [one["label"] for one in told(found, ["place", "method"])["new"]] == ["app"]
    exact = told(found, ["place", "method"], exact=True)["new"]
    assert [(one["label"], one["records"]) for one in exact] == [("app", 6), ("rare", 4)]


def test_no_number_that_is_told_is_small_and_sums_leave_out_what_they_would_tell():
    said = said_of(rows_of(a_day=0.2, middle=0))
    cells = [one for series in said["series"] for one in series["counts"]]

    assert None in cells
    assert not {1, 2, 3, 4} & {one for one in cells if one is not None}
    assert said["series_in_sums"] == sum(series["sum"] is not None for series in said["series"])
    assert said["sum"] == sum(series["sum"] or 0 for series in said["series"])
    exact = said_of(rows_of(a_day=0.2, middle=0), exact=True)
    assert exact["hidden_counts"] == 0
    assert {1, 2, 3, 4} & {one for series in exact["series"] for one in series["counts"]}


def test_how_sure_is_told_in_steps():
    assert [sure(rate) for rate in (0.0001, 0.002, 0.03, 0.06, 0.3)] == [
        0.999,
        0.99,
        0.95,
        0.9,
        0.5,
    ]


# --- Files -------------------------------------------------------------------------------------


PLAIN = Columns("day", ("place",))


def read(folder, text, columns=PLAIN, size=Size.MONTH):
    file = folder / "rows.csv"
    file.write_text(text, encoding="utf-8")
    heard = []
    return read_rows(file, columns, size, heard.append), heard


def test_rows_that_cannot_be_counted_are_left_out_and_said(tmp_path):
    text = "day,place\n2025-01-01,a\n2025-02-30,a\nsoon,a\n2025-Q1,a\n2025-01-02,\n1,2,3\n"
    rows, heard = read(tmp_path, text)

    assert rows.labels == [("a",), ("not recorded",)]
    assert len(heard) == 4
    assert any("1 row left out. There is no day 2025-02-30" in line for line in heard)
    assert any("cannot be counted by month" in line for line in heard)


def test_amounts_and_days_of_report_are_read(tmp_path):
    columns = Columns("day", ("place",), "told", "many")
    text = 'day,place,told,many\n2025-01-01,a,2025-01-05,"1,200"\n2025-01-09,a,2025-01-05,1\n'
    text += "2025-01-01,a,2025-01-05,-1\n"
    rows, heard = read(tmp_path, text, columns)

    assert (rows.amounts, rows.reported) == ([1200], [date(2025, 1, 5)])
    assert len(heard) == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("when,place\n2025-01-01,a\n", "no column day. It has when, place"),
        ("day,place\nx,a\n", "no row"),
    ],
)
def test_a_file_without_what_was_asked_for_is_refused(tmp_path, text, sentence):
    with pytest.raises(FormatError, match=sentence):
        read(tmp_path, text)
    with pytest.raises(EngineError, match="There is no file"):
        read_rows(tmp_path / "none.csv", Columns("day", ("place",)), Size.MONTH)


def test_a_population_is_read_by_year_and_checked(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text('place,year,population\na,2024,"1,000"\na,2025,1100\n', encoding="utf-8")
    assert read_population(file, "place") == {"a": {2024: 1000.0, 2025: 1100.0}}
    for row in ("a,2024,0", "a,2024,x", "a,soon,5", "a,2024,5\na,2024,5"):
        file.write_text(f"place,year,population\n{row}\n", encoding="utf-8")
        with pytest.raises(FormatError, match=r"people\.csv, line"):
            read_population(file, "place")
