"""How well files are linked without labels, held on three public sets."""

import os
from pathlib import Path

import pytest

from lightkeeper.cli.link import link_files

SHARED = Path(os.environ.get("LIGHTKEEPER_SHARED", Path(__file__).parents[3] / "shared"))
FLOORS = {
    "historical_dev.parquet": {"f1": 0.94, "precision": 0.97, "b3_f1": 0.945},
    "febrl3.parquet": {"f1": 0.998, "precision": 0.998, "b3_f1": 0.998},
    "fake_1000.csv": {"f1": 0.96, "precision": 0.98, "b3_f1": 0.965},
}


@pytest.mark.parametrize("name", FLOORS)
def test_linking_a_public_set_stays_above_its_floor(name):
    file = SHARED / "data" / "linkage" / name
    if not file.is_file():
        pytest.fail(
            f"{name} is missing. Set LIGHTKEEPER_SHARED to the folder that holds data/linkage."
        )

    result = link_files([file], truth="cluster", echo=lambda line: None)

    for measure, floor in FLOORS[name].items():
        assert result[measure] >= floor, (measure, result)
