from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.ledger import check_whole
from tests.faults.system import System


@pytest.fixture(scope="module")
def system(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of its own for a file of tests; what one test leaves stands for the next. In the end
    its log must be whole and no file left over.
    """
    made = System(Path(tmp_path_factory.mktemp("system")))
    try:
        made.make()
        yield made
        made.cluster.start()
        check_whole(made)
    finally:
        made.stop()


@pytest.fixture
def stopped(system: System) -> Iterator[System]:
    """The same, with no process of it running before or after the test."""
    yield system
    for name in list(system.processes):
        system.kill(name)
    for fired in system.var.glob("fired-*"):
        fired.unlink()
