"""The published result on the phone calls of a real criminal organisation comes out as it was."""

import csv
import os
from pathlib import Path

import pytest

from lightkeeper.engine.network.disruption import Equals, Strategy, disrupt
from lightkeeper.engine.network.ties_csv import read_ties_csv

SHARED = Path(os.environ.get("LIGHTKEEPER_SHARED", Path(__file__).parents[3] / "shared"))
FOLDER = SHARED / "data" / "networks"
# Cavallaro et al. 2020, arXiv 2003.05303: one by one, each measure worked out anew, unweighted.
COLUMNS = {
    Strategy.BETWEENNESS: "Betweenness",
    Strategy.KATZ: "Katz",
    Strategy.COLLECTIVE_INFLUENCE: "Collective Influence",
    Strategy.DEGREE: "Degree",
}


def file(name):
    found = FOLDER / name
    if not found.is_file():
        pytest.fail(f"{name} is missing. Set LIGHTKEEPER_SHARED to the folder of data/networks.")
    return found


@pytest.fixture(scope="module")
def calls():
    return read_ties_csv(file("montagna_phonecalls.csv"), lambda line: None)


@pytest.fixture(scope="module")
def published():
    with file("published_phonecalls_sequential.csv").open(encoding="utf-8") as rows:
        found = list(csv.DictReader(rows))
    return {column: [float(row[column]) for row in found] for column in COLUMNS.values()}


@pytest.mark.parametrize("strategy", COLUMNS)
def test_every_row_of_the_published_table_comes_out(calls, published, strategy):
    found = disrupt(calls, strategy)
    wanted = published[COLUMNS[strategy]]

    assert (found.largest[0], len(wanted)) == (89, 95)
    assert (1.0, *found.shares)[:95] == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(
    ("strategy", "most"),
    [(Strategy.BETWEENNESS, 1), (Strategy.KATZ, 0), (Strategy.DEGREE, 4),
     (Strategy.COLLECTIVE_INFLUENCE, 6)],
)  # fmt: skip
def test_who_goes_first_of_equals_moves_a_row_by_some_people_at_most(
    calls, published, strategy, most
):
    found = disrupt(calls, strategy, equals=Equals.NAME)
    wanted = published[COLUMNS[strategy]][1:]

    apart = max(abs(a - b) for a, b in zip(found.shares, wanted, strict=False))
    assert round(apart * 89) == most


def test_five_chosen_exactly_leave_less_than_five_chosen_one_by_one(calls):
    left = {
        strategy: disrupt(calls, strategy, 5).largest[-1]
        for strategy in (Strategy.BETWEENNESS, Strategy.GREEDY, Strategy.DEGREE)
    }

    assert left == {Strategy.BETWEENNESS: 22, Strategy.GREEDY: 24, Strategy.DEGREE: 24}
    assert disrupt(calls, Strategy.EXACT, 5).largest[-1] == 20
    assert disrupt(calls, Strategy.EXACT, 7).largest[-1] == 8
