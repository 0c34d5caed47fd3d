"""Trends on a made-up nation in which nothing changes, and on a published series that does."""

import csv
import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from lightkeeper.engine.synthetic.nation import write_nation
from lightkeeper.engine.trends.periods import Size, read_day
from lightkeeper.engine.trends.reading import Columns, Rows, read_rows
from lightkeeper.engine.trends.report import Asked, trends
from lightkeeper.engine.trends.saying import told

SHARED = Path(os.environ.get("LIGHTKEEPER_SHARED", Path(__file__).parents[3] / "shared"))
REFERRALS = SHARED / "data" / "opendata" / "nrm_referrals_uk_quarterly_2009q2_onwards.csv"
BEGAN, ENDED, MIDDLE = date(2025, 10, 1), date(2026, 9, 30), date(2026, 6, 30)


@pytest.fixture(scope="module")
def police(tmp_path_factory):
    """What 39 forces reported of a year, with the day on which each came."""
    folder = tmp_path_factory.mktemp("trends") / "nation"
    write_nation(40_000, 1, folder)
    columns = Columns("happened", ("agency",), "reported")
    return read_rows(folder / "feeds" / "police.csv", columns, Size.MONTH)


@pytest.mark.parametrize("size", [Size.WEEK, Size.MONTH])
def test_a_nation_in_which_nothing_changes_is_told_of_no_change_however_late_its_reports(
    police, size
):
    found = trends(police, Asked(size, BEGAN, ENDED))

    assert found.found.looked_at >= 30
    assert not found.usable[:, -1].any()
    assert len(found.found.changes) <= 1
    assert found.new == ()


def test_what_is_estimated_half_way_is_what_came(police):
    half_way = trends(police, Asked(Size.MONTH, BEGAN, MIDDLE))
    all_in = trends(police, Asked(Size.MONTH, BEGAN, date(2026, 12, 31)))
    place = {name: at for at, name in enumerate(all_in.counts.names)}
    held, seen, came, likely = [], 0, 0, 0.0
    for (series, period), one in half_way.estimates.items():
        whole = int(all_in.counts.table[place[half_way.counts.names[series]], period])
        held.append(one.low <= whole <= one.high)
        seen, came, likely = seen + one.seen, came + whole, likely + one.most_likely

    assert len(held) > 30
    assert np.mean(held) > 0.8
    # Counted as they stand a quarter and more would be missing.
    assert seen < 0.75 * came
    assert likely == pytest.approx(came, rel=0.1)


def referrals():
    """Referrals of possible victims to the NRM, United Kingdom, by quarter and age."""
    if not REFERRALS.is_file():
        pytest.fail(f"{REFERRALS.name} is missing. Set LIGHTKEEPER_SHARED to the folder of data.")
    rows, whole = Rows(), 0
    with REFERRALS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            many = int(row["NRM referrals"])
            if row["Location of exploitation"] == "Total":
                whole += many
                continue
            rows.days.append(read_day(f"{row['Year']}-{row['Quarter']}", Size.QUARTER))
            rows.labels.append((row["Age at exploitation"],))
            rows.amounts.append(many)
    return rows, whole


def test_a_published_series_is_told_to_change_where_its_recording_did():
    rows, whole = referrals()
    said = told(trends(rows, Asked(Size.QUARTER, date(2009, 4, 1), date(2023, 12, 31))), ["age"])
    changes = {
        age: [one["at"] for one in said["changes"] if one["labels"]["age"].startswith(age)]
        for age in ("Age not", "Adult", "Child")
    }

    assert sum(rows.amounts) == whole
    # Up to 2019-Q3 no more than one a quarter had no age; with 2019-Q4 it is over two hundred.
    assert changes["Age not"][0] == "2019-Q4"
    assert len(changes["Child"]) >= 3
    assert all(one["direction"] == "rose" for one in said["changes"])
