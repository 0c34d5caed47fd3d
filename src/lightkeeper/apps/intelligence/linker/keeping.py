"""Where the linked table stands ready for the next report: one file a whole run, for the linker."""

from pathlib import Path

from django.conf import settings

from lightkeeper.apps.intelligence import linker
from lightkeeper.apps.intelligence.linker.lease import hold_lease
from lightkeeper.apps.intelligence.models import LinkageRun

FIGURE = "block_size"  # which only a whole run has


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
