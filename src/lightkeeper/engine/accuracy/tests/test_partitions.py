import pytest

from lightkeeper.engine.accuracy.partitions import normalised_mutual_information
from lightkeeper.engine.errors import ShapeError


@pytest.mark.parametrize(
    ("one", "two", "nmi"),
    [
        ([0, 0, 1, 1], ["x", "x", "y", "y"], 1.0),
        ([0, 0, 1, 1], [0, 1, 0, 1], 0.0),
        ([0, 0, 0, 0], [1, 1, 1, 1], 1.0),
        ([0, 0, 0, 0], [0, 1, 2, 3], 0.0),
        ([0, 0, 1, 1], [0, 0, 1, 2], 0.8),
    ],
)
def test_agreement_of_two_groupings(one, two, nmi):
    assert normalised_mutual_information(one, two) == pytest.approx(nmi)
    assert normalised_mutual_information(two, one) == pytest.approx(nmi)


def test_groupings_of_different_things_do_not_compare():
    with pytest.raises(ShapeError):
        normalised_mutual_information([0, 1], [0])
