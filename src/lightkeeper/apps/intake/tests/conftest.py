import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from lightkeeper.apps.intake.models import Quarantined, Record, Report
from lightkeeper.core import announcements
from lightkeeper.testing.plugin import NAME, superuser


@pytest.fixture(autouse=True)
def an_empty_store() -> Iterator[None]:
    """No bytes of one test are there for the next."""
    yield
    for place in (Path(settings.BLOBS), Path(settings.FILE_UPLOAD_TEMP_DIR)):
        for inside in place.iterdir():
            shutil.rmtree(inside) if inside.is_dir() else inside.unlink()


@pytest.fixture(autouse=True)
def intake_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the apps above do about the news is for the journeys."""
    monkeypatch.setattr(announcements, "_reactions", defaultdict(list))


@pytest.fixture
def events() -> Callable[[], list[str]]:
    """What the log says was done, in order, as committed."""

    def read() -> list[str]:
        with superuser(NAME) as connection:
            rows = connection.execute(
                "select did from audit_event where did <> 'signed in' order by id"
            ).fetchall()
        return [row[0] for row in rows]

    return read


@pytest.fixture
def see(as_: Any) -> Callable[..., list[Any]]:
    """`see("otto", Record)`: what Otto is shown of a model."""
    from django.db import transaction

    def rows(name: str, model: type[Report | Record | Quarantined]) -> list[Any]:
        with transaction.atomic():
            return list(model.objects.visible_to(as_(name)).order_by("pk"))

    return rows
