"""What a run leaves: its figures, for whoever may read them; and the linked table that stands ready
for the next report, one file a whole run, for the linker.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from lightkeeper.apps.intelligence import linker
from lightkeeper.apps.intelligence.linker.lease import hold_lease
from lightkeeper.apps.intelligence.models import LinkageRun
from lightkeeper.engine.accuracy.cards import rounded
from lightkeeper.engine.accuracy.suppressing import LEAST

FIGURE = "block_size"  # which only a whole run has
# Whole numbers that count nothing of anybody's.
NO_COUNTS = {FIGURE, "peak_mb"}
# What shares are shares of: of many records few may be in any pair.
SHARED = ("records", "entities", "clusters", "joined_pairs", "true_pairs")


def finish(run: LinkageRun, figures: dict[str, Any], at: datetime) -> None:
    """Keep the figures rounded, for the table is open to everybody; who ran it has them exact."""
    run.figures, run.finished_at = fit_to_keep(figures), at
    run.save(using=linker.USING, update_fields=["figures", "finished_at"])
    run.figures = figures


def fit_to_keep(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Counts over records that the reader may not see, to the nearest five."""
    return {
        name: rounded(one) if isinstance(one, int) and name not in NO_COUNTS else one
        for name, one in figures.items()
    }


def fit_accuracy(exact: Mapping[str, Any]) -> dict[str, Any]:
    """Counts to the nearest five and shares in whole percents; of fewer than five no shares."""
    few = min(exact[name] for name in SHARED) < LEAST
    return {
        name: (None if few else round(one, 2)) if isinstance(one, float) else rounded(one)
        for name, one in exact.items()
    }


def folder() -> Path:
    """What stands in it is personal: nobody but this account reads it."""
    place = Path(settings.VAR) / "linking"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def place_of(run: LinkageRun) -> Path:
    """The file of a whole run."""
    return folder() / f"{run.pk}.duckdb"


def last_whole_run() -> LinkageRun | None:
    whole = LinkageRun.objects.using(linker.USING).filter(
        finished_at__isnull=False, figures__has_key=FIGURE
    )
    return whole.order_by("-pk").first()


def remove_all_but(kept: Path | None) -> None:
    """What earlier runs left, and what a killed one had begun; of a later run nothing."""
    for path in folder().iterdir():
        run = path.name.partition(".")[0]
        if kept is None or not run.isdigit() or int(run) < int(kept.stem):
            path.unlink(missing_ok=True)


def forget() -> None:
    """Remove what stands ready, because something in it was erased: the next report is linked with
    everything, and makes it anew. Waits for a run that is under way.
    """
    with hold_lease():
        remove_all_but(None)
